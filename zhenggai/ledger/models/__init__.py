"""The ledger's tables, a file a subject."""

from zhenggai.ledger.models.bulk import BulkChange
from zhenggai.ledger.models.deadlines import Extension, YearlyCheck
from zhenggai.ledger.models.gaps import Gap, Inquiry, Remedy
from zhenggai.ledger.models.sweeps import Sweep, SweepAnswer
from zhenggai.ledger.models.targets import Milestone, Sample, Target
from zhenggai.ledger.models.tasks import (
    DueKind,
    Duty,
    Finding,
    Inspection,
    Leader,
    Measure,
    Plan,
    PlanVersion,
    Source,
    Task,
)
from zhenggai.ledger.models.texts import TaskText
from zhenggai.ledger.models.views import ColumnChoice, SavedView
from zhenggai.ledger.models.workbooks import Workbook, WorkbookRow

__all__ = [
    "BulkChange",
    "ColumnChoice",
    "DueKind",
    "Duty",
    "Extension",
    "Finding",
    "Gap",
    "Inquiry",
    "Inspection",
    "Leader",
    "Measure",
    "Milestone",
    "Plan",
    "PlanVersion",
    "Remedy",
    "Sample",
    "SavedView",
    "Source",
    "Sweep",
    "SweepAnswer",
    "Target",
    "Task",
    "TaskText",
    "Workbook",
    "WorkbookRow",
    "YearlyCheck",
]
