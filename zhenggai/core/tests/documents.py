"""Word and PDF files made for tests, with the features that real plans have."""

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence

from docx import Document
from docx.document import Document as Word
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.text.paragraph import Paragraph
from PIL.Image import Image
from xlsxwriter import Workbook


def saved(word: Word) -> bytes:
    buffer = io.BytesIO()
    word.save(buffer)
    return buffer.getvalue()


def word_of(*lines: str) -> Word:
    word = Document()
    for line in lines:
        word.add_paragraph(line)
    return word


def add_list(word: Word, number: int, *levels: tuple[str, str]) -> None:
    """A list definition with these (format, pattern) levels; paragraphs join it by ``numbered``."""
    numbering = word.part.numbering_part.element
    level_xml = "".join(
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="{style}"/><w:lvlText w:val="{pattern}"/></w:lvl>'
        for depth, (style, pattern) in enumerate(levels)
    )
    abstract = parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{number}">{level_xml}</w:abstractNum>')
    numbering.insert(0, abstract)
    numbering.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="{number}"><w:abstractNumId w:val="{number}"/></w:num>'))


def numbered(paragraph: Paragraph, number: int, depth: int) -> None:
    properties = paragraph._p.get_or_add_pPr()
    properties.append(
        parse_xml(
            f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/></w:numPr>',
        )
    )


def add_change(paragraph: Paragraph, kind: str, text: str) -> None:
    """A tracked insertion ("ins") or deletion ("del") at the end of the paragraph."""
    change = OxmlElement(f"w:{kind}")
    change.set(qn("w:id"), "1")
    change.set(qn("w:author"), "x")
    run = OxmlElement("w:r")
    words = OxmlElement("w:t" if kind == "ins" else "w:delText")
    words.text = text
    run.append(words)
    change.append(run)
    paragraph._p.append(change)


def fill(table: object, rows: Sequence[Sequence[str]]) -> None:
    for row, texts in enumerate(rows):
        for column, text in enumerate(texts):
            table.cell(row, column).text = text  # type: ignore[attr-defined]


TABLE = [
    ["序号", "反馈问题", "整改目标", "整改措施", "责任单位", "整改时限"],
    ["一、水环境方面", "", "", "", "", ""],
    ["1", "部分河段水质不达标。", "水质达到Ⅲ类。", "1.封堵排口12个。", "市水利局", "2023年6月底前"],
    ["", "", "", "2.清淤3.2万立方米。", "市住建局", "2023年9月底前"],
    ["2", "水源地标识缺失。", "标识完善。", "补设标识牌45块。", "市生态环境局", "2023年12月底前"],
    ["二、大气环境方面", "", "", "", "", ""],
    [
        "3",
        "裸土未覆盖。",
        "裸土覆盖率达到100%。",
        "（1）覆盖裸土。（2）加强巡查。",
        "市城管局，甲、乙、丙区政府",
        "立行立改",
    ],
]

TABLE_GOLD = {
    "kind": "plan",
    "title": "某市生态环境问题整改清单",
    "tasks": [
        {
            "serial": "1",
            "category": ["水环境方面"],
            "issue": "部分河段水质不达标。",
            "goal": "水质达到Ⅲ类。",
            "measures": [
                {"no": "1", "text": "封堵排口12个。", "quantities": [{"value": 12, "unit": "个", "of": "排口"}]},
                {"no": "2", "text": "清淤3.2万立方米。", "deadlines": [{"due": "2023-09-30"}]},
            ],
            "responsible_units": ["市水利局", "市住建局"],
            "deadline": {"due": "2023-09-30"},
        },
        {
            "serial": "2",
            "category": ["水环境方面"],
            "measures": [{"no": None, "text": "补设标识牌45块。"}],
            "deadline": {"due": "2023-12-31"},
        },
        {
            "serial": "3",
            "category": ["大气环境方面"],
            "measures": [{"no": "1", "text": "覆盖裸土。"}, {"no": "2", "text": "加强巡查。"}],
            "responsible_units": ["市城管局", "甲区政府", "乙区政府", "丙区政府"],
            "deadline": {"kind": "immediate"},
        },
    ],
    "warnings": [],
}


