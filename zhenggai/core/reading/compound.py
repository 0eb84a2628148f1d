"""Streams of an OLE compound file (.doc, .xls, .wps, .et), none of its sizes trusted. Source: [MS-CFB]."""

import struct
from collections.abc import Iterator

from zhenggai.core.reading import limits
from zhenggai.core.reading.errors import Damaged, TooLarge

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_HEADER = 512
_ENTRY = 128  # bytes of one directory entry
_LAST_SECTOR = 0xFFFFFFFA  # what is larger is no sector but a mark: free, end of chain, part of the table itself
_MASTER_IN_HEADER = 109
_STREAM, _ROOT = 2, 5


class Compound:
    """The streams of a compound file by name; of several with one name, the first.

    Raises Damaged for what is no compound file, or whose chains lead nowhere or in a ring.
    """

    def __init__(self, data: bytes) -> None:
        if not data.startswith(SIGNATURE) or len(data) < _HEADER:
            raise Damaged
        shift, mini_shift = struct.unpack_from("<HH", data, 30)
        if shift not in {9, 12} or mini_shift != 6:
            raise Damaged
        self._data = data
        self._size = 1 << shift
        self._mini_size = 1 << mini_shift
        directory, self._mini_cutoff, mini_table = struct.unpack_from("<I4xII", data, 48)
        self._table = self._sector_table()
        self._mini_table = _numbers(b"".join(self._chain(mini_table)))
        self._mini = b""
        self._places: dict[str, tuple[int, int]] = {}
        self._read_directory(directory)

    @property
    def names(self) -> frozenset[str]:
        """The names of all streams, those of embedded objects included."""
        return frozenset(self._places)

    def stream(self, name: str) -> bytes | None:
        """The bytes of one stream, or None when there is none of that name."""
        place = self._places.get(name)
        if place is None:
            return None
        start, size = place
        if size > limits.MAX_PART:
            raise TooLarge
        pieces = self._mini_chain(start) if size < self._mini_cutoff else self._chain(start)
        return b"".join(pieces)[:size]

    def _sector(self, number: int) -> bytes:
        start = (number + 1) * self._size
        return self._data[start : start + self._size]

    def _sector_table(self) -> list[int]:
        """For each sector the one that follows it."""
        master = list(_numbers(self._data[76 : 76 + 4 * _MASTER_IN_HEADER]))
        following, count = struct.unpack_from("<II", self._data, 68)
        for _ in range(min(count, len(self._data) // self._size)):
            more = _numbers(self._sector(following)) if following < _LAST_SECTOR else []
            if not more:
                break
            master += more[:-1]
            following = more[-1]
        table: list[int] = []
        for number in master:
            if number < _LAST_SECTOR and len(table) * self._size <= len(self._data):
                table += _numbers(self._sector(number))
        return table

    def _chain(self, number: int) -> Iterator[bytes]:
        for sector in _followed(number, self._table):
            yield self._sector(sector)

    def _mini_chain(self, number: int) -> Iterator[bytes]:
        for sector in _followed(number, self._mini_table):
            yield self._mini[sector * self._mini_size : (sector + 1) * self._mini_size]

    def _read_directory(self, start: int) -> None:
        directory = b"".join(self._chain(start))
        if len(directory) > limits.MAX_ARCHIVE_ENTRIES * _ENTRY:
            raise TooLarge
        for offset in range(0, len(directory) - _ENTRY + 1, _ENTRY):
            length, kind = struct.unpack_from("<HB", directory, offset + 64)
            first, size = struct.unpack_from("<II", directory, offset + 116)
            name = directory[offset : offset + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
            if kind == _ROOT:
                self._mini = b"".join(self._chain(first))
            elif kind == _STREAM:
                self._places.setdefault(name, (first, size))


def _numbers(data: bytes) -> list[int]:
    return list(struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4]))


def _followed(number: int, table: list[int]) -> Iterator[int]:
    """The sectors of a chain; a chain cannot be longer than the table that holds it."""
    for _ in range(len(table)):
        if number >= _LAST_SECTOR:
            return
        if number >= len(table):
            raise Damaged
        yield number
        number = table[number]
    if number < _LAST_SECTOR:
        raise Damaged
