"""Long-term tasks have no end, so once a year somebody looks whether they still hold (R61, R67)."""

from datetime import date

from django.db import connection, transaction

from zhenggai.accounts.decisions import YES, Decision, Refused, Stale, no
from zhenggai.accounts.models import Person, Unit
from zhenggai.accounts.roles import Role
from zhenggai.audit import clock
from zhenggai.audit.actions import record
from zhenggai.audit.verbs import register
from zhenggai.ledger.models import YearlyCheck
from zhenggai.ledger.permissions import is_over
from zhenggai.rulebook.models import Rulebook

CHECKED = register("task.yearly_check", "年度复核", "green")
SLIPPED = register("task.slipped", "年度复核发现反弹", "red")

OPEN = """
INSERT INTO ledger_yearlycheck (task_id, year, due_on, result, text)
SELECT t.id, %(year)s, %(due_on)s, '', ''
FROM ledger_task t JOIN ledger_inspection i ON i.id = t.inspection_id AND i.place_id = %(place)s
WHERE (t.due_kind = 'long_term' OR (t.then_long_term AND t.state IN ('struck_off', 'filed')))
    AND t.entered_at < make_date(%(year)s, 1, 1)
ON CONFLICT DO NOTHING
"""


def open_yearly_checks(today: date) -> int:
    """Every long-term task of earlier years owes this year's check, until the day that the rules of its place name when it
    is opened; how many were opened. A place without rules has none yet. Idempotent."""
    opened = 0
    for place in Unit.objects.filter(inspections__isnull=False).distinct().order_by("pk"):
        try:
            due_on = Rulebook.objects.in_force(place, today).rules.yearly_due(today.year)
        except Refused:
            continue
        with connection.cursor() as cursor:
            cursor.execute(OPEN, {"place": place.pk, "year": today.year, "due_on": due_on})
            opened += cursor.rowcount
    return opened


def can_check(check: YearlyCheck, person: Person) -> Decision:
    """The teams over the task's place look; who rectifies does not check itself."""
    if check.result:
        return no(f"{check.year}年度已经复核")
    if is_over(person, check.task, Role.COORDINATION, Role.SUPERVISION):
        return YES
    return no("由综合协调组或督导组复核")


@transaction.atomic
def check_yearly(check: YearlyCheck, *, result: str, text: str, by: Person) -> YearlyCheck:
    """Write down what was seen. Raises Refused, or Stale when somebody was faster."""
    locked = YearlyCheck.objects.select_for_update(of=("self",)).select_related("task__place").get(pk=check.pk)
    if locked.result:
        raise Stale(f"{locked.year}年度已经复核")
    if not (allowed := can_check(locked, by)):
        raise Refused(allowed.reason)
    if result not in YearlyCheck.Result.values:
        raise Refused("选择“保持良好”或“出现反弹”")
    if len(text.strip()) < 10:
        raise Refused("写明去了哪里、看到什么（至少10个字）")
    locked.result, locked.text, locked.checked_by, locked.checked_on = result, text.strip(), by, clock.today()
    locked.save(update_fields=["result", "text", "checked_by", "checked_on"])
    slipped = result == YearlyCheck.Result.SLIPPED
    record(
        SLIPPED if slipped else CHECKED, by=by, target=locked, task_id=locked.task_id,
        after={"year": locked.year, "result": result, "text": locked.text}, note=f"{locked}：{locked.text}",
    )  # fmt: skip
    return locked
