"""What a file is, told by its bytes first and by its name only where the bytes leave it open."""

import re

from zhenggai.core.reading.errors import Damaged, Encrypted, WrongKind

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body|meta|div|table|p)[\s>/]", re.IGNORECASE)
_PDF_WITHIN = 1024  # the header may be preceded by a mail gateway's rubbish

# What else arrives by mistake: leading bytes, what it is, what to do.
_FOREIGN: tuple[tuple[bytes, str], ...] = (
    (b"{\\rtf", "这是 RTF 文件。请用 Word 或 WPS 打开，另存为 .docx，再重新上传。"),
    (b"MIME-Vers", "这是网页归档文件（MHT）。请用 Word 或 WPS 打开，另存为 .docx，再重新上传。"),
    (b"Rar!", "这是压缩包。请解压后逐个上传其中的文件。"),
    (b"7z\xbc\xaf", "这是压缩包。请解压后逐个上传其中的文件。"),
    (b"\x1f\x8b", "这是压缩包。请解压后逐个上传其中的文件。"),
    (b"MZ", "这是程序文件，不能读取。请上传 .docx、.pdf 或 .txt。"),
    (b"\x7fELF", "这是程序文件，不能读取。请上传 .docx、.pdf 或 .txt。"),
)

_PICTURES = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"II*\x00", b"MM\x00*")
_RESERVED = b"\0\0\0\0"  # in the header of a bitmap; a text that begins with BM has none

# Word's own XML in one file, as against the packed .docx.
_WORD_XML = (b"schemas.microsoft.com/office/word/2003/wordml", b"schemas.microsoft.com/office/2006/xmlPackage")

# An entry that only this kind of zip container holds.
_CONTAINERS: tuple[tuple[str, str], ...] = (
    ("word/document.xml", "docx"),
    ("xl/workbook.xml", "xlsx"),
    ("xl/workbook.bin", "xlsb"),
    ("OFD.xml", "ofd"),
    ("ppt/presentation.xml", "pptx"),
)

# The kinds that an extension promises, to tell the sender when the bytes are of another.
EXTENSIONS: dict[str, str] = {
    ".docx": "docx",
    ".docm": "docx",
    ".doc": "doc",
    ".wps": "doc",
    ".pdf": "pdf",
    ".html": "html",
    ".htm": "html",
    ".shtml": "html",
    ".txt": "text",
    ".md": "text",
    ".text": "text",
    ".csv": "csv",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".xls": "xls",
    ".et": "xls",
    ".ofd": "ofd",
    ".png": "image",
    ".jpg": "image",
    ".jpeg": "image",
    ".tif": "image",
    ".tiff": "image",
    ".bmp": "image",
    ".gif": "image",
}


def extension(name: str) -> str:
    """The extension of a file name in lower case with its dot, "" where there is none.

    >>> extension("整改方案.DOC"), extension("方案")
    ('.doc', '')
    """
    stem, dot, last = name.rpartition(".")
    return f".{last.lower()}" if dot and stem and "/" not in last else ""


def sniff(data: bytes, name: str) -> str:
    """The kind of the bytes: "docx", "doc", "pdf", "html", "csv", "text", or one without a reader such as "xlsx".

    Raises WrongKind for what is known to be no document, Encrypted for an Office file under a password.
    """
    head = data[:16]
    if data[:4] in {b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"}:
        return _container(data)
    if head.startswith(_OLE):
        return _compound(data, name)
    if b"%PDF-" in data[:_PDF_WITHIN]:
        return "pdf"
    if head.startswith(_PICTURES) or (head.startswith(b"BM") and head[6:10] == _RESERVED):
        return "image"
    if any(word in data[:4096] for word in _WORD_XML):
        raise WrongKind("这是 XML 格式的 Word 文件。请用 Word 或 WPS 打开，另存为 .docx，再重新上传。")
    for magic, message in _FOREIGN:
        if head.startswith(magic):
            raise WrongKind(message)
    if _is_html(data, name):
        return "html"
    return "csv" if extension(name) == ".csv" else "text"


def _container(data: bytes) -> str:
    from zhenggai.core.reading.archive import Archive

    names = Archive(data).names
    for entry, kind in _CONTAINERS:
        if entry in names:
            return kind
    if any(name.startswith("word/document") for name in names):
        return "docx"
    if "[Content_Types].xml" in names:
        raise Damaged
    raise WrongKind("这是压缩包，不是文档。请解压后逐个上传其中的文件。")


def _compound(data: bytes, name: str) -> str:
    """OLE containers: Word, Excel, or the shell of a modern file under a password."""
    if _stream(data, "EncryptedPackage"):
        raise Encrypted
    word, excel = _stream(data, "WordDocument"), _stream(data, "Workbook") or _stream(data, "Book\0")
    promised = EXTENSIONS.get(extension(name))
    if word == excel and promised in {"doc", "xls"}:  # one is embedded in the other, or the directory is cut off
        return promised
    if word or excel:
        return "doc" if word else "xls"
    raise WrongKind


def _stream(data: bytes, name: str) -> bool:
    return name.encode("utf-16-le") in data


def _is_html(data: bytes, name: str) -> bool:
    """Markup at the start; a text that merely mentions a tag further on stays text."""
    start = data[:4096].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if start.startswith((b"<?xml", b"<!--")):
        return _HTML.search(start) is not None
    if start.startswith(b"<") and _HTML.match(start):
        return True
    return EXTENSIONS.get(extension(name)) == "html" and _HTML.search(start) is not None
