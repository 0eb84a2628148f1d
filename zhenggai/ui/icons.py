"""Our own icons: 24 pixels, stroke 1.5, one svg a file, inlined into the page."""

import re
from functools import cache
from pathlib import Path

from django.utils.safestring import SafeString, mark_safe

FOLDER = Path(__file__).parent / "static_src" / "icons"


def names() -> list[str]:
    return sorted(file.stem for file in FOLDER.glob("*.svg"))


@cache
def drawing(name: str) -> SafeString:
    """The shapes inside the file's <svg>."""
    file = FOLDER / f"{name}.svg"
    if file.parent != FOLDER or not file.exists():
        raise ValueError(f"no icon {name!r} in {FOLDER}; there are: {', '.join(names())}")
    inside = re.search(r"<svg[^>]*>(.*)</svg>", file.read_text(encoding="utf-8"), re.DOTALL)
    if not inside:
        raise ValueError(f"{file} is not an svg")
    return mark_safe(inside[1].strip())  # noqa: S308 - our own files
