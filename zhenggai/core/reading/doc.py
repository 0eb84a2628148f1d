"""Old Word and WPS documents (.doc, .wps): turned into .docx in a temporary folder, then read as such."""

import tempfile
from dataclasses import replace
from pathlib import Path

from zhenggai.core.reading import docx, limits
from zhenggai.core.reading.document import Document
from zhenggai.core.reading.errors import Damaged, Encrypted


def read(data: bytes, name: str) -> Document:
    """The document of a .doc or .wps. Raises Encrypted, Damaged, TooLarge or Empty."""
    return replace(docx.read(_as_docx(data), name), name=name, kind="doc")


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
