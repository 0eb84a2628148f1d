"""Who may open the addresses of visits and of help; the rows of tests/test_permissions.py for these."""

from datetime import date, timedelta
from typing import Any

from tests.matrix import EVERYONE, ON_THE_TASK, OVER_THE_CITY
from tests.world import World
from zhenggai.supervision.actions.duties import keep_body
from zhenggai.supervision.actions.findings import Demand, Seen, put_down
from zhenggai.supervision.actions.help import ask_help
from zhenggai.supervision.actions.visits import Team, add_task, plan_visit, set_team

MATRIX: dict[str, set[str]] = {
    "visits": EVERYONE,  # holds what each may see
    "plan_visit": {"office", "supervision"},
    "visit": OVER_THE_CITY,  # not announced, nothing found
    "visit_task": {"office", "supervision"},
    "visit_act": {"office", "supervision"},
    "visit_finding": ON_THE_TASK,
    "correct_finding": {"office", "supervision"},
    "help_plans": EVERYONE,
    "help_suggested": EVERYONE,
    "ask_help": {"office", "south_acceptor", "supervision", "south_liaison", "north_liaison"},
    "help_plan": ON_THE_TASK,
    "help_act": {"office", "south_acceptor"},
}
POST_ONLY = {"visit_act", "help_act"}


def visited(world: World, today: date) -> dict[str, list[Any]]:
    """A visit that nobody was told of, one that found something, and help that was asked for."""
    body = keep_body(
        world.city, by=world.office, name="整改督导组", responsibilities="督查", role="supervision",
        group=keep_body(world.city, by=world.office, name="整改领导小组", responsibilities="统一领导"),
    )  # fmt: skip
    made = []
    for title in ("没有通知的", "看过的"):
        task = world.task()
        visit = plan_visit(body, by=world.supervision, kind="targeted", announced=False, area=world.city, starts_on=today,
                           ends_on=today, title=title)  # fmt: skip
        add_task(visit, by=world.supervision, task=task, reason="要看")
        set_team(visit, by=world.supervision, team=Team((world.supervision,)))
        made.append((visit, task))
    (quiet, to_see), (seen, looked_at) = made
    found = put_down(
        seen, looked_at, Seen("slower", "现场看了三处排口，两处有污水", today), by=world.supervision,
        demand=Demand("封堵到位", world.south_gov, today + timedelta(days=9)),
    )  # fmt: skip
    asked = ask_help(world.task(), by=world.south_liaison, kind="land", difficulty="泵站用地没有调规，办不下来")
    return {
        "visit": [quiet.pk], "visit_task": [quiet.pk, to_see.pk], "visit_act": [quiet.pk, "cancel"],
        "visit_finding": [found.pk], "correct_finding": [found.pk], "help_plan": [asked.pk],
        "help_act": [asked.pk, "decline"],
    }  # fmt: skip
