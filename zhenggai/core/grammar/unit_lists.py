"""Lists of units and of persons responsible, as the fields of a task give them."""

import re
from functools import lru_cache
from typing import NamedTuple

from zhenggai.core.grammar.unit_names import Name, ends_as_unit, written_out
from zhenggai.core.reading.folding import HAN, fold

Role = str  # "responsible", "lead", "cooperating", "supervising", "acceptance", "persons"

_SEPARATOR = re.compile(r"[`,;/\n!以和及与 ](?:(?<=以)及|(?<= ) *|(?<![以 ]))")
_HARD = re.compile(r"[`,;/\n! ]")
_ALWAYS = frozenset("`,;/\n!")
_AFTER_LAST = "`,;/\n! \t.:"
_LONGEST_LIST = 80  # characters of a line that only names units
_LEADING = re.compile(r"\s*(?:由|\d{1,2}[.`]|\(\d{1,2}\)|[-·]+) ?(?=\S)")
_JOINING = re.compile(r"\s*(?:以及|及其?|和) ?(?=\S)")  # not before the first name: 和布克赛尔县 is one
_BULLETS = "●■◆①②③④⑤⑥⑦⑧⑨⑩ "
_TRAILING = re.compile(
    r"(?:\([^()]{0,6}按照?[^()]{0,4}职责[^()]{0,10}\)|等(?:有关|相关|[省州市县区][直级]|责任|各)*(?:部门|单位|地区|地方|企业)?|等?按照?(?:各自)?职责(?:分工)?(?:负责|落实|抓好)?(?:落实)?|负责(?:落实)?|分工负责)$"
)
_IN_TRAILING = ("等", "职责", "负责")
"""One of these is in each of the words that may trail."""
_NOT_A_NAME = re.compile(r"(?:按照?(?:各自)?职责.*|无|暂无|各司其职|[\W\d_]*)$")
_PERSONS = (
    "主要负责人", "主要负责同志", "党政主要负责人", "党政主要负责同志", "分管负责人", "分管负责同志", "相关负责人", "有关负责人", "直接负责人", "负责人", "负责同志", "主要领导",
    "分管领导", "党政主要领导", "主要领导同志", "领导同志", "领导", "直接责任人", "责任人", "党委书记", "党组书记", "工委书记", "书记", "局长", "副局长", "主任", "副主任",
    "副书记", "常委", "党组成员", "秘书长", "部长", "副主席", "主席", "常务副区长", "常务副县长", "常务副市长", "区长", "县长", "市长", "镇长", "乡长", "州长", "副区长", "副县长", "副市长", "厅长", "副厅长", "院长", "董事长", "总经理",
)  # fmt: skip
_IN_POSTS = frozenset("`,")
_SEVERAL_POSTS = ("常委", "党组成员", "党组书记", "副书记")
_NEXT_POST = re.compile(rf"{HAN}{{0,8}}(?:长|主任|书记|主席)(?=[`,;/\n! ]|$)")
_LONGEST_FIRST = tuple(sorted(_PERSONS, key=len, reverse=True))

# What a word at the end of a part, in brackets after it, or before a colon says about the parts it stands for.
_ROLE_WORDS: dict[str, Role] = {
    "牵头": "lead",
    "配合": "cooperating",
    "协助": "cooperating",
    "参与": "cooperating",
    "督导": "supervising",
    "督办": "supervising",
    "指导": "supervising",
    "验收": "acceptance",
    "责任": "responsible",
}
_WORDS = "|".join(_ROLE_WORDS)
_ROLE_LABEL = re.compile(
    rf"\s*(?P<word>{_WORDS})(?:责任|负责|实施)?(?:(?:单位|部门|主体|地区|科室|股室|处室)? ?:|(?:单位|部门|主体|地区|科室|股室|处室)(?:为|是)) ?"
)
_ROLE_END = re.compile(
    r"(?:按照?(?:各自|相关)?(?:职责|分工|职责分工)(?:负责)?)?(?:负责|做好|具体|积极|密切|协同|联合|共同|全力)?(?P<word>牵头|配合|协助|参与|督导|督办|指导)(?:负责|落实|实施|整改|验收|抓总|组织实施|做好|工作)?$"
)
_ROLE_ENDS = (
    "牵头", "配合", "协助", "参与", "督导", "督办", "指导", "负责", "落实", "实施", "整改", "验收", "抓总", "做好", "工作",
)  # fmt: skip
_ROLE_BRACKET = re.compile(rf"\((?P<word>{_WORDS})(?:责任)?(?:单位|部门)?\)$")

