"""Coordinated unit names written out in full.

`江岸、硚口、武昌区党委、政府` is six units. A group (各区党委) stays a group: the ledger knows its members.
Ruling of EXTRACTION, "Units". A name that cannot be completed stays as it is written.
"""

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

from zhenggai.core.grammar.unit_words import DEPARTMENTS

UNIT_ENDS = (
    "局", "委", "委员会", "办", "办公室", "办公厅", "厅", "部", "院", "署", "府", "党组", "会", "公司", "集团", "处", "所", "站", "中心", "队",
    "街道", "镇", "乡", "区", "县", "市", "州", "盟", "旗", "村", "社区", "学校", "大学", "银行", "组", "团", "机关", "单位", "部门", "企业",
    "室", "馆", "场", "厂", "指挥部", "专班", "联社", "基地", "司", "社", "医院", "港", "矿", "科", "股", "科室",
)  # fmt: skip
# The organs that a region has by name of its own kind, and that lists leave unrepeated.
_ORGANS = (
    "党工委", "党(工)委", "党（工）委", "街道办事处", "管理委员会", "人民政府", "党委", "工委", "党组", "政府", "管委会", "办事处", "人大", "政协",
)  # fmt: skip
_SECOND_ORGANS = ("人民政府", "政府", "管委会")
_DEPARTMENT_LEVELS = "省市县区州盟旗各"
_WITH_LEVEL = re.compile(r"[省市县区州](?:(?![直级委政人])|(?=政府办|委办))|[省市县区州]委(?=[^\x00-\xff]{2,5}部$)")
_DEPARTMENT = re.compile(rf"(?:(?:{'|'.join(DEPARTMENTS)})(?:管理|执法)?(?:局|厅|委|委员会)|(?:组织|宣传|统战)部)")
_OFFICE_OF_STREET, _NO_STREETS = "办事处", "镇乡"
"""A street has an office where a town has a government: `城关镇、青山街道办事处` are two."""
_LEVELS = "区县市州旗镇乡"
_REGION_ENDS = ("新区", "开发区", "高新区", "区", "县", "市", "州", "旗", "镇", "乡", "街道")
_OFFICE_ENDS = "局厅委办"
_OR = "[(（][县市区州旗盟、，,/]{1,5}[)）]"
_EITHER = re.compile(rf"[县市区州]{_OR}$")
_EACH = re.compile(rf"各(?:[市县区州旗盟]{{1,3}}|乡镇?|镇街?|街道)(?:{_OR})?")
_LEVEL_ONLY = re.compile(
    rf"(?:[县区州旗盟]|乡镇?|镇|街道|市(?=[州县区]|$))[市县区州]?(?:{_OR})?(?:{'|'.join(map(re.escape, _ORGANS))}|街道办|办|$)"
)
_GROUP_WORDS = ("各", "有关", "相关", "所辖", "其他", "其它", "县", "市", "区", "全", "涉及")
_MAY_HOLD_REGIONS = re.compile(r"[^\x00-\xff]{2,7}[区县市旗][^\x00-\xff]{2,7}[区县市旗]")
_NEXT_OFFICE = re.compile(r"(?<=[局厅])(?=[省市县区州][^\x00-\xff]{2,}|[^\x00-\xff]{2,4}[镇乡区县](?:人民)?政府$)")
_LONGEST_REGION = 12
_LONGEST_SHORT_NAME = 4


class Name(NamedTuple):
    """A unit's name and the [start, end) of the words it was read from."""

    text: str
    start: int
    end: int


