from datetime import timedelta
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest

from tests.world import World
from zhenggai.audit import clock
from zhenggai.ledger.models import Task


def text(client: Any, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer
    return str(answer.content.decode())


def test_ledger_shows_the_tasks_with_their_countdown(world: World, login: Any) -> None:
    world.task(issue="南湖溢流", due=clock.today() + timedelta(days=39))
    world.task(
        issue="北塘超标", due=clock.today() - timedelta(days=7), lead=[world.north_gov], responsible=[world.north_gov]
    )
    page = text(login(world.office), "/ledger/")
    assert "南湖溢流" in page
    assert "剩39天" in page
    assert "已逾期7天" in page
    assert page.index("北塘超标") < page.index("南湖溢流"), "by date, the late one first"


@pytest.mark.parametrize(
    ("asked", "shown", "hidden"),
    [
        ("q=溢流", "南湖<mark>溢流</mark>", "北塘超标"),
        ("view=overdue", "北塘超标", "南湖溢流"),
        ("status=O", "北塘超标", "南湖溢流"),
        ("lead_unit={0.south_gov.pk}", "南湖溢流", "北塘超标"),
        ("lead_unit=999999", "没有符合条件", "南湖溢流"),
        ("lead=某指挥部", "没有符合条件", "南湖溢流"),
        ("unit=北塘区人民政府", "北塘超标", "南湖溢流"),
        ("unit=北塘区", "北塘超标", "南湖溢流"),
        ("source=self_found", "没有符合条件", "南湖溢流"),
        ("stock=1", "没有符合条件", "南湖溢流"),
        ("kind=date&due_from=2030-01-01", "没有符合条件", "南湖溢流"),
        ("due_to=2001-01-01", "没有符合条件", "南湖溢流"),
        ("view=all&sort=number", "南湖溢流", "没有这样的字"),
        ("q=%00&inspection=x&place=99999999999999999999&status=Z&after=%%%", "南湖溢流", "没有这样的字"),
    ],
)
def test_filters_narrow_the_list(world: World, login: Any, asked: str, shown: str, hidden: str) -> None:
    world.task(issue="南湖溢流")
    world.task(
        issue="北塘超标", due=clock.today() - timedelta(days=7), lead=[world.north_gov], responsible=[world.north_gov]
    )
    page = text(login(world.office), f"/ledger/?{asked.format(world)}")
    rows = page.split('<tbody id="rows">')[1].split("</tbody>")[0] if '<tbody id="rows">' in page else page
    assert shown in rows
    assert hidden not in rows


def test_what_was_found_in_the_problem_alone_is_shown_with_it(world: World, login: Any) -> None:
    task = world.task(issue="雨天有生活污水<从检查井>冒出，直排湖中。")
    Task.objects.filter(pk=task.pk).update(headline="南湖排口")
    page = text(login(world.office), "/ledger/?q=检查井")
    assert '<small class="zg-clip">…活污水&lt;从<mark>检查井</mark>&gt;冒出，直排湖中。</small>' in page


def test_pages_follow_each_other_without_gap_or_double(world: World, login: Any) -> None:
    for number in range(1, 121):
        world.task(
            serial=number,
            issue=f"第{number:03d}号问题",
            due=None if number % 3 == 0 else clock.today() + timedelta(days=number % 7),
        )
    client, address, found = login(world.office), "/ledger/?view=all", []
    while address:
        answer = client.get(address)
        found += [task.number for task in answer.context["tasks"]]
        address = answer.context["next"] and "/ledger/" + answer.context["next"]
    assert len(found) == len(set(found)) == 120


def test_ledger_takes_the_same_statements_for_three_tasks_and_for_fifty(
    world: World, login: Any, django_assert_max_num_queries: Any
) -> None:
    client = login(world.office)
    for number in range(1, 51):
        world.task(serial=number)
    with django_assert_max_num_queries(25):
        text(client, "/ledger/")


def test_export_holds_the_rows_as_they_were_asked_for(world: World, login: Any) -> None:
    world.task(issue="=1+1 南湖溢流")
    world.task(issue="北塘超标", lead=[world.north_gov], responsible=[world.north_gov])
    answer = login(world.office).get("/ledger/export/?q=溢流")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    with ZipFile(BytesIO(answer.content)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "=1+1 南湖溢流" in sheet
    assert "<f>" not in sheet, "text is never a formula"
    assert "北塘超标" not in sheet


def test_a_task_beside_the_list_only_for_those_who_may_see_it(world: World, login: Any) -> None:
    task = world.task(cooperating=[])
    assert "项才能销号" in text(login(world.office), f"/ledger/{task.pk}/")
    assert login(world.north_liaison).get(f"/ledger/{task.pk}/").status_code == 404
    assert login(world.north_liaison).get("/ledger/?view=all").content.decode().count(task.number) == 0
    assert task.headline.encode() not in login(world.north_liaison).get("/ledger/export/?view=all").content
