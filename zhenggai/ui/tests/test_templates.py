"""Rules that hold for the templates of every app."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template import engines
from jinja2 import UndefinedError

from zhenggai.ui import icons

PAGES = sorted(Path(settings.PACKAGE).rglob("templates/**/*.html"))
COMPILED = sorted(Path(settings.PACKAGE).rglob("jinja2/**/*.html"))
TEMPLATES = PAGES + COMPILED
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
    named = re.compile(r"""{% icon ["']([^"']+)["']|\sicon=["']([^"']+)["']|{{ icon\(["']([^"']+)["']""")
    used = {"".join(names) for file in TEMPLATES for names in named.findall(file.read_text(encoding="utf-8"))}
    assert used <= set(icons.names())


def test_every_icon_is_a_drawing_of_our_own_kind():
    for name in icons.names():
        source = (icons.FOLDER / f"{name}.svg").read_text(encoding="utf-8")
        assert 'viewBox="0 0 24 24"' in source
        assert icons.drawing(name).startswith("<")


def test_no_part_is_both_a_page_and_compiled():
    """The first engine that has the name would take it, whichever was meant."""
    names = [str(file).partition("/templates/")[2] for file in PAGES]
    assert not {str(file).partition("/jinja2/")[2] for file in COMPILED} & set(names)


def test_a_compiled_part_escapes_and_takes_nothing_unknown():
    engine = engines["compiled"]
    assert engine.from_string("{{ words }}").render({"words": "<b>"}) == "&lt;b&gt;"
    assert engine.from_string('{{ status("X") }}').render({}).startswith("<span")
    with pytest.raises(UndefinedError):
        engine.from_string("{{ wodrs }}").render({"words": ""})
