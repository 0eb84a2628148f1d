"""What consultations and help tell of a task: a matter that had to be consulted on, or that needs help, is a hard one."""

from zhenggai.ledger.signs import Sign, register
from zhenggai.supervision.models import ConsultationTask, HelpPlan

CONSULTED = register(
    Sign(
        "consulted",
        "提请会商",
        lambda: ConsultationTask.objects.filter(consultation__state__in=["requested", "accepted"]).values("task"),
    )
)
HELPED = register(Sign("helped", "帮扶中", lambda: HelpPlan.objects.filter(state="helping").values("task")))
