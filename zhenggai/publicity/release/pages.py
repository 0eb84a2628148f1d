"""The public copy of a PDF: its pages in a new file, without annotations, attachments, scripts or properties."""

import re
from ctypes import c_int
from io import BytesIO

import pypdfium2
import pypdfium2.raw as pdfium

from zhenggai.core.reading import limits
from zhenggai.core.reading.errors import Damaged, Encrypted, TooLarge
from zhenggai.publicity.release.copies import Copy

_EXIF = re.compile(rb"\xff\xe1(..)Exif\x00\x00", re.DOTALL)
_PROPERTIES = ("Title", "Author", "Subject", "Keywords", "Creator")
_SCANNED = 5  # characters on a page; fewer are a stamp or a page number


def pdf(data: bytes) -> Copy:
    """The public copy of a PDF. Raises Damaged, Encrypted or TooLarge."""
    copy = Copy()
    try:
        original = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise (Encrypted if "password" in str(error).lower() else Damaged) from error
    try:
        if len(original) > limits.MAX_PAGES:
            raise TooLarge
        if any(original.get_metadata_value(key) not in ("", "PDFium") for key in _PROPERTIES):
            copy.leave("metadata")
        if original.count_attachments():
            copy.leave("embedded")
        _strip(original, copy)  # before the pages are taken over: an object that nothing leads to is not taken over
        made = pypdfium2.PdfDocument.new()
        made.import_pages(original)
        out = BytesIO()
        made.save(out)
        copy.data = _without_exif(out.getvalue(), copy)
    except pypdfium2.PdfiumError as error:
        raise Damaged from error
    return copy


def _strip(original: pypdfium2.PdfDocument, copy: Copy) -> None:
    blank = 0
    for number in range(len(original)):
        page = original[number]
        for _ in range(pdfium.FPDFPage_GetAnnotCount(page)):
            copy.leave("annotations")
            pdfium.FPDFPage_RemoveAnnot(page, c_int(0))
        text = page.get_textpage().get_text_range()
        copy.text += f"\n{text}"
        blank += len(text.strip()) < _SCANNED
    if blank:
        copy.leave("no_text", f"{blank}页")


def _without_exif(data: bytes, copy: Copy) -> bytes:
    """Photos stand in a PDF as their cameras wrote them: what these say is overwritten in place."""
    made = bytearray(data)
    for match in _EXIF.finditer(data):
        length = int.from_bytes(match[1], "big")
        made[match.start() + 4 : match.start() + 2 + length] = bytes(length - 2)
        copy.leave("exif")
    return bytes(made)
