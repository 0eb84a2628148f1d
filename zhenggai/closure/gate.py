"""The gate before a strike-off: everything that is still missing and who has to do it, fines, and what a named leader lets
pass where the rulebook allows it."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils import timezone

from zhenggai.accounts.decisions import YES, Decision, Refused, Stale, no
from zhenggai.accounts.models import Person
from zhenggai.accounts.roles import Role
from zhenggai.audit import clock
from zhenggai.audit.actions import record
from zhenggai.audit.verbs import register
from zhenggai.closure.flags import flags_of
from zhenggai.closure.models import Penalty, Waiver
from zhenggai.closure.permissions import current_application, leads_review, offices_of
from zhenggai.closure.seen import alarms_of
from zhenggai.ledger.blockers import Blocker, blockers_of, blocks, waives
from zhenggai.ledger.changes import changed
from zhenggai.ledger.models import Task
from zhenggai.ledger.permissions import is_over
from zhenggai.ledger.rules import chain_of, in_force
from zhenggai.ledger.states import CLOSED, STRIKE_OFF, State
from zhenggai.publicity.passed import Passed, lets_pass
from zhenggai.publicity.releasing import refuse_unfit
from zhenggai.rulebook.models import Rulebook
from zhenggai.supervision.blockers import open_demands

WAIVED = register("closure.waived", "放行销号条件", "red")
FINED = register("penalty.recorded", "登记处罚", "amber")
PAID = register("penalty.paid", "罚款缴清", "green")


def rulebook_of(task: Task) -> Rulebook:
    """The version by which the task is closed: its application's, else the one in force. Raises Refused."""
    application = current_application(task)
    return application.rulebook if application else in_force(task)


def can_waive(task: Task, condition: str, person: Person) -> Decision:
    """The leader who strikes off, for what the rulebook names, and only while it is missing."""
    if condition not in Waiver.Condition.values:
        return no("这一条不能放行")
    if task.is_closed:
        return no("任务已经销号")
    if not (leads := leads_review(task, person)):
        return leads
    book = rulebook_of(task)
    if condition not in book.rules.overridable:
        return no(f"{book}没有规定“{Waiver.Condition(condition).label}”可以放行")
    missing = any(row.condition == condition for row in blockers_of(task))
    return YES if missing else no("这一条现在不缺，不用放行")


@transaction.atomic
def waive(task: Task, condition: str, *, reason: str, by: Person) -> Waiver:
    """Let a missing condition pass, once, with who and why. Raises Refused."""
    locked = Task.objects.select_for_update(of=("self",)).select_related("place", "inspection").get(pk=task.pk)
    if not (allowed := can_waive(locked, condition, by)):
        raise Refused(allowed.reason)
    if len(reason.strip()) < 10:
        raise Refused("写明为什么放行、今后怎么补（至少10个字）；这段话一直留着")
    refuse_unfit("理由", reason, locked.place)
    missing = "；".join(row.text for row in blockers_of(locked) if row.condition == condition)[:300]
    made = Waiver.objects.create(
        task=locked, condition=condition, missing=missing, reason=reason.strip(), rulebook=rulebook_of(locked), by=by,
        at=clock.now(),
    )  # fmt: skip
    record(
        WAIVED, by=by, target=made, task_id=locked.pk,
        after={"condition": condition, "missing": missing, "reason": made.reason},
        note=f"{missing}。理由：{made.reason}",
    )  # fmt: skip
    changed(locked)
    return made


@lets_pass
def waivers_for_public(tasks: Sequence[Task]) -> dict[int, list[Passed]]:
    """What leaders let pass of each task: the public reads the office and the reason, not the person."""
    found: dict[int, list[Passed]] = {}
    for row in Waiver.objects.filter(task__in=[task.pk for task in tasks]).select_related("by__unit").order_by("pk"):
        told = Passed(row.get_condition_display(), f"{row.by.unit}领导", timezone.localdate(row.at), row.reason)
        found.setdefault(row.task_id, []).append(told)
    return found


def can_fine(task: Task, person: Person) -> Decision:
    """Fines are recorded by the coordination and case teams over the task's place, before it is closed."""
    if task.is_closed:
        return no("任务已经销号")
    return YES if is_over(person, task, Role.COORDINATION, Role.CASE) else no("由综合协调组或案件查办组登记")


@transaction.atomic
def fine(task: Task, *, fined: str, number: str, amount: Decimal, imposed_on: date, by: Person) -> Penalty:
    """Record a fine. Raises Refused when it stands there already."""
    locked = Task.objects.select_for_update(of=("self",)).select_related("place").get(pk=task.pk)
    if not (allowed := can_fine(locked, by)):
        raise Refused(allowed.reason)
    if imposed_on > clock.today():
        raise Refused("决定日期不能晚于今天")
    try:
        with transaction.atomic():
            made = Penalty.objects.create(
                task=locked, fined=fined, number=number, amount=amount, imposed_on=imposed_on, recorded_by=by
            )
    except IntegrityError as error:
        raise Refused(f"{number}已经登记过") from error
    record(
        FINED, by=by, target=made, task_id=locked.pk, after={"number": number, "amount": str(amount)},
        note=f"{number}，{fined}，{amount.normalize():f}万元",
    )  # fmt: skip
    return made


