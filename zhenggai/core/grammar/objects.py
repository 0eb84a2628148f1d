"""What an extraction holds: the objects of the public format `zhenggai/1`, under the names that the format uses.

Frozen; every text is a slice of the cleaned text at its ``place`` unless the field says that it is computed.
"""

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["plan", "notice", "progress", "complaints", "work_plan", "unknown"]
DeadlineKind = Literal["date", "immediate", "long_term", "recurring"]
Comparator = Literal["=", ">=", "<=", ">", "<"]
Cadence = Literal["week", "month", "quarter", "year"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: offsets into the cleaned text, and page or table cell (from 1) where there are any."""

    start: int
    end: int
    page: int | None = None
    table: int | None = None
    row: int | None = None
    column: int | None = None


@dataclass(frozen=True, slots=True)
class Warning:
    """Something doubtful: a code for programs, one Chinese sentence for people, and where it stands."""

    code: str
    message: str
    place: Place


@dataclass(frozen=True, slots=True)
class Deadline:
    """A time limit. ``due`` (computed, ISO date) is the last day that still counts.

    ``kind`` is None for words that set no limit (已完成, a period whose start is not stated). ``doubt`` says in
    Chinese what is uncertain about the reading; it becomes a warning and is no field of the format.
    """

    raw: str
    kind: DeadlineKind | None
    due: str | None
    then_long_term: bool
    place: Place
    doubt: str | None = field(default=None, metadata={"json": False})


@dataclass(frozen=True, slots=True)
class Quantity:
    """A figure with its unit, how it is compared, and what it measures (``of``)."""

    raw: str
    value: int | float
    unit: str
    comparator: Comparator
    of: str | None
    place: Place


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure (整改措施): ``no`` in Arabic digits, None where the source does not number.

    ``responsible_units`` are named only where the measure has units of its own.
    """

    no: str | None
    text: str
    deadlines: tuple[Deadline, ...]
    quantities: tuple[Quantity, ...]
    place: Place
    responsible_units: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Task:
    """One rectification task (整改任务). ``places`` says where each field's words stand, by the field's name."""

    serial: str | None
    category: tuple[str, ...]
    heading: str | None
    issue: str | None
    goal: str | None
    goal_quantities: tuple[Quantity, ...]
    measures: tuple[Measure, ...]
    deadline: Deadline | None
    lead_units: tuple[str, ...]
    responsible_units: tuple[str, ...]
    responsible_persons: tuple[str, ...]
    cooperating_units: tuple[str, ...]
    supervising_units: tuple[str, ...]
    acceptance_units: tuple[str, ...]
    leaders: tuple[str, ...]
    status: str | None
    progress: str | None
    place: Place
    places: dict[str, tuple[Place, ...]]


@dataclass(frozen=True, slots=True)
class Duty:
    """A standing duty: ``count`` times every ``every``, by ``day`` of that period where one is named."""

    text: str
    who: str | None
    to: str | None
    every: Cadence
    day: int | None
    count: int
    place: Place


@dataclass(frozen=True, slots=True)
class Body:
    """A leading group or one of its teams, who leads it, and what it is there for."""

    name: str
    lead: str | None
    duty: str | None
    place: Place


@dataclass(frozen=True, slots=True)
class Extraction:
    """All that was read out of one document."""

    format: str
    kind: Kind
    title: str | None
    document_number: str | None
    issuer: str | None
    date: str | None
    tasks: tuple[Task, ...]
    notice: None
    complaints: None
    work_plan: None
    duties: tuple[Duty, ...]
    bodies: tuple[Body, ...]
    warnings: tuple[Warning, ...]
