"""Before a person decides on a proposed task: edit, split, merge, put back. What the document says is never lost."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from tests.browser.test_path import PLAN
from tests.world import World
from zhenggai.accounts.decisions import Refused, Stale
from zhenggai.audit import clock
from zhenggai.audit.models import Entry
from zhenggai.intake import actions, corrections, drafts
from zhenggai.intake.models import Item, Proposal
from zhenggai.intake.passage import marks_of
from zhenggai.intake.stale import sealed, values_of
from zhenggai.intake.tests.test_intake import proposed
from zhenggai.ledger.models import Task

WHY = "原文漏印，按补正通知改"


@pytest.fixture
def proposal(world: World) -> Proposal:
    return proposed(world)


def item(proposal: Proposal, position: int = 1) -> Item:
    return proposal.items.get(position=position)


# ── edit ─────────────────────────────────────────────────────────────────────
def test_an_edited_value_enters_the_ledger_and_the_read_one_stays(world: World, proposal: Proposal) -> None:
    changes = {"goal": "3处排口不溢流。", "deadline": {"kind": "date", "due": "2026-06-30", "then_long_term": True}}
    done = corrections.edit(item(proposal), changes, serial=1, reason=WHY, by=world.office)
    assert drafts.changed_fields(done.read, done.data) == ["goal", "deadline"]
    assert done.read["goal"] == "3处排口日雨量25毫米以下不溢流。"
    actions.accept(done, by=world.office)
    task = Task.objects.get()
    assert (task.goal, str(task.due), task.then_long_term) == ("3处排口不溢流。", "2026-06-30", True)
    assert "日雨量25毫米以下" in task.passage
    entry = Entry.objects.get(verb="intake.edited")
    assert entry.before["goal"] == "3处排口日雨量25毫米以下不溢流。"
    assert WHY in entry.note


def test_what_was_left_alone_keeps_its_place_in_the_document(world: World, proposal: Proposal) -> None:
    first = item(proposal)
    rows = drafts.plain(first.data)["measures"]
    rows[1]["text"] = "2025年9月底前完成3处排口改造。"
    done = corrections.edit(first, {"measures": rows}, serial=1, reason=WHY, by=world.office)
    assert done.data["measures"][0]["place"] == first.data["measures"][0]["place"]
    assert done.data["measures"][1]["place"] is None
    lit = [proposal.text[start:end] for start, end, field in marks_of(done.data) if field == "measures"]
    assert lit == ["2025年3月底前完成管网排查。"]


def test_an_edit_takes_the_doubt_away(world: World) -> None:
    proposal = proposed(world, PLAN.replace("整改时限：立行立改\n", ""))
    second = item(proposal, 2)
    assert "deadline" in {doubt.field for doubt in _doubts(world, second)}
    limit = {"kind": "immediate", "due": None, "then_long_term": False}
    done = corrections.edit(second, {"deadline": limit}, serial=2, reason=WHY, by=world.office)
    assert "deadline" not in {doubt.field for doubt in _doubts(world, done)}


LACKING = """南川市贯彻落实省督察反馈意见整改方案
整改任务清单
1.南湖排口雨天溢流。3处排口雨天有污水入湖。
整改措施：
（1）完成管网排查。
整改时限：2025年底前完成。
责任单位：南湖区政府
2.北塘区餐饮油烟扰民。
整改目标：31家店全部安装净化设施。
整改措施：
（1）2025年5月底前完成安装。
整改时限：立行立改
"""


@pytest.mark.requirement("R15")
def test_what_a_plan_lacks_is_a_doubt_where_it_is_mended(world: World, login: Any) -> None:
    proposal = proposed(world, LACKING)
    first, second = proposal.items.order_by("position")
    assert {doubt.field for doubt in _doubts(world, first)} == {"goal"}
    assert {doubt.field for doubt in _doubts(world, second)} == {"responsible_units"}
    assert first.doubtful
    page = login(world.office).get(f"/intake/{proposal.pk}/1/").content.decode()
    assert "没有写整改目标" in page
    mended = corrections.edit(first, {"goal": "3处排口不溢流。"}, serial=1, reason=WHY, by=world.office)
    assert not mended.doubtful
    assert not corrections.edit(second, {"lead_units": ["北塘区政府"]}, serial=2, reason=WHY, by=world.office).doubtful


def _doubts(world: World, found: Item) -> list[Any]:
    from zhenggai.accounts.naming import look_up
    from zhenggai.intake.doubts import doubts

    assert world.inspection is not None
    return doubts(found, found.proposal.warnings, look_up(found.names(), world.inspection.place))


@pytest.mark.parametrize(
    ("serial", "changes", "words"), [(1, {}, "没有改动"), (2, {"goal": "另一个目标"}, "已经有第2项")]
)
def test_an_edit_that_says_nothing_or_takes_a_number_is_refused(
    world: World, proposal: Proposal, serial: int, changes: dict[str, Any], words: str
) -> None:
    with pytest.raises(Refused, match=words):
        corrections.edit(item(proposal), changes, serial=serial, reason=WHY, by=world.office)
    assert item(proposal).edit_reason == ""


def test_an_edit_of_what_another_changed_is_stale(world: World, proposal: Proposal) -> None:
    seen = values_of(item(proposal))
    corrections.edit(item(proposal), {"goal": "别人写的。"}, serial=1, reason=WHY, by=world.office, seen=seen)
    with pytest.raises(Stale, match="别人改过"):
        corrections.edit(item(proposal), {"goal": "我写的。"}, serial=1, reason=WHY, by=world.office, seen=seen)


def test_an_item_in_the_ledger_is_not_edited(world: World, proposal: Proposal) -> None:
    actions.accept(item(proposal), by=world.office)
    for correct in (
        lambda found: corrections.edit(found, {"goal": "改"}, serial=1, reason=WHY, by=world.office),
        lambda found: corrections.split(found, found.start + 1, by=world.office),
        lambda found: corrections.merge(found, by=world.office),
        lambda found: corrections.restore(found, by=world.office),
    ):
        with pytest.raises(Stale, match="没有重复办理"):
            correct(item(proposal))


def test_another_places_office_corrects_nothing(world: World, proposal: Proposal) -> None:
    with pytest.raises(Refused):
        corrections.edit(item(proposal), {"goal": "改"}, serial=1, reason=WHY, by=world.south_acceptor)


# ── split and merge ──────────────────────────────────────────────────────────
def test_merge_takes_the_next_one_in_and_restore_gives_it_back(world: World, proposal: Proposal) -> None:
    done = corrections.merge(item(proposal), by=world.office)
    assert [measure["no"] for measure in done.data["measures"]] == ["1", "2", "3"]
    assert done.data["responsible_units"] == ["南湖区政府", "市水务局", "北塘区政府", "市爱卫办"]
    assert "南湖排口" in done.data["issue"]
    assert "北塘区餐饮油烟" in done.data["issue"]
    assert item(proposal, 2).decision == "merged"
    assert actions.accept_all(proposal, by=world.office) == 1 or Task.objects.count() == 1
    assert "2.北塘区餐饮油烟扰民" in Task.objects.get().passage


def test_restore_puts_both_back(world: World, proposal: Proposal) -> None:
    before = item(proposal).data
    merged = corrections.merge(item(proposal), by=world.office)
    corrections.restore(merged, by=world.office)
    assert item(proposal).data == before
    assert item(proposal, 2).is_pending
    with pytest.raises(Refused, match="没有改过"):
        corrections.restore(item(proposal), by=world.office)


def test_split_reads_both_parts_again(world: World, proposal: Proposal) -> None:
    at = proposal.text.index("（2）2025年6月")
    second = corrections.split(item(proposal), at, by=world.office)
    first = item(proposal)
    assert (second.position, second.serial) == (2, 3)
    assert [measure["text"] for measure in first.data["measures"]] == ["2025年3月底前完成管网排查。"]
    assert first.end == at == second.start
    assert second.data["category"] == ["水环境治理"]
    for found in (first, second):
        for start, end, field in marks_of(found.data):
            assert found.start <= start < end <= found.end, field


def test_two_halves_are_put_together_again(world: World, proposal: Proposal) -> None:
    before = item(proposal)
    at = proposal.text.index("（2）2025年6月")
    corrections.split(before, at, by=world.office)
    done = corrections.merge(item(proposal), by=world.office)
    assert drafts.plain(done.data) == drafts.plain(before.data)
    assert (done.start, done.end) == (before.start, before.end)


def test_a_limit_without_a_day_does_not_enter(world: World, login: Any) -> None:
    proposal = proposed(world, PLAN.replace("2025年底前完成。\n牵头", "2025年13月底前完成。\n牵头"))
    with pytest.raises(Refused, match="时限推不出日期"):
        actions.accept(item(proposal), by=world.office)
    assert not Task.objects.exists()


def test_a_part_that_is_no_task_is_an_issue_and_nothing_else(world: World, proposal: Proposal) -> None:
    at = proposal.text.index("责任单位：南湖区政府、市水务局")
    second = corrections.split(item(proposal), at, by=world.office)
    assert second.doubtful
    assert "责任单位" in second.data["issue"] or second.data["responsible_units"] == ["南湖区政府", "市水务局"]


def test_positions_stay_in_the_order_of_the_document(world: World, proposal: Proposal) -> None:
    first = item(proposal)
    at = proposal.text.index("（2）2025年6月")
    corrections.split(first, at, by=world.office)
    starts = [row.start for row in proposal.items.order_by("position")]
    assert starts == sorted(starts)
    assert list(proposal.items.order_by("position").values_list("position", flat=True)) == [1, 2, 3]


def test_a_split_in_the_middle_of_a_line_is_refused(world: World, proposal: Proposal) -> None:
    with pytest.raises(Refused, match="哪一行"):
        corrections.split(item(proposal), item(proposal).start + 3, by=world.office)
    assert proposal.items.count() == 2


def test_the_last_one_has_nothing_to_take_in(world: World, proposal: Proposal) -> None:
    with pytest.raises(Refused, match="后面没有"):
        corrections.merge(item(proposal, 2), by=world.office)


def test_the_database_knows_into_which_a_merged_one_went(world: World, proposal: Proposal) -> None:
    with pytest.raises(IntegrityError, match="merged_item_says_into_which"), transaction.atomic():
        decided = {"decided_by": world.office, "decided_at": clock.now()}
        Item.objects.filter(proposal=proposal, position=1).update(decision="merged", **decided)


# ── the pages ────────────────────────────────────────────────────────────────
def shown(proposal: Proposal, position: int = 1) -> dict[str, str]:
    """What each form of an item's page carries."""
    return {"base": sealed(values_of(item(proposal, position)))}