def word_with_table() -> bytes:
    """The plan of TABLE as a Word table with merged cells."""
    word = word_of("某市生态环境问题整改清单")
    table = word.add_table(len(TABLE), len(TABLE[0]))
    fill(table, TABLE)
    for row in (1, 5):
        table.cell(row, 0).merge(table.cell(row, 5))
    for column in (0, 1, 2):
        table.cell(2, column).merge(table.cell(3, column))
    return saved(word)


def word_with_long_rows() -> bytes:
    """Three tasks with 40 measures each in narrow columns, the column names repeated on each page."""
    word = word_of("某市整改清单")
    rows = [TABLE[0]]
    for number in range(1, 4):
        measures = "\n".join(f"{n}.开展第{n}项整治，确保按期完成各项任务，不留死角。" for n in range(1, 41))
        rows.append(
            [str(number), f"第{number}类问题突出。", "全面整改。", measures, "市水务局、市生态环境局", "2024年底前"]
        )
    table = word.add_table(len(rows), 6, style="Table Grid")
    fill(table, rows)
    table.rows[0]._tr.get_or_add_trPr().append(parse_xml(f"<w:tblHeader {nsdecls('w')}/>"))
    return saved(word)


def workbook_of(fill_in: Callable[[Workbook], None]) -> bytes:
    """An .xlsx that ``fill_in`` writes."""
    buffer = io.BytesIO()
    with Workbook(buffer, {"in_memory": True}) as book:
        fill_in(book)
    return buffer.getvalue()


def workbook_with_table() -> bytes:
    """The plan of TABLE as a sheet: a title over all columns, an empty row, merged cells, a hidden second sheet.

    data/table.xls is this workbook, saved as Excel 97 by LibreOffice.
    """

    def fill_in(book: Workbook) -> None:
        sheet = book.add_worksheet("清单")
        sheet.merge_range("A1:F1", "某市生态环境问题整改清单")
        for row, texts in enumerate(TABLE, 2):
            for column, text in enumerate(texts):
                if text:
                    sheet.write(row, column, int(text) if text.isdigit() else text)
        for row in (3, 7):
            sheet.merge_range(row, 0, row, 5, TABLE[row - 2][0])
        for column in (0, 1, 2):
            sheet.merge_range(4, column, 5, column, TABLE[2][column])
        hidden = book.add_worksheet("码表")
        hidden.write(0, 0, "市水利局")
        hidden.hide()

    return workbook_of(fill_in)


def pdf_with_table(rows: Sequence[Sequence[str]], *, filler: int = 0) -> bytes:
    """A PDF with a title, ``filler`` paragraphs and a ruled table whose header row comes back on every page."""
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.platypus import Paragraph as Flowing
    from reportlab.platypus import SimpleDocTemplate, Table

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    body = ParagraphStyle("body", fontName="STSong-Light", fontSize=12, leading=18, firstLineIndent=24, wordWrap="CJK")
    title = ParagraphStyle("title", parent=body, fontSize=18, leading=26, alignment=1, firstLineIndent=0)
    cell = ParagraphStyle("cell", parent=body, fontSize=9, leading=12, firstLineIndent=0)

    def number_page(canvas: object, document: object) -> None:
        canvas.setFont("STSong-Light", 9)  # type: ignore[attr-defined]
        canvas.drawCentredString(297, 30, f"- {document.page} -")  # type: ignore[attr-defined]

    words = "为抓好督察反馈问题整改，压实各级各部门责任，确保按期完成任务，结合我市实际制定本方案。" * 3
    flow = [Flowing("某市生态环境问题整改清单", title), *(Flowing(words, body) for _ in range(filler))]
    cells = [[Flowing(text.replace("\n", "<br/>"), cell) for text in row] for row in rows]
    style = [("GRID", (0, 0), (-1, -1), 0.5, "black"), ("VALIGN", (0, 0), (-1, -1), "TOP")]
    flow.append(Table(cells, colWidths=[40, 100, 90, 120, 60, 60], repeatRows=1, style=style))
    buffer = io.BytesIO()
    SimpleDocTemplate(buffer).build(flow, onFirstPage=number_page, onLaterPages=number_page)
    return buffer.getvalue()


