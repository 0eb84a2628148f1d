"""Which requirement works where, and which tests show it: writes docs/requirements.md.

The tests say so themselves, with `@pytest.mark.requirement("R17")`; where a person finds it stands in
requirements.toml beside this file. A requirement counts as working only when it has both.
"""

import ast
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "requirements.md"
KNOWN = [f"R{number:02}" for number in range(1, 95)]
HEAD = """\
# Requirements: where each works, and which tests show it

Written by `make requirements` from the tests' marks and `tools/requirements.toml`; a test keeps it current.
`not yet` means just that: nothing in the product does it, or only a part of it does.

| | Where it works | Tests | What it is |
|---|---|---|---|
"""


def marks(path: Path) -> Iterator[tuple[str, str]]:
    """(requirement, name of the test) for every mark of one file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        for mark in getattr(node, "decorator_list", ()):
            if isinstance(mark, ast.Call) and isinstance(mark.func, ast.Attribute) and mark.func.attr == "requirement":
                yield from ((arg.value, node.name) for arg in mark.args if isinstance(arg, ast.Constant))


def shown() -> dict[str, list[str]]:
    """Requirement → the tests that carry its mark, in the order of their files."""
    found: dict[str, list[str]] = {}
    for folder in ("zhenggai", "tests"):
        for path in sorted((ROOT / folder).rglob("test_*.py")):
            for requirement, test in marks(path):
                found.setdefault(requirement, []).append(test)
    return found


def render() -> str:
    """The whole page; ValueError names a requirement that is unknown, or has a place without a test, or a test without a place."""
    tests = shown()
    told = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    names, places = told["names"], told["places"]
    if unknown := sorted((tests.keys() | places.keys()) - set(KNOWN)):
        raise ValueError(f"no such requirement: {', '.join(unknown)}")
    if halves := sorted(tests.keys() ^ places.keys()):
        raise ValueError(f"a place in requirements.toml and a marked test belong together: {', '.join(halves)}")
    rows = (
        f"| {key} | {places[key]} | {', '.join(f'`{test}`' for test in dict.fromkeys(tests[key]))} | {names[key]} |\n"
        if key in places
        else f"| {key} | not yet | | {names[key]} |\n"
        for key in KNOWN
    )
    return HEAD + "".join(rows)


if __name__ == "__main__":
    try:
        text = render()
    except ValueError as error:
        sys.exit(str(error))
    PAGE.write_text(text, encoding="utf-8")
    sys.stdout.write(
        f"{PAGE.relative_to(ROOT)}：{len(KNOWN)}条要求，{len(KNOWN) - text.count('| not yet |')}条可用。\n"
    )
