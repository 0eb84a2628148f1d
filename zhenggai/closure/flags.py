"""What a task has of the things that most tasks have not, asked all at once: a page then looks for none that is not there."""

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from zhenggai.closure.models import Application, Look, Penalty, Rebound, Reply, Sample, SiteCheck, Waiver
from zhenggai.documents.models import FileAlarm
from zhenggai.ledger.models import Extension, Inquiry, Leader, Sweep, Target, Task
from zhenggai.ledger.states import CLOSED
from zhenggai.progress.models import ReportFile
from zhenggai.publicity.models import NoticeItem
from zhenggai.supervision.models import ConsultationTask, DecidedItem, HelpPlan, Session, VisitFinding
from zhenggai.ui.prepared import Prepared


def _flags() -> dict[str, QuerySet[Any]]:
    """Rows of which a task has some or none; `has_alarms` tells of any file, not only the task's."""
    here = OuterRef("pk")
    return {
        "was_applied_for": Application.objects.filter(task=here),
        "has_notices": NoticeItem.objects.filter(task=here),
        "has_penalties": Penalty.objects.filter(task=here),
        "has_waivers": Waiver.objects.filter(task=here),
        "has_visits": SiteCheck.objects.filter(task=here),
        "has_looks": Look.objects.filter(application__task=here),
        "has_lower": Task.objects.filter(upper=here),
        "has_open_lower": Task.objects.filter(upper=here).exclude(state__in=CLOSED),
        "has_alarms": FileAlarm.objects.open(),
        "has_samples": Sample.objects.filter(task=here),
        "has_replies": Reply.objects.filter(task=here),
        "is_rebound": Rebound.objects.filter(new=here),
        "has_evidence": ReportFile.objects.filter(report__task=here, report__state="accepted"),
        "has_leaders": Leader.objects.filter(task=here),
        "has_sweeps": Sweep.objects.filter(task=here),
        "has_inquiries": Inquiry.objects.filter(task=here),
        "has_targets": Target.objects.filter(task=here),
        "has_extensions": Extension.objects.filter(task=here),
        "has_consultations": ConsultationTask.objects.filter(task=here),
        "has_decided": DecidedItem.objects.filter(task=here),
        "has_demands": DecidedItem.objects.open().filter(task=here, finding__isnull=False),
        "has_sessions": Session.objects.filter(tasks=here),
        "has_findings": VisitFinding.objects.filter(task=here),
        "has_help": HelpPlan.objects.filter(task=here),
    }


FLAGS = tuple(_flags())
_ASKED = Prepared(
    lambda key: (
        Task.objects.filter(pk=key)
        .order_by()
        .annotate(**{name: Exists(rows) for name, rows in _flags().items()})
        .values_list(*FLAGS)
    )
)


def flags_of(task: Task) -> dict[str, bool]:
    """The flags of the task as it is now, or as hold_flags found them."""
    if "_flags" in task.__dict__:
        held: dict[str, bool] = task.__dict__["_flags"]
        return held
    (found,) = _ASKED.rows(task.pk)
    return dict(zip(FLAGS, found, strict=True))


def hold_flags(task: Task) -> dict[str, bool]:
    """`flags_of`, kept with `task` for as long as one page is made of it."""
    task.__dict__["_flags"] = found = flags_of(task)
    return found
