"""The steps of closure: self-check, application, verdicts in order, strike-off, filing."""

from collections.abc import Sequence
from datetime import date

from zhenggai.accounts.decisions import Refused, Stale
from zhenggai.accounts.models import Person, Unit
from zhenggai.audit import clock
from zhenggai.audit.actions import text_digest
from zhenggai.closure.content import digest_of, manifest
from zhenggai.closure.forms import ApplyForm, FileForm, SelfCheckForm, StrikeOffForm, VerdictForm
from zhenggai.closure.models import Application, ApplicationFile, Filing, SelfCheck, StrikeOff, Verdict
from zhenggai.closure.permissions import (
    can_decide,
    can_file,
    can_self_check,
    can_strike_off,
    current_application,
    next_verdict,
    office_of,
)
from zhenggai.documents.actions import keep
from zhenggai.documents.forms import Upload
from zhenggai.ledger.blockers import not_blocked
from zhenggai.ledger.lifecycle import Outcome, follows, performs
from zhenggai.ledger.models import Task
from zhenggai.ledger.permissions import applying_part, can_apply, duty_of
from zhenggai.ledger.states import (
    ACCEPT,
    APPLY,
    FILE,
    REVIEW,
    SELF_CHECK,
    STRIKE_OFF,
    WITHDRAW_NOTICE,
    State,
    Step,
)
from zhenggai.publicity.models import Notice
from zhenggai.rulebook.models import Rulebook


def _unit_acting(task: Task, by: Person) -> Unit:
    duty = duty_of(by, task, [applying_part(task)])
    if duty is None or duty.unit is None:
        raise Refused("你的单位不是这项任务的牵头或责任单位")
    return duty.unit


def _goes_to_next(task: Task) -> str:
    verdict = next_verdict(task)
    return str(verdict.unit) if verdict else ""


@performs(SELF_CHECK, allowed=can_self_check, form=SelfCheckForm, goes_to=lambda task: "本单位，接着提交销号申请")
def self_check(task: Task, *, by: Person, result: str, finished_on: date) -> Outcome:
    """The unit says that all is done, what was achieved, and vouches for it."""
    unit = _unit_acting(task, by)
    SelfCheck.objects.create(
        task=task, unit=unit, result=result, finished_on=finished_on, checked_by=by, checked_at=clock.now()
    )
    return Outcome(
        after={"finished_on": finished_on.isoformat(), "result": text_digest(result)},
        note=f"{unit}自查自验，{finished_on:%Y-%m-%d}完成整改",
        fields={"result": result, "finished_on": finished_on},
    )


def _first_office(task: Task) -> str:
    rules = Rulebook.objects.in_force(task.place, clock.today()).rules
    first = next(iter(rules.levels_from(task.place.tier)), None)
    return str((first and office_of(task.place, first.tier)) or "")


@performs(APPLY, allowed=can_apply, form=ApplyForm, goes_to=_first_office)
def apply(task: Task, *, by: Person, statement: str, files: Sequence[Upload]) -> Outcome:
    """Apply for closure; the levels that the rulebook in force today names are laid down for this application."""
    unit = _unit_acting(task, by)
    book = Rulebook.objects.in_force(task.place, clock.today())
    application = Application.objects.create(
        task=task, unit=unit, statement=statement, applied_by=by, applied_at=clock.now(), rulebook=book,
        digest="", manifest={},
    )  # fmt: skip
    ApplicationFile.objects.bulk_create(
        ApplicationFile(application=application, stored=keep(file.content, media_type=file.media_type), name=file.name)
        for file in files
    )
    application.manifest = manifest(task)
    application.digest = digest_of(application.manifest)
    application.save(update_fields=["manifest", "digest"])
    verdicts = Verdict.objects.bulk_create(_levels(application, task))
    return Outcome(
        after={"application": application.pk, "digest": application.digest},
        note=f"{unit}申请，依次由{'、'.join(str(verdict.unit) for verdict in verdicts)}办理",
    )


def _levels(application: Application, task: Task) -> list[Verdict]:
    rules = application.rulebook.rules
    levels = [
        (Verdict.Kind.ACCEPTANCE, level.name, level.tier, level.days) for level in rules.levels_from(task.place.tier)
    ]
    if not levels:
        raise Refused(f"{application.rulebook}没有规定{task.place}的任务由哪一级验收，没有验收不能销号；请先修订制度")
    levels.append((Verdict.Kind.REVIEW, rules.review_name, rules.review_tier, rules.review_days))
    return [
        Verdict(
            application=application,
            applicant=application.applied_by,
            applicant_unit=application.unit,
            position=position,
            kind=kind,
            name=name,
            unit=_deciding_unit(application, task, name, tier),
            days=days,
        )
        for position, (kind, name, tier, days) in enumerate(levels, 1)
    ]