def form_of(found: Item) -> dict[str, Any]:
    values = drafts.plain(found.data)
    return {
        "base": sealed(values_of(found)), "serial": found.serial, "issue": values["issue"], "goal": values["goal"], "due_kind": "date",
        "due": values["deadline"]["due"] or "", "reason": WHY,
        **{name: "、".join(values[name]) for name in drafts.LISTS if name != "category"},
        "category": "›".join(values["category"]),
        **{f"measure_{number}": row["text"] for number, row in enumerate(values["measures"], 1)},
        **{f"due_{number}": row["due"] or "" for number, row in enumerate(values["measures"], 1)},
    }  # fmt: skip


def test_the_form_shows_what_was_read_and_saves_what_was_written(world: World, proposal: Proposal, login: Any) -> None:
    client, first = login(world.office), item(proposal)
    address = f"/intake/{proposal.pk}/1/edit/"
    page = client.get(address).content.decode()
    assert "3处排口日雨量25毫米以下不溢流。" in page
    assert "第二项从哪一行开始" in page
    same = client.post(address, form_of(first))
    assert same.status_code == 422
    assert "没有改动" in same.content.decode()
    changed = form_of(first) | {"goal": "3处排口不溢流。", "measure_3": "安装流量计。", "due_3": "2025-10-31"}
    assert client.post(address, changed).status_code == 302
    done = item(proposal)
    assert done.data["goal"] == "3处排口不溢流。"
    assert [measure["text"] for measure in done.data["measures"]][-1] == "安装流量计。"
    shown = client.get(f"/intake/{proposal.pk}/1/").content.decode()
    assert "改过2处" in shown
    assert WHY in shown


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"reason": ""}, "为什么和原文不同"),
        ({"due": ""}, "有期限的，填完成时限"),
        ({"due_kind": "long_term"}, "没有期限的，不填日期"),
        ({"issue": ""}, "反馈问题"),
    ],
)
def test_a_form_that_cannot_be_kept_says_why(
    world: World, proposal: Proposal, login: Any, change: dict[str, str], words: str
) -> None:
    answer = login(world.office).post(f"/intake/{proposal.pk}/1/edit/", form_of(item(proposal)) | change)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not item(proposal).is_edited


