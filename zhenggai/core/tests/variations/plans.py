"""Plans: tasks in prose and in tables, their fields under any labels, in any order, with any numbers."""

from random import Random
from typing import Any

from zhenggai.core.tests.variations.content import CITIES, HEADINGS, LIMITS, ORGANS, some, task
from zhenggai.core.tests.variations.plan_fields import (
    DEPTHS,
    FIELDS,
    NUMBERS,
    ROLES,
    SEPARATORS,
    SHORT,
    USUAL,
    WORDED,
    closed,
    label_words,
    measures_of,
    told,
)
from zhenggai.core.tests.variations.plan_tables import in_tables
from zhenggai.core.tests.variations.rendered import Block, Variation, as_file

MARKS = (
    "colon",
    "colon",
    "half colon",
    "below",
    "【】",
    "space",
    "bold",
    "numbered",
    "numbered stop",
    "one line",
    "bracketed at end",
)
TITLES = (
    "{city}贯彻落实省生态环境保护督察反馈意见整改方案", "{city}中央生态环境保护督察反馈问题整改任务清单", "{city}生态环境保护督察反馈问题整改措施清单", "{city}落实第二轮省级环保督察整改工作方案",
    "{city}突出生态环境问题整改台账", "{city}督察整改任务分解表",
)  # fmt: skip


def make(rng: Random) -> Variation:
    """A plan."""
    kinds: dict[str, str] = {"kind": "plan"}
    form = rng.choice(("prose", "prose", "prose", "rows", "rows", "cards", "transposed", "measure rows", "categories"))
    kinds["form"] = form
    tasks = contents(rng, kinds)
    city = rng.choice(CITIES)
    title = rng.choice(TITLES).format(city=city)
    body, answers = {"prose": prose}.get(form, in_tables)(rng, tasks, kinds)
    blocks, head = framed(rng, title, city, body, kinds)
    name, data, text = as_file(rng, blocks, kinds)
    return Variation(name, data, {"kind": "plan", **head, "tasks": answers}, kinds, text)


def contents(rng: Random, kinds: dict[str, str]) -> list[dict[str, Any]]:
    """The tasks of a document, all with limits of one kind and the same fields but those left out."""
    kinds["limit"] = rng.choice(tuple(LIMITS))
    kinds["fields"] = rng.choice(("usual", "usual", "many", "some missing"))
    extra = rng.sample(FIELDS[5:], rng.randint(1, 4)) if kinds["fields"] == "many" else []
    names = [name for name in FIELDS if name in USUAL or name in extra]
    found = []
    for _ in range(rng.randint(2, 5)):
        content = task(rng, kinds["limit"])
        left_out = some(rng, tuple(USUAL), 1, 2) if kinds["fields"] == "some missing" else []
        content["names"] = [name for name in names if name not in left_out]
        if not {"deadline", "responsible_units", "lead_units"} & set(content["names"]):
            content["names"].append("responsible_units")
        if not {"goal", "measures"} & set(content["names"]):
            content["names"].append("measures")
        found.append(content)
    return found


def framed(
    rng: Random, title: str, city: str, body: list[Block], kinds: dict[str, str]
) -> tuple[list[Block], dict[str, Any]]:
    """The body with title, letter, opening and signature around it."""
    kinds["frame"] = frame = rng.choice(
        ("bare", "opening", "letter", "signed", "sheet note", "whole plan", "whole plan")
    )
    organ = f"{city}{rng.choice(ORGANS)}"
    head: dict[str, Any] = {"title": title}
    opening = rng.choice((
        "为认真抓好督察反馈问题整改，确保按期保质完成任务，结合我市实际，制定本方案。", "根据省督察组反馈意见，现将整改任务分解如下。",
        "按照边督边改要求，坚持问题导向、标本兼治，特制定如下整改清单。",
    ))  # fmt: skip
    if frame == "whole plan":
        return whole(rng, title, city, body, kinds)
    if frame == "bare":
        return [title, *body], head
    if frame == "opening":
        return [title, opening, *body], head
    if frame == "sheet note":
        return [title, f"填报单位：{organ}", *body, "备注：按照职责分工抓好落实。"], head
    signature = [organ, "2024年3月18日"]
    head |= {"issuer": organ, "date": "2024-03-18"}
    if frame == "signed":
        return [title, opening, *body, *signature], head
    number = f"{city[0]}环整改〔2024〕{rng.randint(1, 40)}号"
    letter = [f"{organ}关于印发《{title}》的通知", number, "各县（市、区）人民政府，市直有关单位：", "现将整改方案印发给你们，请结合实际认真组织实施。", *signature]  # fmt: skip
    head |= {"document_number": number}
    head.pop("title")
    return [*letter, title, *body], head


