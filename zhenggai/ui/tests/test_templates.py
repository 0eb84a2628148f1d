"""Rules that hold for the templates of every app."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from zhenggai.ui import icons

TEMPLATES = sorted(Path(settings.PACKAGE).rglob("templates/**/*.html"))
# What the content policy refuses: it would silently not work.
REFUSED = {
    "an inline style": re.compile(r"""\sstyle\s*=|<style\b""", re.IGNORECASE),
    "an inline script": re.compile(r"<script(?![^>]*\ssrc=)", re.IGNORECASE),
    "an event attribute": re.compile(r"\s(on[a-z]+|hx-on[:\w-]*)\s*=", re.IGNORECASE),
    "a script address": re.compile(r"javascript:|js:", re.IGNORECASE),
    "something from another place": re.compile(r"""(src|href)=["'](https?:)?//""", re.IGNORECASE),
}


@pytest.mark.parametrize("what", REFUSED)
def test_no_template_has(what):
    found = [str(file) for file in TEMPLATES if REFUSED[what].search(file.read_text(encoding="utf-8"))]
    assert not found, f"{what} in {found}"


def test_every_icon_that_a_template_names_exists():
    named = re.compile(r"""{% icon ["']([^"']+)["']|\sicon=["']([^"']+)["']""")
    used = {
        name or parameter for file in TEMPLATES for name, parameter in named.findall(file.read_text(encoding="utf-8"))
    }
    assert used <= set(icons.names())


def test_every_icon_is_a_drawing_of_our_own_kind():
    for name in icons.names():
        source = (icons.FOLDER / f"{name}.svg").read_text(encoding="utf-8")
        assert 'viewBox="0 0 24 24"' in source
        assert icons.drawing(name).startswith("<")
