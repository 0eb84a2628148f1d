"""Random people take random steps with random data, in any order. Whatever they do, no task comes to stand struck off without
every condition that its rulebook names: this asks the rows themselves, not the product's own checks."""

import random
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.world import World, alter_measure, evidence
from zhenggai.accounts.decisions import Refused
from zhenggai.accounts.models import Person
from zhenggai.audit import clock
from zhenggai.audit.clock import at
from zhenggai.closure.gate import fine, settle, waive
from zhenggai.closure.models import Penalty, Waiver
from zhenggai.closure.permissions import next_verdict
from zhenggai.closure.seen import look
from zhenggai.closure.tests.test_chain import PRACTICES
from zhenggai.closure.tests.test_gate import FINE, WHY
from zhenggai.closure.tests.test_path import NOTICE, RESULT, START
from zhenggai.closure.tests.walking import ask_back, decider_of, lay_down, province_office, visit, whole
from zhenggai.documents.actions import keep_bytes
from zhenggai.ledger.lifecycle import take
from zhenggai.ledger.models import Task
from zhenggai.ledger.states import CLOSED, STEPS
from zhenggai.publicity.actions import answer, object_to
from zhenggai.publicity.models import Notice

STRENGTH: dict[str, Any] = {"max_examples": 5, "deadline": None}
WALKS = 50  # acts of one example
RIGHT = {"self_check": "south_liaison", "apply": "south_liaison", "open_notice": "publicity", "strike_off": "leader",
         "withdraw_notice": "publicity", "renew_notice": "publicity", "look": "acceptor"}  # fmt: skip
PEOPLE = (
    "south_liaison", "south_acceptor", "acceptor", "office", "leader", "publicity", "water_liaison", "case", "provincial",
)  # fmt: skip


class Walk:
    """One task, and everything that anybody can do to it; `dice` decides who, what and how well."""

    def __init__(self, world: World, dice: random.Random, practice: str) -> None:
        self.world, self.dice, self.day = world, dice, START
        book = lay_down(world, PRACTICES[practice] | {"overridable": dice.choice([[], ["penalties"]])})
        self.needed = {name for chain in book.rules.chains for level in chain.levels for name in level.documents}
        self.asked_back = any(chain.inquiry for chain in book.rules.chains)
        self.task = world.task()
        self.task.duties.create(part="acceptance", unit=world.water, raw="市水务局")
        if dice.random() < 0.7:
            self.task.measures.update(progress="done", done_on=self.day)

    def someone(self) -> Person:
        person: Person = self.world.fresh(getattr(self.world, self.dice.choice(PEOPLE)))
        return person

    def rightly(self, name: str) -> Person:
        """Mostly the person whose step it is: a walk of errors alone would end nowhere."""
        if self.dice.random() < 0.1:
            return self.someone()
        verdict = next_verdict(self.task)
        if name in ("accept", "review", "visit") and verdict:
            return decider_of(self.world, verdict)
        person: Person = getattr(self.world, RIGHT.get(name, "office"))
        return person

    def acts(self) -> list[Callable[[], object]]:
        often = [self.step] * 18 + [self.finish, self.visit, self.wait, self.wait] * 2
        if self.asked_back:
            often += [self.ask_back] * 4
        return [*often, self.fine, self.settle, self.waive, self.change, self.look, self.object, self.answer]

    def step(self) -> object:
        self.task.refresh_from_db()
        onward = [step for step in STEPS.values() if self.task.state in step.sources and not step.leads_back]
        among = onward if self.dice.random() < 0.9 else list(STEPS.values())
        step = self.dice.choice(among or list(STEPS.values()))
        verdict = next_verdict(self.task) if step.name == "accept" else None
        if verdict and verdict.visit and self.dice.random() < 0.7 and not verdict.site_checks.exists():
            return self.visit()
        return take(step, self.task, by=self.rightly(step.name), **self.data(step.name))

    def data(self, name: str) -> dict[str, Any]:
        files = [evidence()] if self.dice.random() < 0.8 else []
        documents = {name: evidence(f"{name}.pdf") for name in self.needed if self.dice.random() < 0.9}
        return {
            "self_check": {"result": RESULT, "finished_on": self.day},
            "apply": {"statement": "", "files": files, "documents": documents},
            "accept": self.signing(), "review": self.signing(), "open_notice": NOTICE,
            "withdraw_notice": {"reason": "群众反映属实"}, "renew_notice": {"reason": "写错了日期"},
            "strike_off": {"note": ""}, "file": {"sent_to": "省整改办"},
        }.get(name, {})  # fmt: skip

    def signing(self) -> dict[str, Any]:
        verdict = next_verdict(self.task)
        if verdict is None:
            return {"level": 0, "result": "pass", "reason": "符合"}
        spoil: list[dict[str, Any]] = [
            {"answers": []}, {"minutes": None, "met_on": None}, {"reason": ""}, {"result": "return"}, {"result": "fail"},
            {"answers": [{"meets": "no", "note": ""} for _ in verdict.conditions]},
        ]  # fmt: skip
        given = self.dice.choice(spoil) if self.dice.random() < 0.15 else {}
        return whole(verdict, looked=self.dice.random() < 0.5, **given)

    def finish(self) -> object:
        done = (
            {"progress": "done", "done_on": self.day}
            if self.dice.random() < 0.9
            else {"progress": "doing", "done_on": None}
        )
        return self.task.measures.filter(no=self.dice.choice([1, 2])).update(**done) if self.rectifying() else None

    def rectifying(self) -> bool:
        self.task.refresh_from_db()
        return self.task.state == "rectifying"

    def visit(self) -> object:
        verdict = next_verdict(self.task)
        return visit(verdict, self.rightly("visit")) if verdict else None

    def ask_back(self) -> object:
        return ask_back(self.task, self.rightly("ask_back"))

    def fine(self) -> object:
        number = f"{self.dice.randint(1, 2)}号"
        return fine(
            self.task, by=self.someone(), **FINE | {"number": number, "amount": Decimal(1), "imposed_on": START}
        )

    def settle(self) -> object:
        penalty = Penalty.objects.filter(task=self.task, paid_on=None).order_by("pk").first()
        return settle(penalty, paid_on=self.day, receipt="1", by=self.rightly("settle")) if penalty else None

    def waive(self) -> object:
        return waive(self.task, self.dice.choice(Waiver.Condition.values), reason=WHY, by=self.someone())

    def change(self) -> object:
        if self.dice.random() < 0.5:
            return alter_measure(self.task, 1, text=f"改{self.dice.random()}")
        application = self.task.applications.order_by("-pk").first()
        stored = keep_bytes(str(self.dice.random()).encode(), media_type="application/pdf")
        return application.files.create(stored=stored, name="补.pdf") if application else None

    def look(self) -> object:
        return look(self.task, note="看过了，不影响结论", by=self.rightly("look"))

    def wait(self) -> None:
        self.day += timedelta(days=self.dice.choice([1, 5, 20]))

    def object(self) -> object:
        notice = Notice.objects.current().filter(items__task=self.task).first()
        return object_to(notice, text="夜里还有异味") if notice else None

    def answer(self) -> object:
        notice = Notice.objects.current().filter(items__task=self.task).first()
        objection = notice.objections.filter(answered_at=None).first() if notice else None
        finding = self.dice.choice(["upheld", "unfounded", "unfounded"])
        return answer(objection, finding=finding, text="核过两晚", by=self.rightly("answer")) if objection else None

    def walk(self) -> None:
        for _ in range(WALKS):
            with clock.pretend(at(self.day)):
                try:
                    with transaction.atomic():
                        self.dice.choice(self.acts())()
                except Refused:
                    continue
                self.task.refresh_from_db()
                if self.task.state in CLOSED:
                    whole_closing(self.task)


