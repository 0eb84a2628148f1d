"""The parts around the text: page, styles and page numbers, and nothing that another template left behind."""

from functools import cache
from io import BytesIO
from zipfile import ZipFile

from zhenggai.core.office import standard as gb
from zhenggai.core.office.standard import Style

XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
PARTS = ("styles", "settings", "fontTable", "footer1", "footer2")


def document(body: str) -> bytes:
    """A document with this body, as python-docx opens it."""
    stream = BytesIO()
    with ZipFile(stream, "w") as package:
        package.writestr("word/document.xml", _document(body))
        for name, content in _other_parts().items():
            package.writestr(name, content)
    return stream.getvalue()


@cache
def _other_parts() -> dict[str, str]:
    return {
        "[Content_Types].xml": _content_types(),
        "_rels/.rels": _relations({"rId1": ("officeDocument", "word/document.xml")}),
        "word/_rels/document.xml.rels": _relations(
            {part: (part.rstrip("12"), f"{part}.xml") for part in PARTS},
        ),
        "word/styles.xml": _styles(),
        "word/settings.xml": _settings(),
        "word/fontTable.xml": _fonts(),
        "word/footer1.xml": _footer("right"),
        "word/footer2.xml": _footer("left"),
    }


def _content_types() -> str:
    overrides = "".join(
        f'<Override PartName="/word/{part}.xml" ContentType="{TYPE}.{part.rstrip("12")}+xml"/>' for part in PARTS
    )
    return (
        f'{XML}<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{TYPE}.document.main+xml"/>{overrides}</Types>'
    )


def _relations(relations: dict[str, tuple[str, str]]) -> str:
    lines = "".join(
        f'<Relationship Id="{key}" Type="{RELATIONS}/{kind}" Target="{target}"/>'
        for key, (kind, target) in relations.items()
    )
    return f'{XML}<Relationships xmlns="{PACKAGE}/relationships">{lines}</Relationships>'


def _document(body: str) -> str:
    return f'{XML}<w:document {WORD} xmlns:r="{RELATIONS}"><w:body>{body}{_section()}</w:body></w:document>'


def _section() -> str:
    return (
        '<w:sectPr><w:footerReference w:type="default" r:id="footer1"/>'
        '<w:footerReference w:type="even" r:id="footer2"/>'
        f'<w:pgSz w:w="{gb.PAGE_WIDTH}" w:h="{gb.PAGE_HEIGHT}"/>'
        f'<w:pgMar w:top="{gb.MARGIN_TOP}" w:right="{gb.MARGIN_RIGHT}" w:bottom="{gb.MARGIN_BOTTOM}"'
        f' w:left="{gb.MARGIN_LEFT}" w:header="851" w:footer="{gb.FOOTER_DISTANCE}" w:gutter="0"/>'
        f'<w:docGrid w:type="lines" w:linePitch="{gb.LINE}"/></w:sectPr>'
    )


def _settings() -> str:
    # Compatibility mode 15 is that of Word 2013 and later.
    return (
        f'{XML}<w:settings {WORD}><w:evenAndOddHeaders/><w:characterSpacingControl w:val="doNotCompress"/>'
        '<w:compat><w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word"'
        ' w:val="15"/></w:compat><w:themeFontLang w:val="en-US" w:eastAsia="zh-CN"/></w:settings>'
    )


def _fonts() -> str:
    fonts = "".join(
        f'<w:font w:name="{font}"><w:altName w:val="{substitute}"/><w:charset w:val="86"/></w:font>'
        for font, substitute in gb.SUBSTITUTES.items()
    )
    return f"{XML}<w:fonts {WORD}>{fonts}</w:fonts>"


def _footer(side: str) -> str:
    """7.5: "— 1 —", on the outer side: 单页码居右空一字，双页码居左空一字."""
    text = '<w:r><w:t xml:space="preserve">{}</w:t></w:r>'
    page = f'<w:fldSimple w:instr=" PAGE ">{text.format(1)}</w:fldSimple>'
    return (
        f'{XML}<w:ftr {WORD}><w:p><w:pPr><w:pStyle w:val="{gb.FOOTER.id}"/>'
        f'<w:ind w:{side}Chars="100" w:{side}="{gb.points(gb.FOOTER.size)}"/><w:jc w:val="{side}"/></w:pPr>'
        f"{text.format('— ')}{page}{text.format(' —')}</w:p></w:ftr>"
    )


def _styles() -> str:
    defaults = (
        "<w:docDefaults><w:rPrDefault><w:rPr>"
        f'<w:rFonts w:ascii="{gb.LATIN}" w:hAnsi="{gb.LATIN}" w:cs="{gb.LATIN}" w:eastAsia="{gb.FANGSONG}"/>'
        '<w:kern w:val="2"/><w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/>'
        "</w:rPr></w:rPrDefault><w:pPrDefault/></w:docDefaults>"
    )
    return f"{XML}<w:styles {WORD}>{defaults}{''.join(map(_style, gb.STYLES))}</w:styles>"


def _style(style: Style) -> str:
    base = "" if style is gb.BODY else f'<w:basedOn w:val="{gb.BODY.id}"/>'
    default = ' w:default="1"' if style is gb.BODY else ""
    return (
        f'<w:style w:type="paragraph"{default} w:styleId="{style.id}"><w:name w:val="{style.name}"/>{base}<w:qFormat/>'
        f"<w:pPr>{_paragraph_properties(style)}</w:pPr><w:rPr>{_run_properties(style)}</w:rPr></w:style>"
    )


def _paragraph_properties(style: Style) -> str:
    """In the order that the schema asks for."""
    fixed = f' w:line="{style.line}" w:lineRule="exact"' if style.line else ""
    # Off the grid where the line is fixed; no widow control, for 22 lines fill the page (5.2.3: 撑满版心).
    return "".join(
        [
            "<w:keepNext/>" if style.keep_next else "",
            '<w:widowControl w:val="0"/>',
            # Extra space between Chinese and digits would push the 28th character off the line.
            '<w:autoSpaceDE w:val="0"/><w:autoSpaceDN w:val="0"/>',
            '<w:snapToGrid w:val="0"/>' if style.line else "",
            f'<w:spacing w:before="{round(style.before * gb.LINE)}" w:after="{round(style.after * gb.LINE)}"{fixed}/>',
            f'<w:ind w:firstLineChars="{round(style.first_line * 100)}"'
            f' w:firstLine="{round(style.first_line * gb.CHARACTER)}"/>'
            if style.first_line
            else "",
            f'<w:jc w:val="{style.align}"/>',
            f'<w:outlineLvl w:val="{style.outline}"/>' if style.outline is not None else "",
        ]
    )


def _run_properties(style: Style) -> str:
    tighter = f'<w:spacing w:val="{gb.TIGHTER}"/>' if style.size == gb.BODY.size else '<w:spacing w:val="0"/>'
    colour = f'<w:color w:val="{style.colour}"/>' if style.colour else ""
    half_points = round(style.size * 2)
    fonts = f'<w:rFonts w:ascii="{style.latin}" w:hAnsi="{style.latin}" w:eastAsia="{style.font}"/>'
    return f'{fonts}{colour}{tighter}<w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/>'
