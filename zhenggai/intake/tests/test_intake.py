"""A document becomes a proposal, a proposal row by row the ledger; and what does not come in."""

import re
from contextlib import ExitStack
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from docx import Document

from tests.browser.test_path import PLAN, plan_docx
from tests.world import InspectionFactory, UnitFactory, World
from zhenggai.accounts.decisions import Refused, Stale
from zhenggai.accounts.models import UnitAlias, UnitGroup
from zhenggai.accounts.roles import Role
from zhenggai.audit.models import Entry
from zhenggai.documents import apart
from zhenggai.documents.models import StoredFile
from zhenggai.intake import actions
from zhenggai.intake.actions import NewInspection, propose
from zhenggai.intake.doubts import doubts
from zhenggai.intake.models import Item, Proposal
from zhenggai.intake.passage import marks_of, pieces
from zhenggai.intake.stale import sealed, values_of
from zhenggai.ledger.models import Inspection, Measure, Task

SEEDS = Path(__file__).resolve().parents[4] / "shared/seeds"


def plan(text: str = PLAN) -> ContentFile:
    return ContentFile(text.encode(), name="方案.txt")


def proposed(world: World, text: str = PLAN) -> Proposal:
    assert world.inspection is not None
    return propose(plan(text), "方案.txt", world.inspection, by=world.office)


@pytest.mark.requirement("R14", "R79")
def test_nothing_enters_the_ledger_before_it_is_accepted(world: World) -> None:
    proposal = proposed(world)
    assert proposal.items.count() == 2
    assert proposal.title == "南川市贯彻落实省督察反馈意见整改方案"
    assert not Task.objects.exists()


@pytest.mark.requirement("R32", "R33", "R34")
def test_an_accepted_row_is_a_task_as_the_document_gives_it(world: World) -> None:
    proposal = proposed(world)
    actions.accept(proposal.items.get(position=1), by=world.office)
    task = Task.objects.get()
    assert (task.number, task.headline, str(task.due)) == ("省督-01", "南湖排口雨天溢流", "2025-12-31")
    assert task.goal == "3处排口日雨量25毫米以下不溢流。"
    assert task.category == ["水环境治理"]
    measures = Measure.objects.filter(task=task).order_by("no")
    assert [(measure.no, str(measure.due)) for measure in measures] == [(1, "2025-03-31"), (2, "2025-06-30")]
    assert {(duty.part, duty.raw, duty.unit) for duty in task.duties.exclude(part="place")} == {
        ("lead", "南湖区政府", world.south_gov),
        ("responsible", "南湖区政府", world.south_gov),
        ("responsible", "市水务局", world.water),
    }
    assert task.place == world.south
    assert "整改时限：2025年底前完成" in task.passage
    start, end = task.passage_marks["due"]
    assert task.passage[start:end].startswith("2025年底前")
    assert Task.objects.count() == 1


def test_all_rows_at_once(world: World) -> None:
    proposal = proposed(world)
    assert actions.accept_all(proposal, by=world.office) == 2
    second = Task.objects.get(serial=2)
    assert (second.due, second.due_kind) == (None, "immediate")
    assert actions.accept_all(proposal, by=world.office) == 0


def test_all_or_none_when_a_number_is_taken(world: World) -> None:
    world.task(serial=2)
    proposal = proposed(world)
    with pytest.raises(Refused, match="省督-02在台账里已经有了"):
        actions.accept_all(proposal, by=world.office)
    assert Task.objects.count() == 1
    assert proposal.items.pending().count() == 2


def test_a_name_that_the_directory_does_not_know_is_a_doubt_and_stays_as_text(world: World) -> None:
    proposal = proposed(world)
    item = proposal.items.get(position=2)
    assert item.doubtful
    actions.accept(item, by=world.office)
    duty = Task.objects.get().duties.get(raw="市爱卫办")
    assert duty.unit is None


def test_a_name_of_the_past_is_shown_with_the_unit_that_it_means(world: World, login: Any) -> None:
    UnitAlias.objects.create(unit=world.water, name="市水利局")
    proposal = proposed(world, PLAN.replace("南湖区政府、市水务局", "南湖区政府、市水利局"))
    page = login(world.office).get(f"/intake/{proposal.pk}/1/").content.decode()
    assert '市水利局<span class="zg-muted">（即市水务局）</span>' in page
    actions.accept(proposal.items.get(position=1), by=world.office)
    duty = Task.objects.get().duties.get(raw="市水利局")
    assert duty.unit == world.water