def whole_closing(task: Task) -> None:
    """Every condition of the rulebook, read off the rows."""
    application = task.applications.get(outcome="passed")
    rules, waived = application.rulebook.rules, {row.condition for row in task.waivers.all()}
    assert waived <= set(rules.overridable)
    assert not task.measures.exclude(progress="done").exists()
    assert "penalties" in waived or not task.penalties.filter(paid_on=None).exists()
    assert application.files.exists()
    term = "long_term" if task.then_long_term else "dated"
    chain = rules.chain_of(task.source, task.inspection.kind, term)
    assert not chain.inquiry or task.inquiries.filter(dropped_at=None).exists()
    levels = chain.levels_from(task.place.tier)
    verdicts = list(application.verdicts.order_by("position"))
    assert [row.name for row in verdicts] == [level.name for level in levels]
    doers = set(task.duties.filter(part__in=["lead", "responsible"]).values_list("unit", flat=True))
    for level, row in zip(levels, verdicts, strict=True):
        assert (row.result, bool(row.reason)) == ("pass", True)
        assert [answer["meets"] for answer in row.answers] == ["yes"] * len(level.conditions)
        assert set(level.documents) <= set(application.files.values_list("kind", flat=True))
        assert row.site_checks.exists() or not level.visit
        assert row.minutes_id or not level.collective
        assert row.decided_by_id != application.applied_by_id
        assert not {row.unit_id, row.decider_unit_id} & doers
    times = [row.decided_at for row in verdicts]
    assert times == sorted(times)
    notice = Notice.objects.current().get(items__task=task)
    assert task.struck_off_on is not None
    assert notice.ends_on < task.struck_off_on
    assert not notice.objections.filter(answered_at=None).exists()
    assert not notice.objections.filter(finding="upheld").exists()


@pytest.mark.requirement("R05", "R71", "R74")
def test_no_path_leads_past_a_condition(world: World) -> None:
    reached: list[str] = []

    @settings(**STRENGTH)
    @given(seed=st.integers(0, 10_000), practice=st.sampled_from(sorted(PRACTICES)))
    def walks(seed: int, practice: str) -> None:
        with transaction.atomic():
            province_office(world)
            walk = Walk(world, random.Random(seed), practice)
            walk.walk()
            reached.append(walk.task.state)
            transaction.set_rollback(True)

    walks()
    assert set(reached) & set(CLOSED), "walks that never close a task show nothing"
    assert set(reached) - set(CLOSED)
