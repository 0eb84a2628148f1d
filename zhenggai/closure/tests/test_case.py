"""One case, one file: whole, verifiable without this system, and without what citizens told of themselves."""

import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import bagit
import pytest

from tests.world import World, evidence
from zhenggai.audit import cases, clock
from zhenggai.audit.clock import at
from zhenggai.closure.models import Filing
from zhenggai.closure.tests.test_chain import applied
from zhenggai.closure.tests.test_path import NOTICE, START
from zhenggai.closure.tests.walking import sign_next
from zhenggai.ledger.gaps import decide, hand_in
from zhenggai.ledger.lifecycle import take
from zhenggai.ledger.models import Task
from zhenggai.ledger.states import FILE, OPEN_NOTICE, STRIKE_OFF
from zhenggai.ledger.tests.test_gaps import gap_of, mended
from zhenggai.publicity.actions import answer, object_to
from zhenggai.publicity.models import Notice
from zhenggai.publicity.notices import check_notice
from zhenggai.supervision.actions.duties import keep_body
from zhenggai.supervision.actions.findings import Demand, Seen, put_down, state
from zhenggai.supervision.actions.minutes import report_done, settle
from zhenggai.supervision.actions.visits import Team, add_task, plan_visit, set_team
from zhenggai.supervision.models import DecidedItem


@pytest.fixture(autouse=True)
def on_start() -> Iterator[None]:
    with clock.pretend(at(START)):
        yield


@pytest.fixture
def filed(world: World, tmp_path: Path) -> Path:
    """The package of a filed task that had an objection and led to a gap in the rules, as a zip."""
    task = applied(world, "graded_filing", issue="排口溢流。投诉人电话13912345678。")
    remedy = hand_in(gap_of(world, task), mended(effective_on=START), by=world.south_liaison)
    decide(remedy, confirm=True, reason="核对第九条，已写明巡查单位", by=world.office)
    _visit(world, task)
    for _ in range(3):
        sign_next(world, task)
    reasons = {finding.key: "受理单位公布的电话" for finding in check_notice([task], NOTICE)}
    take(OPEN_NOTICE, task, by=world.publicity, reasons=reasons, **NOTICE)
    objection = object_to(Notice.objects.get(), text="我家住湖边301室，夜里有异味", contact="张某 13812345678")
    answer(objection, finding="unfounded", text="连续两晚监测达标", by=world.office)
    with clock.pretend(at(START + timedelta(days=30))):
        take(STRIKE_OFF, task, by=world.leader)
        take(FILE, task, by=world.office, sent_to="省整改办")
    package = Filing.objects.get().package
    assert package is not None
    path = tmp_path / "案卷.zip"
    with package.open() as content:
        path.write_bytes(content.read())
    return path


def _visit(world: World, task: Task) -> None:
    """A visit found something; the unit answered with a file and did what was demanded."""
    body = keep_body(world.city, by=world.office, name="整改督导组", responsibilities="督查。")
    visit = plan_visit(body, by=world.office, kind="targeted", announced=True, area=world.city, starts_on=START,
                       ends_on=START, title="雨水排口督查")  # fmt: skip
    if not visit.tasks.filter(task=task).exists():
        add_task(visit, by=world.office, task=task, reason="要看")
    set_team(visit, by=world.office, team=Team((world.office,)))
    found = put_down(visit, task, Seen("slower", "三处排口有一处没有封堵到位", START), by=world.office,
                     demand=Demand("封堵到位", world.south_gov, START))  # fmt: skip
    state(found, by=world.south_liaison, text="当天泵站检修。", files=[evidence("检修单.pdf")])
    item = DecidedItem.objects.get(finding=found)
    report_done(item, by=world.south_liaison, note="已封堵", done_on=START)
    settle(item, by=world.acceptor, done=True)


@pytest.mark.requirement("R56", "R71")
def test_a_case_is_whole_and_verified_without_this_system(filed: Path, tmp_path: Path, capsys: Any) -> None:
    with zipfile.ZipFile(filed) as archive:
        archive.extractall(tmp_path)
    folder = next(path for path in tmp_path.iterdir() if path.is_dir())
    assert bagit.Bag(str(folder)).validate()
    checked = subprocess.run(["sha256sum", "-c", "--quiet", "manifest-sha256.txt"], cwd=folder, check=False)
    assert checked.returncode == 0
    listed = (folder / "data/目录.txt").read_text(encoding="utf-8")
    for words in (
        "销号登记表",
        "公示",
        "领导小组审核会议纪要",
        "整改工作总结",
        "监测或竣工报告",
        "竣工验收.pdf",
        "办法.pdf",
        "检修单.pdf",
        "雨水排口督查南湖区政府陈述附件",
    ):
        assert words in listed
    told = json.loads((folder / "data/任务.json").read_text(encoding="utf-8"))
    assert [level["层级"] for level in told["申请"][0]["各级"]] == ["市级初验", "省级验收", "市领导小组审核"]
    assert told["公示"][0]["异议"][0]["结论"] == "不属实"
    none, gap = told["倒查制度缺陷"]
    assert (none["结论"], gap["制度"]) == ("没有查出制度缺陷", "《南湖区排水管理办法》（南政发〔2019〕3号）")
    assert none["取消"].startswith("后来查出制度缺陷")
    (seen,) = told["督查"]
    assert (seen["结论"], seen["陈述"]) == ("实际进度慢于上报", ["南湖区政府：当天泵站检修。"])
    assert seen["督办"] == f"南湖区政府，{START}前：封堵到位。已办结"
    assert cases.main([str(filed)]) == 0
    assert "案卷完整" in capsys.readouterr().out


def test_what_citizens_told_is_not_in_it(filed: Path) -> None:
    with zipfile.ZipFile(filed) as archive:
        whole = "\n".join(
            archive.read(name).decode(errors="ignore") for name in archive.namelist() if not name.endswith(".docx")
        )
    for words in ("张某", "13812345678", "湖边301室", "13912345678"):
        assert words not in whole
    assert "（号码已略）" in whole


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda name, data: data.replace("符合".encode(), "不符".encode()) if "任务.json" in name else data, "改动过：data/任务.json"),
        (lambda name, data: None if "竣工验收" in name else data, "缺少：data/佐证/竣工验收.pdf"),
        (lambda name, data: data.replace(b'"task.strike_off"', b'"task.strike_onn"') if "审计" in name else data, "条改动过"),
    ],
)  # fmt: skip
def test_a_case_that_was_changed_is_told(filed: Path, tmp_path: Path, change: Any, told: str, capsys: Any) -> None:
    forged = tmp_path / "forged.zip"
    with zipfile.ZipFile(filed) as archive, zipfile.ZipFile(forged, "w") as out:
        for name in archive.namelist():
            data = change(name, archive.read(name))
            if data is not None:
                out.writestr(name, data)
    assert cases.main([str(forged)]) == 1
    assert told in capsys.readouterr().out


def test_what_is_no_case_is_answered_in_words(tmp_path: Path) -> None:
    """From the command line, where no Django is loaded."""
    (tmp_path / "x.zip").write_bytes(b"no zip")
    done = subprocess.run(
        [sys.executable, "-m", "zhenggai.cli", "case", str(tmp_path / "x.zip")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, "读不出来" in done.stdout) == (2, True)


def test_the_package_is_fetched_by_who_sees_the_task(world: World, filed: Path, login: Any) -> None:
    task = Task.objects.get(state="filed")
    assert b"".join(login(world.office).get(f"/tasks/{task.pk}/case.zip")) == filed.read_bytes()
    assert login(world.north_liaison).get(f"/tasks/{task.pk}/case.zip").status_code == 404
