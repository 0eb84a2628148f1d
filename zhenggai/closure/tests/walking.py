"""Walking any chain: whoever the rulebook names signs with all that the level asks for."""

from datetime import date
from typing import Any
from uuid import uuid4

from tests.world import UnitFactory, World, evidence
from zhenggai.accounts.models import Person
from zhenggai.audit import clock
from zhenggai.closure.models import Verdict
from zhenggai.closure.permissions import next_verdict
from zhenggai.closure.sites import Seen, check_site
from zhenggai.ledger.gaps import find_none
from zhenggai.ledger.lifecycle import take
from zhenggai.ledger.models import Task
from zhenggai.ledger.states import ACCEPT, REVIEW
from zhenggai.rulebook.models import Rulebook


def lay_down(world: World, rules: dict[str, Any]) -> Rulebook:
    """`rules` in force for the city from the beginning, instead of those of the small world."""
    return Rulebook.objects.create(
        place=world.city, name="验收链", effective_from=date(2016, 1, 1), data=rules, approved_at=clock.now()
    )


def province_office(world: World) -> Person:
    """江南省整改办 and who decides there."""
    office = UnitFactory(name="江南省整改办", kind="office", tier="province", parent=world.province)
    return world.person("provincial", "coordination", office)


def ask_back(task: Task, by: Person) -> None:
    """Somebody looked for the rule that let the failing happen, and found none."""
    find_none(task, why="查了排水管理办法等三项，规定清楚、有人执行，是管道突然破裂造成的。", by=by)


def decider_of(world: World, verdict: Verdict) -> Person:
    """A person of the unit that the verdict names."""
    if verdict.decider == Verdict.By.LEADERS:
        return world.leader
    at = {world.south_office: world.south_acceptor, world.city_office: world.acceptor, world.water: world.water_liaison}
    return at.get(verdict.unit) or world.provincial


def visit(verdict: Verdict, by: Person) -> None:
    check_site(verdict, Seen(client_id=uuid4(), found="holds", text="逐处看过，与材料一致"), [], by=by)


def whole(verdict: Verdict, **given: Any) -> dict[str, Any]:
    """Everything that signing `verdict` needs, visit aside; `given` replaces parts of it."""
    signing: dict[str, Any] = {
        "level": verdict.pk, "result": "pass", "reason": "逐项核过，符合条件",
        "answers": [{"meets": "yes", "note": ""} for _ in verdict.conditions],
    }  # fmt: skip
    if verdict.collective:
        signing |= {"minutes": evidence("纪要.pdf", b"%PDF minutes"), "met_on": clock.today()}
    return signing | given


def sign_next(world: World, task: Task, **given: Any) -> Verdict:
    """The level whose turn it is signs, on site where it must."""
    verdict = next_verdict(task)
    assert verdict is not None
    by = decider_of(world, verdict)
    if verdict.visit and not verdict.site_checks.exists():
        visit(verdict, by)
    take(REVIEW if verdict.kind == Verdict.Kind.REVIEW else ACCEPT, task, by=by, **whole(verdict, **given))
    verdict.refresh_from_db()
    return verdict
