"""PDF files; how lines become paragraphs and tables is told in ``paged``, how pictures are read in ``scan``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhenggai.core.reading import limits, scan
from zhenggai.core.reading.document import Document, Remark, tidy
from zhenggai.core.reading.errors import Damaged, Encrypted, NoText, TooLarge
from zhenggai.core.reading.paged import Budget, document_of
from zhenggai.core.reading.pages import Page
from zhenggai.core.reading.pdf_pages import is_picture, picture_of, read_page

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument

_PASSWORD_NEEDED = 4  # FPDF_ERR_PASSWORD


def read(data: bytes, name: str) -> Document:
    """The document of a PDF. Raises Encrypted, Damaged, TooLarge, or NoText for a scan that cannot be recognised."""
    import pypdfium2

    try:
        source = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise (Encrypted if error.err_code == _PASSWORD_NEEDED else Damaged) from error
    try:
        pages, remarks = _pages(source)
        titles = _titles(source)
    except pypdfium2.PdfiumError as error:
        raise Damaged from error
    finally:
        source.close()
    return document_of(name, "pdf", pages, titles, remarks)


def _pages(source: PdfDocument) -> tuple[list[Page], tuple[Remark, ...]]:
    """The pages; those that are pictures are recognised where that is installed."""
    budget = Budget(len(source))
    pages: list[Page] = []
    pictures: list[int] = []
    for index in range(len(source)):
        sheet = source[index]
        page = budget.spend(read_page(sheet, index + 1))
        if is_picture(sheet, page):
            pictures.append(index)
        pages.append(page)
        sheet.close()
    if not pictures:
        return pages, ()
    if not scan.available():
        if len(pictures) == len(pages):
            raise NoText(scan.NOT_INSTALLED)
        return pages, (_unread(pictures),)
    if len(pictures) > limits.MAX_RECOGNISED_PAGES:
        raise TooLarge
    recognised = []
    for index in pictures:
        found = scan.recognise(picture_of(source[index]), index + 1, pages[index].width)
        pages[index] = budget.spend(found.page)
        recognised.append(found)
    return pages, scan.remarks(recognised)


def _unread(pictures: list[int]) -> Remark:
    numbers = "、".join(str(index + 1) for index in pictures[:20]) + ("等" if len(pictures) > 20 else "")
    return Remark("pages_not_read", f"第 {numbers} 页是图片，没有读出文字。要读请安装文字识别组件（zhenggai[ocr]）。")


def _titles(source: PdfDocument) -> tuple[str, ...]:
    title = tidy(source.get_metadata_value("Title")).strip()
    return (title,) if title else ()
