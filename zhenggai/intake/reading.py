"""Asking the reading processes (worker.py, page_image.py) and taking only an answer of the expected form."""

import fcntl
import json
import logging
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage

from zhenggai.accounts.decisions import Refused
from zhenggai.documents import apart
from zhenggai.documents.kinds import PDF, PICTURES, ending_of, kind_of
from zhenggai.intake.models import Item
from zhenggai.intake.passage import cells_of, marks_of, pages_of

PAGES_AT_ONCE = 2  # of all originals: who waits here holds a thread of the website
PAGED = {"pdf", "docx", "doc", "wps", "ofd", *(ending for kind in PICTURES for ending in kind.endings)}

logger = logging.getLogger(__name__)

_SLOW = "这份文件读了{seconds}秒还没有读完，已停止，没有导入。请拆成几份，或另存为 .docx 或纯文本后再试。"
BROKEN = "这份文件读不出来，没有导入。请用 Word 或 WPS 打开后另存为 .docx 再试；还不行，请把文件交系统管理员。"


def read_document(path: Path, name: str) -> dict[str, Any]:
    """The text and the extraction of the file at `path`, whose uploaded name is `name`.

    Raises Refused, saying what to do, when the document cannot be read within the limits.
    """
    seconds, memory = _limits(path, name)
    try:
        done = apart.read_in_turn("zhenggai.intake.worker", str(path), name, seconds=seconds, memory=memory)
    except apart.TooSlow as error:
        raise Refused(_SLOW.format(seconds=seconds)) from error
    if done.returncode != 0:
        logger.error(
            "reading %r ended with %s: %s", name, done.returncode, done.stderr.decode(errors="replace")[-2000:]
        )
        raise Refused(BROKEN)
    answer: dict[str, Any] = json.loads(done.stdout)
    if "error" in answer:
        raise Refused(answer["error"])
    return answer


def _limits(path: Path, name: str) -> tuple[int, int]:
    """Processor seconds and bytes: what may be a scan is given what text recognition takes."""
    with path.open("rb") as file:
        kind = kind_of(file.read(512))
    if kind in (PDF, *PICTURES) or ending_of(name) == "ofd":
        return settings.SCAN_SECONDS, settings.SCAN_MEMORY
    return settings.READING_SECONDS, settings.READING_MEMORY


def has_pages(name: str) -> bool:
    """Whether a file of this name may be shown as pages: whether it can be is told by `pages_shown`."""
    return ending_of(name) in PAGED


def pages_shown(item: Item) -> list[int]:
    """The original's pages on which something of the task stands; empty where they cannot be shown."""
    done = _of_the_original(item, 0)
    return json.loads(done) if done else []


def page_image(item: Item, number: int) -> bytes | None:
    """Page `number` of the original as a PNG with the task's values lit; None where it cannot be shown."""
    return _of_the_original(item, number)


def _of_the_original(item: Item, number: int) -> bytes | None:
    """What page_image.py answers. What it makes of an original is kept, so one at a time works on each."""
    proposal = item.proposal
    Path(settings.PREVIEW_ROOT).mkdir(mode=0o750, parents=True, exist_ok=True)  # mode is that of the last folder only
    folder = Path(settings.PREVIEW_ROOT, "originals", proposal.file.sha256)
    folder.mkdir(parents=True, exist_ok=True)
    text = proposal.text
    cells = cells_of(item.data)
    passages = [
        (text[start:end], text.count(text[start:end], 0, start), cell.get("page", 0), cell.get("box"))
        for start, end, _ in marks_of(item.data)
        for cell in [cells.get((start, end), {})]
    ]
    asked = {"name": proposal.file_name, "passages": passages, "pages": pages_of(item.data), "page": number}
    path = default_storage.path(proposal.file.path)
    try:
        with apart.turn("pages", PAGES_AT_ONCE, apart.BUSY), (folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            done = apart.run(
                "zhenggai.intake.page_image", str(path), str(folder), told=json.dumps(asked),
                seconds=settings.SCAN_SECONDS, memory=settings.SCAN_MEMORY,
            )  # fmt: skip
    except (apart.TooSlow, Refused):
        return None
    if done.returncode not in (0, 3):
        logger.error("a page of %r: %s", proposal.file_name, done.stderr.decode(errors="replace")[-2000:])
    return done.stdout if done.returncode == 0 else None