def _deciding_unit(application: Application, task: Task, name: str, tier: str) -> Unit:
    office = office_of(task.place, tier)
    if office is None:
        raise Refused(f"名录里没有作{name}的整改办，请系统管理员先在单位名录里补上")
    if office == application.unit:
        raise Refused(f"{office}既是申请单位又是{name}单位，谁整改谁不能验收；请改由责任单位申请")
    return office


_TARGETS = {Verdict.Result.RETURN: State.SELF_CHECKED, Verdict.Result.FAIL: State.RECTIFYING}
_OUTCOMES = {
    Verdict.Result.RETURN: Application.Outcome.RETURNED,
    Verdict.Result.FAIL: Application.Outcome.FAILED,
}


@performs(ACCEPT, allowed=can_decide, form=VerdictForm, goes_to=_goes_to_next)
def accept(task: Task, *, by: Person, level: int, result: str, reason: str = "", content: str = "") -> Outcome:
    """The verdict of the level whose turn it is, bound to what was seen: `content` is the digest that the page showed."""
    verdict = _sign(task, level, result, reason, content, by)
    following = next_verdict(task)
    passed = State.IN_ACCEPTANCE if following and following.kind == Verdict.Kind.ACCEPTANCE else State.ACCEPTED
    return _outcome(verdict, passed)


@performs(REVIEW, allowed=can_decide, form=VerdictForm, goes_to=lambda task: "宣传报道组公示")
def review(task: Task, *, by: Person, level: int, result: str, reason: str = "", content: str = "") -> Outcome:
    """The leading group's review of what was accepted."""
    verdict = _sign(task, level, result, reason, content, by)
    if verdict.result == Verdict.Result.PASS:
        Application.objects.filter(pk=verdict.application_id).update(outcome=Application.Outcome.PASSED)
    return _outcome(verdict, State.REVIEWED)


def _sign(task: Task, level: int, result: str, reason: str, content: str, by: Person) -> Verdict:
    verdict = next_verdict(task)
    if verdict is None or verdict.pk != level:
        raise Stale("这一级的结论已经有人作出，请看过现在的情况再办。")
    seen = manifest(task)
    if content and content != digest_of(seen):
        raise Stale("销号材料在你打开页面之后变了，没有签字。请看过现在的内容再作结论。")
    verdict.result, verdict.reason, verdict.decided_by = result, reason, by
    verdict.decider_unit, verdict.decided_at = by.unit, clock.now()
    verdict.manifest, verdict.digest = seen, digest_of(seen)
    verdict.save(update_fields=["result", "reason", "decided_by", "decider_unit", "decided_at", "manifest", "digest"])
    if verdict.result != Verdict.Result.PASS:
        outcome = _OUTCOMES[Verdict.Result(verdict.result)]
        Application.objects.filter(pk=verdict.application_id).update(outcome=outcome)
    return verdict


def _outcome(verdict: Verdict, passed: State) -> Outcome:
    target = _TARGETS.get(Verdict.Result(verdict.result), passed)
    told = f"{verdict.name}：{verdict.get_result_display()}" + (f"。{verdict.reason}" if verdict.reason else "")
    return Outcome(
        target=target,
        after={"level": verdict.name, "result": verdict.result, "digest": verdict.digest},
        note=told,
    )


@performs(STRIKE_OFF, allowed=can_strike_off, form=StrikeOffForm, goes_to=lambda task: "市整改办备案")
def strike_off(task: Task, *, by: Person, note: str = "") -> Outcome:
    """Strike the task off, after its notice has ended and every objection is answered (the permission's blockers)."""
    application = current_application(task)
    assert application is not None
    notice = Notice.objects.current().select_for_update(of=("self",)).get(items__task=task)
    if not (allowed := not_blocked(task, STRIKE_OFF)):  # an objection may have come in while the notice was locked
        raise Refused(allowed.reason)
    today = clock.today()
    StrikeOff.objects.create(
        task=task, application=application, notice=notice, struck_off_by=by, struck_off_on=today, note=note
    )
    return Outcome(
        after={"notice": notice.pk, "application": application.pk}, note=note, fields={"struck_off_on": today}
    )


@performs(FILE, allowed=can_file, form=FileForm, goes_to=lambda task: "")
def file(task: Task, *, by: Person, sent_to: str, reference: str = "") -> Outcome:
    """File the strike-off upward."""
    Filing.objects.create(
        strike_off=task.strike_off, sent_to=sent_to, reference=reference, filed_by=by, filed_on=clock.today()
    )
    return Outcome(after={"sent_to": sent_to, "reference": reference}, note=f"报{sent_to}{reference}")


@follows
def end_application(task: Task, step: Step, by: Person) -> None:
    """A task that its notice sent back has to apply anew."""
    if step == WITHDRAW_NOTICE:
        task.applications.filter(outcome=Application.Outcome.PASSED).update(outcome=Application.Outcome.FAILED)
