"""Versions of the rules: drafted by one person, approved by another, in force from a date, never rewritten."""

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction

from zhenggai.accounts.decisions import Refused, Stale
from zhenggai.accounts.models import Person, Unit
from zhenggai.audit import clock
from zhenggai.audit.actions import record
from zhenggai.audit.verbs import register
from zhenggai.rulebook.models import Rulebook
from zhenggai.rulebook.permissions import can_approve, can_draft
from zhenggai.rulebook.rules import OVERRIDABLE, REPORTERS, RuleError, Rules, rules_from
from zhenggai.rulebook.speaking import words_of as speaking_words

DRAFTED = register("rulebook.drafted", "起草制度")
APPROVED = register("rulebook.approved", "批准制度", "green")


@transaction.atomic
def draft(place: Unit, *, name: str, effective_from: date, data: dict[str, Any], by: Person) -> Rulebook:
    """A new version for `place`; what `data` leaves out is written down with the value it has today.

    Raises Refused when a rule cannot be followed or the name is taken.
    """
    if not (allowed := can_draft(place, by)):
        raise Refused(allowed.reason)
    try:
        rules = rules_from(data).as_json()
        with transaction.atomic():
            book = Rulebook.objects.create(
                place=place, name=name, effective_from=effective_from, data=rules, drafted_by=by, drafted_at=clock.now()
            )
    except RuleError as error:
        raise Refused(str(error)) from error
    except IntegrityError as error:
        raise Refused(f"已经有叫“{name}”的版本，请换个名字") from error
    record(DRAFTED, by=by, target=book, after={"name": name, "from": effective_from.isoformat(), "rules": rules})
    return book


@transaction.atomic
def approve(book: Rulebook, *, by: Person) -> Rulebook:
    """Put a draft in force from its date on. What is under way stays with the version under which it began."""
    locked = Rulebook.objects.select_for_update(of=("self",)).select_related("place").get(pk=book.pk)
    if not locked.is_draft:
        raise Stale(f"{locked}已经批准")
    if not (allowed := can_approve(locked, by)):
        raise Refused(allowed.reason)
    if locked.effective_from < clock.today():
        raise Refused(f"生效日期{locked.effective_from:%Y-%m-%d}已经过去，制度不追溯；请重新起草")
    locked.approved_by, locked.approved_at = by, clock.now()
    try:
        with transaction.atomic():
            locked.save(update_fields=["approved_by", "approved_at"])
    except IntegrityError as error:
        raise Refused(f"{locked.effective_from:%Y-%m-%d}起已经有一版生效，请换个日期") from error
    record(APPROVED, by=by, target=locked, after={"name": locked.name, "from": locked.effective_from.isoformat()})
    return locked


def differences(old: Rules, new: Rules) -> list[tuple[str, str, str]]:
    """What differs between two versions: the rule's name, the old value, the new one, in words."""
    return [(name, before, after) for (name, before), (_, after) in zip(words(old), words(new), strict=True)
            if before != after]  # fmt: skip


def words(rules: Rules) -> list[tuple[str, str]]:
    """Every rule as a name and a value that people read."""
    kind = "个工作日" if rules.notice_day_kind == "working" else "日"
    return [
        ("月报截止", rules.report.words),
        ("季度报备", rules.filing_quarter.words),
        ("倒计时督办", f"期限前{rules.countdown_days}天列入"),
        ("验收链", "\n".join(f"{chain.name}：{chain.words}" for chain in rules.chains)),
        ("领导可以放行", "、".join(OVERRIDABLE[name] for name in rules.overridable) or "不可以，条件缺一不可"),
        ("公示期", f"{rules.notice_days}{kind}，首日计入"),
        ("异议答复", f"{rules.objection_days}个工作日"),
        ("备案", f"报{rules.filing_to}，{rules.filing_days}个工作日"),
        ("到期提醒", f"提前{rules.warning_days}天"),
        ("谁报月报告", REPORTERS[rules.reporters]),
        ("年度复核", rules.yearly_check.words),
        ("表态发言", speaking_words(rules.speaking)),
    ]
