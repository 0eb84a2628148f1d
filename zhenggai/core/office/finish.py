"""Turning a document into bytes: the same content gives the same bytes, and no person's name stays in them."""

from datetime import date, datetime, time
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from docx.document import Document

from zhenggai.core.office.text import clean

APPLICATION_PART = "docProps/app.xml"
APPLICATION = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
    b"<Application>zhenggai</Application></Properties>"
)
LONGEST_PROPERTY = 255
# The earliest moment that a zip archive can name.
EPOCH = (1980, 1, 1, 0, 0, 0)


def finished(document: Document, *, title: str, created: date) -> bytes:
    _set_properties(document, clean(title).replace("\n", ""), datetime.combine(created, time()))
    stream = BytesIO()
    document.save(stream)
    return _repacked(stream)


def _set_properties(document: Document, title: str, moment: datetime) -> None:
    properties = document.core_properties
    for name in ("author", "last_modified_by", "comments", "subject", "keywords", "category", "identifier", "version"):
        setattr(properties, name, "")
    properties.content_status = ""
    properties.title = title[:LONGEST_PROPERTY]
    properties.language = "zh-CN"
    properties.revision = 1
    properties.created = properties.modified = properties.last_printed = moment


def _repacked(stream: BytesIO) -> bytes:
    """The archive without the time of its making, and without the company and program that made its template."""
    packed = BytesIO()
    with ZipFile(stream) as source, ZipFile(packed, "w") as target:
        for name in source.namelist():
            content = APPLICATION if name == APPLICATION_PART else source.read(name)
            target.writestr(ZipInfo(name, EPOCH), content, ZIP_DEFLATED)
    return packed.getvalue()