def test_a_group_stays_a_group_and_its_members_may_see_the_task(world: World) -> None:
    group = UnitGroup.objects.create(name="各区政府", place=world.city)
    group.members.set([world.south_gov, world.north_gov])
    actions.accept_all(proposed(world, PLAN.replace("南湖区政府、市水务局", "各区政府")), by=world.office)
    task = Task.objects.get(serial=1)
    duties = task.duties.filter(part="responsible")
    assert {(duty.raw, duty.unit) for duty in duties} == {("各区政府", world.south_gov), ("各区政府", world.north_gov)}
    assert Task.objects.visible_to(world.north_liaison).filter(pk=task.pk).exists()


def test_an_override_of_the_place_is_kept(world: World) -> None:
    actions.accept(proposed(world).items.get(position=1), by=world.office, place=world.north)
    assert Task.objects.get().place == world.north


def test_a_rejected_row_stays_out_with_its_reason(world: World) -> None:
    item = proposed(world).items.get(position=2)
    actions.reject(item, "与上一轮第5项重复", by=world.office)
    assert not Task.objects.exists()
    assert "与上一轮第5项重复" in Entry.objects.get(verb="intake.rejected").note


def test_a_row_is_decided_once(world: World) -> None:
    item = proposed(world).items.get(position=1)
    actions.accept(item, by=world.office)
    with pytest.raises(Stale, match="已由市整改办·office核对"):
        actions.accept(item, by=world.acceptor)
    with pytest.raises(Stale, match="已由"):
        actions.reject(item, "改主意", by=world.acceptor)


def test_the_database_holds_decision_and_task_together(world: World) -> None:
    item = proposed(world).items.get(position=1)
    with pytest.raises(IntegrityError, match="accepted_item_has_its_task"), transaction.atomic():
        Item.objects.filter(pk=item.pk).update(
            decision="accepted", decided_by=world.office, decided_at="2026-01-01T00:00Z"
        )


def test_the_same_document_is_not_imported_twice(world: World) -> None:
    first = proposed(world)
    with pytest.raises(Refused, match="已由市整改办·office导入过"):
        proposed(world)
    actions.withdraw(first, by=world.office)
    assert proposed(world).items.count() == 2
    with pytest.raises(Stale, match="已经撤回"):
        actions.accept_all(first, by=world.office)


def test_another_city_may_import_the_same_document(world: World) -> None:
    """A province's plan names tasks of every city."""
    proposed(world)
    city = UnitFactory(name="南陵市", kind="place", tier="city", parent=world.province)
    office = UnitFactory(name="南陵市整改办", kind="office", parent=city)
    other = world.person("other_office", Role.COORDINATION, office)
    done = propose(plan(), "方案.txt", InspectionFactory(place=city, name="2025年省督察", prefix="省督"), by=other)
    assert done.items.count() == 2


def test_an_import_with_accepted_rows_stays(world: World) -> None:
    proposal = proposed(world)
    actions.accept(proposal.items.get(position=1), by=world.office)
    with pytest.raises(Refused, match="不能撤回"):
        actions.withdraw(proposal, by=world.office)
    with pytest.raises(IntegrityError, match="accepted_import_stays"), transaction.atomic():
        Proposal.objects.filter(pk=proposal.pk).update(withdrawn_at="2026-01-01T00:00Z")


@pytest.mark.parametrize("who", ["leader", "publicity", "south_liaison", "south_acceptor", "security_admin", "nobody"])
def test_who_may_not_import(world: World, who: str) -> None:
    assert world.inspection is not None
    with pytest.raises(Refused, match="综合协调组|不在你的范围"):
        propose(plan(), "方案.txt", world.inspection, by=getattr(world, who))


def test_a_new_inspection_is_registered_with_the_proposal_or_not_at_all(world: World) -> None:
    new = NewInspection(world.city, "2026年央督", "央督", "central")
    with pytest.raises(Refused, match="没有认出整改任务"):
        propose(plan("今天天气很好，没有任务。"), "天气.txt", new, by=world.office)
    assert not Inspection.objects.filter(prefix="央督").exists()
    proposal = propose(plan(), "方案.txt", new, by=world.office)
    assert proposal.inspection.prefix == "央督"
    with pytest.raises(Refused, match="已经用过"):
        propose(plan(PLAN + "\n"), "方案2.txt", NewInspection(world.city, "又一次", "央督", "central"), by=world.office)


