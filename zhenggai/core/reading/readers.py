"""Which reader reads what. A new format is one file with ``read(data, name) -> Document`` and one line here."""

from importlib import import_module

from zhenggai.core.reading import limits
from zhenggai.core.reading.document import Document, Remark
from zhenggai.core.reading.errors import Empty, TooLarge, WrongKind
from zhenggai.core.reading.sniffing import EXTENSIONS, extension, sniff

READERS: dict[str, str] = {
    "docx": "zhenggai.core.reading.docx",
    "doc": "zhenggai.core.reading.doc",
    "pdf": "zhenggai.core.reading.pdf",
    "ofd": "zhenggai.core.reading.ofd",
    "image": "zhenggai.core.reading.image",
    "html": "zhenggai.core.reading.html",
    "xlsx": "zhenggai.core.reading.xlsx",
    "xls": "zhenggai.core.reading.xls",
    "csv": "zhenggai.core.reading.csv_table",
    "text": "zhenggai.core.reading.text",
}

_CALLED = {
    "docx": "Word 文档（.docx）",
    "doc": "Word 文档（.doc）",
    "pdf": "PDF",
    "ofd": "OFD",
    "image": "图片",
    "html": "网页",
    "xlsx": "Excel 表格（.xlsx）",
    "xls": "Excel 表格（.xls）",
    "csv": "表格（.csv）",
    "text": "纯文本",
}


def read(data: bytes, name: str) -> Document:
    """The document in ``data``; ``name`` is the file's name and only helps where the bytes leave the kind open.

    Raises Unreadable, and nothing else, whatever the bytes are.

    >>> read("整改目标：达标。".encode("gb18030"), "方案.txt").blocks
    (Paragraph(text='整改目标：达标。', page=None, metadata=False),)
    """
    if not data:
        raise Empty
    if len(data) > limits.MAX_BYTES:
        raise TooLarge
    kind = sniff(data, name)
    if kind not in READERS:
        raise WrongKind("暂时不能读取这种文件。请另存为 .docx、.pdf 或 .txt，再重新上传。")
    document: Document = import_module(READERS[kind]).read(data, name)
    promised = EXTENSIONS.get(extension(name), kind)
    return document if promised == kind else _with_remark(document, kind, extension(name))


def _with_remark(document: Document, kind: str, suffix: str) -> Document:
    remark = Remark("wrong_extension", f"文件名以“{suffix}”结尾，内容其实是{_CALLED[kind]}，已按内容读取。")
    return document._replace(remarks=(*document.remarks, remark))
