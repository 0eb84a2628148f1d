"""What closing tells of a task: one that was sent back is a hard one."""

from zhenggai.closure.models import Application
from zhenggai.ledger.signs import Sign, register

SENT_BACK = (Application.Outcome.RETURNED, Application.Outcome.FAILED)
RETURNED = register(
    Sign("returned", "验收退回或不通过", lambda: Application.objects.filter(outcome__in=SENT_BACK).values("task"))
)
