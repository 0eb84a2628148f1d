"""The main job in a real browser: a plan becomes a ledger, one task is carried to strike-off, notice and filing."""

from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
import time_machine
from docx import Document
from playwright.sync_api import Page, expect

from tests.world import build
from zhenggai.audit.trail import verify_database
from zhenggai.ledger.models import Task
from zhenggai.publicity.tests.rig import ANSWERS

PLAN = """南川市贯彻落实省督察反馈意见整改方案
为落实督察反馈意见，制定本方案。
整改任务清单
一、水环境治理
1.南湖排口雨天溢流。督察发现，南湖片区3处排口雨天有污水入湖。
整改目标：3处排口日雨量25毫米以下不溢流。
整改措施：
（1）2025年3月底前完成管网排查。
（2）2025年6月底前完成3处排口改造。
整改时限：2025年底前完成。
牵头单位：南湖区政府
责任单位：南湖区政府、市水务局
2.北塘区餐饮油烟扰民。群众投诉集中在2条街道，共31家店没有净化设施。
整改目标：31家店全部安装净化设施。
整改措施：
（1）2025年5月底前完成安装。
整改时限：立行立改
责任单位：北塘区政府、市爱卫办
"""
RESULT = "3处排口已经完成改造，最近三次降雨均未溢流，第三方监测达标，达到整改目标。"


def plan_docx() -> bytes:
    document, out = Document(), BytesIO()
    for line in PLAN.splitlines():
        document.add_paragraph(line)
    document.save(out)
    return out.getvalue()


def take_step(page: Page, label: str) -> None:
    """Press the page's primary action, which must be open."""
    page.locator(".zg-do .btn-primary", has_text=label).first.click()


@pytest.mark.requirement("R14", "R32", "R33", "R57", "R71", "R72", "R73", "R39", "R64", "R79")
def test_from_the_document_to_the_filing(transactional_db: None, visitor: Callable[..., Page]) -> None:
    """Six people, one task: import, report, acceptance, notice, objection, strike-off, filing, audit."""
    with time_machine.travel(datetime(2024, 12, 25, 1, 0, tzinfo=UTC), tick=True) as clock:
        world = build()
        office = visitor("office")
        _import(office)
        task = Task.objects.get(headline="南湖排口雨天溢流")
        address = task.get_absolute_url()
        _report(visitor("south_liaison"), office, address)
        liaison = visitor("south_liaison")
        _apply(liaison, address)
        _accept(visitor("south_acceptor"), address)
        _accept(visitor("acceptor"), address)
        leader = visitor("leader")
        _accept(leader, address)
        clock.move_to(datetime(2024, 12, 26, 2, 0, tzinfo=UTC))
        publicity = visitor("publicity")
        _publish(publicity, address)
        receipt = _object(visitor())
        clock.move_to(datetime(2025, 1, 10, 2, 0, tzinfo=UTC))
        leader = visitor("leader")
        _refused_while_objection_is_open(leader, address)
        _answer(visitor("office"), receipt)
        _strike_off(leader, address)
        _file(visitor("office"), address)
        _public_sees_it(visitor(), receipt)
        _audit(visitor("audit_admin"))
    task.refresh_from_db()
    assert task.state == "filed"
    assert verify_database().holds
    assert world.plan is not None


def _import(page: Page) -> None:
    page.goto("/intake/")
    file: Any = {"name": "整改方案.docx", "mimeType": "application/octet-stream", "buffer": plan_docx()}
    page.set_input_files("input[type=file]", file)
    page.fill("[name=name]", "2024年省督察")
    page.fill("[name=number_prefix]", "新督")
    page.locator(".zg-do .btn-primary").click()
    expect(page.locator("h1")).to_contain_text("导入核对", timeout=30_000)
    assert Task.objects.count() == 0, "nothing enters the ledger before it is accepted"
    expect(page.locator(".zg-form__head h2")).to_have_text("第2项")  # the doubtful one comes first
    expect(page.locator(".zg-prop--doubt", has_text="责任单位")).to_contain_text("名录里没有：市爱卫办")
    page.locator("nav.zg-jump a", has_text="1").first.click()
    expect(page.locator(".zg-form__head h2")).to_have_text("第1项")
    page.locator(".zg-prop", has_text="整改时限").click()
    expect(page.locator("[data-source] .zg-lit--on").first).to_contain_text("2025年底前")
    page.locator("button", has_text="采纳第1项").click()
    expect(page.locator(".zg-toast")).to_contain_text("第1项已入账")
    page.goto("/ledger/")
    expect(page.locator("#rows")).to_contain_text("新督-01")
    expect(page.locator("#rows")).not_to_contain_text("油烟")


def _report(liaison: Page, office: Page, address: str) -> None:
    liaison.goto("/work/")
    liaison.locator("a", has_text="去报").first.click()
    liaison.fill("[name=text]", "管网排查和3处排口改造都已完成，监测报告附后。")
    for number in (1, 2):
        liaison.select_option(f"[name=measure_{number}]", "done")
        liaison.fill(f"[name=done_{number}]", "2024-12-20")
    photo: Any = {"name": "监测报告.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 report"}
    liaison.set_input_files("[name=evidence]", photo)
    liaison.locator(".zg-do .btn-primary").click()
    expect(liaison.locator(".zg-toast")).to_contain_text("等审核")
    for accept, reason in (("no", "报告没有盖章，请补正"), ("yes", "")):
        office.goto("/reports/")
        office.locator("tbody a").first.click()
        office.check(f"[name=accept][value={accept}]")
        office.fill("[name=reason]", reason)
        office.locator("button", has_text="作出结论").click()
        expect(office.locator(".zg-toast")).to_contain_text("已退回" if accept == "no" else "已通过")
        if accept == "no":
            liaison.goto(f"{address}report/")
            expect(liaison.locator(".zg-say--amber")).to_contain_text("报告没有盖章，请补正")
            liaison.fill("[name=text]", "管网排查和3处排口改造都已完成，补正后的监测报告附后。")
            for number in (1, 2):
                liaison.select_option(f"[name=measure_{number}]", "done")
                liaison.fill(f"[name=done_{number}]", "2024-12-20")
            liaison.locator(".zg-do .btn-primary").click()
            expect(liaison.locator(".zg-toast")).to_contain_text("等审核")


