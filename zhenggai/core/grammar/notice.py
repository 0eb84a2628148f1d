"""A public notice (公示): what was to be mended, what was done, how long and to whom objections go."""

import re
from itertools import pairwise

from zhenggai.core.grammar.contacts import read_contact
from zhenggai.core.grammar.front_matter import FrontMatter
from zhenggai.core.grammar.measures import items_of, split_measures
from zhenggai.core.grammar.named_tasks import name_of
from zhenggai.core.grammar.notice_headings import Part
from zhenggai.core.grammar.notice_period import read_period
from zhenggai.core.grammar.notice_sections import Section, sections, without_only_number
from zhenggai.core.grammar.objects import Notice, Place, Task, Warning
from zhenggai.core.grammar.outline import Outline
from zhenggai.core.grammar.places import Span, place_of, trimmed, trimmed_value
from zhenggai.core.grammar.unit_lists import parse_units
from zhenggai.core.reading import CleanText
from zhenggai.core.reading.folding import HAN
from zhenggai.core.reading.numerals import to_number

_NUMBER = rf"(?:\d{{1,4}}|{HAN}{{1,4}}?)"
_NUMBERS = rf"(?P<numbers>{_NUMBER}(?: ?(?:`|,|和|及|-|至|~) ?第?{_NUMBER})*?)"
_SERIALS = (
    re.compile(r"(?:编号|序号) ?: ?[^\d\n]{0,8}20\d\d ?[-年] ?(?P<numbers>\d{1,3})(?!\d)"),
    re.compile(
        rf"(?:序号|编号|任务号|问题号) ?[:为]?\(? ?(?:[A-Za-z]{{1,4}} ?-? ?)?第?{_NUMBERS} ?(?=[)\]项号!,;\n 的`]|$|[^\w]|问题|任务|整改)"
    ),
    re.compile(rf"第 ?{_NUMBERS} ?(?:(?:项|条|个)(?=[^\d]|$)|号(?=问题|任务|整改|反馈))"),
    re.compile(r"(?:问题|任务|环境|清单|整改) ?\(?第?(?P<numbers>\d{1,4}) ?号"),
)
_NUMBER_LABEL = re.compile("编号|序号")
_SERIAL_WORDS = re.compile(r"问题|任务|整改|反馈|意见|序号|事项|清单")
_PIECE_NUMBER = re.compile(r"(?<![A-Za-z0-9])[A-Z]{1,2}\d{0,2}[A-Z]{0,3}\d{8,16}(?:-\d{1,3})?(?![A-Za-z0-9])")
_PIECE_LABEL = re.compile(r"(?:受理|信访件?|举报件?|交办件?|转办件?)(?:编号|号) ?:? ?(?P<number>[A-Za-z0-9-]{5,30})")
_MOST_IN_RANGE = 60
_SHOWING = re.compile("公示|公告|发布|受理|监督|督导|验收|销号")
"""公示单位, 验收单位：who shows the notice or looks at the work, which answers for it only where nobody else is named."""
_OTHER_FIELD = re.compile(r"\n(?=\n|[^:\n]{2,12}:)")
_EFFECTS = ("成效", "效果", "成果", "整改结果")
_OF_ONE_TASK = frozenset({"issue", "goal", "result", "serials"})
_NUMBER_IN_FRONT = re.compile(r"[(\[][^()\[\]\n]{0,12}(?:序号|编号|第)[^()\[\]\n]{1,12}[)\]] ?")
_PARTS_OF_TEXT: dict[str, Part] = {"issue": "issue", "goal": "goal", "result": "result", "follow_up": "follow_up"}