def written_out(parts: list[Name]) -> list[Name]:
    """The parts of a list, in their order, with shortened names completed from their neighbours.

    >>> def names(text): return [name.text for name in written_out([Name(part, 0, 0) for part in text.split("、")])]
    >>> names("江岸、武昌区党委、政府")
    ['江岸区党委', '江岸区政府', '武昌区党委', '武昌区政府']
    >>> names("市水务局、各区党委(工委)、政府(管委会)")
    ['市水务局', '各区党委(工委)', '各区政府(管委会)']
    >>> names("江岸、硚口区"), names("甲区委、区政府"), names("市委、市政府"), names("市水务、城管局")
    (['江岸区', '硚口区'], ['甲区委', '甲区政府'], ['市委', '市政府'], ['市水务局', '市城管局'])
    >>> names("省财政厅、水利厅、江北水文局"), names("县委组织部、宣传部"), names("各县、区政府")
    (['省财政厅', '省水利厅', '江北水文局'], ['县委组织部', '县委宣传部'], ['各县政府', '各区政府'])
    >>> names("各市（州）、直管市、青屏林区党委"), names("各市（州）、县（市）政府")
    (['各市（州）党委', '直管市党委', '青屏林区党委'], ['各市（州）政府', '各县（市）政府'])
    """
    return _with_levels(list(_Expansion(_grouped(list(_parted(parts)))).names()))


def ends_as_unit(name: str) -> bool:
    """Whether a name ends as units do, a note in brackets aside.

    >>> ends_as_unit("各区党委（工委）"), ends_as_unit("市住房")
    (True, False)
    """
    return _without_note(name).endswith(UNIT_ENDS)


def _without_note(name: str) -> str:
    """The name without brackets at its end."""
    if name[-1:] not in {")", "）"}:
        return name
    opening = max(name.rfind("("), name.rfind("（"))
    return name[:opening] if opening > 0 else name


def _parted(parts: list[Name]) -> Iterator[Name]:
    """`党委政府` in one word are two organs, `江岸区硚口区政府` in one word two regions."""
    for part in (one for whole in parts for name in _offices_parted(whole) for one in _regions_parted(name)):
        cut = _between_organs(part.text)
        if cut:
            yield Name(part.text[:cut], part.start, part.start + cut)
            yield Name(part.text[cut:], part.start + cut, part.end)
        else:
            yield part


def _with_levels(names: list[Name]) -> list[Name]:
    """`省财政厅、水利厅`: departments that every government has take the level of the one before them."""
    found: list[Name] = []
    for name in names:
        if found and name.text[0] not in _DEPARTMENT_LEVELS and _DEPARTMENT.fullmatch(name.text):
            level = _WITH_LEVEL.match(found[-1].text)
            if level and level[0].endswith("委") == name.text.endswith("部"):
                name = name._replace(text=level[0] + name.text)
        found.append(name)
    return found


def _grouped(parts: list[Name]) -> list[Name]:
    """`各县、区政府`: 各 stands for both."""
    found: list[Name] = []
    for part in parts:
        if found and _EACH.fullmatch(found[-1].text) and _LEVEL_ONLY.match(part.text):
            part = part._replace(text=f"各{part.text}")
        found.append(part)
    return found


def _offices_parted(part: Name) -> Iterator[Name]:
    """Offices set on lines of their own in a narrow cell, without a sign between them: `县住建局县水利局`."""
    start = 0
    for match in _NEXT_OFFICE.finditer(part.text):
        name, rest = part.text[start : match.start()], part.text[match.start() :]
        parts = name[0] == rest[0] and not rest.endswith("分局")
        if len(name) > 2 and ends_as_unit(rest) and (parts or rest.endswith(_SECOND_ORGANS)):
            yield Name(name, part.start + start, part.start + match.start())
            start = match.start()
    yield Name(part.text[start:], part.start + start, part.end)


def _regions_parted(part: Name) -> Iterator[Name]:
    """Regions side by side without a sign between them, each by itself; the last keeps what follows."""
    position = 0
    if _MAY_HOLD_REGIONS.match(part.text):
        from zhenggai.core.grammar.divisions import side_by_side

        for region in side_by_side(part.text)[:-1]:
            yield Name(region, part.start + position, part.start + position + len(region))
            position += len(region)
    yield Name(part.text[position:], part.start + position, part.end)


