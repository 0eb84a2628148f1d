"""What other apps have to do once a day. Each registers its own work; one that fails does not keep the others from theirs."""

import logging
from collections.abc import Callable

from zhenggai.audit import clock
from zhenggai.documents.checking import check_files
from zhenggai.documents.photos import read_new_photos
from zhenggai.documents.previews import forget_old_previews
from zhenggai.ledger.yearly import open_yearly_checks
from zhenggai.publicity.notices import propose_new_ends

logger = logging.getLogger(__name__)

Work = Callable[[], str]
_works: list[Work] = []
CHECKING_SECONDS = 20  # a day's share beside the other work; `zhenggai manage check_files` takes longer
PHOTO_BATCHES = 50


def each_day(work: Work) -> Work:
    """Register work of a day: idempotent, bounded, telling what it did in one line, or nothing when it did nothing."""
    _works.append(work)
    return work


def run_each_day() -> list[str]:
    """Do all of it; what was done, a line each."""
    lines = []
    for work in _works:
        try:
            lines.append(work())
        except Exception:  # the next day's work must not wait for a mistake of this one
            logger.exception("the daily work %s failed", work.__name__)
            lines.append(f"{work.__name__}没有做成，原因在日志里")
    return [line for line in lines if line]


@each_day
def files() -> str:
    """Stored files are read again, photos of which the camera's words were not read yet, and old previews deleted."""
    done = check_files(seconds=CHECKING_SECONDS)
    for _ in range(PHOTO_BATCHES):
        if not read_new_photos():
            break
    forget_old_previews()
    if not (done.alarmed or done.mended or done.left):
        return ""
    return f"核对文件{done.read}个，新告警{done.alarmed}个，恢复{done.mended}个，还有{done.left}个"


@each_day
def yearly_checks() -> str:
    """Long-term tasks owe this year's check."""
    opened = open_yearly_checks(clock.today())
    return f"长期坚持任务年度复核{opened}项" if opened else ""


@each_day
def notice_ends() -> str:
    """A notice whose end the State Council's new arrangement of days would put off: proposed, never rewritten."""
    proposed = propose_new_ends()
    return f"建议顺延公示期{proposed}份" if proposed else ""
