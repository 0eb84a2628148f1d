"""Old Word and WPS documents (.doc, .wps): turned into .docx in a temporary folder, then read as such."""

import tempfile
from pathlib import Path

from zhenggai.core.reading import docx, libreoffice, limits
from zhenggai.core.reading.document import Document, Paragraph, Remark
from zhenggai.core.reading.errors import Damaged, Encrypted
from zhenggai.core.reading.text import is_text


def read(data: bytes, name: str) -> Document:
    """The document of a .doc or .wps. Raises Encrypted, Damaged, TooLarge or Empty."""
    try:
        document = docx.read(_as_docx(data), name)
    except Damaged:
        document = _second_try(data, name)
    return document._replace(name=name, kind="doc")


def _second_try(data: bytes, name: str) -> Document:
    converted = libreoffice.converted(data, ".doc", reads="MS Word 97", to="docx")
    if converted is None:
        raise Damaged
    document = docx.read(converted, name)
    if not is_text("".join(block.text for block in document.blocks if isinstance(block, Paragraph))):
        raise Damaged  # it read what is no document
    remark = Remark("second_reader", "文件结构不规范，由 LibreOffice 转换后读出；末尾的表格可能变成文字，请对照原件。")
    return document._replace(remarks=(*document.remarks, remark))


def _as_docx(data: bytes) -> bytes:
    import doc2docx
    from doc2docx.cfb import CompoundFileLimits
    from doc2docx.errors import EncryptedDocumentError

    bounds = CompoundFileLimits(
        max_input_bytes=limits.MAX_BYTES,
        max_stream_bytes=limits.MAX_PART,
        max_directory_entries=limits.MAX_ARCHIVE_ENTRIES,
    )
    with tempfile.TemporaryDirectory(prefix="zhenggai-") as folder:
        source, target = Path(folder, "source.doc"), Path(folder, "target.docx")
        source.write_bytes(data)
        try:
            doc2docx.convert(source, target, limits=bounds)
            return target.read_bytes()
        except EncryptedDocumentError as error:
            raise Encrypted from error
        except Exception as error:  # the converter's parsers raise whatever a broken byte leads them to
            raise Damaged from error
