"""Plans put together at random that lost their line breaks or were sliced by an upload site; test_variations.py has the rest."""

from dataclasses import dataclass
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zhenggai.core.grammar.label_words import LABELS, TABLE_ONLY
from zhenggai.core.reading.numerals import to_chinese
from zhenggai.core.tests.gold import assert_reads

ISSUES = [
    "部分河段水质不能稳定达标，群众反映强烈。", "个别企业偷排直排，监管不到位。", "一些乡镇思想认识不足，整改推进缓慢。", "垃圾填埋场渗滤液处理能力不够，存在环境风险。",
    "2017年以来很少研究部署，责任落实不到位。", "园区污水收集管网不完善，仍有3个排口直排。",
]  # fmt: skip
GOALS = ["水质稳定达标。", "完成率达到90%。", "全面完成整改，防止反弹。", "2020年底之前，消除安全隐患。"]
MEASURES = [
    "开展全面排查，建立问题台账。", "封堵排口12个，2019年6月底之前完成。", "加大执法力度，依法严厉查处；健全长效机制。", "每月至少研究1次相关工作，切实解决问题。", "编制专项规划，明确目标时限。",
    "落实“三同时”制度，坚持“一企一策”。", "新建管网3.5公里，改造泵站两座。",
]  # fmt: skip
LIMITS = {
    "2018年底之前": ("date", "2018-12-31"), "2020年6月30日前": ("date", "2020-06-30"), "立行立改": ("immediate", None), "2019年9月底": ("date", "2019-09-30"),
    "长期坚持": ("long_term", None), "2021年上半年": ("date", "2021-06-30"),
}  # fmt: skip
UNITS = {
    "市水务局": ["市水务局"],
    "市发改委、市住房和城乡建设局": ["市发改委", "市住房和城乡建设局"],
    "市农业农村局，各区党委、政府": ["市农业农村局", "各区党委", "各区政府"],
    "江岸、武昌区党委、政府": ["江岸区党委", "江岸区政府", "武昌区党委", "武昌区政府"],
    "各区党委（工委）、政府（管委会）": ["各区党委（工委）", "各区政府（管委会）"],
}
NUMBERS = {
    "一、": lambda n: f"{to_chinese(n)}、",
    "（一）": lambda n: f"（{to_chinese(n)}）",
    "(一)": lambda n: f"({to_chinese(n)})",
    "1.": lambda n: f"{n}.",
    "1．": lambda n: f"{n}．",
    "1、": lambda n: f"{n}、",
    "（1）": lambda n: f"（{n}）",
    "(1)": lambda n: f"({n})",
    "①": lambda n: "①②③④⑤⑥⑦⑧⑨"[n - 1],
}
OUTER = {
    "一、": ["（一）", "(一)", "1.", "（1）", "①"],
    "（一）": ["1.", "1、", "(1)", "①"],
    "1.": ["（1）", "(1)", "①"],
    "1、": ["（1）", "①"],
    "1．": ["（1）"],
}
HEADINGS = ["大气环境方面", "水环境质量方面", "履职尽责不够"]
ABOVE = {
    "一、": [""],
    "（一）": ["", "一、"],
    "1.": ["", "一、", "（一）"],
    "1、": ["", "一、", "（一）"],
    "1．": ["", "（一）"],
}
TITLE = "某市贯彻落实督察反馈意见整改方案"
OPENING = "为贯彻落实省督察组反馈意见，切实抓好整改工作，制定如下方案。"
USUAL = {name: [word for word in words if word not in TABLE_ONLY and len(word) > 2] for name, words in LABELS.items()}


@dataclass(frozen=True)
class Layout:
    """How the plan is written."""

    heading_number: str
    task_number: str
    item_number: str
    labels: dict[str, str]
    order: tuple[str, ...]
    colon: str
    bracketed: bool
    value_below: bool


HEAD = """某市整改方案.doc
上传人：小** 文档编号：9981 上传时间：2019-03-05 格式：DOC 页数：9 大小：62KB
下载 相关 举报
第1页 / 共9页
资源描述"""
FOOT = """展开阅读全文
相关资源
当前位置：首页 > 文档
Copyright © 2019 某某文库
某ICP备00000000号"""


