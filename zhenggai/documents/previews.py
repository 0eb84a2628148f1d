"""What a stored file looks like, without ever sending the bytes that somebody uploaded into a page: pictures that we make
ourselves, or plain words. Made once by content and kept below settings.PREVIEW_ROOT, from where anything may be deleted."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage

from zhenggai.core.reading import libreoffice
from zhenggai.documents import apart
from zhenggai.documents.checking import finding_of
from zhenggai.documents.kinds import JPEG, OLE, PDF, PNG, TEXT, ZIP, FileKind, ending_of, kind_of
from zhenggai.documents.models import StoredFile
from zhenggai.documents.rendering import BROKEN, FILTERS, LARGE, LOCKED

LARGE_SIDE, SMALL_SIDE = 1600, 360  # pixels of the longer side
SIDES = (LARGE_SIDE, SMALL_SIDE)
MOST_PAGES = 200
PICTURE_SECONDS, OFFICE_SECONDS = 20, 60
AT_ONCE = 2  # renderings at a time, on a machine that serves pages as well
KEPT_DAYS = 30

WHY = {
    BROKEN: "这份文件画不出来，可能已损坏",
    LARGE: "这份文件太大，画不出来",
    LOCKED: "这份文件加了密码",
}
NO_OFFICE = "服务器上没有安装LibreOffice，Office文件不能在页面上预览"
NO_PREVIEW = "这种文件不能在页面上预览"
SLOW = "预览没有在限定的时间里做出来，可以过一会儿再看"
BUSY = "服务器正在生成别的预览，请过一会儿再看；也可以直接下载"


@dataclass(frozen=True)
class Preview:
    """How a file is shown: `pages` pictures, or `rows`, or `text` (cut short when `cut`), or nothing and `why`."""

    pages: int = 0
    text: str = ""
    rows: list[list[str]] = field(default_factory=list)
    cut: bool = False
    why: str = ""


class NotShown(Exception):
    """Why there is no picture; `lasting` when it will be so whenever one asks."""

    def __init__(self, why: str, *, lasting: bool = True) -> None:
        super().__init__(why)
        self.lasting = lasting


def preview_of(stored: StoredFile, name: str) -> Preview:
    """How the file, which its user calls `name`, is shown. Raises Refused when the machine is busy with others."""
    kind = _kind(stored)
    asks = "office" if _office_ending(kind, name) else ending_of(name) if kind in (TEXT, ZIP) else "plain"
    kept = _folder(stored) / f"preview-{asks}.json"
    if kept.exists():
        return Preview(**json.loads(kept.read_text(encoding="utf-8")))
    if asks == "office" and libreoffice.program() is None:
        return Preview(why=NO_OFFICE)
    try:
        made = _made(stored, kind, name)
    except NotShown as error:
        made = Preview(why=str(error))
        if not error.lasting:
            return made
    _keep(kept, json.dumps(asdict(made), ensure_ascii=False).encode())
    return made


def picture_of(stored: StoredFile, name: str, number: int, side: int) -> bytes | None:
    """Page `number` (from 1) of the file as a JPEG; None where it has none."""
    kept = _folder(stored) / f"{number}-{side}.jpg"
    if kept.exists():
        os.utime(kept.parent)
        return kept.read_bytes()
    if side not in SIDES or not 1 <= number <= preview_of(stored, name).pages:
        return None
    try:
        if _kind(stored) in (JPEG, PNG):
            made = _render(_intact(stored), "picture", str(side))
        else:
            made = _render(_as_pdf(stored, name), "page", f"{number},{side}")
    except NotShown:
        return None
    _keep(kept, made)
    return made


def _made(stored: StoredFile, kind: FileKind | None, name: str) -> Preview:
    if kind in (JPEG, PNG):
        _keep(_folder(stored) / f"1-{LARGE_SIDE}.jpg", _render(_intact(stored), "picture", str(LARGE_SIDE)))
        return Preview(pages=1)
    if kind is PDF or _office_ending(kind, name):
        pages = int(json.loads(_render(_as_pdf(stored, name), "count", "-")))
        return Preview(pages=min(pages, MOST_PAGES), cut=pages > MOST_PAGES)
    if kind is TEXT or (kind is ZIP and ending_of(name) == "ofd"):
        told: dict[str, Any] = json.loads(_render(_intact(stored), "text", name))
        return Preview(text=told["text"], rows=told["rows"], cut=told["cut"])
    raise NotShown(NO_PREVIEW)


def _kind(stored: StoredFile) -> FileKind | None:
    """What the file is by its first bytes, as at its upload (kinds.py)."""
    try:
        with stored.open() as content:
            return kind_of(content.read(512))
    except OSError:
        return None


def _office_ending(kind: FileKind | None, name: str) -> str:
    """Which of FILTERS reads the file; empty when none does. Offices often name a .docx .doc, and .wps is either."""
    ending = {"wps": "doc", "et": "xls"}.get(ending_of(name), ending_of(name))
    if kind is ZIP:
        ending = {"doc": "docx", "xls": "xlsx", "ppt": "pptx"}.get(ending, ending)
    return ending if kind in (OLE, ZIP) and ending in FILTERS else ""


def _as_pdf(stored: StoredFile, name: str) -> Path:
    if not (ending := _office_ending(_kind(stored), name)):
        return _intact(stored)
    kept = _folder(stored) / "office.pdf"
    if not kept.exists():
        _keep(kept, _render(_intact(stored), "pdf", ending, seconds=OFFICE_SECONDS))
    return kept


def _intact(stored: StoredFile) -> Path:
    """Where the file lies, once it was read and found to be what was received: others are not shown in its place."""
    if found := finding_of(stored):
        raise NotShown(found.kind.label, lasting=False)
    return Path(default_storage.path(stored.path))


def _render(path: Path, what: str, word: str, seconds: int = PICTURE_SECONDS) -> bytes:
    with apart.turn("preview", AT_ONCE, BUSY):
        try:
            done = apart.run("zhenggai.documents.rendering", what, str(path), word, seconds=seconds)
        except apart.TooSlow as error:
            raise NotShown(SLOW, lasting=False) from error
    if done.returncode:
        raise NotShown(WHY.get(done.returncode, WHY[LARGE]))
    return done.stdout


# ── kept by content ──────────────────────────────────────────────────────────
def _root() -> Path:
    root = Path(settings.PREVIEW_ROOT)
    root.mkdir(mode=0o750, parents=True, exist_ok=True)
    return root


def _folder(stored: StoredFile) -> Path:
    return _root() / stored.sha256[:2] / stored.sha256


def _keep(path: Path, data: bytes) -> None:
    """Write whole or not at all: another request may be reading."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=".writing-")
    with os.fdopen(handle, "wb") as out:
        out.write(data)
    os.replace(beside, path)


def forget_old_previews(days: int = KEPT_DAYS) -> int:
    """Delete what nobody has looked at for `days`; how many files' previews. They are made again when asked for."""
    before, gone = time.time() - days * 86400, 0
    for folder in _root().glob("??/*"):
        if folder.stat().st_mtime < before:
            shutil.rmtree(folder, ignore_errors=True)
            gone += 1
    return gone