def test_split_merge_and_restore_on_the_page(world: World, proposal: Proposal, login: Any) -> None:
    client = login(world.office)
    base = f"/intake/{proposal.pk}/1"
    assert client.post(f"{base}/merge/", shown(proposal) | {"next_base": shown(proposal, 2)["base"]}).status_code == 302
    assert "改过" in client.get(f"{base}/").content.decode()
    assert "已并入第1项" in client.get(f"/intake/{proposal.pk}/2/").content.decode()
    assert client.post(f"{base}/restore/", shown(proposal)).status_code == 302
    at = proposal.text.index("（2）2025年6月")
    assert client.post(f"{base}/split/", shown(proposal) | {"at": at}).status_code == 302
    assert proposal.items.count() == 3
    refused = client.post(f"{base}/split/", shown(proposal) | {"at": "²"}, follow=True).content.decode()
    assert "请选第二项从哪一行开始" in refused
    assert proposal.items.count() == 3


# ── add by hand ──────────────────────────────────────────────────────────────
LEFT_OUT = "另有东湖湿地被填占5亩，由市林业局在年底前恢复。"


@pytest.fixture
def with_gap(world: World) -> Proposal:
    """A plan whose reading leaves one line out."""
    found = proposed(world, PLAN.replace("整改任务清单\n", f"整改任务清单\n{LEFT_OUT}\n"))
    assert not any(LEFT_OUT in (row.data["issue"] or "") for row in found.items.all())
    return found