def encrypted() -> bytes:
    """What Word makes of a document with a password: an OLE container with an EncryptedPackage stream."""
    return (Path(__file__).parent / "data/encrypted.docx").read_bytes()


def bomb() -> bytes:
    import zipfile

    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", b"0" * 300_000_000)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("空.docx", b"", "是空文件"),
        ("方案.exe", b"MZ\x90\x00\x03\x00\x00\x00", "不是能收的文件"),
        ("方案.docx", b"\x00\x01\x02\x03" * 100, "不是能收的文件"),
        ("方案.pdf", b"PK\x03\x04" + b"0" * 50, "与后缀不符"),
        ("坏.docx", b"PK\x03\x04" + b"0" * 500, "坏.docx|读不出|损坏"),
        ("坏.pdf", b"%PDF-1.7\n" + b"0" * 500, "读不|损坏|打不开"),
        ("天气.txt", "今天天气很好，没有任务。".encode(), "没有认出整改任务"),
    ],
)
def test_a_file_that_cannot_come_in_says_what_to_do(
    world: World, login: Any, name: str, data: bytes, message: str
) -> None:
    answer = upload(login(world.office), world, name, data)
    assert answer.status_code == 422
    said = " ".join(
        re.findall(r'class="zg-(?:err|say--red)[^>]*>(.*?)</(?:p|div)>', answer.content.decode(), re.DOTALL)
    )
    said += " ".join(re.findall(r"zg-say--red.*?</div>", answer.content.decode(), re.DOTALL))
    assert re.search(message, said)
    assert re.search("请|可以", said), "the message says what to do"
    assert not Proposal.objects.exists()
    assert not StoredFile.objects.exists()


def upload(client: Any, world: World, name: str, data: bytes) -> Any:
    assert world.inspection is not None
    return client.post(
        "/intake/", {"file": SimpleUploadedFile(name, data), "inspection": world.inspection.pk, "kind": "provincial"}
    )


def test_an_encrypted_document_is_explained(world: World, login: Any) -> None:
    answer = upload(login(world.office), world, "加密.docx", encrypted())
    assert answer.status_code == 422
    assert "密码" in answer.content.decode()


def test_a_document_that_unpacks_without_end_is_stopped(world: World, login: Any) -> None:
    answer = upload(login(world.office), world, "炸弹.docx", bomb())
    assert answer.status_code == 422
    assert not Proposal.objects.exists()


def test_a_file_of_100_megabytes_is_not_even_stored(world: World, login: Any, settings: Any) -> None:
    answer = upload(login(world.office), world, "大.docx", b"PK\x03\x04" + b"0" * 100 * 1024 * 1024)
    assert answer.status_code == 422
    assert "有100兆字节，超过上限50兆字节" in answer.content.decode()
    assert not list(Path(settings.MEDIA_ROOT).rglob("*"))
    assert not list(Path(settings.FILE_UPLOAD_TEMP_DIR).rglob("*"))


def test_many_long_readings_leave_the_website_its_threads(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "PATIENCE", 0.1)
    with ExitStack() as stack:
        for _ in range(apart.READINGS_AT_ONCE):
            stack.enter_context(apart.turn("reading", apart.READINGS_AT_ONCE, apart.BUSY))
        with pytest.raises(Refused, match="正在读别的文件"):
            proposed(world, PLAN)
    assert not Proposal.objects.exists()
    assert proposed(world, PLAN)


def test_reading_is_stopped_when_it_takes_too_long(world: World, settings: Any) -> None:
    settings.READING_SECONDS = 0
    with pytest.raises(Refused, match="已停止|读不出来"):
        proposed(world, PLAN * 2000)
    assert not Proposal.objects.exists()


