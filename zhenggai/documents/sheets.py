"""Tables that come back from Excel or WPS, read apart (sheet_worker.py) and cell by cell."""

import json
import logging
from pathlib import Path

from zhenggai.accounts.decisions import Refused
from zhenggai.core.reading.grid import Grid
from zhenggai.documents import apart

logger = logging.getLogger(__name__)

_SLOW = "这份表读了太久还没有读完，已停止，没有导入。请删去多余的行列，或拆成几份再试。"
_BROKEN = "这份表读不出来，没有导入。请用 Excel 或 WPS 打开后另存为 .xlsx 再试；还不行，请把文件交系统管理员。"


def read_sheet(path: Path, name: str) -> Grid:
    """The first sheet of the table at `path`, whose uploaded name is `name`. Raises Refused, saying what to do."""
    try:
        done = apart.read_in_turn("zhenggai.documents.sheet_worker", str(path), name)
    except apart.TooSlow as error:
        raise Refused(_SLOW) from error
    if done.returncode != 0:
        logger.error(
            "reading %r ended with %s: %s", name, done.returncode, done.stderr.decode(errors="replace")[-2000:]
        )
        raise Refused(_BROKEN)
    answer = json.loads(done.stdout)
    if "error" in answer:
        raise Refused(answer["error"])
    cells = {(row, column): text for row, column, text in answer["cells"]}
    formulas = frozenset((row, column) for row, column in answer["formulas"])
    merges = tuple((top, left, bottom, right) for top, left, bottom, right in answer["merges"])
    return Grid(answer["name"], cells, formulas, merges)