def read_notice(outline: Outline, matter: FrontMatter, tasks: tuple[Task, ...]) -> tuple[Notice, list[Warning]]:
    """The notice and what is doubtful about it; ``tasks`` are those of its tables, or those that it tells apart."""
    source = outline.source
    found = _done_apart_from_effect(source, sections(outline))
    period, warnings = read_period(source, matter.date)
    ends = [section.span[1] for section in found if section.part in {"result", "follow_up", "measures", "issue"}]
    contact = read_contact(source, max(ends, default=0))
    spans = {name: span for name, part in _PARTS_OF_TEXT.items() if (span := _text(source, found, part))}
    in_front = _NUMBER_IN_FRONT.match(source.folded, *spans["issue"]) if "issue" in spans else None
    if in_front and in_front.end() < spans["issue"][1]:
        spans["issue"] = in_front.end(), spans["issue"][1]
    measures = _measures(source, found)
    serials, serial_places = _serials(source, matter, found, in_front.span() if in_front else None)
    called = name_of(source.folded, int(serials[0])) if "issue" not in spans and len(serials) == 1 else None
    if called:
        spans["issue"] = called
    numbers, number_places = _piece_numbers(source)
    units, unit_places = _units(source, found)
    places: dict[str, tuple[Place, ...]] = {name: (place_of(source, span),) for name, span in spans.items()}
    places |= {"measures": tuple(place_of(source, span) for span in measures)} if measures else {}
    named = {"serials": serial_places, "complaint_numbers": number_places, "units": unit_places}
    places |= {name: found_at for name, found_at in named.items() if found_at}
    texts = {name: source.text[slice(*span)] for name, span in spans.items()}
    notice = Notice(
        serials=serials,
        complaint_numbers=numbers,
        issue=texts.get("issue"),
        goal=texts.get("goal"),
        measures=tuple(source.text[slice(*span)] for span in measures),
        result=texts.get("result"),
        follow_up=texts.get("follow_up"),
        units=units,
        period=period,
        contact=contact,
        places=places,
    )
    notice = _with_table(notice, tasks)
    return notice, [*warnings, *_missing(source, matter, notice)]


def _done_apart_from_effect(source: CleanText, found: list[Section]) -> list[Section]:
    """`三、整改落实情况` in items before `四、整改成效`: what was done are the measures, where no section has that name."""
    if any(section.part == "measures" for section in found):
        return found
    told = list(found)
    for index, (done, effect) in enumerate(pairwise(found)):
        heading = source.folded[effect.start : effect.span[0]].rstrip(" :!])>\n")
        if done.part == effect.part == "result" and heading.endswith(_EFFECTS):
            told[index] = done._replace(part="measures" if len(items_of(source.folded, done.span)) > 1 else "result")
    return told


def told_apart(tasks: tuple[Task, ...]) -> tuple[Task, ...]:
    """The tasks of a notice about several, each with its own number, issue and result; none where it is about one."""
    whole = tuple(task for task in tasks if task.serial and task.issue and (task.progress or task.status))
    return whole if len({task.serial for task in whole}) > 1 else ()


def _text(source: CleanText, found: list[Section], part: Part) -> Span | None:
    """The words of a part; sections of the same part that follow one another are one text.

    Results told measure by measure are one text too, from the first to the last.
    """
    same = [index for index, section in enumerate(found) if section.part == part and section.span[0] < section.span[1]]
    if not same:
        return None
    first = last = same[0]
    while last + 1 in same or (part == "result" and last + 2 in same and found[last + 1].part == "measures"):
        following = last + 1 if last + 1 in same else last + 2
        if "\t" in source.folded[found[last].span[1] : found[following].span[0]]:
            break  # another row of a table, with a name of its own
        last = following
    span = found[first].span[0], found[last].span[1]
    return trimmed(source.text, without_only_number(source.folded, span))


def _measures(source: CleanText, found: list[Section]) -> list[Span]:
    spans: list[Span] = []
    for section in found:
        if section.part == "measures":
            items = items_of(source.folded, section.span)
            spans += [trimmed(source.text, one.span) for one in split_measures(source.folded, section.span, items)]
    return [span for span in spans if span[0] < span[1]]


def _units(source: CleanText, found: list[Section]) -> tuple[tuple[str, ...], tuple[Place, ...]]:
    names: dict[str, Place] = {}
    named = [section for section in found if section.part == "units"]
    answering = [one for one in named if not _SHOWING.search(source.folded, one.start, one.span[0])]
    for section in answering or named:
        end = section.span[1]
        following = _OTHER_FIELD.search(source.folded, section.span[0], end)
        start, end = trimmed_value(source.text, (section.span[0], following.start() if following else end))
        units = parse_units(source.text[start:end])
        for name in (*units.lead, *units.responsible, *units.cooperating, *units.persons):
            names.setdefault(name.text, place_of(source, (name.start + start, name.end + start)))
    return tuple(names), tuple(names.values())