_PERSON_BRACKET = re.compile(rf"\((?:{'|'.join(_LONGEST_FIRST)})[ :]?{HAN}{{1,4}}\)$")
"""Who answers for a unit, behind it: `石门镇人民政府（镇长 何某）`."""


class Units(NamedTuple):
    """Names by the role they have in the task. Offsets count from the start of the list's text."""

    responsible: tuple[Name, ...] = ()
    lead: tuple[Name, ...] = ()
    cooperating: tuple[Name, ...] = ()
    supervising: tuple[Name, ...] = ()
    acceptance: tuple[Name, ...] = ()
    persons: tuple[Name, ...] = ()


def parse_units(text: str, role: Role = "responsible") -> Units:
    """The units of a list, each by its full name; ``role`` is what the field's label makes of them.

    A list that ends in 主要负责人 names persons: each unit's.

    >>> [name.text for name in parse_units("市水务局，江岸、青山区党委、政府").responsible]
    ['市水务局', '江岸区党委', '江岸区政府', '青山区党委', '青山区政府']
    >>> [name.text for name in parse_units("市水务局、各区政府主要负责人", "persons").persons]
    ['市水务局主要负责人', '各区政府主要负责人']
    >>> units = parse_units("市水务局牵头，市城管局、各区政府配合"); [name.text for name in units.lead + units.cooperating]
    ['市水务局', '市城管局', '各区政府']
    >>> [name.text for name in parse_units("市住房和城乡建设局和市自然资源和规划局等部门").responsible]
    ['市住房和城乡建设局', '市自然资源和规划局']
    """
    return _parse_once(text, role) if len(text) <= _LONGEST_REMEMBERED else _parse(text, role)


def _parse(text: str, role: Role) -> Units:
    found: dict[Role, list[Name]] = {}
    for group_role, parts in _groups(text, role):
        names = _with_persons(parts, found) if parts else []
        found.setdefault(group_role, []).extend(names)
    return Units(**{name: _distinct(names) for name, names in found.items()})


_LONGEST_REMEMBERED = 300
_parse_once = lru_cache(maxsize=2_048)(_parse)
"""A plan repeats its lists of units; long values are running text and do not come again."""


def looks_like_units(text: str) -> bool:
    """Whether every part of a line ends as units do.

    >>> looks_like_units("市水务局、各区政府"), looks_like_units("加强监管。")
    (True, False)
    """
    folded = fold(text) if len(text) <= _LONGEST_LIST else ""
    last = folded.rstrip(_AFTER_LAST)
    if not last or not (_ends_as_unit(last) or any(map(last.__contains__, _IN_TRAILING))):
        return False
    parts = _parts(text, folded)
    return bool(parts) and all(_ends_as_unit(fold(part.text)) for part in parts)


def _distinct(names: list[Name]) -> tuple[Name, ...]:
    return tuple({name.text: name for name in reversed(names)}.values())[::-1] if names else ()


def _groups(text: str, role: Role) -> list[tuple[Role, list[Name]]]:
    """Runs of parts that have one role."""
    groups: list[tuple[Role, list[Name]]] = []
    current = role
    run: list[Name] = []
    labelled = False
    whole = fold(text)
    for part in _parts(text, whole):
        folded = whole[part.start : part.end]
        label = _ROLE_LABEL.match(folded) if ":" in folded or "为" in folded or "是" in folded else None
        if label:
            groups.append((current, run))
            current, run, labelled = _role(label["word"]), [], True
            part = _cut(part, label.end(), len(folded))
            folded = whole[part.start : part.end]
        person = _PERSON_BRACKET.search(folded) if folded.endswith(")") else None
        if person and person.start():
            groups.append(("persons", [_cut(part, person.start() + 1, len(folded) - 1)]))
            part = _cut(part, 0, person.start())
            folded = whole[part.start : part.end]
        bracket = _ROLE_BRACKET.search(folded) if folded.endswith(")") else None
        end = _ROLE_END.search(folded) if folded.endswith(_ROLE_ENDS) else None
        if bracket:
            own = _cut(part, 0, bracket.start())
            shared = run if _shares_bracket(text, groups, run, own) else []
            groups.append((_role(bracket["word"]), [*shared, own]))
            run = [] if shared else run
        elif end and end.start():
            if run and labelled and current != _role(end["word"]):
                groups.append((current, run))
                run = []
            groups.append((_role(end["word"]), [*run, _cut(part, 0, end.start())]))
            run = []
        elif part.text:
            run.append(part)
    groups.append((current, run))
    return groups