def lines_of(proposal: Proposal) -> dict[str, tuple[int, int]]:
    taken = [(row.start, row.end) for row in proposal.items.all()]
    return {words: (start, end) for start, end, words in drafts.lines_left_out(proposal.text, taken)}


def test_a_task_that_the_reading_left_out_is_added_from_its_passage(world: World, with_gap: Proposal) -> None:
    added = corrections.add(
        with_gap, passage=lines_of(with_gap)[LEFT_OUT], issue="", serial=3, reason="读取时漏了", by=world.office
    )
    assert (added.position, added.data["issue"]) == (1, LEFT_OUT)
    assert [row.serial for row in with_gap.items.order_by("position")] == [3, 1, 2]
    entry = Entry.objects.get(verb="intake.added")
    assert "读取时漏了" in entry.note
    assert entry.after["issue"] == LEFT_OUT
    actions.accept(added, by=world.office)
    assert Task.objects.get(serial=3).passage.strip() == LEFT_OUT


def test_a_task_may_be_typed_where_the_text_has_no_trace_of_it(world: World, proposal: Proposal) -> None:
    added = corrections.add(
        proposal, passage=None, issue="东湖湿地被填占。", serial=3, reason="原件第9页，识别漏了", by=world.office
    )
    assert (added.position, added.data["issue"], added.doubtful) == (3, "东湖湿地被填占。", True)
    assert marks_of(added.data) == []


def test_what_cannot_be_added_is_refused(world: World, proposal: Proposal) -> None:
    first = item(proposal)
    for passage, issue, serial, words in (
        (None, "", 3, "请选原文里的段落"),
        ((first.start, first.end), "", 3, "和第1项重叠"),
        ((9, 3), "", 3, "止行要在起行之后"),
        (None, "东湖湿地被填占。", 1, "已经有第1项"),
    ):
        with pytest.raises(Refused, match=words):
            corrections.add(proposal, passage=passage, issue=issue, serial=serial, reason="漏了", by=world.office)
    with pytest.raises(Refused):
        corrections.add(proposal, passage=None, issue="填占", serial=3, reason="漏了", by=world.south_liaison)
    assert proposal.items.count() == 2
    actions.withdraw(proposal, by=world.office)
    with pytest.raises(Stale):
        corrections.add(proposal, passage=None, issue="填占", serial=3, reason="漏了", by=world.office)


def test_the_page_on_which_a_task_is_added(world: World, with_gap: Proposal, login: Any) -> None:
    client = login(world.office)
    address = f"/intake/{with_gap.pk}/add/"
    start, _ = lines_of(with_gap)[LEFT_OUT]
    assert LEFT_OUT in client.get(address).content.decode()
    for sent, words in (
        ({"serial": 3, "reason": "漏了"}, "请选原文从哪一行起"),
        ({"first": start, "serial": 3}, "为什么补录"),
        ({"first": start, "serial": 1, "reason": "漏了"}, "序号不能重复"),
    ):
        refused = client.post(address, sent)
        assert refused.status_code == 422
        assert words in refused.content.decode()
    done = client.post(address, {"first": start, "serial": 3, "reason": "第2页漏了一行"}, follow=True).content.decode()
    assert "补录：第2页漏了一行" in done


def test_a_stale_page_shows_both_versions_and_saves_nothing(world: World, proposal: Proposal, login: Any) -> None:
    client = login(world.office)
    address = f"/intake/{proposal.pk}/1/edit/"
    page = form_of(item(proposal)) | {"goal": "我写的目标。"}
    corrections.edit(
        item(proposal), {"goal": "别人写的目标。", "category": ["水"]}, serial=1, reason="别人的理由", by=world.office
    )
    answer = client.post(address, page)
    assert answer.status_code == 409
    told = {row["label"]: (row["now"], row["typed"], row["met"]) for row in answer.context["rows"]}
    assert told == {"整改目标": ("别人写的目标。", "我写的目标。", True), "类别": ("水", None, False)}
    assert item(proposal).data["goal"] == "别人写的目标。"
    again = answer.context["form"]
    assert (again["goal"].value(), again["category"].value()) == ("我写的目标。", "水")
    done = client.post(
        address, page | {"base": answer.context["base"], "category": "水", "reason": "看过两边，按补正通知改"}
    )
    assert done.status_code == 302
    assert (item(proposal).data["goal"], item(proposal).data["category"]) == ("我写的目标。", ["水"])


def test_a_page_without_what_it_showed_is_refused(world: World, proposal: Proposal, login: Any) -> None:
    client = login(world.office)
    answer = client.post(f"/intake/{proposal.pk}/1/edit/", form_of(item(proposal)) | {"base": "x"})
    assert "页面不完整" in answer.content.decode()
    assert not item(proposal).is_edited
