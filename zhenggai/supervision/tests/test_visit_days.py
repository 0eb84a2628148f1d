"""A visit over the end of a month or of a year: planned, changed, held and closed on its pages like any other."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.world import World
from zhenggai.audit import clock
from zhenggai.audit.clock import at
from zhenggai.supervision.actions.duties import set_duty
from zhenggai.supervision.models import Session, Visit, VisitFinding
from zhenggai.supervision.tests.test_visits import SAW, office


@pytest.mark.parametrize(
    ("day", "rule", "shift"),
    [
        (date(2026, 11, 30), "FREQ=WEEKLY;BYDAY=FR", "none"),
        (date(2026, 12, 30), "FREQ=MONTHLY;BYMONTHDAY=-1", "next"),
        (date(2026, 12, 31), "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=31", "previous"),
        (date(2028, 2, 29), "FREQ=MONTHLY;BYMONTHDAY=-1", "previous"),
    ],
)
def test_a_visit_that_lasts_into_the_next_month_is_planned_held_and_closed(
    world: World, login: Any, day: date, rule: str, shift: str
) -> None:
    with clock.pretend(at(day - timedelta(days=90))):
        task = world.task(due=day - timedelta(days=10))
        body = office(world)
        duty = set_duty(world.city, by=world.office, body=body, kind="inspection", what="督查通报", shift=shift,
                        rule=rule, starts_on=clock.today(), source="方案")  # fmt: skip
    last = day + timedelta(days=3)
    with clock.pretend(at(day)):
        team = login(world.supervision)
        form = {
            "body": body.pk,
            "kind": "targeted",
            "area": world.city.pk,
            "starts_on": day,
            "ends_on": last,
            "duty": duty.pk,
        }
        page = team.post("/supervision/visits/new/", form, follow=True).content.decode()
        visit = Visit.objects.get()
        assert f"{day:%Y年%-m月%-d日}" in page
        assert "逾期10天" in page
        address = visit.get_absolute_url()
        team.post(f"{address}team/", {"names": "supervision", "seen": visit.version})
    with clock.pretend(at(last)):
        team = login(world.supervision)
        visit.refresh_from_db()
        longer = {"title": visit.title, "starts_on": day, "ends_on": last + timedelta(days=1), "seen": visit.version}
        assert team.post(f"{address}change/", longer).status_code == 302
        found = {"result": "slower", "text": SAW, "seen_on": last, "demand_text": "查清来源，封堵到位",
                 "demand_unit": "南湖区政府", "demand_due": last + timedelta(days=31)}  # fmt: skip
        assert team.post(f"{address}tasks/{task.pk}/", found).status_code == 302
        visit.refresh_from_db()
        page = team.get(address)
        due = page.context["forms"]["close"].initial["for_due"]
        ended = {"summary": "看了一处，发现一个问题，已经要求限期办结。", "for_due": due, "seen": visit.version}
        assert team.post(f"{address}close/", ended).status_code == 302
        assert "督查" in team.get("/supervision/duties/").content.decode()
    assert Visit.objects.get().state == "closed"
    assert VisitFinding.objects.get().seen_on == last
    assert Session.objects.get().held_on == last
