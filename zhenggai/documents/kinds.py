"""What a file really is, by its first bytes; what its name says counts for nothing.

Each kind: the endings that may carry it, its media type, and how it begins.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class FileKind:
    name: str
    endings: tuple[str, ...]
    media_type: str
    words: str


PDF = FileKind("pdf", ("pdf",), "application/pdf", "PDF")
OLE = FileKind("ole", ("doc", "xls", "wps", "et", "ppt"), "application/msword", "Word 97 / WPS 文档")
ZIP = FileKind("zip", ("docx", "xlsx", "ofd", "pptx"), "application/octet-stream", "Word、Excel 或 OFD 文档")
JPEG = FileKind("jpeg", ("jpg", "jpeg"), "image/jpeg", "照片")
PNG = FileKind("png", ("png",), "image/png", "图片")
TIFF = FileKind("tiff", ("tif", "tiff"), "image/tiff", "扫描图片")
BMP = FileKind("bmp", ("bmp",), "image/bmp", "图片")
TEXT = FileKind("text", ("txt", "md", "csv", "html", "htm"), "text/plain", "文本")

_BEGINNINGS: tuple[tuple[bytes, FileKind], ...] = (
    (b"%PDF-", PDF),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OLE),
    (b"PK\x03\x04", ZIP),
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"II*\x00", TIFF),
    (b"MM\x00*", TIFF),
)
EVIDENCE = (PDF, OLE, ZIP, JPEG, PNG, TEXT)
PICTURES = (JPEG, PNG, TIFF, BMP)
PLANS = (PDF, OLE, ZIP, TEXT, *PICTURES)


def kind_of(head: bytes) -> FileKind | None:
    """The kind of a file that begins with `head` (at least 16 bytes where it has them); None when it is no kind that
    we take.

    >>> kind_of(b"%PDF-1.7").name, kind_of("整改方案".encode()).name, kind_of(b"MZ\\x90\\x00\\x03\\x00\\x00\\x00")
    ('pdf', 'text', None)
    """
    for beginning, kind in _BEGINNINGS:
        if head.startswith(beginning):
            return kind
    if head.startswith(b"BM") and head[6:10] == bytes(4):  # reserved in a bitmap; no text that begins with BM has them
        return BMP
    return TEXT if _looks_like_text(head) else None


def _looks_like_text(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    return not any(byte < 9 or (13 < byte < 32 and byte != 27) for byte in head)


def ending_of(name: str) -> str:
    """The ending of a file's name, lower case, without the dot.

    >>> ending_of("整改方案.DOCX"), ending_of("无后缀")
    ('docx', '')
    """
    return name.rsplit(".", 1)[1].lower() if "." in name else ""
