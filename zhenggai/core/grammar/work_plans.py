"""A work plan: the year it is for, the papers it rests on, its steps with their dates, and its attachments."""

import re
from collections.abc import Iterator

from zhenggai.core.grammar.attachments import find_attachments
from zhenggai.core.grammar.dates import PointInTime, find_dates
from zhenggai.core.grammar.front_matter import FrontMatter
from zhenggai.core.grammar.labels import Label
from zhenggai.core.grammar.numbering import Marker
from zhenggai.core.grammar.objects import Place, Step, Task, WorkPlan
from zhenggai.core.grammar.outline import Outline, TableBlock
from zhenggai.core.grammar.places import Span, place_of, trimmed
from zhenggai.core.grammar.step_tables import steps_of_table, timetable_columns
from zhenggai.core.grammar.unit_names import ends_as_unit
from zhenggai.core.reading import CleanText, Spans
from zhenggai.core.reading.folding import HAN

_PERIOD = re.compile(r"(?P<period>(?:20\d\d|二零\w\w) ?(?:(?:-|~|至|到) ?20\d\d)?) ?(?:年度|年)(?!\d)")
_NUMBER = re.compile(rf"{HAN}{{1,16}} ?\[ ?(?:19|20)\d\d ?\] ?第? ?\d{{1,5}} ?号")
_RESTS_ON = re.compile(r"根据|按照|依据|遵照|对照|落实(?=<)|落实好?(?=[^,!;<]{1,8}<)")
_NAMED_PAPER = re.compile(r"<(?:[^<>\n]|<[^<>\n]{1,60}>){4,100}>")
_BASIS_WITHIN = 40  # characters after 根据 in which a paper's title may begin; further ones are joined by 和 or 、
_SENTENCE = re.compile(r"[^!;\n]+[!;]?")
_TOLD = re.compile(r"以来|已(?:经)?(?:完成|建成|实现|印发)|截[至止]")
_STARTS = re.compile(r" ?(?:起|开始|以后|之后|后)")
_RETURNS = re.compile(r"(?:每年|每月|每季度|每半年|逐年|次年) ?$")
_RANGE_OF_PLAN = re.compile(r"[(<][^()<>\n]*$")
_NEARBY = 60
_LEAST_WORDS = 5  # a line with hardly more than its date is a signature
_LEADING = re.compile(r"^(?:(?:并|且|同时|其中|由|对|另|各项|前|起|于|在|,|`| )+|[^,]{0,10}:)")
_ITEM = re.compile(rf" *(?:\(\w{{1,3}}\)|\d{{1,2}}[.`]|{HAN}{{1,3}}`|第{HAN}阶段|[①-⑳])[!.:]? ?")
_STAGE = re.compile(
    rf" *(?:\(\w{{1,3}}\)|\d{{1,2}}[.`]|{HAN}{{1,3}}`|第{HAN}阶段|[①-⑳])[!.:]? ?[^()!;,\n]{{2,24}}\((?P<when>[^()\n]{{2,40}})\)[!:]? ?"
)
_STAGE_TOLD = re.compile(
    rf" *(?:\(\w{{1,3}}\)|\d{{1,2}}[.`]|{HAN}{{1,3}}`|第{HAN}阶段:?|[①-⑳])? ?[^()!;,:\n]{{2,16}}\((?P<when>[^()\n]{{2,40}})\) ?: ?(?=\S)"
)
"""A dated stage with what is done in it on one line: `动员部署阶段（3月1日—3月15日）：召开部署会。`"""
_ACTOR_VERB = re.compile(
    r"(?:要|应|应当|须|需|将|按|落实|推进|抓好|做好|梳理|核查|核实|评估|评审|公布|公示|公开|总结|部署|发布|研究|细化|确定|考核|完善|报|负责|牵头|会同|对照|结合|向|按照|根据|汇总|组织(?!部)|完成|开展|印发|提交|报送|形成|通报|制定|收集|编制|对|在|于|并|召开|召集|审核|汇报|上报|启动|实施|督促|建立|出台|进行|全面|认真|及时|基本|抽取|抽查|检查|选取|随机|逐一|成立|报请|联合|赴|深入|选派|采取|通过)"
)
_LONGEST_ACTOR, _LONGEST_UNIT = 40, 14
_HEADING_RANK = 20  # 一、 and （一）
_AIM = re.compile(r"(?:工作|总体|主要|年度|攻坚)*(?:目标|指标|指导思想|总体要求|基本原则)(?:任务)?")
_UNIT_NAME = r"[^\x00-\xff]{1,16}?(?:局|厅|委员会|办公室|(?<=[建改查审办])办|中心|政府|管委会|公司|指挥部|专班|领导小组|部门|单位|镇街|乡镇|街道|分局)"
_UNIT_OPENING = re.compile(rf"{_UNIT_NAME}(?:`{_UNIT_NAME})*(?![`的和与及])")
"""A unit before a verb that is not in the list."""


