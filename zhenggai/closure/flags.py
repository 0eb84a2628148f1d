"""What a task has of the things that most tasks have not, asked all at once: a page then looks for none that is not there."""

from django.db.models import Exists, OuterRef

from zhenggai.closure.models import Application, Look, Penalty, Rebound, Reply, Sample, SiteCheck, Waiver
from zhenggai.documents.models import FileAlarm
from zhenggai.ledger.models import Task
from zhenggai.ledger.states import CLOSED
from zhenggai.progress.models import ReportFile
from zhenggai.publicity.models import NoticeItem


def flagged() -> dict[str, Exists]:
    """Annotations of a query of tasks; `has_alarms` tells of any file, not only the task's."""
    here = OuterRef("pk")
    return {
        "was_applied_for": Exists(Application.objects.filter(task=here)),
        "has_notices": Exists(NoticeItem.objects.filter(task=here)),
        "has_penalties": Exists(Penalty.objects.filter(task=here)),
        "has_waivers": Exists(Waiver.objects.filter(task=here)),
        "has_visits": Exists(SiteCheck.objects.filter(task=here)),
        "has_looks": Exists(Look.objects.filter(application__task=here)),
        "has_open_lower": Exists(Task.objects.filter(upper=here).exclude(state__in=CLOSED)),
        "has_alarms": Exists(FileAlarm.objects.open()),
        "has_samples": Exists(Sample.objects.filter(task=here)),
        "has_replies": Exists(Reply.objects.filter(task=here)),
        "is_rebound": Exists(Rebound.objects.filter(new=here)),
        "has_evidence": Exists(ReportFile.objects.filter(report__task=here, report__state="accepted")),
    }


def flags_of(task: Task) -> dict[str, bool]:
    """The flags, as they came with the task, else asked now."""
    names = flagged()
    if all(name in task.__dict__ for name in names):
        return {name: getattr(task, name) for name in names}
    return Task.objects.filter(pk=task.pk).order_by().annotate(**names).values(*names).get()