def _shares_bracket(text: str, groups: list[tuple[Role, list[Name]]], run: list[Name], own: Name) -> bool:
    """`甲（牵头），乙、丙（配合）`: after a group closed by its bracket and a comma, the bracket stands for all joined by 、."""
    if not groups or not run or not groups[-1][1]:
        return False
    between = fold(text[run[0].start : own.start])
    return "," in fold(text[groups[-1][1][-1].end : run[0].start]) and not set(",;\n") & set(between)


def _role(word: str) -> Role:
    return _ROLE_WORDS[word]


def _cut(part: Name, start: int, end: int) -> Name:
    return Name(part.text[start:end], part.start + start, part.start + end)


def _with_persons(parts: list[Name], found: dict[Role, list[Name]]) -> list[Name]:
    """Units of a run written out; those that stand for their heads go to the persons instead."""
    units: list[Name] = []
    run: list[Name] = []
    for part in parts:
        person = _person_at_end(part.text)
        if person and len(person) < len(part.text):
            run.append(_cut(part, 0, len(part.text) - len(person)))
            heads = [Name(name.text + person, name.start, part.end) for name in written_out(run)]
            found.setdefault("persons", []).extend(heads)
            run = []
        else:
            run.append(part)
    units += written_out(run)
    return units


def _parts(text: str, folded: str) -> list[Name]:
    """The parts between separators that stand outside brackets."""
    depths = _depths(folded) if "(" in folded or "[" in folded else None
    trailing = any(map(folded.__contains__, _IN_TRAILING))
    parts: list[Name] = []
    start = 0
    for match in _SEPARATOR.finditer(folded):
        if match.start() < start or (depths and depths[match.start()]):
            continue
        if match[0] in _IN_POSTS and _holds_next_post(folded, start, match):
            continue
        if match[0] not in _ALWAYS and not _parts_units(folded, start, match):
            continue
        parts += _part(text, folded, start, match.start(), trailing)
        start = match.end()
    parts += _part(text, folded, start, len(text), trailing)
    return parts


def _holds_next_post(folded: str, start: int, match: re.Match[str]) -> bool:
    """Whether the next post is the same person's: `县委常委、副县长`."""
    if not folded.endswith(_SEVERAL_POSTS, start, match.start()):
        return False
    following = _NEXT_POST.match(folded, match.end())
    if following is None:
        return False
    return not (folded.endswith("副书记", start, match.start()) and following[0].startswith("副"))


def _depths(folded: str) -> list[int]:
    """How deep in brackets each character stands; all zero when brackets do not match."""
    depth = 0
    depths = []
    for character in folded:
        depth += (character in "([") - (character in ")]")
        depths.append(max(depth, 0))
    return depths if depth == 0 else [0] * len(folded)


def _parts_units(folded: str, start: int, match: re.Match[str]) -> bool:
    """Whether 和 or a space stands between two units: 市住房和城乡建设局 is one."""
    before = folded[start : match.start()].strip()
    following = _HARD.split(folded[match.end() : match.end() + 60], maxsplit=1)[0]
    return len(before) > 1 and _ends_as_unit(before) and _ends_as_unit(_TRAILING.sub("", following))


def _ends_as_unit(text: str) -> bool:
    return ends_as_unit(text) or text.endswith(_PERSONS)


def _person_at_end(text: str) -> str:
    """The words for a person that a name ends in; "" for a unit."""
    return next(word for word in _LONGEST_FIRST if text.endswith(word)) if text.endswith(_PERSONS) else ""


def _part(text: str, folded: str, start: int, end: int, trailing: bool) -> list[Name]:
    """The name in this stretch, if there is one; ``trailing`` says that words such as 等部门 stand in the text."""
    while start < end and folded[start] in _BULLETS:
        start += 1
    leading = _LEADING.match(folded, start, end) or (_JOINING.match(folded, start, end) if start else None)
    start = leading.end() if leading else start
    trail = _TRAILING.search(folded[start:end].rstrip()) if trailing else None
    if trail:
        end = start + trail.start()
    while start < end and folded[start] in " \n\t":
        start += 1
    while end > start and folded[end - 1] in " \n\t.:":
        end -= 1
    return [] if _NOT_A_NAME.match(folded, start, end) else [Name(text[start:end], start, end)]
