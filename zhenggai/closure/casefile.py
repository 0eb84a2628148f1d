"""一案一档: everything of one closed task as a BagIt package (RFC 8493) in one zip, to be filed upward and verified anywhere
without this system. What citizens told of themselves is not in it: of objections their receipt, finding and date; telephone
and identity numbers are struck out of 任务.json. The rows of 审计.jsonl stand as they were written, else their digests would not
hold."""

import json
import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bagit
from django.utils import timezone

from zhenggai.audit import clock
from zhenggai.audit.trail import rows_of_task
from zhenggai.closure.models import ApplicationFile, SitePhoto, StrikeOff
from zhenggai.documents.models import StoredFile
from zhenggai.ledger.models import Duty, Remedy, Task
from zhenggai.progress.models import ReportFile
from zhenggai.supervision.models import FindingFile

ZIP = "application/zip"
_NUMBERS = re.compile(r"(?<!\d)(?:1[3-9]\d{9}|\d{17}[\dXx])(?!\d)")
README = """本文件夹是一项整改任务的销号案卷，格式是BagIt 1.0（RFC 8493），不需要本系统就能核对。

核对文件是否被改动、缺少：在本文件夹里运行  sha256sum -c manifest-sha256.txt
或者（Python）：  pip install bagit  然后  python -m bagit --validate 本文件夹
或者（本系统的命令，不需要数据库，连同审计记录一起核）：  zhenggai case 案卷.zip

data/任务.json    任务、措施、督查和帮扶、倒查的制度缺陷、各级验收和审核、现场核查、变化、放行、公示、处罚
data/文稿/        销号登记表、公示、会议纪要
data/佐证/        月报告佐证、申请材料、督查附件、现场照片
data/审计.jsonl   这项任务的审计记录，每行自带摘要；改动任何一个字，摘要就不符
data/目录.txt     每个文件是什么、从哪里来

信访人、异议人的姓名、联系方式和原话不在案卷里。
"""


@dataclass(frozen=True)
class Entry:
    """One stored file of a case: in which folder, under which name, what it is."""

    folder: str
    name: str
    told: str
    stored: StoredFile


def case_file(task: Task) -> Path:
    """The package of `task` as a zip in a temporary file, which the caller deletes."""
    with tempfile.TemporaryDirectory() as folder:
        bag = Path(folder) / f"{task.number}"
        bag.mkdir()
        _fill(bag, task)
        info = {
            "Source-Organization": str(task.place), "External-Identifier": task.number, "Contact-Name": "",
            "External-Description": task.headline, "Bagging-Date": clock.today().isoformat(),
        }  # fmt: skip
        made = bagit.make_bag(str(bag), {name: value for name, value in info.items() if value}, checksums=["sha256"])
        (bag / "说明.txt").write_text(README, encoding="utf-8")
        made.save()  # the explanation is listed too
        return _zipped(bag)