@transaction.atomic
def settle(penalty: Penalty, *, paid_on: date, receipt: str, by: Person) -> Penalty:
    """Say when a fine was paid in full, with its receipt. Raises Refused, or Stale when somebody was faster."""
    locked = Penalty.objects.select_for_update(of=("self",)).select_related("task__place").get(pk=penalty.pk)
    if locked.paid_on:
        raise Stale(f"{locked}已经记为{locked.paid_on:%Y-%m-%d}缴清")
    if not (allowed := can_fine(locked.task, by)):
        raise Refused(allowed.reason)
    if not locked.imposed_on <= paid_on <= clock.today():
        raise Refused(f"缴清日期要在{locked.imposed_on:%Y-%m-%d}到今天之间")
    locked.paid_on, locked.receipt = paid_on, receipt
    locked.save(update_fields=["paid_on", "receipt"])
    record(
        PAID, by=by, target=locked, task_id=locked.task_id, after={"paid_on": paid_on.isoformat(), "receipt": receipt},
        note=f"{locked}，凭证{receipt}",
    )  # fmt: skip
    return locked


@waives
def waived_conditions(task: Task) -> Iterable[str]:
    return [waiver.condition for waiver in task.waivers.all()]


@blocks
def gate_blockers(task: Task) -> Iterable[Blocker]:
    """What is missing, and what is only not done yet: levels with their visits, the notice."""
    if task.is_closed:
        return
    flags = flags_of(task)
    if flags["has_penalties"]:
        yield from _unpaid(task)
    if flags["has_open_lower"]:
        yield from _open_lower(task)
    if flags["has_demands"]:
        yield from open_demands(task)
    if flags["has_alarms"]:
        for words in alarms_of(task):
            yield Blocker(STRIKE_OFF, words, "谁有原件谁重新上传同一份", "r")
    state = State(task.state)
    if state == State.IN_NOTICE:
        return
    if state in (State.RECTIFYING, State.SELF_CHECKED):
        yield from _before_application(task, has_evidence=flags["has_evidence"])
    else:
        yield from _levels_to_come(task)
    yield Blocker(STRIKE_OFF, "还没有公示", "审核后由宣传报道组公示")


def _unpaid(task: Task) -> Iterable[Blocker]:
    """Every violation is dealt with by law, to the end (Anhui's conditions, DOMAIN.md §2)."""
    for penalty in task.penalties.all():
        if penalty.paid_on is None:
            text = f"罚款未缴清：{penalty.fined}，{penalty.number}，{penalty.amount.normalize():f}万元"
            yield Blocker(STRIKE_OFF, text, "缴清后由综合协调组或案件查办组登记", "penalties", "penalties")


def _open_lower(task: Task) -> Iterable[Blocker]:
    """What was broken down to lower levels is done there first."""
    rows = Task.objects.filter(upper=task).exclude(state__in=CLOSED).order_by("pk")
    numbers = list(rows.values_list("number", flat=True)[:4])
    if numbers:
        more = "等" if len(numbers) > 3 else ""
        yield Blocker(
            STRIKE_OFF, f"分解的任务{'、'.join(numbers[:3])}{more}还没有销号", "由承担的单位先销号", "", "lower"
        )


def _before_application(task: Task, *, has_evidence: bool) -> Iterable[Blocker]:
    if not has_evidence:
        yield Blocker(STRIKE_OFF, "还没有佐证", "随月报告报送，或申请销号时附上")
    try:
        rules = in_force(task).rules
    except Refused as refused:
        yield Blocker(STRIKE_OFF, "没有生效的制度", refused.reason)
        return
    offices = offices_of(task.place)
    for level in chain_of(task, rules).levels_from(task.place.tier):
        office = offices.get(level.tier, "整改办")
        unit = {"industry": "写明的行业部门", "leaders": f"领导小组领导（{office}承办）"}.get(level.by, office)
        yield Blocker(STRIKE_OFF, f"{level.name}未作出", f"申请后由{unit}在{level.days}个工作日内作出")


def _levels_to_come(task: Task) -> Iterable[Blocker]:
    application = current_application(task)
    rows = sorted(application.verdicts.all(), key=lambda row: row.position) if application else []
    for verdict in rows:
        if verdict.is_open:
            yield Blocker(STRIKE_OFF, f"{verdict.name}未作出", f"由{verdict.whose}在{verdict.days}个工作日内作出", "v")
            if verdict.visit and not verdict.site_checks.all():
                yield Blocker(STRIKE_OFF, f"{verdict.name}要的现场核查还没有做", f"由{verdict.unit}到现场核查", "v")
