"""The steps of closure: self-check, application, verdicts in order, strike-off, filing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.files import File

from zhenggai.accounts.decisions import Refused, Stale
from zhenggai.accounts.models import Person, Unit
from zhenggai.audit import clock
from zhenggai.audit.actions import text_digest
from zhenggai.closure.casefile import ZIP, case_file
from zhenggai.closure.content import FILES, Difference, differences, digest_of, manifest
from zhenggai.closure.forms import ApplyForm, FileForm, SelfCheckForm, StrikeOffForm, VerdictForm
from zhenggai.closure.levels import documents_of, lacking, levels_of
from zhenggai.closure.models import Application, ApplicationFile, Filing, SelfCheck, StrikeOff, Verdict
from zhenggai.closure.papers.strike_off import DOCX, strike_off_paper
from zhenggai.closure.permissions import (
    can_decide,
    can_file,
    can_hand_in,
    can_self_check,
    can_strike_off,
    current_application,
    next_verdict,
    office_of,
)
from zhenggai.closure.seen import alarms_of, last_seen
from zhenggai.documents.actions import keep, keep_bytes
from zhenggai.documents.forms import Upload
from zhenggai.ledger.blockers import not_blocked
from zhenggai.ledger.lifecycle import Outcome, follows, performs
from zhenggai.ledger.models import Task
from zhenggai.ledger.permissions import applying_part, duty_of
from zhenggai.ledger.rules import chain_of
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
    """Who decides after the level whose turn it is."""
    verdict = next_verdict(task)
    levels = verdict.application.verdicts.select_related("unit").order_by("position") if verdict else []
    following = next((row for row in levels if verdict and row.position > verdict.position), None)
    if following is None:
        return ""
    return following.name if following.decider == Verdict.By.LEADERS else f"{following.unit}作{following.name}"


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
    first = next(iter(chain_of(task, rules).levels_from(task.place.tier)), None)
    return str((first and office_of(task.place, first.tier)) or "")


@performs(APPLY, allowed=can_hand_in, form=ApplyForm, goes_to=_first_office)
def apply(task: Task, *, by: Person, statement: str, files: Sequence[Upload],
          documents: Mapping[str, Upload] | None = None) -> Outcome:  # fmt: skip
    """Apply for closure; the levels that the rulebook in force today names for this kind of task are laid down for this
    application. `documents`: what those levels ask for, by name; `files`: other evidence. Without any there is nothing to
    accept."""
    unit, given = _unit_acting(task, by), dict(documents or {})
    book = Rulebook.objects.in_force(task.place, clock.today())
    if missing := [name for name in documents_of(task, book.rules) if name not in given]:
        raise Refused(f"{book}要求附上：{'、'.join(f'《{name}》' for name in missing)}")
    application = Application.objects.create(
        task=task, unit=unit, statement=statement, applied_by=by, applied_at=clock.now(), rulebook=book,
        digest="", manifest={},
    )  # fmt: skip
    handed_in = [*given.items(), *(("", file) for file in files)]
    ApplicationFile.objects.bulk_create(
        ApplicationFile(
            application=application, stored=keep(file.content, media_type=file.media_type), name=file.name, kind=kind
        )
        for kind, file in handed_in
    )
    application.manifest = manifest(task)
    if not application.manifest[FILES]:
        raise Refused(
            "没有任何佐证，不能申请销号：月报告里没有审核过的佐证，申请也没有附材料。请附上竣工、监测、照片等材料"
        )
    application.digest = digest_of(application.manifest)
    application.save(update_fields=["manifest", "digest"])
    verdicts = Verdict.objects.bulk_create(levels_of(application, task))
    return Outcome(
        after={"application": application.pk, "digest": application.digest},
        note=f"{unit}申请，依次由{'、'.join(str(verdict.unit) for verdict in verdicts)}办理",
    )


_TARGETS = {Verdict.Result.RETURN: State.SELF_CHECKED, Verdict.Result.FAIL: State.RECTIFYING}
_OUTCOMES = {
    Verdict.Result.RETURN: Application.Outcome.RETURNED,
    Verdict.Result.FAIL: Application.Outcome.FAILED,
}


@dataclass(frozen=True)
class Signing:
    """What a decider gives: `level` is the verdict that the page showed, `content` the digest of what it showed, `looked`
    that the changes listed there were looked at; `answers` one {"meets", "note"} for each line of the level's form."""

    level: int
    result: str
    reason: str
    content: str = ""
    looked: bool = False
    answers: Sequence[dict[str, str]] = ()
    minutes: Upload | None = None
    met_on: date | None = None


@performs(ACCEPT, allowed=can_decide, form=VerdictForm, goes_to=_goes_to_next)
def accept(task: Task, *, by: Person, **given: Any) -> Outcome:
    """The verdict of the level whose turn it is (`given`: Signing)."""
    verdict = _sign(task, Signing(**given), by)
    following = next_verdict(task)
    passed = State.IN_ACCEPTANCE if following and following.kind == Verdict.Kind.ACCEPTANCE else State.ACCEPTED
    return _outcome(verdict, passed)


