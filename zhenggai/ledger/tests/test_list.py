"""The list as each person wants it: columns, views, filters that stay, many tasks at once, the workbook as seen."""

import re
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.world import World
from zhenggai.accounts.decisions import Refused, Stale
from zhenggai.audit import clock
from zhenggai.audit.models import Entry
from zhenggai.closure.tests.test_path import walk
from zhenggai.core.reading.grid import read_grid
from zhenggai.ledger import preferences
from zhenggai.ledger.amendments import amend
from zhenggai.ledger.bulk import ACTIONS, carry_out, preview, undo
from zhenggai.ledger.cascade import answer_to
from zhenggai.ledger.columns import COLUMNS
from zhenggai.ledger.extensions import ask_extension, decide_extension
from zhenggai.ledger.filters import SORTS
from zhenggai.ledger.models import SavedView, Task
from zhenggai.ledger.models.bulk import UNDO_FOR
from zhenggai.ledger.preferences import choose_columns
from zhenggai.ledger.states import State


def text(client: Any, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer
    return str(answer.content.decode())


def heads(page: str) -> list[str]:
    head = page.split("<thead>")[1].split("</thead>")[0]
    return [re.sub(r"<[^>]+>| ↑", "", words) for words in re.findall(r'<th scope="col"[^>]*>(.+?)</th>', head)]


# ── columns ──────────────────────────────────────────────────────────────────
@pytest.mark.requirement("R32", "R43", "R55", "R89", "R90")
def test_each_person_chooses_columns_and_their_order_for_screen_and_workbook(world: World, login: Any) -> None:
    task = world.task(
        upper_number="省18", increment=True, leaders=[("first", "市长"), ("sponsor", "副市长"), ("responsible", "局长")]
    )
    client = login(world.office)
    wanted = ["upper", "increment", "source", "first_due", "due", "extended", "first", "sponsor", "leader", "lead"]
    order = {f"place-{key}": str(number) for number, key in enumerate(wanted, 1)}
    client.post("/ledger/columns/", {"column": wanted, **order})
    labels = [
        "序号",
        "上级序号",
        "存量/增量",
        "来源",
        "最初时限",
        "现在时限",
        "延期次数",
        "第一责任人",
        "领衔督办领导",
        "责任领导",
        "牵头单位",
    ]
    page = text(client, "/ledger/?view=all")
    assert heads(page) == labels
    for word in ("省18", "增量", "督察反馈", "市长", "副市长", "局长"):
        assert word in page
    cells = read_grid(client.get("/ledger/export/?view=all").content, "a.xlsx").rows
    assert list(cells[2].values())[: len(labels)] == labels
    assert [cells[3][place] for place in (1, 2, 3, 7)] == [task.number, "省18", "增量", "0"]
    assert heads(text(login(world.leader), "/ledger/?view=all"))[1] == "问题概要", "others keep theirs"
    client.post("/ledger/columns/", {"usual": "1", "column": wanted})
    assert heads(text(client, "/ledger/?view=all"))[1] == "问题概要"


def test_a_task_that_was_extended_shows_its_first_limit_and_how_often(world: World, login: Any) -> None:
    task = world.task()
    later = task.due + timedelta(days=90)
    asked = ask_extension(task, new_due=later, reason="管网改造要避开汛期，剩余两公里", by=world.south_liaison)
    decide_extension(asked, grant=True, answer="同意", by=world.leader)
    page = text(login(world.office), "/ledger/?view=all")
    assert "延1次" in page
    cells = read_grid(login(world.office).get("/ledger/export/?view=all&columns=all").content, "a.xlsx").rows
    labels = {label: place for place, label in cells[2].items()}
    shown = [cells[3][labels[label]] for label in ("最初时限", "现在时限", "延期次数")]
    assert shown == [task.due.isoformat(), later.isoformat(), "1"]


def test_export_says_what_was_asked_for_and_takes_few_statements(
    world: World, login: Any, django_assert_max_num_queries: Any
) -> None:
    for serial in range(1, 31):
        world.task(serial=serial)
    client = login(world.office)
    with django_assert_max_num_queries(25):
        content = client.get(f"/ledger/export/?view=all&columns=all&place={world.south.pk}&due_from=2026-01-01").content
    head = read_grid(content, "a.xlsx").cells[1, 1]
    assert all(words in head for words in ("视图：全部", "属地：南湖区", "时限从：2026-01-01", "按完成时限排列"))
    assert len(read_grid(content, "a.xlsx").rows) == 32


@pytest.mark.parametrize("sort", SORTS)
def test_rows_take_no_statements_of_their_own_whatever_is_shown(
    world: World, login: Any, django_assert_max_num_queries: Any, sort: str
) -> None:
    upper = world.task(serial=50)
    for serial in range(1, 31):
        answer_to(world.task(serial=serial), upper=upper, by=world.office)
    choose_columns([column.key for column in COLUMNS], by=world.office)
    client = login(world.office)
    with django_assert_max_num_queries(21):
        page = client.get(f"/ledger/?view=all&sort={sort}").content.decode()
    assert page.count("<tr data-detail") == 31
    assert all(f'zg-k-{column.key}"' in page for column in COLUMNS[1:])


# ── filters that stay, saved views ───────────────────────────────────────────
def test_filters_stay_for_the_person_until_others_are_asked_for(world: World, login: Any) -> None:
    world.task()
    client = login(world.office)
    client.get(f"/ledger/?view=all&place={world.south.pk}")
    assert client.get("/ledger/").headers["Location"] == f"/ledger/?view=all&place={world.south.pk}"
    client.get("/ledger/?view=open")
    assert client.get("/ledger/").headers["Location"] == "/ledger/?view=open"
    assert login(world.leader).get("/ledger/").status_code == 200, "another person has other filters"


@pytest.mark.parametrize("address", ["/ledger/?view=all", "/ledger/export/?view=all"])
def test_a_number_in_the_address_does_not_tell_what_another_place_was_inspected_for(
    world: World, login: Any, address: str
) -> None:
    assert world.inspection
    assert world.plan
    world.task()
    asked = f"{address}&inspection={world.inspection.pk}&plan={world.plan.pk}"
    for who, may in ((world.south_liaison, True), (world.north_liaison, False)):
        answer = login(who).get(asked)
        words = str(read_grid(answer.content, "a.xlsx").cells) if "export" in address else answer.content.decode()
        assert (world.inspection.name in words) == may
        assert (world.plan.title in words) == may


def test_a_view_is_saved_shared_renamed_and_dropped(world: World, login: Any) -> None:
    world.task()
    client = login(world.office)
    query = f"?view=overdue&place={world.south.pk}"
    client.post("/ledger/views/save/", {"name": "南湖逾期", "query": query, "shared": "1"})
    view = SavedView.objects.get()
    assert (view.query, view.shared_with) == (query, world.city)
    assert "南湖逾期" in text(login(world.south_liaison), "/ledger/?view=all"), "all who work in the place see it"
    assert "南湖逾期" in text(client, "/ledger/views/")
    client.post(f"/ledger/views/{view.pk}/rename/", {"name": "南湖晚了"})
    assert "南湖晚了" in text(client, f"/ledger/{query}&saved={view.pk}")
    client.post(f"/ledger/views/{view.pk}/drop/")
    assert not SavedView.objects.exists()
    assert set(Entry.objects.filter(verb__startswith="view.").values_list("verb", flat=True)) == {
        "view.shared", "view.renamed", "view.dropped",
    }  # fmt: skip


def test_views_are_refused_with_the_reason(world: World) -> None:
    preferences.save_view("我的", "?view=all", shared=False, by=world.leader)
    with pytest.raises(Refused, match="已有一个叫“我的”"):
        preferences.save_view("我的", "?view=open", shared=False, by=world.leader)
    with pytest.raises(Refused, match="由综合协调组共享"):
        preferences.save_view("给大家", "?view=all", shared=True, by=world.leader)
    with pytest.raises(Refused, match="不超过30个字"):
        preferences.save_view(" ", "?view=all", shared=False, by=world.leader)
    with pytest.raises(Refused, match="条件太长"):
        preferences.save_view("长", "?" + "q" * 600, shared=False, by=world.leader)
    shared = preferences.save_view("大家的", "?view=all", shared=True, by=world.office)
    with pytest.raises(Refused, match="由保存的人或综合协调组改"):
        preferences.drop_view(shared, by=world.leader)
    preferences.drop_view(shared, by=world.acceptor)  # the coordination team of the place
    assert not preferences.views_for(world.office).exists(), "a view of one's own is nobody else's"


# ── many at once ─────────────────────────────────────────────────────────────
def test_many_tasks_at_once_after_a_preview_that_says_what_and_why_not(world: World, login: Any) -> None:
    free, done, busy = world.task(), world.task(leaders=[("sponsor", "副市长")]), world.task()
    walk(world, busy, State.IN_ACCEPTANCE)
    client = login(world.office)
    answer = client.post("/ledger/bulk/", {"act": "sponsor", "value": "副市长", "pick": [free.pk, done.pk, busy.pk]})
    page = answer.content.decode()
    assert "已经是这样" in page
    assert "补充信息不能再改" in page
    assert "办理以后30分钟以内你可以撤销" in page
    assert not free.leaders.exists(), "a preview writes nothing"
    client.post("/ledger/bulk/do/", {"order": answer.context["order"]})
    assert free.leaders.get().name == "副市长"
    assert Entry.objects.filter(verb="task.amended").count() == 1


def test_units_are_only_put_where_there_are_none(world: World) -> None:
    first, second = world.task(), world.task()
    tasks = {first.pk: first.version}
    assert len(carry_out(tasks, ACTIONS["supervising"], "市水务局", by=world.office).rows) == 1
    assert first.duties.get(part="supervising").unit == world.water
    lines = preview([first.pk, second.pk], ACTIONS["supervising"], "市政府", by=world.office)
    assert [line.refused for line in lines] == ["已有督导单位“市水务局”，只补空着的", ""]
    (line,) = preview([second.pk], ACTIONS["acceptance"], "没有的局", by=world.office)
    assert "名录里没有“没有的局”" in line.refused


def test_a_task_changed_after_the_preview_stops_all(world: World) -> None:
    first, second = world.task(), world.task()
    seen = {first.pk: first.version, second.pk: second.version}
    amend({second.pk: {"headline": "别人改的"}}, by=world.acceptor)
    with pytest.raises(Stale, match="已经变了"):
        carry_out(seen, ACTIONS["increment"], "", by=world.office)
    assert not Task.objects.filter(increment=True).exists()


def test_what_was_done_to_many_is_taken_back_where_nothing_changed_since(world: World, login: Any) -> None:
    first, second, third = (world.task(leaders=[("sponsor", "市长")]) for _ in range(3))
    client = login(world.office)
    preview_page = client.post(
        "/ledger/bulk/", {"act": "sponsor", "value": "副市长，秘书长", "pick": [first.pk, second.pk, third.pk]}
    )
    done = client.post("/ledger/bulk/do/", {"order": preview_page.context["order"]})
    assert "可以撤销" in text(client, done.url)
    assert done.url in text(client, "/work/")
    assert login(world.acceptor).get(done.url).status_code == 404, "it is for who did it"
    amend({second.pk: {"sponsor": "区长"}}, by=world.acceptor)
    walk(world, third, State.IN_ACCEPTANCE)
    page = client.post(done.url).content.decode()
    assert "后来又改成了“区长”" in page
    assert "补充信息不能再改" in page
    assert [task.leaders.get(part="sponsor").name for task in (first, second)] == ["市长", "区长"]
    assert third.leaders.filter(part="sponsor").count() == 2
    last = Entry.objects.filter(verb="task.amended").latest("seq")
    assert (last.task_id, last.note) == (first.pk, "撤销批量领衔督办领导。领衔督办领导：副市长、秘书长 → 市长")
    assert "已经撤销1项" in client.post(done.url).content.decode()


def test_units_put_in_are_taken_out_again_and_after_half_an_hour_nothing_is(world: World) -> None:
    task = world.task()
    with clock.pretend(timezone.now()):
        change = carry_out({task.pk: task.version}, ACTIONS["supervising"], "临江市水务局", by=world.office)
        with pytest.raises(Refused, match="由办理的.*撤销"):
            undo(change, by=world.acceptor)
        assert undo(change, by=world.office) == (1, [])
        assert not task.duties.filter(part="supervising").exists()
        task.refresh_from_db()
        late = carry_out({task.pk: task.version}, ACTIONS["increment"], "", by=world.office)
    with clock.pretend(timezone.now() + UNDO_FOR + timedelta(minutes=1)), pytest.raises(Refused, match="超过30分钟"):
        undo(late, by=world.office)


def test_bulk_is_refused_with_the_reason(world: World, login: Any) -> None:
    task, client = world.task(), login(world.office)

    def said(data: dict[str, Any], address: str = "/ledger/bulk/") -> str:
        answer = client.post(address, data)
        assert answer.status_code == 403
        return str(answer.content.decode())

    assert "没有选中任务" in said({"act": "sponsor", "value": "副市长"})
    assert "要填内容" in said({"act": "sponsor", "pick": task.pk})
    assert "请选要办的事" in said({"act": "no such", "pick": task.pk})
    assert "预览已经过期" in said({"order": "made up"}, "/ledger/bulk/do/")
    lines = preview([task.pk], ACTIONS["increment"], "", by=world.fresh(world.north_acceptor))
    assert lines == [], "what one may not see is not there"


def test_all_of_a_view_and_an_export_of_the_ticked(world: World, login: Any) -> None:
    first, second = world.task(), world.task()
    client = login(world.office)
    page = client.post("/ledger/bulk/", {"act": "increment", "all": "?view=all"}).content.decode()
    assert f">{first.number}<" in page
    assert f">{second.number}<" in page
    sent = client.post("/ledger/bulk/", {"act": "export", "pick": [second.pk]})
    cells = read_grid(sent.content, "a.xlsx").rows
    assert [row[1] for number, row in cells.items() if number > 2] == [second.number]


def test_upload_and_accept_on_the_screen(world: World, login: Any) -> None:
    from zhenggai.ledger.tests.test_round_trip import at, exported, saved

    task, client = world.task(), login(world.office)
    file = BytesIO(saved(exported(), {at("sponsor"): "副市长", at("headline"): "-"}).content.read())
    file.name = "改好.xlsx"
    answer = client.post(reverse("workbooks"), {"kind": "changes", "file": file}, follow=True)
    page = answer.content.decode()
    assert f"<code>{at('headline')}</code>" in page
    assert "问题概要不能空着" in page
    file = BytesIO(saved(exported(), {at("sponsor"): "副市长"}).content.read())
    file.name = "改好.xlsx"
    answer = client.post(reverse("workbooks"), {"kind": "changes", "file": file}, follow=True)
    client.post(answer.request["PATH_INFO"] + "accept/", {"free": ""})
    assert task.leaders.get().name == "副市长"
    wrong = BytesIO(b"PK\x03\x04 no workbook")
    wrong.name = "a.xlsx"
    assert client.post(reverse("workbooks"), {"kind": "changes", "file": wrong}).status_code == 422


@pytest.mark.requirement("R12")
def test_hard_tasks_are_listed_and_those_without_a_sponsor_apart(world: World, login: Any) -> None:
    plain, put_off, sponsored = world.task(), world.task(), world.task()
    amend({sponsored.pk: {"sponsor": "副市长"}}, by=world.office)
    later = put_off.due + timedelta(days=30)
    asked = ask_extension(put_off, new_due=later, reason="汛期不能施工，延期内完成剩余两公里", by=world.south_liaison)
    decide_extension(asked, grant=True, answer="情况属实，同意", by=world.leader)
    client = login(world.office)

    def listed(hard: str) -> set[int]:
        page = client.get(f"/ledger/?view=all&hard={hard}")
        assert page.status_code == 200
        return {task.pk for task in page.context["tasks"]}

    assert listed("") == listed("7") == {plain.pk, put_off.pk, sponsored.pk}
    assert listed("1") == {put_off.pk, sponsored.pk}
    assert listed("0") == {put_off.pk}
    assert "难度：重难点，还没有领衔领导" in client.get("/ledger/?view=all&hard=0").content.decode()
    amend({put_off.pk: {"sponsor": "副市长"}}, by=world.office)
    assert listed("0") == set()
