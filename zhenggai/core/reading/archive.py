"""Opening a zip container (.docx, .ofd, .xlsx) without trusting what it says about its size."""

import io
import zipfile
import zlib

from zhenggai.core.reading import limits
from zhenggai.core.reading.document import Remark
from zhenggai.core.reading.errors import Damaged, Encrypted, TooLarge

_ENCRYPTED_FLAG = 0x1


class Archive:
    """The parts of a zip file, read one by one and never beyond the limits.

    Raises Damaged when it is no zip file, TooLarge when it has too many or too large entries.
    """

    def __init__(self, data: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            entries = self._zip.infolist()
        except (zipfile.BadZipFile, ValueError, OverflowError, NotImplementedError, EOFError) as error:
            raise Damaged from error
        if len(entries) > limits.MAX_ARCHIVE_ENTRIES:
            raise TooLarge
        if sum(entry.file_size for entry in entries) > limits.MAX_ARCHIVE_TOTAL:
            raise TooLarge
        self._entries = {entry.filename: entry for entry in entries}

    @property
    def names(self) -> frozenset[str]:
        """The names of all entries."""
        return frozenset(self._entries)

    def part(self, name: str) -> bytes | None:
        """The bytes of one entry, or None when there is none of that name.

        The stated size is checked first, then what really comes out: a bomb lies about it.
        """
        entry = self._entries.get(name)
        if entry is None:
            return None
        if entry.flag_bits & _ENCRYPTED_FLAG:
            raise Encrypted
        self._refuse_bomb(entry)
        try:
            with self._zip.open(entry) as stream:
                content = stream.read(limits.MAX_PART + 1)
        except (zipfile.BadZipFile, zlib.error, ValueError, NotImplementedError, EOFError, OSError) as error:
            raise Damaged from error
        if len(content) > limits.MAX_PART:
            raise TooLarge
        return content

    @staticmethod
    def _refuse_bomb(entry: zipfile.ZipInfo) -> None:
        if entry.file_size > limits.MAX_PART:
            raise TooLarge
        packed = max(entry.compress_size, 1)
        if entry.file_size > limits.RATIO_COUNTS_FROM and entry.file_size / packed > limits.MAX_PART_RATIO:
            raise TooLarge


def remarks_on(archive: Archive) -> tuple[Remark, ...]:
    """What the sender of an Office file should know about its container: that it carries macros."""
    if any(name.endswith("vbaProject.bin") for name in archive.names):
        return (Remark("macros", "文件带有宏；宏没有运行，只读取了文字。"),)
    return ()