def whole(
    rng: Random, title: str, city: str, body: list[Block], kinds: dict[str, str]
) -> tuple[list[Block], dict[str, Any]]:
    """A plan with its general part, whose sections hold no tasks, before the list of them."""
    kinds["general part"] = way = rng.choice(("numbered", "plain", "dashes"))
    day, times = rng.randint(5, 28), rng.choice(("每月", "每季度"))
    lines: list[Block] = [title, "为切实抓好督察反馈问题整改，结合实际，制定本方案。", "一、总体要求"]
    aims = [
        "坚持以人民为中心的发展思想，压实整改责任，补齐短板弱项。",
        "坚持问题导向、标本兼治，做到应改尽改、真改实改。",
    ]
    lines += {
        "numbered": [f"（一）指导思想。{aims[0]}", f"（二）基本原则。{aims[1]}", "（三）工作目标。到2024年底，完成全部整改任务；到2025年底，长效机制基本健全。"],
        "plain": aims,
        "dashes": [f"——坚持问题导向。{aims[1]}", f"——坚持系统治理。{aims[0]}"],
    }[way]  # fmt: skip
    lines += ["二、组织领导", f"成立由市长任组长的{city}督察整改工作领导小组，统筹推进整改工作。"]
    lines += ["三、工作要求", "（一）压实责任。各责任单位要倒排工期、挂图作战，确保按期完成。"]
    due = f"{times}{day}日前" if times == "每月" else f"{times}末"
    lines.append(f"（二）定期报告。各责任单位{due}向市整改办报送整改进展情况。")
    lines.append("（三）严肃问责。对敷衍整改、虚假整改的，依规依纪追究责任。")
    organ = f"{city}{rng.choice(ORGANS)}"
    lines += [organ, "2024年3月18日"]
    kinds["attached"] = rng.choice(("附件", "附件：", "附件1", "none"))
    lines += [] if kinds["attached"] == "none" else [kinds["attached"]]
    lines.append(f"{city}督察反馈问题整改任务清单")
    duty = {"who": "各责任单位", "to": "市整改办", "every": "month" if times == "每月" else "quarter", "day": day if times == "每月" else None}  # fmt: skip
    group = {"name": f"{city}督察整改工作领导小组", "lead": "市长"}
    head = {"title": title, "issuer": organ, "date": "2024-03-18", "duties": [duty], "bodies": [group]}
    return [*lines, *body], head


# prose


def prose(rng: Random, tasks: list[dict[str, Any]], kinds: dict[str, str]) -> tuple[list[Block], list[dict[str, Any]]]:
    """The tasks one after the other, a line a field or all on one line."""
    kinds["mark"] = mark = rng.choice(MARKS)
    kinds["headings"] = rng.choice(("none", "none", "一、", "（一）", "plain"))
    kinds["number"] = number = drawn_number(rng, kinds["headings"])
    kinds["words"] = rng.choice(("one", "one", "mixed", "composed")) if mark != "numbered stop" else "one"
    kinds["order"] = rng.choice(("usual", "usual", "shuffled"))
    kinds["roles"] = rng.choice(ROLES) if mark not in {"bracketed at end", "space"} else "fields"
    kinds["issue"] = issue = rng.choice(("in head", "in head", "labelled"))
    if number == "无":
        kinds["issue"] = issue = "labelled"
    kinds["items"] = items = drawn_items(rng, number, mark, kinds["headings"])
    kinds["separator"] = rng.choice(SEPARATORS[:-1])
    kinds["measure fields"] = rng.choice(("none", "none", "none", "bracket", "bracket with limit", "sentence"))
    if items == "lines" or mark in {"one line", "bracketed at end", "numbered", "numbered stop"}:
        kinds["measure fields"] = "none"
    kinds["sub-items"] = rng.choice(("none", "none", "none", "一是")) if items not in {"lines", "一是"} else "none"
    kinds["ends"] = rng.choice(("none", "none", "。", "；")) if mark not in {"one line", "bracketed at end"} else "none"
    kinds["label notes"] = (
        rng.choice(("none", "none", "none", "notes")) if mark not in {"space", "below", "numbered stop"} else "none"
    )
    labels = label_words(kinds["words"])
    lines: list[Block] = []
    answers = []
    heading, heads = None, 0
    for index, content in enumerate(tasks, 1):
        if kinds["headings"] != "none" and (heading is None or rng.random() < 0.4):
            heads += 1
            heading = HEADINGS[heads % len(HEADINGS)]
            lines.append(("" if kinds["headings"] == "plain" else NUMBERS[kinds["headings"]](heads)) + heading)
        content["in line"] = mark == "one line" or (items != "lines" and rng.random() < 0.4)
        if content["in line"] or kinds["measure fields"] == "sentence":
            closed(content)
        content["tail"] = kinds["measure fields"]
        content["sub-items"] = kinds["sub-items"]
        content["end"] = kinds["ends"]
        fields, answer = told(rng, content, kinds)
        opening = NUMBERS[number](index)
        if issue == "in head":
            lines.append(opening + content["issue"])
        else:
            lines += (
                [opening.rstrip(" ：:、.") if number in WORDED else opening + f"第{index}号事项"]
                if number != "无"
                else []
            )
            fields = {"issue": content["issue"], **fields}
        lines += field_lines(rng, fields, content, labels, mark, items, number, kinds)
        answer |= {"serial": None if number == "无" else str(index)}
        if number == "无" or (issue == "labelled" and number not in WORDED):
            answer.pop("serial")
        if kinds["headings"] != "none" and (number != "无" or kinds["headings"] == "plain"):
            answer["category"] = [heading]
        for no, measure in enumerate(answer["measures"], 1):
            if items not in {"lines", "sentence"}:
                measure["no"] = str(no)
        answers.append(answer)
    return lines, answers


