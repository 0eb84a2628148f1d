"""Old Excel workbooks (.xls, .et): records of the BIFF8 stream. Source: [MS-XLS].

Only what a sheet shows is read: texts, numbers in their formats, results of formulas, merged cells.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from zhenggai.core.reading import libreoffice, limits, xlsx
from zhenggai.core.reading.compound import Compound
from zhenggai.core.reading.document import Document, Remark
from zhenggai.core.reading.errors import Damaged, Encrypted, TooLarge, WrongKind
from zhenggai.core.reading.number_formats import BUILT_IN, plain, shown
from zhenggai.core.reading.sheets import Sheet, document_of

# Records by their numbers in [MS-XLS] 2.3.
_BOF, _EOF, _CONTINUE, _FILEPASS, _DATEMODE, _BOUNDSHEET = 0x0809, 0x000A, 0x003C, 0x002F, 0x0022, 0x0085
_SST, _FORMAT, _XF, _MERGECELLS = 0x00FC, 0x041E, 0x00E0, 0x00E5
_LABELSST, _LABEL, _RSTRING, _NUMBER, _RK, _MULRK = 0x00FD, 0x0204, 0x00D6, 0x0203, 0x027E, 0x00BD
_FORMULA, _STRING, _BOOLERR = 0x0006, 0x0207, 0x0205

_BIFF8 = 0x0600
_TEXT_FOLLOWS, _TRUTH = 0, 1  # kinds of a formula's result that is no number


@dataclass(slots=True)
class _Book:
    strings: list[str] = field(default_factory=list)
    codes: dict[int, str] = field(default_factory=dict)
    styles: list[int] = field(default_factory=list)
    sheets: list[tuple[str, int, bool]] = field(default_factory=list)  # name, place in the stream, hidden
    since_1904: bool = False
    spent: int = 0

    def number(self, value: float, style: int) -> str:
        """The number as its cell shows it."""
        if not abs(value) < 1e300:
            return ""
        kind = self.styles[style] if style < len(self.styles) else 0
        code = self.codes.get(kind, BUILT_IN.get(kind, ""))
        return shown(value, code, self.since_1904) if code else plain(value)


def read(data: bytes, name: str) -> Document:
    """The document of an .xls. Raises Damaged, Encrypted, TooLarge or Empty; WrongKind for Excel 95 and older."""
    try:
        return _read(data, name)
    except (struct.error, IndexError, Damaged, WrongKind) as error:
        converted = libreoffice.converted(data, ".xls", reads="MS Excel 97", to="xlsx")
        if converted is None:
            raise error if isinstance(error, WrongKind) else Damaged from error
        return xlsx.read(converted, name)._replace(name=name, kind="xls")


def sheets(data: bytes) -> list[Sheet]:
    """The visible sheets in order, cell by cell. Raises as `read` does."""
    try:
        return _parts(Compound(data))[0]
    except (struct.error, IndexError) as error:
        raise Damaged from error


def _read(data: bytes, name: str) -> Document:
    file = Compound(data)
    found, hidden = _parts(file)
    remarks = (Remark("macros", "文件带有宏；宏没有运行，只读取了文字。"),) if "_VBA_PROJECT" in file.names else ()
    return document_of(name, "xls", found, hidden, remarks)


def _parts(file: Compound) -> tuple[list[Sheet], list[str]]:
    """The visible sheets, and the names of the hidden ones."""
    content = file.stream("Workbook")
    if content is None:
        raise WrongKind("这是 Excel 95 或更早的文件。请用 Excel 或 WPS 打开，另存为 .xlsx，再重新上传。")
    book = _globals(content)
    found = [_sheet(content, title, place, book) for title, place, hidden in book.sheets if not hidden]
    return found, [title for title, _, hidden in book.sheets if hidden]


def _records(content: bytes, place: int) -> Iterator[tuple[int, bytes]]:
    """The records from a place up to the end of its part; parts inside it, such as charts, are passed over."""
    depth = 0
    while place + 4 <= len(content):
        kind, size = struct.unpack_from("<HH", content, place)
        body = content[place + 4 : place + 4 + size]
        place += 4 + size
        depth += (kind == _BOF) - (kind == _EOF)
        if depth < 1:
            return
        if depth == 1:
            yield kind, body


def _globals(content: bytes) -> _Book:
    book = _Book()
    table: list[bytes] = []
    latest = 0
    for kind, body in _records(content, 0):
        if kind == _BOF and struct.unpack_from("<H", body)[0] != _BIFF8:
            raise Damaged
        if kind == _FILEPASS:
            raise Encrypted
        if kind == _SST or (kind == _CONTINUE and latest == _SST):
            table.append(body)
        elif kind == _DATEMODE:
            book.since_1904 = body[:1] == b"\x01"
        elif kind == _FORMAT:
            book.codes[struct.unpack_from("<H", body)[0]] = _string(body, 2)
        elif kind == _XF:
            book.styles.append(struct.unpack_from("<H", body, 2)[0])
        elif kind == _BOUNDSHEET and body[5] == 0:
            book.sheets.append((_string(body, 6, short=True), struct.unpack_from("<I", body)[0], body[4] & 3 != 0))
        latest = latest if kind == _CONTINUE else kind
    book.strings = _Strings(table).all() if table else []
    return book


def _string(body: bytes, place: int, *, short: bool = False) -> str:
    """A string inside one record, with its length in one byte or two."""
    count = body[place] if short else struct.unpack_from("<H", body, place)[0]
    start = place + (1 if short else 2)
    if body[start] & 1:
        return body[start + 1 : start + 1 + 2 * count].decode("utf-16-le", "replace")
    return body[start + 1 : start + 1 + count].decode("latin-1")


class _Strings:
    """The table of shared strings, which goes on over several records; each begins anew with wide or narrow letters."""

    def __init__(self, pieces: list[bytes]) -> None:
        self._pieces = iter(pieces)
        self._piece = next(self._pieces)
        self._place = 0

    def all(self) -> list[str]:
        """All strings in order."""
        count = struct.unpack("<II", self._bytes(8))[1]
        if count > limits.MAX_BLOCKS:
            raise TooLarge
        return [self._one() for _ in range(count)]

    def _one(self) -> str:
        count, flags = struct.unpack("<HB", self._bytes(3))
        runs = struct.unpack("<H", self._bytes(2))[0] if flags & 8 else 0
        extra = struct.unpack("<I", self._bytes(4))[0] if flags & 4 else 0
        text = self._letters(count, wide=bool(flags & 1))
        self._bytes(4 * runs + extra)
        return text

    def _letters(self, count: int, *, wide: bool) -> str:
        text = ""
        while count:
            if self._place >= len(self._piece):
                self._next_piece()
                wide = bool(self._bytes(1)[0] & 1)
            width = 2 if wide else 1
            taken = self._piece[self._place : self._place + count * width]
            self._place += len(taken)
            text += taken.decode("utf-16-le" if wide else "latin-1", "replace")
            count -= max(1, len(taken) // width)
        return text

    def _bytes(self, count: int) -> bytes:
        taken = self._piece[self._place : self._place + count]
        self._place += len(taken)
        while len(taken) < count:
            self._next_piece()
            more = self._piece[: count - len(taken)]
            self._place = len(more)
            taken += more
        return taken

    def _next_piece(self) -> None:
        self._piece = next(self._pieces, b"")
        self._place = 0
        if not self._piece:
            raise Damaged


def _sheet(content: bytes, title: str, place: int, book: _Book) -> Sheet:
    sheet = Sheet(title)
    waiting: tuple[int, int] | None = None  # the cell whose formula gave a text that follows
    for kind, body in _records(content, place):
        if kind == _STRING and waiting is not None:
            sheet.put(*waiting, _string(body, 0))
        elif kind == _FORMULA:
            waiting = _formula(body, sheet, book)
        elif kind == _MULRK:
            _row_of_numbers(body, sheet, book)
        elif kind == _MERGECELLS:
            _merges(body, sheet, book)
        elif kind in _VALUES:
            row, column, style = struct.unpack_from("<HHH", body)
            sheet.put(row + 1, column + 1, _VALUES[kind](body, style, book))
        else:
            continue
        book.spent += 1
        if book.spent > limits.MAX_BLOCKS:
            raise TooLarge
    return sheet


def _formula(body: bytes, sheet: Sheet, book: _Book) -> tuple[int, int] | None:
    """Enters a formula's result; the cell when the result is a text that the next record holds."""
    row, column, style, result = struct.unpack_from("<HHH8s", body)
    place = (row + 1, column + 1)
    sheet.formulas.add(place)
    if result[6:] != b"\xff\xff":
        sheet.put(*place, book.number(struct.unpack("<d", result)[0], style))
    elif result[0] == _TRUTH:
        sheet.put(*place, "TRUE" if result[2] else "FALSE")
    return place if result[6:] == b"\xff\xff" and result[0] == _TEXT_FOLLOWS else None


