"""Building an official document in code, laid out by GB/T 9704—2012."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import Self

from docx import Document

from zhenggai.core.office import standard as gb
from zhenggai.core.office.finish import finished
from zhenggai.core.office.package import document
from zhenggai.core.office.standard import CHARACTER, CHARACTERS, LINE, Style, mm, points
from zhenggai.core.office.tables import table
from zhenggai.core.office.text import as_text, chinese_date, chinese_number, clean, width
from zhenggai.core.office.titles import title_lines
from zhenggai.core.office.wordml import Paragraph, Xml, element

HEADING_NUMBERS = ("{chinese}、", "（{chinese}）", "{arabic}.", "（{arabic}）")
LARGEST_ISSUER_MARK = 50
# 7.3.5.1: a seal of 42 mm stands over name and date, its top within a line of the text.
LINES_FOR_A_SEAL = 3


class Paper:
    """An official document, written from top to bottom; each call adds what its name says.

    >>> paper = Paper(created=date(2025, 1, 9))
    >>> _ = paper.title("关于限期整改的督办函").addressee("某某区人民政府").paragraph("经查，整改进展滞后。")
    >>> _ = paper.signature("某某市生态环境局", date(2025, 1, 9))
    >>> paper.to_bytes()[:2]
    b'PK'
    """

    def __init__(self, *, created: date) -> None:
        self._blocks: list[Paragraph | Xml] = []
        self._created = created
        self._title = ""
        self._lettered = False
        self._numbers = [0] * len(gb.HEADINGS)

    def letterhead(self, issuer: str, number: str = "", *, approver: str = "") -> Self:
        """版头 (7.2): the issuer in red, the document number, the red line; ``approver`` (签发人) on papers
        that go upwards, whose number then stands on the left.
        """
        size = _issuer_mark_size(issuer)
        # 7.2.4: the mark stands 35 mm below the top of the text.
        spacing = element("spacing", before=mm(35), after=0, line=points(size * 1.2), lineRule="exact")
        self._add(Paragraph(gb.ISSUER_MARK, issuer, (spacing,), size=size))
        # 7.2.7: the line runs 4 mm below the number.
        line = element("pBdr", element("bottom", val="single", sz=12, space=9, color=gb.RED))
        if approver:
            # 7.2.6: the number stands one character from the left, the approver one from the right; by tabs, for
            # an indent would shorten the line.
            places = (("left", CHARACTER), ("right", gb.TEXT_WIDTH - CHARACTER))
            tabs = element("tabs", *(element("tab", val=side, pos=place) for side, place in places))
            self._write(gb.NUMBER, f"\t{number}\t签发人：{approver}", line, tabs, element("jc", val="left"))
        else:
            self._write(gb.NUMBER, number, line)
        self._lettered = True
        return self

    def title(self, text: str) -> Self:
        r"""标题 (7.3.1); ``\n`` breaks a line where the writer wants it, long lines are broken evenly."""
        self._title = self._title or text
        # 7.3.1: 红色分隔线下空二行位置.
        above = [element("spacing", before=2 * LINE, after=LINE, line=LINE, lineRule="exact")] if self._lettered else []
        self._lettered = False
        return self._write(gb.TITLE, "\n".join(title_lines(clean(text))), *above)

    def addressee(self, text: str) -> Self:
        """主送机关 (7.3.2): flush left, closed by a full-width colon."""
        return self._write(gb.ADDRESSEE, f"{text.rstrip('：:')}：")

    def heading(self, text: str, level: int = 1, *, numbered: bool = True) -> Self:
        """结构层次序数 (7.3.3): “一、”“（一）”“1.”“（1）”, counted here unless the text brings its own."""
        if not 1 <= level <= len(gb.HEADINGS):
            raise ValueError(f"标题只有四级，没有第{level}级")
        number = self._next_number(level) if numbered else ""
        return self._write(gb.HEADINGS[level - 1], number + text)

    def paragraph(self, text: str) -> Self:
        """正文 (7.3.3): one paragraph a line of the text, blank lines left out."""
        for line in clean(text).split("\n"):
            if line.strip():
                self._write(gb.PARAGRAPH, line.strip())
        return self

    def contacts(self, lines: Iterable[tuple[str, object]]) -> Self:
        """Lines such as “联系电话：…”, whose value stays aligned when it runs on."""
        for label, value in lines:
            self._hang(gb.CONTACT, f"{label}：", as_text(value), indent=2)
        return self

    def attachments(self, names: Sequence[str]) -> Self:
        """附件说明 (7.3.4): numbered if there are several, no stop at the end, aligned when a name runs on."""
        for number, name in enumerate(names, start=1):
            lead = f"{number}." if len(names) > 1 else ""
            if number == 1:
                self._hang(gb.ATTACHMENTS, f"附件：{lead}", name, element("spacing", before=LINE), indent=2)
            else:
                self._hang(gb.ATTACHMENTS, lead, name, indent=2 + width("附件："))
        return self

    def signature(self, units: str | Sequence[str], dated: date, *, sealed: bool = False) -> Self:
        """发文机关署名 and 成文日期 (7.3.5), kept together with the text above them.

        ``sealed`` leaves the place of a stamp: date four characters from the right, the unit centred on it
        (7.3.5.1); without, the unit stands two characters from the right and the date two further in (7.3.5.2).
        """
        units = [units] if isinstance(units, str) else list(units)
        day = chinese_date(dated)
        place = _sealed_places if sealed else _plain_places
        unit_places, day_place = place([width(unit) for unit in units], width(day))
        self._keep_last_with_next()
        above = [element("spacing", before=(LINES_FOR_A_SEAL if sealed else 1) * LINE)]
        for unit, left in zip(units, unit_places, strict=True):
            self._write(gb.SIGNER, unit, *above, _left(left))
            above = []
        return self._write(gb.DATED, day, _left(day_place))

    def remark(self, text: str) -> Self:
        """附注 (7.3.6): in round brackets below the date."""
        return self._write(gb.REMARK, f"（{text}）")

    def annex(self, title: str, number: int | None = None) -> Self:
        """附件 (7.3.7): a new page, “附件” flush left on its first line, the title centred on the third."""
        self._numbers = [0] * len(gb.HEADINGS)
        self._write(gb.ANNEX, f"附件{number or ''}", element("pageBreakBefore"))
        return self._write(gb.TITLE, "\n".join(title_lines(clean(title))))

    def table(
        self,
        header: Sequence[str],
        rows: Iterable[Sequence[object]],
        *,
        widths: Sequence[float] = (),
        align: str = "",
        caption: str = "",
    ) -> Self:
        """A table as wide as the text, see ``tables.table``."""
        made = table(header, rows, widths=widths, align=align)
        if caption:
            self._write(gb.TABLE_CAPTION, caption)
        self._add(made)
        # Two tables without a paragraph between them would become one.
        return self._write(gb.AFTER_TABLE, "")

    def to_bytes(self) -> bytes:
        """The .docx file; the same calls always give the same bytes."""
        body = "".join(block.xml() if isinstance(block, Paragraph) else block for block in self._blocks)
        return finished(Document(BytesIO(document(body))), title=self._title, created=self._created)

    def _write(self, style: Style, text: str, *properties: Xml) -> Self:
        return self._add(Paragraph(style, text, properties))

    def _hang(self, style: Style, lead: str, text: str, *properties: Xml, indent: float) -> Self:
        """A line that runs on under its text, not under its lead; ``indent`` in characters."""
        hanging = width(lead)
        indents = element("ind", left=round((indent + hanging) * CHARACTER), hanging=round(hanging * CHARACTER))
        return self._write(style, lead + text, *properties, indents)

    def _add(self, block: Paragraph | Xml) -> Self:
        self._blocks.append(block)
        return self

    def _next_number(self, level: int) -> str:
        self._numbers[level - 1] += 1
        self._numbers[level:] = [0] * (len(gb.HEADINGS) - level)
        number = self._numbers[level - 1]
        return HEADING_NUMBERS[level - 1].format(chinese=chinese_number(number), arabic=number)

    def _keep_last_with_next(self) -> None:
        if self._blocks and isinstance(last := self._blocks[-1], Paragraph):
            self._blocks[-1] = replace(last, keep_next=True)


def _issuer_mark_size(issuer: str) -> float:
    """As large as one line allows, in half points.

    >>> _issuer_mark_size("某某市生态环境局文件"), _issuer_mark_size("某局")
    (44.0, 50)
    """
    return min(LARGEST_ISSUER_MARK, gb.TEXT_WIDTH // (10 * max(1.0, width(issuer))) / 2)


def _plain_places(units: Sequence[float], day: float) -> tuple[list[float], float]:
    """Where units and date begin, in characters from the left: two characters stay free on the right of whichever
    reaches further.

    >>> _plain_places([8], 6.0), _plain_places([4], 7.0)
    (([18], 20), ([17.0], 19.0))
    """
    widest = max(units)
    start = max(0, CHARACTERS - widest - max(2, 4 + day - widest))
    return [start] * len(units), start + 2


def _sealed_places(units: Sequence[float], day: float) -> tuple[list[float], float]:
    """The date four characters from the right, each unit centred on it as far as the page allows.

    >>> _sealed_places([8], 6.0), _sealed_places([20], 6.0)
    (([17.0], 18.0), ([8], 18.0))
    """
    start = CHARACTERS - 4 - day
    centre = start + day / 2
    return [max(0, min(centre - unit / 2, CHARACTERS - unit)) for unit in units], start


def _left(characters: float) -> Xml:
    return element("ind", left=round(characters * CHARACTER))
