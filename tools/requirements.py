"""Which tests show which requirement: reads `@pytest.mark.requirement("R01", …)` and docs/requirements.md.

Prints one line a requirement; exits with 1 when one of them has no test.
"""

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def marks(path: Path) -> Iterator[tuple[str, str]]:
    """(requirement, test) of one file; a mark on a class or on the module holds for all its tests."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "requirement":
            place = f"{path.relative_to(ROOT)}:{node.lineno}"
            yield from ((arg.value, place) for arg in node.args if isinstance(arg, ast.Constant))


def main() -> int:
    """0 when every requirement has a test."""
    shown = defaultdict(list)
    for folder in ("zhenggai", "tests"):
        for path in sorted((ROOT / folder).rglob("test_*.py")):
            for requirement, place in marks(path):
                shown[requirement].append(place)
    page = ROOT / "docs" / "requirements.md"
    known = sorted(set(re.findall(r"\bR\d\d\b", page.read_text(encoding="utf-8")))) if page.exists() else sorted(shown)
    for requirement in known:
        sys.stdout.write(f"{requirement}  {'、'.join(shown[requirement]) or '—— 还没有测试'}\n")
    without = [requirement for requirement in known if not shown[requirement]]
    sys.stdout.write(f"{len(known)} 条要求，{len(known) - len(without)} 条有测试。\n")
    return 1 if without else 0


if __name__ == "__main__":
    sys.exit(main())