def of(name: str) -> st.SearchStrategy[str]:
    return st.sampled_from(USUAL[name])


@st.composite
def layouts(draw: st.DrawFn) -> Layout:
    task_number = draw(st.sampled_from(sorted(OUTER)))
    fields = ["goal", "measures", "deadline", "lead_units", "responsible_units"]
    first, *rest = fields
    return Layout(
        heading_number=draw(st.sampled_from(ABOVE[task_number])),
        task_number=task_number,
        item_number=draw(st.sampled_from(OUTER[task_number])),
        labels={name: draw(of(name)) for name in fields},
        order=(first, *draw(st.permutations(rest))) if draw(st.booleans()) else tuple(draw(st.permutations(fields))),
        colon=draw(st.sampled_from(["：", ":", "： ", ": "])),
        bracketed=draw(st.booleans()),
        value_below=draw(st.booleans()),
    )


@st.composite
def tasks(draw: st.DrawFn) -> list[dict[str, Any]]:
    return [
        {
            "issue": draw(st.sampled_from(ISSUES)),
            "goal": draw(st.sampled_from(GOALS)),
            "measures": draw(st.lists(st.sampled_from(MEASURES), min_size=2, max_size=4)),
            "deadline": draw(st.sampled_from(sorted(LIMITS))),
            "lead_units": draw(st.sampled_from([None, "市水务局", "市委办公厅、市政府办公厅"])),
            "responsible_units": draw(st.sampled_from(sorted(UNITS))),
            "heading": draw(st.sampled_from([None, *HEADINGS])),
        }
        for _ in range(draw(st.integers(2, 5)))
    ]


def written(plan: list[dict[str, Any]], layout: Layout, joint: str) -> str:
    lines = [TITLE, OPENING]
    heads = 0
    for number, task in enumerate(plan, 1):
        if task["heading"] and layout.heading_number:
            heads += 1
            lines.append(NUMBERS[layout.heading_number](heads) + task["heading"])
        lines.append(NUMBERS[layout.task_number](number) + task["issue"])
        for name in layout.order:
            if task[name] is None:
                continue
            value = task[name]
            if name == "measures":
                items = [NUMBERS[layout.item_number](n) + text for n, text in enumerate(value, 1)]
                value = joint.join(items)
                value = joint + value if layout.value_below else value
            label = layout.labels[name]
            lines.append(f"【{label}】{value}" if layout.bracketed else f"{label}{layout.colon}{value}")
    return joint.join(lines)


def answer(plan: list[dict[str, Any]], layout: Layout) -> dict[str, Any]:
    leads = {None: [], "市水务局": ["市水务局"], "市委办公厅、市政府办公厅": ["市委办公厅", "市政府办公厅"]}
    headings = [None]
    for task in plan:
        headings.append(task["heading"] or headings[-1])
    return {
        "kind": "plan",
        "title": TITLE,
        "tasks": [
            {
                "serial": str(number),
                "category": [headings[number]] if headings[number] and layout.heading_number else [],
                "issue": task["issue"],
                "goal": task["goal"],
                "measures": [{"no": str(n), "text": text} for n, text in enumerate(task["measures"], 1)],
                "deadline": dict(zip(("kind", "due"), LIMITS[task["deadline"]], strict=True)),
                "lead_units": leads[task["lead_units"]],
                "responsible_units": UNITS[task["responsible_units"]],
            }
            for number, task in enumerate(plan, 1)
        ],
    }


thorough = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


@thorough
@given(tasks(), layouts())
def test_plans_that_lost_their_line_breaks_to_spaces(plan, layout):
    assert_reads(written(plan, layout, " ").encode(), "方案.txt", answer(plan, layout))


@thorough
@given(tasks(), layouts(), st.integers(130, 400))
def test_plans_sliced_by_an_upload_site(plan, layout, size):
    text = written(plan * 3, layout, "")
    slices = [text[start : start + size] for start in range(0, len(text), size)]
    page = "\n\n".join([HEAD, *(f"{number}、{part}" for number, part in enumerate(slices, 1)), FOOT])
    assert_reads(page.encode(), "方案.txt", answer(plan * 3, layout))
