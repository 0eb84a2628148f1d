"""What the tests read out of a .docx."""

from io import BytesIO
from zipfile import ZipFile

from docx import Document
from docx.document import Document as DocumentObject
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph
from lxml import etree

# CT_PPrBase of ISO/IEC 29500: Word refuses a file whose properties stand in another order.
PARAGRAPH_PROPERTIES = (
    "pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers pBdr shd tabs "
    "suppressAutoHyphens kinsoku wordWrap overflowPunct topLinePunct autoSpaceDE autoSpaceDN bidi adjustRightInd "
    "snapToGrid spacing ind contextualSpacing mirrorIndents suppressOverlap jc textDirection textAlignment "
    "textboxTightWrap outlineLvl divId cnfStyle rPr sectPr pPrChange"
)
RUN_PROPERTIES = (
    "rStyle rFonts b bCs i iCs caps smallCaps strike dstrike outline shadow emboss imprint noProof snapToGrid vanish "
    "webHidden color spacing w kern position sz szCs highlight u effect bdr shd fitText vertAlign rtl cs em lang"
)


def opened(docx: bytes) -> DocumentObject:
    return Document(BytesIO(docx))


def texts(docx: bytes) -> list[str]:
    return [paragraph.text for paragraph in opened(docx).paragraphs]


def find(docx: bytes, text: str) -> Paragraph:
    return next(paragraph for paragraph in opened(docx).paragraphs if text in paragraph.text)


def parts(docx: bytes) -> dict[str, bytes]:
    with ZipFile(BytesIO(docx)) as package:
        return {name: package.read(name) for name in package.namelist()}


def check_xml(docx: bytes) -> None:
    """Every part is well-formed, and properties stand in the order of the schema."""
    for name, content in parts(docx).items():
        root = etree.fromstring(content)
        if name.startswith("word/") and name.endswith(".xml"):
            _check_order(root, qn("w:pPr"), PARAGRAPH_PROPERTIES)
            _check_order(root, qn("w:rPr"), RUN_PROPERTIES)


def _check_order(root: etree._Element, tag: str, order: str) -> None:
    names = order.split()
    for properties in root.iter(tag):
        places = [names.index(etree.QName(child).localname) for child in properties]
        assert places == sorted(set(places)), etree.tostring(properties)
