"""Open data: the same rows and figures as on the pages, as tables with a dictionary of their columns."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from zhenggai.publicity.models import Notice, PublishedTask

LICENCE = "知识共享 署名 4.0 国际（CC BY 4.0）"
LICENCE_URL = "https://creativecommons.org/licenses/by/4.0/deed.zh-hans"
CODES = {
    "X": "已销号", "D": "完成整改", "P": "超过序时进度", "T": "达到序时进度", "B": "未达到序时进度", "N": "尚未启动", "O": "已逾期",
}  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Dataset:
    """A table: its name in the address, its title, its columns (name, what it holds), and its rows on a day."""

    name: str
    title: str
    columns: tuple[tuple[str, str], ...]
    rows: Callable[[date], Iterable[tuple[Any, ...]]]


def _tasks(today: date) -> Iterator[tuple[Any, ...]]:
    rows = PublishedTask.objects.today(today).select_related("place").order_by("number", "pk")
    for task in rows.iterator(chunk_size=500):
        yield (
            task.number, task.inspection, task.place.name, task.headline, task.issue, task.goal, "\n".join(task.measures),
            "、".join(task.units), task.due.isoformat() if task.due else "", task.due_words, task.code, CODES[task.code],
            task.state_words, task.struck_off_on.isoformat() if task.struck_off_on else "", task.result,
            "\n".join(f"{row['on']}{row['office']}：{row['condition']}。{row['reason']}" for row in task.passed),
            task.refreshed_at.isoformat(timespec="seconds"),
        )  # fmt: skip


def _places(today: date) -> Iterator[tuple[Any, ...]]:
    for row in PublishedTask.objects.by_place(today):
        keys = ("total", "struck_off", "done", "on_schedule", "behind", "not_started", "overdue")
        yield (row["place__short_name"], *(row[key] for key in keys))


def _notices(today: date) -> Iterator[tuple[Any, ...]]:
    rows = Notice.objects.published().with_objections().select_related("place").prefetch_related("items")
    for notice in rows.order_by("pk").iterator(chunk_size=500):
        if notice.withdrawn_at:
            state = "已撤回"
        else:
            state = "即将开始" if notice.starts_on > today else "公示中" if notice.ends_on >= today else "已结束"
        yield (
            notice.number, notice.title, notice.place.name, notice.issuer, "、".join(item.number for item in notice.items.all()),
            notice.starts_on.isoformat(), notice.ends_on.isoformat(), notice.days,
            "工作日" if notice.day_kind == "working" else "自然日", state, notice.objection_count,
        )  # fmt: skip


DATASETS = {
    one.name: one
    for one in (
        Dataset(
            "tasks", "整改任务",
            (("编号", "任务编号：督察简称-序号"), ("督察", "来自哪次督察"), ("属地", "任务所在的地方"), ("问题概要", "一句话"),
             ("反馈问题", "方案原文"), ("整改目标", "方案原文，可以为空"), ("整改措施", "每行一条"), ("责任单位", "以顿号分隔"),
             ("完成时限", "日期，年-月-日；没有日期的为空"), ("时限", "时限的写法"), ("进展代码", "X D P T B N O"),
             ("进展", "代码的含义：" + "、".join(f"{key}{words}" for key, words in CODES.items())), ("环节", "办理到哪一步"),
             ("销号日期", "年-月-日，没有销号的为空"), ("整改情况", "销号后公开"),
             ("放行的条件", "领导依制度放行、没有满足的销号条件和理由，每行一条；没有的为空"), ("更新时间", "ISO 8601，协调世界时")), _tasks,
        ),
        Dataset(
            "places", "各地进展",
            (("属地", "地方"), ("任务", "项"), ("已销号", "项"), ("完成整改", "项，待销号"), ("达到序时", "项，含超过序时进度"),
             ("未达序时", "项，含已逾期"), ("未启动", "项"), ("已逾期", "项，已含在未达序时里")), _places,
        ),
        Dataset(
            "notices", "整改公示",
            (("公示编号", "文号"), ("标题", ""), ("属地", ""), ("发布机构", ""), ("任务编号", "以顿号分隔"), ("开始", "年-月-日"),
             ("结束", "年-月-日，这一天仍在公示期内"), ("天数", ""), ("计法", "工作日或自然日"), ("状态", ""), ("异议", "件")), _notices,
        ),
    )
}  # fmt: skip


def as_csv(dataset: Dataset, today: date) -> str:
    """The table as CSV with a byte order mark, so that Excel and WPS read it; no cell is taken for a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([name for name, _ in dataset.columns])
    for row in dataset.rows(today):
        writer.writerow([f"'{cell}" if str(cell).startswith(_FORMULA) else cell for cell in row])
    return "\ufeff" + out.getvalue()


def as_json(dataset: Dataset, today: date) -> str:
    """The table as JSON: its title, day, licence, columns and rows as objects."""
    names = [name for name, _ in dataset.columns]
    told = {
        "title": dataset.title, "as_of": today.isoformat(), "licence": LICENCE_URL,
        "columns": [{"name": name, "meaning": meaning} for name, meaning in dataset.columns],
        "rows": [dict(zip(names, row, strict=True)) for row in dataset.rows(today)],
    }  # fmt: skip
    return json.dumps(told, ensure_ascii=False, indent=1)