def _apply(page: Page, address: str) -> None:
    page.goto(address)
    take_step(page, "自查自验")
    page.fill("[name=result]", RESULT)
    page.fill("[name=finished_on]", "2024-12-20")
    page.check("[name=vouched]")
    take_step(page, "自查自验")
    expect(page.locator(".zg-toast")).to_contain_text("自查自验")
    take_step(page, "提交销号申请")
    page.fill("[name=statement]", "材料齐全")
    page.set_input_files(
        "[name=evidence]", {"name": "竣工验收.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 built"}
    )
    take_step(page, "提交销号申请")
    expect(page.locator(".zg-toast")).to_contain_text("验收")


def _accept(page: Page, address: str) -> None:
    page.goto("/work/")
    page.locator("a", has_text="作结论").first.click()
    expect(page.locator(".zg-oath")).to_contain_text("验收的不是提交的")
    page.check("[name=result][value=pass]")
    page.fill("[name=reason]", "逐项核过，符合验收条件")
    page.locator(".zg-do .btn-primary").click()
    expect(page.locator(".zg-toast")).to_contain_text("已办理")


def _publish(page: Page, address: str) -> None:
    page.goto(address)
    take_step(page, "发布公示")
    expect(page.locator(".zg-strip .is-end")).to_contain_text("第10日")
    expect(page.locator("form#step")).to_contain_text("2025年1月9日")
    page.fill("[name=contact_phone]", "0000-1234567")
    take_step(page, "发布公示")
    expect(page.locator(".zg-toast")).to_contain_text("公示中")


def _object(page: Page) -> str:
    page.goto("/")
    page.locator("section", has_text="正在公示").locator("a", has_text="南湖排口雨天溢流").click()
    expect(page.locator("article")).to_contain_text(RESULT)
    expect(page.locator("article")).to_contain_text("2024年12月26日至2025年1月9日（10个工作日）")
    page.locator("a", has_text="提交异议，得到受理编号").click()
    page.fill("[name=text]", "东渡排口昨晚雨后还有污水流出来，请再查。")
    page.fill("[name=contact]", "0000-7654321")
    asked = page.locator("label[for=id_sum]").inner_text()
    page.fill("[name=sum]", str(next(number for words, number in ANSWERS.items() if asked.startswith(words))))
    page.locator("button", has_text="提交").click()
    expect(page.locator("main")).to_contain_text("请记下受理编号")
    return page.locator("h1").inner_text()


def _refused_while_objection_is_open(page: Page, address: str) -> None:
    page.goto(address)
    blocked = page.locator(".zg-do button")
    expect(blocked).to_have_attribute("aria-disabled", "true")
    expect(page.locator(".zg-do__why")).to_contain_text("异议1件未答复")
    answer = page.goto(f"{address}strike_off/")
    assert answer is not None
    assert answer.status == 403
    expect(page.locator("main")).to_contain_text("异议1件未答复")


def _answer(page: Page, receipt: str) -> None:
    page.goto("/work/")
    page.locator("tr", has_text=receipt).locator("a", has_text="看异议").click()
    page.get_by_role("button", name="由我承办").click()
    page.get_by_role("button", name="查看").click()
    expect(page.locator("main")).to_contain_text("0000-7654321")
    page.check("[name=finding][value=unfounded]")
    page.fill("[name=text]", "连续两晚现场核查，东渡排口没有污水流出。")
    page.locator(".zg-do .btn-primary").click()
    expect(page.locator(".zg-toast")).to_contain_text("已答复")


def _strike_off(page: Page, address: str) -> None:
    page.goto("/work/")
    page.locator("tr", has_text="公示期满").locator("a.btn").click()
    page.locator(".zg-do .btn-primary").click()
    expect(page.locator(".zg-toast")).to_contain_text("已销号")


def _file(page: Page, address: str) -> None:
    page.goto(address)
    take_step(page, "备案")
    page.fill("[name=reference]", "临整改报〔2025〕1号")
    take_step(page, "备案")
    expect(page.locator(".zg-toast")).to_contain_text("已备案")
    expect(page.locator(".zg-line")).to_contain_text("临整改报〔2025〕1号")


def _public_sees_it(page: Page, receipt: str) -> None:
    page.goto("/")
    page.fill("[name=receipt]", receipt)
    page.locator("button", has_text="查询").click()
    expect(page.locator("main")).to_contain_text("不属实")
    expect(page.locator("main")).to_contain_text("东渡排口没有污水流出")


def _audit(page: Page) -> None:
    page.goto("/desk/audit/?verify=1")
    expect(page.locator(".zg-chain")).to_contain_text("链完整")
    expect(page.locator("main")).to_contain_text("备案")
