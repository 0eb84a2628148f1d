"""One thing to do, whatever app it comes from."""

from dataclasses import dataclass
from datetime import date

from zhenggai.ledger.models import Task


@dataclass(frozen=True)
class Todo:
    """One thing to do: until when, what, on which task, where it comes from, and where it is done."""

    title: str
    url: str
    label: str
    due: date | None = None
    detail: str = ""
    task: Task | None = None
    origin: str = ""
    review: bool = False
    returned: bool = False


@dataclass(frozen=True)
class Rest:
    """What of one kind of work a page does not list: its words, how many (`more`: at least), and where all of it is."""

    words: str
    count: int
    more: bool
    url: str
