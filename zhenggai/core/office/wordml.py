"""The few pieces of WordprocessingML that papers are made of, as text: a table of 4,000 cells is many elements."""

from dataclasses import dataclass
from html import escape
from typing import NewType

from zhenggai.core.office.standard import Style
from zhenggai.core.office.text import clean

Xml = NewType("Xml", str)

# Without the hint Word takes “ ” ‘ ’ — and … from the Latin font, at half their width.
CHINESE = '<w:rFonts w:hint="eastAsia"/>'


def element(tag: str, *children: Xml, **attributes: object) -> Xml:
    """A ``w:`` element with ``w:`` attributes.

    >>> element("p", element("r"), rsid="<1>")
    '<w:p w:rsid="&lt;1&gt;"><w:r/></w:p>'
    """
    opening = "".join([f"w:{tag}", *(f' w:{name}="{escape(str(value))}"' for name, value in attributes.items())])
    return Xml(f"<{opening}>{''.join(children)}</w:{tag}>" if children else f"<{opening}/>")


@dataclass(frozen=True, slots=True)
class Paragraph:
    r"""A paragraph; ``properties`` in the order of the schema. ``\n`` breaks the line, ``\t`` is a tab."""

    style: Style
    text: str
    properties: tuple[Xml, ...] = ()
    size: float | None = None
    keep_next: bool = False

    def xml(self) -> Xml:
        keep = (element("keepNext"),) if self.keep_next else ()
        return element("p", element("pPr", element("pStyle", val=self.style.id), *keep, *self.properties), self._run())

    def _run(self) -> Xml:
        half_points = round((self.size or 0) * 2)
        size = f'<w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/>' if self.size else ""
        return element("r", Xml(f"<w:rPr>{CHINESE}{size}</w:rPr>"), _text(self.text))


def _text(text: str) -> Xml:
    r"""
    >>> _text("甲<乙\n丙")
    '<w:t xml:space="preserve">甲&lt;乙</w:t><w:br/><w:t xml:space="preserve">丙</w:t>'
    """
    start, end = '<w:t xml:space="preserve">', "</w:t>"
    escaped = escape(clean(text))
    return Xml(start + escaped.replace("\n", f"{end}<w:br/>{start}").replace("\t", f"{end}<w:tab/>{start}") + end)