def _between_organs(name: str) -> int:
    """Where the second of two organs written as one begins: 党委|政府, 区委|区政府; 0 when there is one."""
    plain = _without_note(name)
    if not plain.endswith(_SECOND_ORGANS):
        return 0
    for second in _SECOND_ORGANS:
        if plain.endswith(second):
            cut = len(plain) - len(second)
            if cut >= 2 and plain[cut - 1] in _LEVELS and plain[cut - 2] == "委":
                cut -= 1
            return cut if cut >= 2 and plain[cut - 1] == "委" else 0
    return 0


def _organ_of(name: str) -> str:
    """The organ that a name ends in, with its note: `党委（工委）`; "" when it ends otherwise."""
    plain = _without_note(name)
    if not plain.endswith(_ORGANS):
        return ""
    return next(organ for organ in _ORGANS if plain.endswith(organ)) + name[len(plain) :]


def _region_end(name: str) -> str:
    """The ending that makes a name a region's: 区, 县, 新区; "" for others and for a level alone (市, 区级)."""
    if not 2 <= len(name) <= _LONGEST_REGION + 3 or name[0] in "市省县区州":
        return ""
    if not name.endswith(_REGION_ENDS):
        return ""
    return next((end for end in _REGION_ENDS if name.endswith(end) and len(name) > len(end)), "")


def _is_region(name: str) -> bool:
    """Whether a name is a region's, or that of a group whose members end in one of two words: 各市（州）."""
    return bool(_region_end(name)) or _EITHER.search(name) is not None


def _split_office(name: str) -> tuple[str, str] | None:
    """`武昌区水务局` as region and office; None for names that do not begin with a region."""
    if name[:1] in "市省县区州":
        return None
    for length in range(2, 8):
        if name[length - 1 : length] in _LEVELS and len(name) - length >= 2:
            return name[:length], name[length:]
    return None


