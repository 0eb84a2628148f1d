"""From a file to its public copy with everything that was found, whatever kind it is; archives file by file."""

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

from zhenggai.core.reading.archive import Archive
from zhenggai.core.reading.errors import TooLarge, Unreadable, WrongKind
from zhenggai.publicity.release.copies import Copy, Maker, Names
from zhenggai.publicity.release.docx import docx
from zhenggai.publicity.release.findings import Finding
from zhenggai.publicity.release.pages import pdf
from zhenggai.publicity.release.pictures import picture
from zhenggai.publicity.release.tables import xlsx

MOST_FILES = 100  # in an archive
UNSURE = "这种文件做不出公开副本，没有收下。请另存为docx、xlsx或PDF；图片用jpg、png。"


@dataclass(frozen=True)
class Remade:
    """The copy for the public and the lines of the check."""

    data: bytes
    findings: list[Finding]


def remake(data: bytes, name: str, names: Names, where: str = "") -> Remade:
    """Check `data` and make its public copy. Raises Unreadable, whose words say what to do, when no copy can be made."""
    ending = name.rsplit(".", 1)[-1].lower()
    where = where or "附件"
    found = names.check(name.rsplit(".", 1)[0], f"{where}的文件名")
    if ending == "zip":
        return _archive(data, names, where, found)
    if ending not in MAKERS:
        raise WrongKind(UNSURE)
    copy = MAKERS[ending](data)
    found += names.check(copy.text, where)
    found += [Finding(where, kind, what) for kind, what in copy.left]
    return Remade(copy.data, found)


def text(data: bytes) -> Copy:
    """A text file, in UTF-8."""
    for encoding in ("utf-8-sig", "gb18030", "utf-16"):
        try:
            words = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return Copy(words.encode(), words)
    raise WrongKind(UNSURE)


MAKERS: dict[str, Maker] = {
    "docx": docx, "xlsx": xlsx, "pdf": pdf, "jpg": picture, "jpeg": picture, "png": picture, "txt": text, "csv": text,
}  # fmt: skip


def _archive(data: bytes, names: Names, where: str, found: list[Finding]) -> Remade:
    archive, out = Archive(data), BytesIO()
    parts = sorted(name for name in archive.names if not name.endswith("/"))
    if len(parts) > MOST_FILES:
        raise TooLarge(f"压缩包里有{len(parts)}个文件，超过{MOST_FILES}个。请拆成几个包，或者分别上传。")
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for number, (shown, content) in enumerate(_entries(archive, parts), 1):
            one = remake(content, shown, names, f"{where}里第{number}个文件")
            found += one.findings
            taken = f"{number}-{shown}" if shown in made.namelist() else shown
            made.writestr(zipfile.ZipInfo(taken, (1980, 1, 1, 0, 0, 0)), one.data, zipfile.ZIP_DEFLATED)
            if out.tell() > 200 * 1024 * 1024:
                raise TooLarge
    return Remade(out.getvalue(), found)


def _entries(archive: Archive, parts: list[str]) -> Iterator[tuple[str, bytes]]:
    """Each file of an archive with its name without folders; names that a Chinese Windows wrote are read as such."""
    for part in parts:
        if part.lower().endswith(".zip"):
            raise Unreadable("压缩包里还有压缩包，没有收下。请解开后重新打包。")
        yield _readable(part).replace("\\", "/").rsplit("/", 1)[-1], archive.part(part) or b""


def _readable(name: str) -> str:
    try:
        return name.encode("cp437").decode("gb18030")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return name
