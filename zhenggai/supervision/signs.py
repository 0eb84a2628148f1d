"""What consultations tell of a task: a matter that had to be consulted on is a hard one."""

from zhenggai.ledger.signs import Sign, register
from zhenggai.supervision.models import ConsultationTask

CONSULTED = register(
    Sign(
        "consulted",
        "提请会商",
        lambda: ConsultationTask.objects.filter(consultation__state__in=["requested", "accepted"]).values("task"),
    )
)
