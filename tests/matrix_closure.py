"""Who may open the addresses of acceptance, strike-off and looking back; the rows of tests/test_permissions.py for this app."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from tests.matrix import EVERYONE, ON_THE_TASK, PUBLIC
from tests.world import World
from zhenggai.audit import clock
from zhenggai.audit.clock import at
from zhenggai.closure.gate import fine
from zhenggai.closure.lookback import draw_look_back, visit
from zhenggai.closure.models import SiteCheck
from zhenggai.closure.replies import make_link, reply
from zhenggai.closure.tests.test_path import walk
from zhenggai.documents.actions import keep_bytes
from zhenggai.ledger.lifecycle import take
from zhenggai.ledger.models import Source, Task
from zhenggai.ledger.states import STRIKE_OFF, State

MATRIX: dict[str, set[str]] = {
    "closure": EVERYONE,
    "application_file": ON_THE_TASK,
    "verdict_minutes": set(),  # nobody decided collectively on this one
    "strike_off_paper": ON_THE_TASK,
    "case_file": ON_THE_TASK,
    "look": {"office"},  # who accepted last
    "waive": set(),  # these rules let nobody override
    "fine": {"office", "south_acceptor", "case"},
    "settle": {"office", "south_acceptor", "case"},
    "look_backs": EVERYONE,  # holds what each may see
    "draw_look_back": {"office", "south_acceptor", "supervision"},
    "look_back": {"office", "supervision"},
    "visit_sample": {"office", "supervision"},  # neither who accepted nor who rectified
    "answer_rebound": {"south_acceptor"},
    "reply": PUBLIC,
    "reply_link": {"office", "south_acceptor"},
    "review_reply": {"office", "supervision"},
    "field": EVERYONE,
    "field_worker": EVERYONE,
    "check_site": {"south_acceptor"},
    "site_photo": ON_THE_TASK,
}
POST_ONLY = {"check_site"}
SENT = {"client_id": str(uuid4()), "found": "holds", "seen": "1"}  # the version of a draft that nobody has changed yet


def closing(world: World, noticed: Task) -> dict[str, list[Any]]:
    """A task in acceptance with a visit and a fine; `noticed` has changed since it was accepted; two are struck off and drawn."""
    accepted, today = world.task(), clock.today()
    walk(world, accepted, State.IN_ACCEPTANCE)
    verdict = accepted.applications.get().verdicts.get(position=1)
    check = SiteCheck.objects.create(
        client_id=uuid4(), task=accepted, verdict=verdict, unit=verdict.unit, by=world.south_acceptor, found="holds",
        text="看过", made_at=clock.now(),
    )  # fmt: skip
    photo = check.photos.create(stored=keep_bytes(b"\xff\xd8\xff", media_type="image/jpeg"), name="a.jpg")
    penalty = fine(accepted, fined="某公司", number="1号", amount=Decimal(1), imposed_on=today, by=world.office)
    return looked_back(world, today) | {
        "verdict_minutes": [accepted.pk, verdict.pk], "look": [noticed.pk], "waive": [accepted.pk, "penalties"],
        "fine": [accepted.pk], "settle": [penalty.pk], "check_site": [verdict.pk], "site_photo": [accepted.pk, photo.pk],
    }  # fmt: skip


def looked_back(world: World, today: date) -> dict[str, list[Any]]:
    """Two tasks that were struck off and drawn; one has slipped back."""
    with clock.pretend(at(today - timedelta(days=18))):
        slipped, waits, piece = world.task(), world.task(), world.task(source=Source.COMPLAINT)
        for task in (slipped, waits, piece):
            walk(world, task, State.IN_NOTICE)
    for task in (slipped, waits, piece):
        take(STRIKE_OFF, task, by=world.leader)
    drawn = draw_look_back(
        world.city, name="抽查", since=today, size=3, due_on=today + timedelta(days=9), weights={}, by=world.supervision
    )
    visit(
        drawn.samples.get(task=slipped), result="slipped", text="雨后又有污水溢出，泵站没开",
        again_by=today + timedelta(days=99), by=world.supervision,
    )  # fmt: skip
    row = reply(make_link(piece, by=world.office), opinion="not", text="还是臭")
    token = make_link(piece, by=world.office)
    told = slipped.rebounds.get().told.order_by("pk")[0]
    return {
        "look_back": [drawn.pk], "visit_sample": [drawn.samples.get(task=waits).pk], "answer_rebound": [told.pk],
        "reply": [token], "reply_link": [piece.pk], "review_reply": [row.pk],
        "strike_off_paper": [waits.pk], "case_file": [waits.pk],
    }  # fmt: skip
