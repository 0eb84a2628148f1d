"""Reads one table in a process of its own: `python -m zhenggai.documents.sheet_worker PATH NAME SECONDS BYTES` prints one
JSON object, {"name", "cells", "formulas", "merges"} or {"error"}."""

import json
import sys
from pathlib import Path

from zhenggai.core.limited import limit
from zhenggai.core.reading import Unreadable
from zhenggai.core.reading.grid import read_grid


def main(path: str, name: str, seconds: str, memory: str) -> int:
    limit(int(seconds), int(memory))
    try:
        grid = read_grid(Path(path).read_bytes(), name)
        answer: dict[str, object] = {
            "name": grid.name,
            "cells": [(row, column, text) for (row, column), text in grid.cells.items()],
            "formulas": sorted(grid.formulas),
            "merges": grid.merges,
        }
    except Unreadable as error:
        answer = {"error": str(error)}
    except MemoryError:
        answer = {"error": "这份表展开后太大，读不下来。请拆成几份再上传。"}
    json.dump(answer, sys.stdout, ensure_ascii=False)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
