"""Plain text and Markdown: the character set is found out, tables drawn with bars or tabs become tables."""

import codecs
import re

from zhenggai.core.reading import limits
from zhenggai.core.reading.document import Block, Document, Paragraph, tidy
from zhenggai.core.reading.drawn_tables import take_table
from zhenggai.core.reading.errors import Empty, TooLarge, WrongKind
from zhenggai.core.reading.sniffing import extension

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MARKDOWN = frozenset({".md", ".markdown"})
_MARKUP = re.compile(r"^ {0,3}#{1,6} +|^ {0,3}> ?|\*\*|(?<=\S) +#+$")  # headings, quotations, bold
_BOLD = re.compile(r"(?<![\w*])\*\*(?=[^\s*])([^*\n]{2,200}?)(?<=\S)\*\*(?!\*)")
"""Bold in a text that is not called Markdown; the stars of a name made unreadable (小**) stay."""
_STRANGE = re.compile("[\x00-\x08\x0e-\x1f\x7f\ue000-\uf8ff\ufffd]")
_STRANGE_ALLOWED = 0.02  # share of control and private-use characters that a text may hold


def read(data: bytes, name: str) -> Document:
    """The lines of a text file, blank ones included.

    Raises Empty for white space only, WrongKind for bytes that are no text in any known character set.
    """
    text = tidy(decode(data))
    if not text.strip():
        raise Empty
    if len(text) > limits.MAX_CHARACTERS or text.count("\t") + text.count("|") > limits.MAX_BLOCKS:
        raise TooLarge
    text = text.replace("\f", "\n\f")  # a new page is a new line
    if extension(name) in _MARKDOWN:
        text = "\n".join([_MARKUP.sub("", line) for line in text.split("\n")])
    elif "**" in text:
        text = _BOLD.sub(r"\1", text)
    drawn = "|" in text or "\t" in text
    return Document(
        name=name, kind="text", blocks=tuple(_with_tables(text.split("\n"))) if drawn else (Paragraph(text),)
    )


def _with_tables(lines: list[str]) -> list[Block]:
    blocks: list[Block] = []
    position = 0
    while position < len(lines):
        line = lines[position]
        drawn = "|" in line or "\t" in line
        table, used = take_table(lines, position) if drawn else (None, 0)
        if table:
            blocks.append(table)
            position += used
        else:
            blocks.append(Paragraph(line))
            position += 1
    return blocks


def decode(data: bytes) -> str:
    """Bytes as text: by byte order mark, else UTF-8, else UTF-16 without a mark, else GB 18030.

    GB 18030 accepts nearly any bytes, so it comes last and its result is looked at: WrongKind when it is not text.

    >>> decode("督察".encode("utf-16-le")), decode("督察".encode("gbk")), decode("督察".encode())
    ('督察', '督察', '督察')
    """
    for mark, charset in _MARKS:
        if data.startswith(mark):
            return data.decode(charset, errors="replace")
    try:
        return _checked(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data" and error.start > 0:  # an upload cut through the last character
            return _checked(data[: error.start].decode("utf-8"))
    except WrongKind:
        pass  # UTF-16 without a mark is valid UTF-8 full of NULs
    for charset in (*_utf16_guess(data), "gb18030"):
        try:
            return _checked(data.decode(charset, errors="strict" if charset == "gb18030" else "replace"))
        except (UnicodeDecodeError, WrongKind):
            continue
    return _checked(data.decode("gb18030", errors="replace"))


def _utf16_guess(data: bytes) -> list[str]:
    """Byte orders in which the bytes would hold line ends, digits or Chinese punctuation where text has them."""
    sample = data[:4000]
    found = []
    for charset, high in (("utf-16-le", sample[1::2]), ("utf-16-be", sample[0::2])):
        han = sum(0x4E <= byte <= 0x9F or byte in {0x00, 0x30, 0xFF} for byte in high)
        if high and han / len(high) > 0.95:
            found.append(charset)
    return found


def _checked(text: str) -> str:
    if not is_text(text):
        raise WrongKind
    return text


def is_text(text: str) -> bool:
    """Whether it looks like something written, and not like bytes taken for characters.

    >>> is_text("整改方案"), is_text("\\x00\\x01\\ue001整")
    (True, False)
    """
    sample = text[:20_000]
    return len(_STRANGE.findall(sample)) <= len(sample) * _STRANGE_ALLOWED
