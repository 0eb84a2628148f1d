"""Work plans of a year: what they rest on, their dated steps in items, stages and tables, their attachments."""

from datetime import date
from random import Random
from typing import Any

from zhenggai.core.tests.variations.content import CITIES, UNITS
from zhenggai.core.tests.variations.plan_fields import NUMBERS
from zhenggai.core.tests.variations.rendered import Block, Table, Variation, as_file

TITLES = (
    "{city}{year}年生态环境保护工作计划",
    "{city}{year}年度污染防治攻坚战工作方案",
    "{city}{year}年生态创建工作实施方案",
    "关于印发{city}{year}年生态环境工作要点的通知",
)
STEPS = (
    "制定年度实施方案，明确责任分工。", "完成辖区入河排污口排查整治。", "对各县区工作开展中期评估。", "组织开展交叉检查，通报检查结果。", "完成年度考核，公布考核结果。", "印发任务清单，建立工作台账。", "完成重点行业挥发性有机物治理。",
)  # fmt: skip
PAPERS = ("《污染防治攻坚战行动方案》", "《生态环境保护工作考核办法》", "《国家生态文明建设示范区管理规程》")
FORMS = ("items", "items", "stages", "table", "actor first", "bracketed dates")


def make(rng: Random) -> Variation:
    """A work plan."""
    kinds = {"kind": "work_plan", "form": rng.choice(FORMS)}
    city, year = rng.choice(CITIES), rng.choice((2020, 2021, 2023, 2024))
    title = rng.choice(TITLES).format(city=city, year=year)
    basis, words = resting(rng, kinds, city, year)
    months = sorted(rng.sample(range(2, 13), rng.randint(3, 5)))
    chosen = rng.sample(STEPS, len(months))
    body, timetable = steps(rng, kinds, list(zip(months, chosen, strict=True)), year)
    attachments = rng.sample(("年度重点任务分解表", "考核指标及评分细则", "联络员名单"), rng.randint(0, 3))
    kinds["attachments"] = "none" if not attachments else rng.choice(("one line each", "on one line"))
    listed: list[Block] = []
    if attachments:
        numbered = [f"{n}.{one}" for n, one in enumerate(attachments, 1)] if len(attachments) > 1 else attachments
        listed = [f"附件：{numbered[0]}", *numbered[1:]] if kinds["attachments"] == "one line each" else [f"附件：{' '.join(numbered)}"]  # fmt: skip
    answer: dict[str, Any] = {"period": str(year), "basis": basis, "timetable": timetable, "attachments": attachments}
    blocks: list[Block] = [title, words, *body, *listed, f"{city}生态环境保护委员会办公室", f"{year}年1月20日"]
    name, data, text = as_file(rng, blocks, kinds)
    head = {"title": title, "date": f"{year}-01-20", "issuer": f"{city}生态环境保护委员会办公室"}
    return Variation(name, data, {"kind": "work_plan", **head, "work_plan": answer}, kinds, text)


def resting(rng: Random, kinds: dict[str, str], city: str, year: int) -> tuple[list[str], str]:
    """The papers that the plan rests on, and the sentence that names them."""
    kinds["basis"] = way = rng.choice(("numbers", "title only", "two"))
    papers = rng.sample(PAPERS, 2)
    number = f"{city[0]}环委〔{year - 1}〕{rng.randint(1, 30)}号"
    if way == "numbers":
        return [number], f"根据{papers[0]}（{number}）要求，结合实际，制定本方案。"
    if way == "title only":
        return [papers[0]], f"按照{papers[0]}要求，为做好今年工作，制定本方案。"
    return [number, papers[1]], f"根据{papers[0]}（{number}）和{papers[1]}，制定本计划。"


def steps(
    rng: Random, kinds: dict[str, str], found: list[tuple[int, str]], year: int
) -> tuple[list[Block], list[dict[str, Any]]]:
    """The dated steps in one of the ways that plans set them out."""
    kinds["number"] = rng.choice(("一、", "（一）", "1.", "（1）"))
    kinds["year"] = rng.choice(("named", "left out"))
    kinds["day"] = rng.choice(("月底前", "日前", "月份", "月底"))
    lines: list[Block] = []
    answers = []
    rows: list[list[str | tuple[str, int, int]]] = [
        [rng.choice(("时间节点", "完成时间")), rng.choice(("工作内容", "工作任务")), "责任单位"]
    ]
    for index, (month, what) in enumerate(found, 1):
        due, words = dated(kinds, year, month)
        who = rng.choice(UNITS)
        opening = NUMBERS[kinds["number"]](index)
        answer: dict[str, Any] = {"due": due.isoformat()}
        if kinds["form"] == "items":
            lines.append(f"{opening}{words}，{what}")
            answer["text"] = f"{words}，{what}"
        elif kinds["form"] == "actor first":
            lines.append(f"{opening}{words}，{who}负责{what}")
            answer |= {"who": who}
        elif kinds["form"] == "stages":
            lines.append(f"第{NUMBERS['一、'](index).rstrip('、')}阶段：{words}，{what}")
        elif kinds["form"] == "bracketed dates":
            lines += [
                f"{opening}{('动员部署', '组织实施', '督促检查', '总结评估', '巩固提升')[index - 1]}阶段（{words}）。{what}"
            ]
            answer["text"] = what
        else:
            rows.append([words, what, who])
            answer |= {"text": what, "who": who}
        answers.append(answer)
    return ([Table(rows)] if kinds["form"] == "table" else lines), answers


def dated(kinds: dict[str, str], year: int, month: int) -> tuple[date, str]:
    """A day and how it is written."""
    prefix = f"{year}年" if kinds["year"] == "named" else ""
    last = (date(year + month // 12, month % 12 + 1, 1)).toordinal() - 1
    end = date.fromordinal(last)
    if kinds["day"] == "日前":
        return date(year, month, 15), f"{prefix}{month}月15日前"
    return end, f"{prefix}{month}{kinds['day']}"