def _row_of_numbers(body: bytes, sheet: Sheet, book: _Book) -> None:
    row, column = struct.unpack_from("<HH", body)
    for offset in range(4, len(body) - 6 + 1, 6):
        style, packed = struct.unpack_from("<HI", body, offset)
        sheet.put(row + 1, column + 1, book.number(_unpacked(packed), style))
        column += 1


def _merges(body: bytes, sheet: Sheet, book: _Book) -> None:
    for offset in range(2, len(body) - 8 + 1, 8):
        top, bottom, left, right = struct.unpack_from("<HHHH", body, offset)
        sheet.merges.append((top + 1, left + 1, bottom + 1, right + 1))
    book.spent += len(body) // 8


def _unpacked(packed: int) -> float:
    """A number packed into four bytes: a whole number or the front half of a float, either a hundredfold.

    >>> _unpacked(0x3FF00000), _unpacked((45444 << 2) | 2), _unpacked((1234 << 2) | 3)
    (1.0, 45444.0, 12.34)
    """
    if packed & 2:
        value = float(struct.unpack("<i", struct.pack("<I", packed))[0] >> 2)
    else:
        value = struct.unpack("<d", struct.pack("<II", 0, packed & 0xFFFFFFFC))[0]
    return value / 100 if packed & 1 else value


def _shared(body: bytes, style: int, book: _Book) -> str:
    number = struct.unpack_from("<I", body, 6)[0]
    return book.strings[number] if number < len(book.strings) else ""


def _truth(body: bytes, style: int, book: _Book) -> str:
    return "" if body[7] else "TRUE" if body[6] else "FALSE"


_VALUES = {
    _LABELSST: _shared,
    _LABEL: lambda body, style, book: _string(body, 6),
    _RSTRING: lambda body, style, book: _string(body, 6),
    _NUMBER: lambda body, style, book: book.number(struct.unpack_from("<d", body, 6)[0], style),
    _RK: lambda body, style, book: book.number(_unpacked(struct.unpack_from("<I", body, 6)[0]), style),
    _BOOLERR: _truth,
}