def pdf_with_pictures(text: str, *pictures: Image) -> bytes:
    """A PDF with a page of text (none where it is empty) and a page for each picture."""
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfgen.canvas import Canvas

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(595, 842))
    if text:
        canvas.setFont("STSong-Light", 12)
        canvas.drawString(90, 700, text)
        canvas.showPage()
    for picture in pictures:
        width, height = picture.width * 72 / 200, picture.height * 72 / 200
        canvas.setPageSize((width, max(height, width / 2)))
        canvas.drawImage(ImageReader(picture), 0, 0, width, height)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def zipped(parts: Mapping[str, bytes | str]) -> bytes:
    """A zip container with these parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


OFD = 'xmlns:ofd="http://www.ofdspec.org/2016"'


def ofd_of(*pages: str, template: str = "") -> bytes:
    """An .ofd whose pages hold these objects; ``template`` is drawn under each."""
    listed = "".join(f'<ofd:Page ID="{n}" BaseLoc="Pages/Page_{n}/Content.xml"/>' for n in range(len(pages)))
    parts = {
        "OFD.xml": f"<ofd:OFD {OFD}><ofd:DocBody><ofd:DocInfo><ofd:Title>整改清单</ofd:Title></ofd:DocInfo>"
        "<ofd:DocRoot>/Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
        "Doc_0/Document.xml": f"<ofd:Document {OFD}><ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>0 0 210 297"
        '</ofd:PhysicalBox></ofd:PageArea><ofd:TemplatePage ID="99" BaseLoc="Tpls/Tpl_0/Content.xml"/></ofd:CommonData>'
        f"<ofd:Pages>{listed}</ofd:Pages></ofd:Document>",
        "Doc_0/Tpls/Tpl_0/Content.xml": ofd_page(template),
    }
    for number, objects in enumerate(pages):
        shared = '<ofd:Template TemplateID="99"/>' if template else ""
        parts[f"Doc_0/Pages/Page_{number}/Content.xml"] = ofd_page(objects, shared)
    return zipped(parts)


def ofd_page(objects: str, before: str = "") -> str:
    return f"<ofd:Page {OFD}>{before}<ofd:Content><ofd:Layer>{objects}</ofd:Layer></ofd:Content></ofd:Page>"


def ofd_text(text: str, x: float, y: float, size: float = 4) -> str:
    """One line of text whose top left corner stands there, in millimetres."""
    delta = f"g {len(text) - 1} {size}" if len(text) > 1 else ""
    return (
        f'<ofd:TextObject Boundary="{x} {y} 200 {size}" Size="{size}"><ofd:TextCode X="0" Y="{size * 0.88}" '
        f'DeltaX="{delta}">{text}</ofd:TextCode></ofd:TextObject>'
    )


def ofd_path(data: str) -> str:
    return f'<ofd:PathObject Boundary="0 0 210 297"><ofd:AbbreviatedData>{data}</ofd:AbbreviatedData></ofd:PathObject>'


def ofd_with_table(rows: Sequence[Sequence[str]]) -> bytes:
    """The rows as a ruled table over as many pages as they need, below a title, with page numbers."""
    lefts, bottom = [15, 27, 67, 100, 145, 175, 200], 270
    pages, objects, top = [], [ofd_text("某市生态环境问题整改清单", 70, 20, 6)], 35.0
    for row in rows:
        cells = [
            [text[at : at + fit] for at in range(0, len(text), fit)]
            for left, right, text in zip(lefts, lefts[1:], row, strict=False)
            for fit in [int((right - left - 1) // 3)]
        ]
        height = max(len(lines) for lines in cells) * 4 + 2
        if top + height > bottom:
            pages.append("".join(objects))
            objects, top = [], 25.0
        for left, right, lines in zip(lefts, lefts[1:], cells, strict=False):
            objects.append(
                ofd_path(f"M {left} {top} L {right} {top} L {right} {top + height} L {left} {top + height} C")
            )
            objects += [ofd_text(line, left + 0.5, top + 1 + 4 * n, 3) for n, line in enumerate(lines)]
        top += height
    pages.append("".join(objects))
    return ofd_of(*(page + ofd_text(f"-{n}-", 100, 285, 3) for n, page in enumerate(pages, 1)))
