"""倒查制度缺陷: from a failing back to the rule that let it happen, and the rule mended (R63).

A task leads to gaps, or somebody says why it leads to none. A unit mends the gap and hands in the rule itself; somebody
else confirms it. Nothing is deleted: what was wrong is corrected or dropped with its reason, and stays on the trail.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction

from zhenggai.accounts.decisions import Refused, Stale
from zhenggai.accounts.models import Person, Unit
from zhenggai.audit import clock
from zhenggai.audit.actions import Act, record, record_all
from zhenggai.audit.verbs import register
from zhenggai.documents.actions import keep
from zhenggai.documents.forms import Upload
from zhenggai.ledger.blockers import Blocker, blocks
from zhenggai.ledger.models import Gap, Inquiry, Remedy, Task
from zhenggai.ledger.permissions import (
    can_confirm,
    can_drop_inquiry,
    can_find_none,
    can_inquire,
    can_keep_gap,
    can_mend,
    can_see,
    can_send_back,
    units_to_charge,
)
from zhenggai.ledger.rules import chain_of, in_force
from zhenggai.ledger.states import APPLY, State

FOUND = register("gap.found", "查出制度缺陷", "amber")
LED_TO = register("gap.led_to", "对应制度缺陷", "amber")
FOUND_NONE = register("gap.found_none", "倒查没有制度缺陷", "blue")
DROPPED = register("gap.dropped", "取消倒查结论", "red")
CORRECTED = register("gap.corrected", "更正制度缺陷")
HANDED_IN = register("gap.handed_in", "报补上的制度", "blue")
CONFIRMED = register("gap.confirmed", "确认制度已补上", "green")
SENT_BACK = register("gap.sent_back", "退回补上的制度", "amber")

FARTHEST = timedelta(days=5 * 366)
BEFORE_APPLYING = (State.RECTIFYING, State.SELF_CHECKED)
LABELS: dict[str, str] = {
    name: str(Gap._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
    for name in ("unit", "rule", "number", "kind", "wrong", "way", "todo", "due")
}


@dataclass(frozen=True)
class Found:
    """What is said of a gap. `rule` and `number` are empty where no such rule exists; `due`: until when it is mended."""

    unit: Unit
    kind: str
    wrong: str
    way: str
    todo: str
    due: date
    rule: str = ""
    number: str = ""

    def tidied(self) -> "Found":
        """Without blanks around the texts. Raises Refused, with what to mend, where it contradicts itself."""
        texts = {name: getattr(self, name).strip() for name in ("wrong", "todo", "rule", "number")}
        found = Found(self.unit, self.kind, way=self.way, due=self.due, **texts)
        found._check()
        return found

    def _check(self) -> None:
        if self.kind not in Gap.Kind.values or self.way not in Gap.Way.values:
            raise Refused("选择是哪一种缺陷、怎样补")
        kind = Gap.Kind(self.kind).label
        if self.kind == Gap.Kind.MISSING and self.rule:
            raise Refused(f"“{kind}”是没有这样的制度，“哪项制度”要空着；制度有而不管用的，选别的缺陷")
        if not self.rule and self.kind in (Gap.Kind.OUTDATED, Gap.Kind.UNENFORCED):
            raise Refused(f"“{kind}”要写明是哪项制度")
        if not self.rule and (self.number or self.way != Gap.Way.MAKE):
            raise Refused("没有这样的制度，就没有文号，只能“制定”；要修订、废止或执行的，写明是哪项制度")
        if len(self.wrong) < 10:
            raise Refused("写明错在哪里（至少10个字）")
        if len(self.todo) < 6:
            raise Refused("写明要做什么：制定、修订哪项制度，或者怎样执行")


def _check_due(due: date) -> None:
    today = clock.today()
    if not today < due <= today + FARTHEST:
        raise Refused("补制度的期限要在今天之后、五年之内")


def _check_how(how: str) -> str:
    if len(how.strip()) < 10:
        raise Refused("写明这项制度怎样造成了问题（至少10个字）")
    return how.strip()


@transaction.atomic
def find_gap(tasks: Sequence[Task], found: Found, *, how: str, by: Person) -> Gap:
    """A new gap to which `tasks` lead, and how. Raises Refused when one of them is not the person's to inquire into, the unit
    is out of its reach, or the words contradict themselves: nothing is written then."""
    found, how = found.tidied(), _check_how(how)
    _check_due(found.due)
    if not units_to_charge(by, Unit.objects.filter(pk=found.unit.pk)).exists():
        raise Refused(f"{found.unit}不在你的范围内，请上一级登记")
    rows = _locked(tasks, by)
    same = Gap.objects.filter(unit=found.unit, rule=found.rule, kind=found.kind, wrong=found.wrong).first()
    if same:
        raise Refused(f"{same}说的就是这项缺陷，没有重复登记；请到它的页面把任务对应过去")
    gap = Gap.objects.create(
        unit=found.unit, rule=found.rule, number=found.number, kind=found.kind, wrong=found.wrong, way=found.way,
        todo=found.todo, due=found.due, entered_by=by,
    )  # fmt: skip
    _lead(rows, gap, how, FOUND, by)
    return gap


@transaction.atomic
def lead_to(gap: Gap, tasks: Sequence[Task], *, how: str, by: Person) -> Gap:
    """Say that further tasks lead to a gap that is known, and how. Raises Refused."""
    how = _check_how(how)
    locked = Gap.objects.select_for_update(of=("self",)).select_related("unit").get(pk=gap.pk)
    rows = _locked(tasks, by)
    known = set(locked.inquiries.filter(dropped_at=None).values_list("task_id", flat=True))
    if double := [task.number for task in rows if task.pk in known]:
        raise Refused(f"{'、'.join(double[:3])}已经对应{locked}，没有重复登记")
    _lead(rows, locked, how, LED_TO, by)
    return locked


def _locked(tasks: Sequence[Task], by: Person) -> list[Task]:
    """The tasks, locked in the order of their keys, each of which `by` may inquire into."""
    if not tasks:
        raise Refused("写明由哪项任务查出")
    keys = {task.pk for task in tasks}
    rows = list(Task.objects.select_for_update(of=("self",)).select_related("place").filter(pk__in=keys).order_by("pk"))
    for task in rows:
        if not can_see(task, by):
            raise Refused("有的任务不在你的范围内")
        if not (allowed := can_inquire(task, by)):
            raise Refused(f"{task.number}：{allowed.reason}")
    return rows


def _lead(tasks: Iterable[Task], gap: Gap, how: str, verb: str, by: Person) -> None:
    """Lead each of `tasks` to `gap`; an answer that there is none is dropped, for there is one now."""
    acts = []
    for task in tasks:
        none = task.inquiries.filter(gap=None, dropped_at=None).first()
        made = Inquiry.objects.create(task=task, gap=gap, how=how, by=by)
        if none:
            _drop(none, f"后来查出{gap}", by)
            acts.append(Act(DROPPED, none, task_id=task.pk, after={"why": none.dropped_why}, note=none.dropped_why))
        after = {"gap": gap.pk, "how": how, "rule": gap.rule, "kind": gap.kind, "due": gap.due.isoformat()}
        note = f"{gap}，{gap.rule_words}，{gap.get_kind_display()}：{gap.wrong}"
        acts.append(Act(verb, made, task_id=task.pk, after=after, note=note))
    record_all(acts, by=by)


@transaction.atomic
def find_none(task: Task, *, why: str, by: Person) -> Inquiry:
    """Say that somebody looked and found no gap, and why. Raises Refused."""
    locked = Task.objects.select_for_update(of=("self",)).select_related("place").get(pk=task.pk)
    if not (allowed := can_find_none(locked, by)):
        raise Refused(allowed.reason)
    if len(why.strip()) < 20:
        raise Refused("写明查了哪些制度、问题为什么不是制度造成的（至少20个字）")
    standing = locked.inquiries.filter(dropped_at=None).select_related("gap").first()
    if standing:
        told = f"已经对应{standing.gap}" if standing.gap else "已经有“没有查出制度缺陷”的结论"
        raise Refused(f"{locked.number}{told}；确实不对的，先取消那个结论")
    made = Inquiry.objects.create(task=locked, how=why.strip(), by=by)
    record(FOUND_NONE, by=by, target=made, task_id=locked.pk, after={"why": made.how}, note=made.how)
    return made


@transaction.atomic
def drop(inquiry: Inquiry, *, why: str, by: Person) -> Inquiry:
    """Take an answer back, with the reason; it stays to be seen. A task that has gone on keeps at least one answer.
    Raises Refused, or Stale when somebody was faster."""
    task = Task.objects.select_for_update(of=("self",)).select_related("place").get(pk=inquiry.task_id)
    locked = Inquiry.objects.select_for_update(of=("self",)).select_related("gap").get(pk=inquiry.pk)
    if locked.dropped_at:
        raise Stale("这个结论已经取消")
    if not (allowed := can_drop_inquiry(task, by)):
        raise Refused(allowed.reason)
    if len(why.strip()) < 6:
        raise Refused("写明为什么取消")
    others = task.inquiries.filter(dropped_at=None).exclude(pk=locked.pk).exists()
    if task.state not in BEFORE_APPLYING and not others:
        raise Refused(f"任务已到“{task.state_words}”环节，倒查不能没有结论；请先登记对的，再取消这一个")
    _drop(locked, why.strip(), by)
    told = f"{locked.gap}" if locked.gap else "没有制度缺陷"
    record(
        DROPPED, by=by, target=locked, task_id=task.pk, after={"why": locked.dropped_why}, note=f"{told}：{why.strip()}"
    )
    return locked


def _drop(inquiry: Inquiry, why: str, by: Person) -> None:
    inquiry.dropped_by, inquiry.dropped_at, inquiry.dropped_why = by, clock.now(), why
    inquiry.save(update_fields=["dropped_by", "dropped_at", "dropped_why"])


@transaction.atomic
def correct(gap: Gap, found: Found, *, reason: str, seen: int, by: Person) -> Gap:
    """Write what is right of a gap that is not mended yet; what stood before stays on its page. `seen`: the version that the
    page showed. Raises Refused, or Stale when somebody was faster."""
    locked = Gap.objects.select_for_update(of=("self",)).select_related("unit").get(pk=gap.pk)
    if locked.version != seen:
        raise Stale(f"{locked}在你打开页面之后改过，请看过现在的内容再改")
    if not (allowed := can_keep_gap(locked, by)):
        raise Refused(allowed.reason)
    if locked.remedies.exclude(confirmed=False).exists():
        raise Refused("已报补上的制度，缺陷的内容不能再改；要改，先退回")
    found = found.tidied()
    if found.unit != locked.unit and not units_to_charge(by, Unit.objects.filter(pk=found.unit.pk)).exists():
        raise Refused(f"{found.unit}不在你的范围内")
    changed = [name for name in LABELS if getattr(found, name) != getattr(locked, name)]
    if not changed:
        raise Refused("没有改动")
    if "due" in changed:
        _check_due(found.due)
    if len(reason.strip()) < 6:
        raise Refused("写明为什么更正")
    before = said(locked, changed)
    for name in changed:
        setattr(locked, name, getattr(found, name))
    locked.version += 1
    locked.save(update_fields=[*changed, "version"])
    record(CORRECTED, by=by, target=locked, before=before, after=said(locked, changed), note=reason.strip())
    return locked


def said(gap: Gap, names: Iterable[str]) -> dict[str, str]:
    """Those particulars of a gap in words, under their Chinese names."""
    shown: Mapping[str, Any] = {"kind": gap.get_kind_display(), "way": gap.get_way_display()}
    return {LABELS[name]: str(shown.get(name, getattr(gap, name))) for name in names}


@dataclass(frozen=True)
class Mended:
    """The rule that mends a gap, as it is handed in; `note`: how it does so."""

    name: str
    number: str
    issued_by: str
    effective_on: date
    note: str
    file: Upload


@transaction.atomic
def hand_in(gap: Gap, mended: Mended, *, by: Person) -> Remedy:
    """Hand in the rule itself. Raises Refused."""
    locked = Gap.objects.select_for_update(of=("self",)).select_related("unit").get(pk=gap.pk)
    if not (allowed := can_mend(locked, by)):
        raise Refused(allowed.reason)
    if not all(text.strip() for text in (mended.name, mended.number, mended.issued_by)):
        raise Refused("写明制度的名称、文号和发布单位；没有文号的写“无文号”")
    if len(mended.note.strip()) < 10:
        raise Refused("写明怎样堵住缺陷（至少10个字）")
    if abs(mended.effective_on - clock.today()) > FARTHEST:
        raise Refused("施行日期写错了，离今天超过五年")
    made = Remedy.objects.create(
        gap=locked, name=mended.name.strip(), number=mended.number.strip(), issued_by=mended.issued_by.strip(),
        effective_on=mended.effective_on, note=mended.note.strip(), by=by, on=clock.today(),
        file=keep(mended.file.content, media_type=mended.file.media_type), file_name=mended.file.name,
    )  # fmt: skip
    after = {"name": made.name, "number": made.number, "issued_by": made.issued_by, "file": made.file.sha256,
             "effective_on": made.effective_on.isoformat()}  # fmt: skip
    _record_everywhere(HANDED_IN, made, after, f"{locked}：{made.name}（{made.number}），{made.effective_on}施行", by)
    return made


@transaction.atomic
def decide(remedy: Remedy, *, confirm: bool, reason: str, by: Person) -> Remedy:
    """Confirm what was handed in, or send it back. Raises Refused, or Stale when somebody was faster."""
    locked = Remedy.objects.select_for_update(of=("self",)).select_related("gap__unit", "by").get(pk=remedy.pk)
    if locked.confirmed is not None:
        raise Stale("已经有人办了，请看现在的情况")
    if not (allowed := can_confirm(locked, by, clock.today()) if confirm else can_send_back(locked, by)):
        raise Refused(allowed.reason)
    if len(reason.strip()) < 6:
        raise Refused("写明核对了什么，或者为什么退回")
    locked.confirmed, locked.decided_by = confirm, by
    locked.decided_on, locked.reason = clock.today(), reason.strip()
    locked.save(update_fields=["confirmed", "decided_by", "decided_on", "reason"])
    after = {"confirmed": confirm, "reason": locked.reason}
    _record_everywhere(
        CONFIRMED if confirm else SENT_BACK, locked, after, f"{locked.gap}：{locked.name}。{locked.reason}", by
    )
    return locked


def _record_everywhere(verb: str, remedy: Remedy, after: dict[str, Any], note: str, by: Person) -> None:
    """A row on the timeline of every task that leads to the gap; one without a task where none does any more."""
    tasks: list[int | None] = list(
        remedy.gap.inquiries.filter(dropped_at=None).order_by("task_id").values_list("task_id", flat=True)
    )
    record_all([Act(verb, remedy, task_id=task, after=after, note=note) for task in tasks or [None]], by=by)


@blocks
def not_asked_back(task: Task) -> Iterable[Blocker]:
    """Where the rulebook wants it, the question is answered before one applies. Nobody lets it pass: that somebody looked
    and found nothing is an answer."""
    if task.state not in BEFORE_APPLYING:
        return
    try:
        rules = in_force(task).rules
    except Refused:
        return
    if chain_of(task, rules).inquiry and all(row.dropped_at for row in task.inquiries.all()):
        who = "由牵头单位、综合协调组、案件查办组或督导组登记缺陷；没有查出的由这几个组写明"
        yield Blocker(APPLY, "还没有倒查制度缺陷", who, "gaps")