def read_work_plan(outline: Outline, matter: FrontMatter, tasks: tuple[Task, ...]) -> WorkPlan:
    """What a work plan says beside its tasks. A date without year lies in the plan's, else the document's year.

    >>> from zhenggai.core.grammar.front_matter import read_front_matter
    >>> from zhenggai.core.grammar.outline import outline
    >>> from zhenggai.core.reading import clean, read
    >>> text = "某县创建工作2020年度计划\\n按照《考核办法》（某环委〔2019〕3号），制定本计划。\\n2020年3月底，县环委办印发计划。"
    >>> source = clean(read(text.encode(), "a.txt"))
    >>> found = read_work_plan(outline(source), read_front_matter(source), ())
    >>> found.period, found.basis, [(step.who, step.due) for step in found.timetable]
    ('2020', ('某环委〔2019〕3号',), [('县环委办', '2020-03-31')])
    """
    source = outline.source
    title = matter.spans.get("title", (0, 0))
    period = _period(source, title)
    basis = _basis(source)
    attachments = find_attachments(source.text, source.folded)
    places: dict[str, tuple[Place, ...]] = {
        name: tuple(place_of(source, span) for span in spans)
        for name, spans in (("period", [period] if period else []), ("basis", basis), ("attachments", attachments))
        if spans
    }
    own_year = _last_year(source.folded[slice(*period)]) if period else matter.year
    tables = [token for token in outline.tokens if isinstance(token, TableBlock)]
    timetables = [block for block in tables if timetable_columns(source, block)]
    inside = Spans.joined((block.start, block.end) for block in timetables)
    tasks = tuple(task for task in tasks if task.place.start not in inside)
    steps = [*_steps(source, title[1], own_year, tasks, list(_aims(outline)))]
    steps += [step for block in timetables for step in steps_of_table(source, block, own_year)]
    return WorkPlan(
        period=source.text[slice(*period)] if period else None,
        basis=tuple(source.text[slice(*span)].replace(" ", "") for span in basis),
        timetable=tuple(sorted(steps, key=lambda step: step.place.start)),
        attachments=tuple(source.text[slice(*span)] for span in attachments),
        tasks=tasks,
        places=places,
    )


def _last_year(period: str) -> int | None:
    years = re.findall(r"20\d\d", period)
    return int(years[-1]) if years else None


def _period(source: CleanText, title: Span) -> Span | None:
    """The year in the title, else the first 年度 of the opening."""
    for start, end in (title, (title[1], title[1] + 2_000)):
        for match in _PERIOD.finditer(source.folded, start, end):
            if start == title[0] or match[0].endswith("年度"):
                return trimmed(source.text, match.span("period"))
    return None


def _basis(source: CleanText) -> list[Span]:
    """The numbers of the papers that the text rests on; of a paper without number its title."""
    folded = source.folded
    found: dict[str, Span] = {}
    for match in _SENTENCE.finditer(folded):
        rests = _RESTS_ON.search(folded, *match.span())
        if rests is None:
            continue
        for span in _papers(folded, rests.end(), match.end()):
            found.setdefault(source.text[slice(*span)].replace(" ", ""), span)
    return sorted(found.values())


def _papers(folded: str, start: int, end: int) -> Iterator[Span]:
    last = start
    for paper in _NAMED_PAPER.finditer(folded, start, end):
        if paper.start() - last > _BASIS_WITHIN:
            return
        number = _NUMBER.match(folded, paper.end() + 1, end) if folded.startswith("(", paper.end()) else None
        last = number.end() if number else paper.end()
        yield number.span() if number else paper.span()


def _aims(outline: Outline) -> Iterator[Span]:
    """The sections under headings such as 工作目标, whose dates say by when an aim is reached and set no step."""
    headings: list[tuple[Marker, bool]] = []
    for token in outline.tokens:
        if isinstance(token, Label) and token.marker:
            headings.append((token.marker, token.field == "goal"))
        elif isinstance(token, Marker) and token.opens_line:
            words = outline.folded[slice(*outline.heading(token))].strip(" !:")
            headings.append((token, _AIM.fullmatch(words) is not None))
    headings = [one for one in headings if one[0].rank <= _HEADING_RANK]
    for index, (heading, aims) in enumerate(headings):
        if aims:
            following = (one.start for one, _ in headings[index + 1 :] if one.rank <= heading.rank)
            yield heading.start, next(following, heading.start)