@performs(REVIEW, allowed=can_decide, form=VerdictForm, goes_to=lambda task: "宣传报道组公示")
def review(task: Task, *, by: Person, **given: Any) -> Outcome:
    """The leading group's review of what was accepted (`given`: Signing)."""
    verdict = _sign(task, Signing(**given), by)
    if verdict.result == Verdict.Result.PASS:
        Application.objects.filter(pk=verdict.application_id).update(outcome=Application.Outcome.PASSED)
    return _outcome(verdict, State.REVIEWED)


def _sign(task: Task, given: Signing, by: Person) -> Verdict:
    verdict = next_verdict(task)
    if verdict is None or verdict.pk != given.level:
        raise Stale("这一级的结论已经有人作出，请看过现在的情况再办。")
    seen = manifest(task)
    if given.content and given.content != digest_of(seen):
        raise Stale("销号材料在你打开页面之后变了，没有签字。请看过现在的内容再作结论。")
    changes = differences(last_seen(verdict.application, before=verdict.position), seen)
    _check(verdict, given, changes)
    verdict.result, verdict.reason, verdict.decided_by = given.result, given.reason.strip(), by
    verdict.decider_unit, verdict.decided_at = by.unit, clock.now()
    verdict.manifest, verdict.digest = seen, digest_of(seen)
    verdict.answers, verdict.changes = list(given.answers), [row.as_json() for row in changes]
    if given.minutes:
        verdict.minutes = keep(given.minutes.content, media_type=given.minutes.media_type)
        verdict.minutes_name, verdict.met_on = given.minutes.name, given.met_on
    verdict.save(update_fields=SIGNED)
    if verdict.result != Verdict.Result.PASS:
        outcome = _OUTCOMES[Verdict.Result(verdict.result)]
        Application.objects.filter(pk=verdict.application_id).update(outcome=outcome)
    return verdict


SIGNED = (
    "result", "reason", "decided_by", "decider_unit", "decided_at", "digest", "manifest", "answers", "changes", "minutes",
    "minutes_name", "met_on",
)  # fmt: skip


def _check(verdict: Verdict, given: Signing, changes: list[Difference]) -> None:
    """Raises Refused when the verdict lacks what its level asks for, its opinion, or a look at what changed."""
    if not given.reason.strip():
        raise Refused("写明意见：看了什么、为什么这样定")
    if changes and not given.looked:
        told = "、".join(row.words for row in changes[:5])
        raise Refused(f"上一级看过之后内容有变（{told}），请先看过变化，再作结论")
    if given.result == Verdict.Result.RETURN:
        return
    has_minutes = given.minutes is not None and given.met_on is not None
    if missing := lacking(verdict, list(given.answers), has_minutes):
        raise Refused(f"还不能作{verdict.name}结论：{'；'.join(missing)}")
    if given.result == Verdict.Result.PASS:
        unmet = [str(no) for no, row in enumerate(given.answers, 1) if row["meets"] == Verdict.Meets.NO]
        if unmet:
            raise Refused(f"验收表第{'、'.join(unmet)}项不符合，不能通过；请退回补正或作不通过")
        if gone := alarms_of(task=verdict.application.task):
            raise Refused(f"{gone[0]}，恢复之前不能通过")


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
        task=task, application=application, notice=notice, struck_off_by=by, struck_off_on=today, note=note,
        paper=keep_bytes(strike_off_paper(task, application, notice, by), media_type=DOCX),
    )  # fmt: skip
    return Outcome(
        after={"notice": notice.pk, "application": application.pk}, note=note, fields={"struck_off_on": today}
    )


@performs(FILE, allowed=can_file, form=FileForm, goes_to=lambda task: "")
def file(task: Task, *, by: Person, sent_to: str, reference: str = "") -> Outcome:
    """File the strike-off upward, with its case file as it is now."""
    made = case_file(task)
    try:
        with made.open("rb") as content:
            package = keep(File(content), media_type=ZIP)
    finally:
        made.unlink()
    Filing.objects.create(
        strike_off=task.strike_off, sent_to=sent_to, reference=reference, filed_by=by, filed_on=clock.today(),
        package=package,
    )  # fmt: skip
    return Outcome(
        after={"sent_to": sent_to, "reference": reference, "package": package.sha256},
        note=f"报{sent_to}{reference}，案卷{package.sha256[:12]}",
    )


@follows
def end_application(task: Task, step: Step, by: Person) -> None:
    """A task that its notice sent back has to apply anew."""
    if step == WITHDRAW_NOTICE:
        task.applications.filter(outcome=Application.Outcome.PASSED).update(outcome=Application.Outcome.FAILED)