def _serials(
    source: CleanText, matter: FrontMatter, found: list[Section], in_front: Span | None
) -> tuple[tuple[str, ...], tuple[Place, ...]]:
    """The numbers of the tasks: those in the title, else in the opening and the heading of the issue, else ``in_front`` of it."""
    issue = next((section for section in found if section.part == "issue"), None)
    opening = issue.span[0] if issue else min([section.start for section in found], default=len(source.folded))
    stretches = [matter.spans["title"]] if "title" in matter.spans else []
    stretches += [(0, min(opening, 3_000)), *([in_front] if in_front else [])]
    stretches += [
        (one.start, _line_end(source.folded, one.span[0]))
        for one in found
        if one.part == "other" and _NUMBER_LABEL.search(source.folded, one.start, one.span[0])
    ]
    if issue:  # 该问题列入清单第18项
        stretches.append((issue.span[1], _line_end(source.folded, issue.span[1])))
    for start, end in stretches:
        names: dict[str, Place] = {}
        for number, span in _numbers_in(source.folded, start, end):
            names.setdefault(number, place_of(source, span))
        if names:
            return tuple(names), tuple(names.values())
    return (), ()


def _line_end(folded: str, offset: int) -> int:
    end = folded.find("\n", offset)
    return len(folded) if end < 0 else end


def _numbers_in(folded: str, start: int, end: int) -> list[tuple[str, Span]]:
    for pattern in _SERIALS:
        numbers: list[tuple[str, Span]] = []
        for match in pattern.finditer(folded, start, end):
            around = folded[max(start, match.start() - 60) : match.end() + 20]
            if _SERIAL_WORDS.search(around):
                numbers += [(str(number), match.span("numbers")) for number in _listed(match["numbers"])]
        if numbers:
            return numbers
    return []


def _listed(words: str) -> list[int]:
    """`3、5至7` as numbers."""
    found: list[int] = []
    through = False
    for part in re.split(r"(`|,|和|及|-|至|~)", words):
        number = to_number(part.strip(" 第"))
        if number is None:
            through = part in {"-", "至", "~"}
        elif through and found and 0 < number - found[-1] <= _MOST_IN_RANGE:
            found += range(found[-1] + 1, number + 1)
        else:
            found.append(number)
    return found


def _piece_numbers(source: CleanText) -> tuple[tuple[str, ...], tuple[Place, ...]]:
    names: dict[str, Place] = {}
    for pattern, group in ((_PIECE_NUMBER, 0), (_PIECE_LABEL, 1)):
        for match in pattern.finditer(source.folded):
            if any(map(str.isdecimal, match[group])):
                names.setdefault(source.text[slice(*match.span(group))], place_of(source, match.span(group)))
    return tuple(names), tuple(names.values())


def _with_table(notice: Notice, tasks: tuple[Task, ...]) -> Notice:
    """What a table of the notice says, where the running text does not say it."""
    if not tasks:
        return notice
    if len(tasks) > 1:  # what is said of one of several tasks is not said of the notice
        places = {name: found for name, found in notice.places.items() if name not in _OF_ONE_TASK}
        numbers = () if all(task.serial for task in tasks) else notice.serials
        notice = notice._replace(issue=None, goal=None, result=None, serials=numbers, places=places)
    one = tasks[0] if len(tasks) == 1 else None
    filled: dict[str, object] = {}
    places = dict(notice.places)
    if one:
        for name, field in (("issue", "issue"), ("goal", "goal"), ("result", "progress")):
            if getattr(notice, name) is None and getattr(one, field):
                filled[name] = getattr(one, field)
                places[name] = one.places[field]
    measures = [measure for task in tasks for measure in task.measures]
    if not notice.measures and measures:
        filled["measures"] = tuple(measure.text for measure in measures)
        places["measures"] = tuple(measure.place for measure in measures)
    units = [unit for task in tasks for unit in (*task.lead_units, *task.responsible_units)]
    if not notice.units and units:
        filled["units"] = tuple(dict.fromkeys(units))
    serials = [task.serial for task in tasks if task.serial]
    if not notice.serials and serials:
        filled["serials"] = tuple(dict.fromkeys(serials))
    return notice._replace(**filled, places=places)  # type: ignore[arg-type]


def _missing(source: CleanText, matter: FrontMatter, notice: Notice) -> list[Warning]:
    """A notice has to say how long and where objections are heard (DOMAIN, section 2, "Notice periods")."""
    whole = place_of(source, matter.spans.get("title", (0, 0)))
    found = []
    if notice.period is None:
        found.append(Warning("no_period", "公示没有写明公示期。", whole))
    if notice.contact is None:
        found.append(Warning("no_contact", "公示没有写明联系方式，无法提出异议。", whole))
    return found