def _fill(bag: Path, task: Task) -> None:
    lines = []
    for entry in entries_of(task):
        path = _free(bag / entry.folder, entry.name)
        path.parent.mkdir(parents=True, exist_ok=True)
        with entry.stored.open() as source, path.open("wb") as out:
            shutil.copyfileobj(source, out)
        lines.append(f"{path.relative_to(bag)}\t{entry.told}\t{entry.stored.size}字节\t{entry.stored.sha256}")
    (bag / "目录.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    told = json.dumps(told_of(task), ensure_ascii=False, indent=1, default=str)
    (bag / "任务.json").write_text(masked(told), encoding="utf-8")
    rows = [json.dumps(row, ensure_ascii=False) for row in rows_of_task(task.pk)]
    (bag / "审计.jsonl").write_text("\n".join(rows) + "\n", encoding="utf-8")


def _free(folder: Path, name: str) -> Path:
    """A path that is not taken: the second file of a name gets a 2 before it."""
    number, path = 1, folder / name
    while path.exists():
        number += 1
        path = folder / f"{number}_{name}"
    return path


def _zipped(bag: Path) -> Path:
    with tempfile.NamedTemporaryFile(suffix=".zip", delete=False) as out:
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(bag.rglob("*")):
                if path.is_file():
                    archive.write(path, path.relative_to(bag.parent))
        return Path(out.name)


def entries_of(task: Task) -> Iterator[Entry]:
    """The files of a case: its papers, then its evidence."""
    struck_off = StrikeOff.objects.select_related("paper", "notice__paper", "application").filter(task=task).first()
    if struck_off:
        if struck_off.paper:
            yield Entry("文稿", f"{task.number}销号登记表.docx", "销号登记表", struck_off.paper)
        if struck_off.notice.paper:
            yield Entry("文稿", f"{struck_off.notice.number}.docx", "公示", struck_off.notice.paper)
        for verdict in struck_off.application.verdicts.select_related("minutes").order_by("position"):
            if verdict.minutes:
                yield Entry("文稿", verdict.minutes_name, f"{verdict.name}会议纪要", verdict.minutes)
    reported = ReportFile.objects.filter(report__task=task, report__state="accepted").select_related("stored")
    for file in reported.order_by("month", "pk"):
        yield Entry("佐证", file.name, f"{file.month:%Y年%-m月}月报告", file.stored)
    for handed_in in ApplicationFile.objects.filter(application__task=task).select_related("stored").order_by("pk"):
        yield Entry("佐证", handed_in.name, handed_in.kind or "销号材料", handed_in.stored)
    led_to = Remedy.objects.filter(gap__inquiries__task=task, gap__inquiries__dropped_at=None, confirmed=True)
    for remedy in led_to.select_related("file", "gap").order_by("pk"):
        yield Entry("佐证", remedy.file_name, f"{remedy.gap}补上的制度：{remedy.name}（{remedy.number}）", remedy.file)
    seen = FindingFile.objects.filter(finding__task=task).select_related("stored", "finding__visit", "answer__unit")
    for one in seen.order_by("pk"):
        yield Entry(
            "佐证", one.name, f"{one.finding.visit}{f'{one.answer.unit}陈述' if one.answer else ''}附件", one.stored
        )
    photos = SitePhoto.objects.filter(check_made__task=task).select_related("stored", "check_made__verdict")
    for photo in photos.order_by("pk"):
        yield Entry("佐证", photo.name, f"{photo.check_made.verdict.name}现场照片", photo.stored)


def told_of(task: Task) -> dict[str, Any]:
    """What the ledger and the levels say of the task, without persons who rectify and without what citizens told."""
    duties = task.duties.exclude(part=Duty.Part.PLACE).order_by("part", "position", "pk")
    return {
        "编号": task.number, "督察": task.inspection.name, "属地": str(task.place), "反馈问题": task.issue,
        "整改目标": task.goal, "完成情况": task.result, "原文时限": task.due_raw, "时限": task.due,
        "最初时限": task.first_due, "完成日期": task.finished_on, "销号日期": task.struck_off_on,
        "长期坚持": task.then_long_term,
        "单位": [f"{duty.get_part_display()}：{duty.raw}" for duty in duties],
        "措施": list(task.measures.order_by("no").values("no", "text", "done_on")),
        "量化目标": [f"{row.words}，{row.value_on or ''} {row.value}" for row in task.targets.order_by("no")],
        "处罚": list(task.penalties.order_by("pk").values("fined", "number", "amount", "imposed_on", "paid_on", "receipt")),
        "督查": [_finding(row) for row in task.visit_findings.select_related("visit__body").order_by("pk")],
        "帮扶": [_help(row) for row in task.help_plans.select_related("unit").order_by("pk")],
        "倒查制度缺陷": [_inquiry(row) for row in task.inquiries.select_related("gap__unit").order_by("pk")],
        "放行": [f"{row}：{row.missing}。{row.reason}" for row in task.waivers.select_related("by").order_by("pk")],
        "申请": [_application(row) for row in task.applications.select_related("unit", "rulebook").order_by("pk")],
        "公示": [_notice(item.notice) for item in task.notice_items.select_related("notice").order_by("pk")],
    }  # fmt: skip


def _finding(row: Any) -> dict[str, Any]:
    """What a visit saw, beside what had been reported; corrections with their reason, the demand with its end."""
    demand = getattr(row, "demand", None)
    return {
        "督查": str(row.visit), "督查单位": str(row.visit.body), "查看日期": row.seen_on, "结论": row.get_result_display(),
        "看到的情况": row.text, "当天台账": row.stood, "上报": f"{row.reported_words}：{row.reported}" if row.reported else "",
        "更正理由": row.because,
        "督办": f"{demand.unit}，{demand.due}前：{demand.text}。{demand.get_state_display()}" if demand else "",
        "陈述": [f"{answer.unit}：{answer.text}" for answer in row.answers.select_related("unit").order_by("pk")],
    }  # fmt: skip


def _help(row: Any) -> dict[str, Any]:
    """What stood in the way, who helped by which steps, and what came of it."""
    return {
        "卡在哪里": f"{row.get_kind_display()}：{row.difficulty}", "环节": row.get_state_display(), "意见": row.answer,
        "帮扶单位": str(row.unit or ""),
        "措施": [f"{step.unit}，{step.due}前：{step.text}。{step.result}" for step in row.steps.select_related("unit")],
        "结果": f"{row.get_outcome_display()}：{row.outcome_reason}" if row.outcome else "",
    }  # fmt: skip


def _inquiry(row: Any) -> dict[str, Any]:
    """What was found, or that none was; dropped answers with their reason."""
    told: dict[str, Any] = {
        "结论": f"{row.gap}" if row.gap else "没有查出制度缺陷",
        "说明": row.how,
        "取消": row.dropped_why,
    }
    if gap := row.gap:
        told |= {"制度": gap.rule_words, "缺陷": gap.get_kind_display(), "错在哪里": gap.wrong, "期限": gap.due,
                 "怎样补": f"{gap.get_way_display()}：{gap.todo}", "责任单位": str(gap.unit)}  # fmt: skip
    return told


def _application(row: Any) -> dict[str, Any]:
    return {
        "申请单位": str(row.unit), "申请时间": timezone.localtime(row.applied_at), "制度": str(row.rulebook),
        "结果": row.get_outcome_display(), "内容摘要": row.digest,
        "各级": [_verdict(one) for one in row.verdicts.select_related("unit", "decided_by").order_by("position")],
        "看过的变化": [{"谁": str(look.by), "为什么结论不变": look.note, "变化": look.changes}
                  for look in row.looks.select_related("by").order_by("pk")],
    }  # fmt: skip


def _verdict(row: Any) -> dict[str, Any]:
    return {
        "层级": row.name, "单位": str(row.unit), "签字人": str(row.decided_by or ""), "结论": row.get_result_display(),
        "时间": row.decided_at and timezone.localtime(row.decided_at), "意见": row.reason, "所见内容摘要": row.digest,
        "所见内容": row.manifest, "验收表": row.form_rows, "看过的变化": row.changes,
        "现场核查": [{"谁": str(check.by), "时间": timezone.localtime(check.made_at), "位置": check.place_words,
                  "情况": check.get_found_display(), "看到什么": check.text}
                 for check in row.site_checks.select_related("by").order_by("pk")],
    }  # fmt: skip


def _notice(notice: Any) -> dict[str, Any]:
    objections = notice.objections.order_by("pk")
    return {
        "编号": notice.number, "标题": notice.title, "起": notice.starts_on, "止": notice.ends_on,
        "撤回": notice.withdrawn_reason,
        "异议": [{"受理编号": row.receipt, "收到": row.received_on, "结论": row.get_finding_display()} for row in objections],
    }  # fmt: skip


def masked(text: str) -> str:
    """`text` without telephone and identity numbers.

    >>> masked("联系人电话13800138000，面积1380013平方米")
    '联系人电话（号码已略），面积1380013平方米'
    """
    return _NUMBERS.sub("（号码已略）", text)