def _steps(
    source: CleanText, begins: int, year: int | None, tasks: tuple[Task, ...], aims: list[Span]
) -> Iterator[Step]:
    """The dated steps of the text behind its title and outside its tasks, a step a date.

    A date without year has that of the date before it in the same paragraph.
    """
    folded = source.folded
    taken = Spans.joined(sorted([*((task.place.start, task.place.end) for task in tasks), *aims]))
    named: int | None = None
    stage: PointInTime | None = None
    for match in _SENTENCE.finditer(folded, begins):
        region = source.region_at(match.start())
        if (
            (region is not None and (region.metadata or region.table))
            or match.start() in taken
            or _TOLD.search(match[0])
        ):
            continue
        if folded[match.start() - 1 : match.start()] == "\n":
            named = None
        who: str | None = None
        told = _STAGE_TOLD.match(folded, *match.span())
        if told and (points := find_dates(source.text[slice(*told.span("when"))], named or year)) and points[-1].due:
            span = trimmed(source.text, (told.end(), match.end()))
            at = points[-1]._replace(start=span[0], end=span[0])
            yield Step(
                source.text[slice(*span)], _who(source, span, at), points[-1].due.isoformat(), place_of(source, span)
            )
            continue
        dated = list(_dated_clauses(source, match.span(), named or year))
        if stage is not None and not dated:
            dated = [(trimmed(source.text, match.span()), stage)]
        stage = _stage(source, match.span(), named or year)
        for span, point in dated:
            who = _who(source, span, point) or who
            due = None if _STARTS.match(folded, point.end) or point.due is None else point.due.isoformat()
            named = point.due.year if point.due and point.named_year else named
            yield Step(source.text[slice(*span)], who, due, place_of(source, span))


def _stage(source: CleanText, sentence: Span, year: int | None) -> PointInTime | None:
    """The end of a stage that a heading dates, `（一）自查阶段（2023年6月1日至20日）。`: the sentence after it says what is done.

    The point stands before the sentence, so that the actor is looked for at its start.
    """
    heading = _STAGE.fullmatch(source.folded, *sentence)
    points = find_dates(source.text[slice(*heading.span("when"))], year) if heading else []
    after = sentence[1]
    return points[-1]._replace(start=after, end=after) if points and points[-1].due else None


def _dated_clauses(source: CleanText, sentence: Span, year: int | None) -> Iterator[tuple[Span, PointInTime]]:
    """The parts of a sentence that begin with a new date, each with that date."""
    text, folded = source.text, source.folded
    item = _ITEM.match(folded, *sentence)
    start = item.end() if item else sentence[0]
    points = [
        point._replace(start=point.start + start, end=point.end + start)
        for point in find_dates(text[start : sentence[1]], year)
    ]
    points = [point for point in points if _sets_step(folded, start, sentence[1], point)]
    cuts = [start, *(_clause_start(folded, points[index].end, point.start) for index, point in enumerate(points[1:]))]
    for point, first, last in zip(points, cuts, [*cuts[1:], sentence[1]], strict=False):
        span = trimmed(text, (first, last), " \t\n，,；;")
        if span[1] - span[0] > 8:
            yield span, point


def _clause_start(folded: str, start: int, end: int) -> int:
    """Where the clause begins that holds the date at ``end``."""
    comma = max(folded.rfind(sign, start, end) for sign in ",`")
    return comma + 1 if comma >= 0 else end


def _sets_step(folded: str, start: int, end: int, point: PointInTime) -> bool:
    """Whether a date says when something is to be done: with a month or part of the year, and not in a title."""
    words = folded[point.start : point.end]
    if not re.search(r"月|底|末|季度|半年|旬|前|\d[./-]\d", words):
        return False
    near = max(start, point.start - _NEARBY)
    if _RETURNS.search(folded, near, point.start) or _RANGE_OF_PLAN.search(folded, near, point.start):
        return False
    return folded[point.end : point.end + 1] not in {")", ">"} and end - start > len(words) + _LEAST_WORDS


def _who(source: CleanText, span: Span, point: PointInTime) -> str | None:
    """The unit that opens the clause, before its date or right behind it."""
    folded = source.folded
    before = folded[span[0] : point.start]
    for start, end in ((span[0], point.start), (point.end, min(span[1], point.end + _LONGEST_ACTOR))):
        if start < point.start or not before.strip("于在到至,并由 "):
            found = _actor(source, start, end)
            if found:
                return found
    return None


def _actor(source: CleanText, start: int, end: int) -> str | None:
    folded = source.folded
    leading = _LEADING.match(folded[start:end])
    start += leading.end() if leading else 0
    words = folded[start:end]
    if _ACTOR_VERB.match(words):
        return None
    ends = [match.start() for match in _ACTOR_VERB.finditer(words)] + [words.find(",")] + [len(words)]
    for last in sorted(stop for stop in ends if 2 <= stop <= _LONGEST_ACTOR):
        name = words[:last].rstrip(" ,")
        if "," not in name and (ends_as_unit(name) or name.endswith(("各单位", "各部门", "各地"))):
            opening = _UNIT_OPENING.match(name) if len(name) > _LONGEST_UNIT else None
            return source.text[start : start + (opening.end() if opening else len(name))]
    opening = _UNIT_OPENING.match(words)
    return source.text[start : start + opening.end()] if opening else None