def test_the_pages_of_an_import(world: World, login: Any, django_assert_max_num_queries: Any) -> None:
    client = login(world.office)
    answer = upload(client, world, "方案.docx", plan_docx())
    proposal = Proposal.objects.get()
    assert answer.headers["Location"] == f"/intake/{proposal.pk}/"
    with django_assert_max_num_queries(16):
        page = client.get(f"/intake/{proposal.pk}/").content.decode()
    assert "第2项" in page
    assert "名录里没有：市爱卫办" in page
    confirm = client.get(f"/intake/{proposal.pk}/accept/").content.decode()
    assert "其中存疑1项" in confirm
    seen = {"base": sealed(values_of(proposal.items.get(position=1)))}
    assert client.post(f"/intake/{proposal.pk}/1/reject/", seen | {"reason": ""}).status_code == 403
    assert client.post(f"/intake/{proposal.pk}/1/accept/", seen | {"place": world.north.pk}).status_code == 302
    assert Task.objects.get().place == world.north
    late = client.post(f"/intake/{proposal.pk}/1/accept/", seen)
    assert late.status_code == 409
    assert "已由市整改办·office核对" in late.content.decode()
    original = client.get(f"/intake/{proposal.pk}/original/")
    assert b"".join(original.streaming_content) == plan_docx_of(proposal)


def plan_docx_of(proposal: Proposal) -> bytes:
    with proposal.file.open() as file:
        return file.read()


def test_marks_cut_the_passage_into_pieces_that_are_the_text(world: World) -> None:
    proposal = proposed(world)
    item = proposal.items.get(position=1)
    cut = pieces(proposal.text, item.start, item.end, marks_of(item.data))
    assert "".join(piece.text for piece in cut) == proposal.text[item.start : item.end]
    lit = {piece.field: piece.text for piece in cut if piece.field}
    assert lit["deadline"].startswith("2025年底前")
    assert lit["goal"] == "3处排口日雨量25毫米以下不溢流。"
    assert not doubts(item, proposal.warnings, {name: _known(world) for name in item.names()})


def _known(world: World) -> Any:
    from zhenggai.accounts.naming import Named

    return Named("x", unit=world.water)


def test_the_command_leaves_a_proposal_and_says_so(world: World, tmp_path: Path, capsys: Any) -> None:
    path = tmp_path / "省督察整改方案.docx"
    path.write_bytes(plan_docx())
    call_command("import_plan", str(path))
    assert "读出2项任务" in capsys.readouterr().out
    assert Proposal.objects.get().inspection.prefix == "省督2"
    with pytest.raises(CommandError, match="导入过"):
        call_command("import_plan", str(path))
    with pytest.raises(CommandError, match="打不开"):
        call_command("import_plan", str(tmp_path / "没有.docx"))


@pytest.mark.shared
@pytest.mark.skipif(not SEEDS.exists(), reason="没有参考文件 ../shared：这些测试只在开发者处运行")
def test_a_real_plan_spoilt_by_an_upload_site(world: World) -> None:
    """The plan that the issue names: 4 tasks with 6, 2, 7 and 2 measures."""
    data = next(SEEDS.glob("002*")).read_bytes()
    assert world.inspection is not None
    proposal = propose(ContentFile(data), "方案.txt", world.inspection, by=world.office)
    actions.accept_all(proposal, by=world.office)
    tasks = list(Task.objects.order_by("serial"))
    assert [task.measures.count() for task in tasks] == [6, 2, 7, 2]
    assert [str(task.due) for task in tasks] == ["2018-12-31", "2020-12-31", "2020-12-31", "2018-12-31"]
    assert [task.duties.filter(part="lead").count() for task in tasks] == [2, 0, 0, 0]
    assert tasks[2].duties.filter(raw="江岸区党委").exists()
    UnitFactory(name="无关")


def test_word_tables_come_in_too(world: World) -> None:
    document, out = Document(), BytesIO()
    document.add_paragraph("南川市整改任务清单")
    table = document.add_table(rows=2, cols=5)
    for column, (head, cell) in enumerate(
        [
            ("序号", "1"),
            ("反馈问题", "南湖排口雨天溢流。"),
            ("整改目标", "不溢流。"),
            ("整改时限", "2025年底前"),
            ("责任单位", "南湖区政府"),
        ]
    ):
        table.cell(0, column).text, table.cell(1, column).text = head, cell
    document.save(out)
    assert world.inspection is not None
    proposal = propose(ContentFile(out.getvalue(), name="表.docx"), "表.docx", world.inspection, by=world.office)
    actions.accept_all(proposal, by=world.office)
    assert str(Task.objects.get().due) == "2025-12-31"
