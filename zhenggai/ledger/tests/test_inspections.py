"""Inspections with what comes before any task: dates, the lists handed over, the issues of a plan."""

from datetime import date
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.world import World
from zhenggai.accounts.decisions import Refused
from zhenggai.audit.models import Entry
from zhenggai.documents.forms import Upload
from zhenggai.ledger import registers
from zhenggai.ledger.models import Finding, Inspection

LIST = "1.南湖排口雨天溢流。\n溢流污水入湖。\n2、秸秆露天焚烧。\n（3）码头扬尘。"


def text(client: Any, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer
    return str(answer.content.decode())


def test_an_inspection_is_registered_and_its_dates_corrected(world: World, login: Any) -> None:
    client = login(world.office)
    given = {
        "place": world.city.pk, "name": "2026年中央督察", "prefix": "央督", "kind": "central", "round_no": "第三轮",
        "batch": "第四批", "began_on": "2026-03-01", "ended_on": "2026-03-31", "feedback_on": "2026-06-01",
    }  # fmt: skip
    client.post("/inspections/add/", given)
    made = Inspection.objects.get(prefix="央督")
    page = text(client, f"/inspections/{made.pk}/")
    assert all(words in page for words in ("中央督察", "第三轮第四批", "2026-03-01进驻", "2026-06-01反馈"))
    wrong = client.post(f"/inspections/{made.pk}/edit/", given | {"ended_on": "2026-02-01"})
    assert "结束日期不能早于进驻日期" in wrong.content.decode()
    client.post(f"/inspections/{made.pk}/edit/", given | {"batch": "第五批"})
    assert "第五批" in text(client, "/inspections/")
    assert Entry.objects.get(verb="inspection.revised").after == {"batch": "第五批"}
    again = client.post("/inspections/add/", given)
    assert "已经用过" in again.content.decode() or again.status_code == 422


@pytest.mark.requirement("R01")
def test_the_lists_of_feedback_and_of_accountability_are_entered_as_they_were_handed_over(
    world: World, login: Any
) -> None:
    client = login(world.office)
    address = f"/inspections/{world.inspection.pk}/findings/"
    client.post(address, {"kind": "feedback", "received_on": "2026-06-01", "text": LIST})
    client.post(address, {"kind": "accountability", "text": "一、某局审批把关不严。"})
    entries = Finding.objects.filter(kind="feedback").values_list("serial", "text")
    assert list(entries) == [(1, "南湖排口雨天溢流。\n溢流污水入湖。"), (2, "秸秆露天焚烧。"), (3, "码头扬尘。")]
    page = text(client, f"/inspections/{world.inspection.pk}/")
    assert "秸秆露天焚烧" in page
    assert "某局审批把关不严" in page
    seen = text(login(world.publicity), f"/inspections/{world.inspection.pk}/")
    assert "秸秆露天焚烧" in seen
    assert "某局审批" not in seen, "the accountability list is for those who deal with it"
    assert Entry.objects.filter(verb="findings.entered").count() == 2


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("没有序号的一段", "第1行没有序号"),
        ("1.甲\n1.乙", "第2行：第1项已经有了"),
        ("1.", "只有序号，没有内容"),
        ("   ", "1到2000项"),
        ("2.已经有的\n4.新的", "已有第2项"),
    ],
)
def test_a_list_that_is_wrong_is_not_half_entered(world: World, words: str, why: str) -> None:
    registers.enter_findings(world.inspection, "feedback", "2.秸秆焚烧。", by=world.office)
    with pytest.raises(Refused, match=why):
        registers.enter_findings(world.inspection, "feedback", words, by=world.office)
    assert world.inspection.findings.count() == 1


@pytest.mark.requirement("R33")
def test_tasks_are_counted_by_class_and_each_count_opens_its_rows(world: World, login: Any) -> None:
    world.task(category=["一、水环境", "(一)湖泊"])
    world.task(category=["一、水环境"], issue="第二项")
    other = world.task(category=["二、大气环境"], issue="大气问题")
    client = login(world.office)
    page = text(client, f"/inspections/{world.inspection.pk}/")
    assert "一、水环境</span>" in page
    rows = text(client, "/ledger/?view=all&category=一、水环境").split('<tbody id="rows">')[1].split("</tbody>")[0]
    assert other.number not in rows
    assert rows.count("<tr data-detail") == 2


def test_a_plan_keeps_its_issues_and_says_which_is_public(world: World, login: Any) -> None:
    client, address = login(world.office), f"/plans/{world.plan.pk}/"
    file = SimpleUploadedFile("报批稿.txt", "整改方案".encode())
    client.post(f"{address}versions/", {"file": file, "note": "报批稿"})
    client.post(f"{address}versions/2/public/")
    page = text(client, address)
    assert all(words in page for words in ("第1版", "第2版", "报批稿.txt", "公开版"))
    assert b"".join(client.get(f"{address}versions/2/").streaming_content) == "整改方案".encode()
    client.post(f"{address}versions/1/public/")
    assert list(world.plan.versions.filter(public=True).values_list("version", flat=True)) == [1]
    assert client.get(f"{address}versions/1/").status_code == 404, "the first issue has no file"


def test_others_may_look_but_not_change(world: World, login: Any) -> None:
    assert login(world.leader).get(f"/inspections/{world.inspection.pk}/findings/").status_code == 403
    assert login(world.south_acceptor).post(f"/plans/{world.plan.pk}/versions/1/public/").status_code == 404
    upload = Upload(ContentFile(b"x", name="a.txt"), "a.txt", "text/plain")
    with pytest.raises(Refused, match="综合协调组办理"):
        registers.add_version(world.plan, upload, note="", by=world.leader)
    with pytest.raises(Refused, match="综合协调组办理"):
        registers.revise_inspection(world.inspection, by=world.south_acceptor, feedback_on=date(2026, 1, 1))