def drawn_number(rng: Random, headings: str) -> str:
    """A style of numbers that is deeper than the headings'."""
    depth = DEPTHS.get(headings, -1)
    choices = [name for name, own in DEPTHS.items() if depth < own < 3]
    return rng.choice((*choices, *choices, *WORDED, "无") if headings != "（一）" else (*choices, *WORDED))


def drawn_items(rng: Random, number: str, mark: str, headings: str) -> str:
    """How the measures are told apart: numbers deeper than the task's and the labels', or lines."""
    depth = DEPTHS.get(number, DEPTHS.get(headings, 0)) + mark.startswith("numbered")
    choices = [name for name, own in DEPTHS.items() if own > depth and name not in {"1）"}]
    if mark in {"below", "colon", "half colon", "【】", "bold"}:
        choices += ["lines", "一是"]
    return rng.choice(choices)


def field_lines(
    rng: Random,
    fields: dict[str, str],
    content: dict[str, Any],
    labels: dict[str, list[str]],
    mark: str,
    items: str,
    number: str,
    kinds: dict[str, str],
) -> list[str]:
    """The fields of one task as lines."""
    lines: list[str] = []
    measures = measures_of(content, items)
    in_line = content["in line"]
    kinds["measures"] = "in line" if in_line else "lines"
    depth = DEPTHS.get(number, 0) + 1
    style = next((name for name in ("（一）", "1.", "（1）", "①") if DEPTHS[name] >= depth), "①")
    short: list[str] = []
    position = 0
    for name, value in fields.items():
        label = rng.choice(labels[name])
        if kinds["label notes"] == "notes" and rng.random() < 0.6:
            label += {"deadline": "（年月）", "measures": "（具体）", "responsible_units": "（含配合）"}.get(name, "")
        if mark == "bracketed at end" and name in SHORT:
            short.append(f"{label}：{value}")
            continue
        position += 1
        if name == "measures":
            value = "".join(measures) if in_line else "\n" + "\n".join(measures)
        opening = {
            "half colon": f"{label}:", "below": f"{label}\n", "【】": f"【{label}】", "space": f"{label}  ", "bold": f"**{label}：**", "numbered": f"{NUMBERS[style](position)}{label}：", "numbered stop": f"{NUMBERS[style](position)}{label}。",
        }.get(mark, f"{label}：")  # fmt: skip
        if mark == "space" and (name in {"measures", "issue"} or len(label) > 8):
            opening = f"{label}："
        lines.append(opening + (value.lstrip("\n") if opening.endswith("\n") else value))
    if short:
        lines.append(f"（{'；'.join(short)}）")
    if mark == "one line":
        joint = rng.choice((" ", "  ", "；"))
        return ["".join(one if one.endswith("。") or one is lines[-1] else one + joint for one in lines)]
    return [part for line in lines for part in line.split("\n")]
