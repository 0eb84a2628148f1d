"""Progress reports: tasks with what became of them, under labels, in sentences, below states, in tables."""

from random import Random
from typing import Any

from zhenggai.core.grammar.label_words import LABELS, TABLE_ONLY
from zhenggai.core.tests.variations.content import CITIES, ISSUES, LIMITS, ORGANS, answer_of, filled, task
from zhenggai.core.tests.variations.plan_fields import NUMBERS
from zhenggai.core.tests.variations.rendered import Block, Table, Variation, as_file

TITLES = (
    "{city}关于省生态环境保护督察反馈问题整改进展情况的报告",
    "{city}中央生态环境保护督察整改任务完成情况",
    "{city}督察反馈意见整改落实情况",
    "{city}生态环境保护督察整改进展情况一览表",
)
STATES = ("已完成整改", "已完成", "达到序时进度", "正在推进", "未达到序时进度", "已销号")
FORMS = ("labels", "labels", "table", "table", "states", "problem and rest", "state in brackets", "cards")
LABEL = {
    "issue": "反馈问题",
    "measures": "整改措施",
    "deadline": "整改时限",
    "responsible_units": "责任单位",
    "progress": "整改进展情况",
    "status": "整改状态",
    "goal": "整改目标",
}


def make(rng: Random) -> Variation:
    """A progress report."""
    kinds = {"kind": "progress", "form": rng.choice(FORMS), "words": rng.choice(("one", "mixed"))}
    city = rng.choice(CITIES)
    title = rng.choice(TITLES).format(city=city)
    kinds["limit"] = rng.choice(tuple(LIMITS))
    tasks = [task(rng, kinds["limit"]) for _ in range(rng.randint(2, 5))]
    for one in tasks:
        one["issue"] = filled(rng, rng.choice(ISSUES[:5])).rstrip("。") + "。"
        one["status"] = rng.choice(STATES)
    maker = {"labels": labelled, "table": table, "states": under_states, "problem and rest": sentences, "state in brackets": bracketed, "cards": cards}[kinds["form"]]  # fmt: skip
    body, answers = maker(rng, tasks, kinds)
    kinds["frame"] = rng.choice(("bare", "opening", "signed", "counts"))
    organ = f"{city}{rng.choice(ORGANS)}"
    opening = "现将督察反馈问题整改进展情况报告如下。"
    counts = f"截至2024年9月底，全市{len(tasks) + 20}项整改任务已完成{len(tasks) + 8}项，其余任务正在有序推进。"
    head: dict[str, Any] = {"title": title}
    blocks: list[Block] = [
        title,
        *{"bare": [], "opening": [opening], "signed": [opening], "counts": [counts]}[kinds["frame"]],
        *body,
    ]
    if kinds["frame"] == "signed":
        blocks += [organ, "2024年10月8日"]
        head |= {"issuer": organ, "date": "2024-10-08"}
    name, data, text = as_file(rng, blocks, kinds)
    return Variation(name, data, {"kind": "progress", **head, "tasks": answers}, kinds, text)


def word(rng: Random, kinds: dict[str, str], name: str) -> str:
    """The label of a field, or one of its synonyms."""
    if kinds["words"] == "one":
        return LABEL[name]
    apart = {"整改任务", "问题清单", "主要任务", "整改方案", "重点任务", "存在问题", "存在的问题", "整改目标及措施", "整改目标和措施", "责任单位及责任人", "责任单位和责任人", "责任单位(人)", "整改责任单位及责任人", "整改措施及要求", "整改进度"}  # fmt: skip
    return rng.choice([one for one in LABELS[name] if one not in TABLE_ONLY | apart and len(one) > 2])


def written(content: dict[str, Any], name: str) -> str:
    """A field as words."""
    if name == "deadline":
        return str(content["deadline"][0])
    if name == "responsible_units":
        return "、".join(content[name])
    if name == "measures":
        return "".join(f"（{n}）{one.words.rstrip('。')}。" for n, one in enumerate(content["measures"], 1))
    return str(content[name])


def numbered_measures(content: dict[str, Any], names: list[str]) -> None:
    if "measures" in names:
        content["measures"] = [one._replace(words=one.words.rstrip("。") + "。") for one in content["measures"]]


def chosen(rng: Random, kinds: dict[str, str]) -> list[str]:
    """The fields beside the issue."""
    kinds["fields"] = rng.choice(("progress", "progress and state", "all", "with limit"))
    return {
        "progress": ["progress"],
        "progress and state": ["progress", "status"],
        "all": ["goal", "measures", "deadline", "responsible_units", "status", "progress"],
        "with limit": ["deadline", "responsible_units", "progress", "status"],
    }[kinds["fields"]]


