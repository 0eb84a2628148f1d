"""A sheet cell by cell with its addresses: for tables that come back from Excel or WPS, where B7 must be told as B7.

`read` gives a document, without empty rows and columns; here they stay where the sheet has them.
"""

from dataclasses import dataclass
from importlib import import_module

from zhenggai.core.reading import limits
from zhenggai.core.reading.errors import Empty, TooLarge, WrongKind
from zhenggai.core.reading.sheets import Merge
from zhenggai.core.reading.sniffing import sniff

_SHEETS = {
    "xlsx": "zhenggai.core.reading.xlsx",
    "xls": "zhenggai.core.reading.xls",
    "csv": "zhenggai.core.reading.csv_table",
}

Place = tuple[int, int]
"""Row and column, from 1."""


@dataclass(frozen=True, slots=True)
class Grid:
    """What the cells of a sheet show; `formulas` are the cells whose value is computed."""

    name: str
    cells: dict[Place, str]
    formulas: frozenset[Place] = frozenset()
    merges: tuple[Merge, ...] = ()

    @property
    def rows(self) -> dict[int, dict[int, str]]:
        """The rows that hold anything, in order, each column → text."""
        found: dict[int, dict[int, str]] = {}
        for row, column in sorted(self.cells):
            found.setdefault(row, {})[column] = self.cells[row, column]
        return found


def read_grid(data: bytes, name: str) -> Grid:
    """The first visible sheet that holds anything, of an .xlsx, .xls or .csv. Raises Unreadable.

    >>> read_grid("序号,目标\\n1,达标".encode(), "a.csv").rows
    {1: {1: '序号', 2: '目标'}, 2: {1: '1', 2: '达标'}}
    """
    if not data:
        raise Empty
    if len(data) > limits.MAX_BYTES:
        raise TooLarge
    kind = sniff(data, name)
    if kind not in _SHEETS:
        raise WrongKind("这不是表格。请上传 .xlsx；别的格式请用 Excel 或 WPS 打开，另存为 .xlsx，再重新上传。")
    for sheet in import_module(_SHEETS[kind]).sheets(data):
        if sheet.cells:
            return Grid(sheet.name, sheet.cells, frozenset(sheet.formulas), tuple(sheet.merges))
    raise Empty


def address(row: int, column: int) -> str:
    """A cell's address as Excel and WPS show it.

    >>> address(7, 2), address(1, 27), address(12, 703)
    ('B7', 'AA1', 'AAA12')
    """
    letters = ""
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(65 + letter) + letters
    return f"{letters}{row}"
