"""What an extraction holds: the objects of the public format `zhenggai/1`, under the names that the format uses.

Tuples with names, since a long plan has tens of thousands of them; every text is a slice of the cleaned text at its ``place`` unless the field says that it is computed.
"""

from typing import Literal, NamedTuple

Kind = Literal["plan", "notice", "progress", "complaints", "work_plan", "unknown"]
DeadlineKind = Literal["date", "immediate", "long_term", "recurring"]
Comparator = Literal["=", ">=", "<=", ">", "<"]
Cadence = Literal["week", "month", "quarter", "year"]
DayKind = Literal["working", "calendar"]
Way = Literal["written", "phone", "email", "visit", "online", "fax"]


class Place(NamedTuple):
    """Where something stands: offsets into the cleaned text; page or table cell (from 1) where there are any; the cell's
    box where a page draws one, as shares of the page's width and height: left, top, right, bottom.
    """

    start: int
    end: int
    page: int | None = None
    table: int | None = None
    row: int | None = None
    column: int | None = None
    box: tuple[float, float, float, float] | None = None


class Warning(NamedTuple):
    """Something doubtful: a code for programs, one Chinese sentence for people, and where it stands."""

    code: str
    message: str
    place: Place


class Deadline(NamedTuple):
    """A time limit. ``due`` (computed, ISO date) is the last day that still counts.

    ``kind`` is None for words that set no limit (已完成, a period whose start is not stated). ``doubt`` says in
    Chinese what is uncertain about the reading; it becomes a warning and is no field of the format.
    """

    raw: str
    kind: DeadlineKind | None
    due: str | None
    then_long_term: bool
    place: Place
    doubt: str | None = None


class Quantity(NamedTuple):
    """A figure with its unit, how it is compared, and what it measures (``of``)."""

    raw: str
    value: int | float
    unit: str
    comparator: Comparator
    of: str | None
    place: Place


class Measure(NamedTuple):
    """One measure (整改措施): ``no`` in Arabic digits, None where the source does not number.

    ``responsible_units`` are named only where the measure has units of its own.
    """

    no: str | None
    text: str
    deadlines: tuple[Deadline, ...]
    quantities: tuple[Quantity, ...]
    place: Place
    responsible_units: tuple[str, ...] = ()
    unit_places: tuple[Place, ...] = ()


class Task(NamedTuple):
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


class Duty(NamedTuple):
    """A standing duty: ``count`` times every ``every``, by ``day`` of that period where one is named."""

    text: str
    who: str | None
    to: str | None
    every: Cadence
    day: int | None
    count: int  # type: ignore[assignment]  # over the method that tuples have
    place: Place


class Body(NamedTuple):
    """A leading group or one of its teams, who leads it, and what it is there for."""

    name: str
    lead: str | None
    duty: str | None
    place: Place


class Period(NamedTuple):
    """The time in which objections are heard. ``start``, ``end`` and ``actual_days`` are ISO dates and a count, computed.

    ``stated`` says that both dates stood in the text; ``consistent`` that a stated length agrees with stated dates;
    ``actual_days`` counts from start to end in the days of ``day_kind`` (calendar days where it is None).
    """

    raw: str
    start: str | None
    end: str | None
    days: int | None
    day_kind: DayKind | None
    stated: bool
    consistent: bool
    actual_days: int | None
    place: Place


class Contact(NamedTuple):
    """To whom objections go, and in which ways (``ways``: those the text names, and those it gives a number for)."""

    unit: str | None
    person: str | None
    phones: tuple[str, ...]
    address: str | None
    email: str | None
    ways: tuple[Way, ...]
    places: dict[str, tuple[Place, ...]]


class Notice(NamedTuple):
    """A public notice (公示) of what was done about one task; ``places`` as in Task."""

    serials: tuple[str, ...]
    complaint_numbers: tuple[str, ...]
    issue: str | None
    goal: str | None
    measures: tuple[str, ...]
    result: str | None
    follow_up: str | None
    units: tuple[str, ...]
    period: Period | None
    contact: Contact | None
    places: dict[str, tuple[Place, ...]]


class Count(NamedTuple):
    """How many pieces there are of one kind: `长沙市59件`."""

    name: str
    count: int  # type: ignore[assignment]  # over the method that tuples have
    place: Place


class Piece(NamedTuple):
    """One complaint of a batch. ``outcome`` is what was done, ``closure`` whether it is closed (办结状态)."""

    number: str | None
    region: str | None
    text: str | None
    types: tuple[str, ...]
    verified: str | None
    outcome: str | None
    findings: str | None
    closure: str | None
    accountability: str | None
    place: Place
    places: dict[str, tuple[Place, ...]]


class Complaints(NamedTuple):
    """A batch of complaints, or the state of several; the figures are those of the batch where it has its own."""

    batch: str | None
    received: int | None
    cumulative: int | None
    by_region: tuple[Count, ...]
    by_type: tuple[Count, ...]
    outcomes: tuple[Count, ...]
    pieces: tuple[Piece, ...]


class Step(NamedTuple):
    """One step of a timetable: what is to be done, who does it, and by when."""

    text: str
    who: str | None
    due: str | None
    place: Place


class WorkPlan(NamedTuple):
    """A work plan of a year: what it rests on, its steps, attachments and tasks."""

    period: str | None
    basis: tuple[str, ...]
    timetable: tuple[Step, ...]
    attachments: tuple[str, ...]
    tasks: tuple[Task, ...]
    places: dict[str, tuple[Place, ...]]


class Unread(NamedTuple):
    """A passage of the document that went into no value and has no known role."""

    text: str
    place: Place


class Extraction(NamedTuple):
    """All that was read out of one document, and the passages that were left unread."""

    format: str
    kind: Kind
    title: str | None
    document_number: str | None
    issuer: str | None
    date: str | None
    tasks: tuple[Task, ...]
    notice: Notice | None
    complaints: Complaints | None
    work_plan: WorkPlan | None
    duties: tuple[Duty, ...]
    bodies: tuple[Body, ...]
    warnings: tuple[Warning, ...]
    unread: tuple[Unread, ...] = ()