def labelled(
    rng: Random, tasks: list[dict[str, Any]], kinds: dict[str, str]
) -> tuple[list[Block], list[dict[str, Any]]]:
    """A line a field."""
    names = chosen(rng, kinds)
    kinds["number"] = number = rng.choice(("一、", "（一）", "1.", "1、", "第一项", "问题1", "任务一"))
    kinds["mark"] = rng.choice(("：", "\n", "【】"))
    lines: list[Block] = []
    answers = []
    for index, content in enumerate(tasks, 1):
        numbered_measures(content, names)
        lines.append(NUMBERS[number](index) + content["issue"])
        for name in names:
            label = word(rng, kinds, name)
            value = written(content, name)
            lines += (f"【{label}】{value}" if kinds["mark"] == "【】" else f"{label}{kinds['mark']}{value}").split(
                "\n"
            )
        answers.append(answered(content, {"issue", *names}, str(index)))
    return lines, answers


def answered(content: dict[str, Any], names: set[str], serial: str) -> dict[str, Any]:
    """The answer; a state that no field says may be read off the progress."""
    answer = answer_of(content, names)
    if "status" not in names:
        answer.pop("status")
    return {"serial": serial, **answer}


def table(rng: Random, tasks: list[dict[str, Any]], kinds: dict[str, str]) -> tuple[list[Block], list[dict[str, Any]]]:
    names = chosen(rng, kinds)
    kinds["columns"] = rng.choice(("usual", "shuffled"))
    order = ["issue", *names]
    if kinds["columns"] == "shuffled":
        rng.shuffle(order)
    rows: list[list[Any]] = [["序号", *(word(rng, kinds, name) for name in order)]]
    answers = []
    for index, content in enumerate(tasks, 1):
        numbered_measures(content, names)
        rows.append([str(index), *(written(content, name) for name in order)])
        answers.append(answered(content, {"issue", *names}, str(index)))
    return [Table(rows)], answers


def cards(rng: Random, tasks: list[dict[str, Any]], kinds: dict[str, str]) -> tuple[list[Block], list[dict[str, Any]]]:
    names = chosen(rng, kinds)
    blocks: list[Block] = []
    answers = []
    for index, content in enumerate(tasks, 1):
        numbered_measures(content, names)
        blocks += [
            Table(
                [
                    ["序号", str(index)],
                    *([word(rng, kinds, name), written(content, name)] for name in ("issue", *names)),
                ]
            ),
            " ",
        ]
        answers.append(answered(content, {"issue", *names}, str(index)))
    return blocks, answers


def under_states(
    rng: Random, tasks: list[dict[str, Any]], kinds: dict[str, str]
) -> tuple[list[Block], list[dict[str, Any]]]:
    """Tasks by their numbers under headings that say how far they are."""
    kinds["number"] = rng.choice(("第一项", "第1项", "问题1"))
    lines: list[Block] = []
    answers = []
    cut = rng.randint(1, len(tasks) - 1)
    states = rng.sample(("已完成整改", "达到序时进度", "未达到序时进度"), 2)
    for number, (first, last) in enumerate(((0, cut), (cut, len(tasks))), 1):
        lines.append(f"{NUMBERS['一、'](number)}{states[number - 1]}的整改任务（{last - first}项）")
        for index in range(first, last):
            content = tasks[index]
            lines.append(f"{NUMBERS[kinds['number']](index + 1)}{content['issue']}{content['progress']}")
            answers.append({"serial": str(index + 1), "issue": content["issue"], "progress": content["progress"], "status": states[number - 1]})  # fmt: skip
    return lines, answers


def sentences(
    rng: Random, tasks: list[dict[str, Any]], kinds: dict[str, str]
) -> tuple[list[Block], list[dict[str, Any]]]:
    """`（一）关于…的问题。` and what was done about it."""
    kinds["number"] = number = rng.choice(("一、", "（一）", "1."))
    kinds["rest"] = rest = rng.choice(("same line", "next line"))
    lines: list[Block] = []
    answers = []
    for index, content in enumerate(tasks, 1):
        issue = f"关于{content['issue'].rstrip('。')}的问题。"
        lines += [f"{NUMBERS[number](index)}{issue}{content['progress']}"] if rest == "same line" else [NUMBERS[number](index) + issue, content["progress"]]  # fmt: skip
        answers.append({"serial": str(index), "issue": issue, "progress": content["progress"]})
    return lines, answers


def bracketed(
    rng: Random, tasks: list[dict[str, Any]], kinds: dict[str, str]
) -> tuple[list[Block], list[dict[str, Any]]]:
    """`1.…（责任单位：甲局；整改状态：已完成）`, then what was done."""
    lines: list[Block] = []
    answers = []
    for index, content in enumerate(tasks, 1):
        lines.append(
            f"{index}.{content['issue']}（责任单位：{'、'.join(content['responsible_units'])}；整改状态：{content['status']}）"
        )
        lines.append(f"整改进展：{content['progress']}")
        answers.append({"serial": str(index), "issue": content["issue"], "progress": content["progress"], "status": content["status"], "responsible_units": content["responsible_units"]})  # fmt: skip
    return lines, answers