class _Expansion:
    """Reads the parts once; ``_waiting`` are regions or stems whose end is still to come."""

    def __init__(self, parts: list[Name]) -> None:
        self._parts = parts
        self._waiting: list[Name] = []

    def names(self) -> Iterator[Name]:
        index = 0
        while index < len(self._parts):
            part = self._parts[index]
            index += 1
            organ, plain = _organ_of(part.text), _without_note(part.text)
            if organ and len(part.text) > len(organ) + (part.text[0] in "市省区县州"):
                region = part.text[: -len(organ)]
                organs, index = self._organs_from(index, _is_bare_organ)
                yield from self._spread(part, region, [organ, *organs], index)
            elif len(plain) > 2 and plain[-1] == "委" and plain[-2] in _LEVELS:
                level, region = plain[-2], plain[:-2]
                organs, index = self._organs_from(index, partial(_is_level_organ, level))
                yield from self._spread(part, region, [part.text[len(region) :], *organs], index, level)
            elif self._waiting and self._takes_office(part):
                region, office = _split_office(part.text) or ("", "")
                yield from self._spread(part, region, [office], index)
            elif _is_region(part.text) or self._is_short(part.text):
                self._waiting.append(part)
            else:
                yield from self._closed_by(part)
        yield from self._flushed()

    def _organs_from(self, index: int, is_organ: Callable[[str], bool]) -> tuple[list[str], int]:
        """The organs that follow without their region, and the index after them."""
        organs = []
        while index < len(self._parts) and is_organ(self._parts[index].text):
            organs.append(self._parts[index].text)
            index += 1
        return organs, index

    def _spread(self, part: Name, region: str, organs: list[str], index: int, level: str = "") -> Iterator[Name]:
        """Every waiting region and this one, each with every organ."""
        ending = _region_end(region)
        if organs[0].startswith("街道") and self._waiting and not ending and not region.startswith(_GROUP_WORDS):
            region, organs, ending = region + "街道", [_OFFICE_OF_STREET, *organs[1:]], "街道"
        if organs[0].endswith(_OFFICE_OF_STREET) and any(one.text[-1] in _NO_STREETS for one in self._waiting):
            yield from self._flushed()
        either = None if level else _EITHER.search(region)
        if either and not region.startswith(_GROUP_WORDS):
            yield from self._spread_either(part, either, organs, index)
            return
        if not ending and not level and not all(_is_region(waiting.text) for waiting in self._waiting):
            yield from self._flushed()
        start = self._waiting[0].start if self._waiting else part.start
        end = self._parts[index - 1].end
        for one in [*(self._full(waiting.text, ending, level) for waiting in self._waiting), region]:
            for organ in organs:
                yield Name(one + organ, start, end)
        self._waiting = []

    def _spread_either(self, part: Name, either: re.Match[str], organs: list[str], index: int) -> Iterator[Name]:
        """`石首、洪湖、监利县（市）政府`: each with the ending that it has in the standard, else with the words as written."""
        from zhenggai.core.grammar.divisions import is_division

        start = self._waiting[0].start if self._waiting else part.start
        for stem in (*(waiting.text for waiting in self._waiting), either.string[: either.start()]):
            possible = [stem + one for one in either[0] if one in _LEVELS and is_division(stem + one)]
            region = stem if _region_end(stem) else possible[0] if len(possible) == 1 else stem + either[0]
            for organ in organs:
                yield Name(region + organ, start, self._parts[index - 1].end)
        self._waiting = []

    @staticmethod
    def _full(waiting: str, ending: str, level: str) -> str:
        """A waiting region with the ending it lacks; before `区委` without it."""
        if level:
            return waiting.removesuffix(level)
        return waiting if _is_region(waiting) else waiting + ending

    def _takes_office(self, part: Name) -> bool:
        """`江岸、硚口区水务局`; with regions in full only among short ones of the same level: `甲区、乙区水务局`."""
        split = _split_office(part.text)
        if split is None or not _region_end(split[0]):
            return False
        level = split[0][-1]
        return all(
            not _is_region(waiting.text) or (waiting.text[-1] == level and len(waiting.text) <= _LONGEST_SHORT_NAME)
            for waiting in self._waiting
        )

    @staticmethod
    def _is_short(name: str) -> bool:
        """A name of a region or an office that does not end as units do: its end is still to come."""
        short = 1 <= len(name) <= _LONGEST_SHORT_NAME and name.isalpha() and name[0] != "各"
        return short and not ends_as_unit(name)

    def _closed_by(self, part: Name) -> Iterator[Name]:
        """A complete unit. Stems that wait before it take its end: `市水务、城管局`."""
        stems = self._waiting
        if stems and part.text[-1:] in _OFFICE_ENDS and not any(_is_region(stem.text) for stem in stems):
            level = stems[0].text[0] if stems[0].text[0] in "省市区县州" else ""
            for stem in (*stems, Name(part.text[:-1], part.start, part.end)):
                name = stem.text if stem.text.startswith(level) else level + stem.text
                yield Name(name + part.text[-1], stems[0].start, part.end)
            self._waiting = []
            return
        yield from self._flushed()
        yield part

    def _flushed(self) -> Iterator[Name]:
        """Waiting regions as they are; bare ones take the level of the last: `江岸、硚口区`."""
        waiting, self._waiting = self._waiting, []
        ending = _region_end(waiting[-1].text) if waiting else ""
        for one in waiting:
            if ending and not _is_region(one.text):
                yield Name(one.text + ending, waiting[0].start, waiting[-1].end)
            else:
                yield one


def _is_bare_organ(name: str) -> bool:
    return bool(name) and _organ_of(name) == name


def _is_level_organ(level: str, name: str) -> bool:
    """`区政府` after `某区委`."""
    return name.startswith(level) and _is_bare_organ(name[1:])
