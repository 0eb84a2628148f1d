"""Reading: the bytes of a file become a Document, and a Document becomes one cleaned text.

``read`` picks a reader by what the bytes are, then by the file's extension; ``clean`` takes out what is not the
document (page numbers, site furniture, fragments of upload sites, hard line wraps) and remembers where each
remaining character stood. Heavy libraries are imported only inside the reader that needs them.
"""

from zhenggai.core.reading import limits
from zhenggai.core.reading.cleaning import CleanText, Region, Removed, Spans, clean
from zhenggai.core.reading.document import Block, Cell, Document, Dropped, Paragraph, Remark, Table
from zhenggai.core.reading.errors import Damaged, Empty, Encrypted, NoText, TooLarge, Unreadable, WrongKind
from zhenggai.core.reading.readers import read

__all__ = [
    "Block",
    "Cell",
    "CleanText",
    "Damaged",
    "Document",
    "Dropped",
    "Empty",
    "Encrypted",
    "NoText",
    "Paragraph",
    "Region",
    "Remark",
    "Removed",
    "Spans",
    "Table",
    "TooLarge",
    "Unreadable",
    "WrongKind",
    "clean",
    "limits",
    "read",
]
