"""Reads one table in a process of its own (core/one_file.py): prints {"name", "cells", "formulas", "merges"} or {"error"}."""

import sys
from typing import Any

from zhenggai.core.one_file import answer
from zhenggai.core.reading.grid import read_grid


def table(data: bytes, name: str) -> dict[str, Any]:
    """The cells of a table, (row, column, text) each; which of them are formulas; which are merged."""
    grid = read_grid(data, name)
    return {
        "name": grid.name,
        "cells": [(row, column, text) for (row, column), text in grid.cells.items()],
        "formulas": sorted(grid.formulas),
        "merges": grid.merges,
    }


if __name__ == "__main__":
    sys.exit(answer(table, "这份表展开后太大，读不下来。请拆成几份再上传。"))
