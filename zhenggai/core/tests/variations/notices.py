"""Public notices: sections under any headings, periods and contacts in any words."""

from datetime import date, timedelta
from random import Random
from typing import Any

from zhenggai.core.tests.variations.content import (  # fmt: skip
    CITIES,
    GOALS,
    ISSUES,
    MEASURES,
    ORGANS,
    PERSONS,
    PLACES,
    PROGRESS,
    UNITS,
    Text,
    filled,
)
from zhenggai.core.tests.variations.plan_fields import NUMBERS
from zhenggai.core.tests.variations.rendered import Block, Table, Variation, as_file
from zhenggai.core.workdays import count

HEADINGS = {
    "issue": (
        "反馈问题",
        "存在问题",
        "整改任务",
        "问题描述",
        "反馈问题情况",
        "督察反馈问题",
        "问题基本情况",
        "整改事项",
    ),
    "goal": ("整改目标", "目标要求", "整改目标要求", "整改标准"),
    "measures": ("整改措施", "主要整改措施", "具体措施", "采取的整改措施", "整改举措"),
    "result": ("整改完成情况", "整改落实情况", "整改情况", "整改成效", "整改结果", "完成情况", "整改进展情况"),
    "units": ("责任单位", "整改责任单位", "牵头单位", "整改责任主体"),
    "follow_up": ("下一步工作", "后续工作安排", "下一步工作打算"),
}
ORDER = ("issue", "units", "goal", "measures", "result", "follow_up")
TITLES = (
    "{by}关于省生态环境保护督察反馈问题整改完成情况的公示", "关于第{serial}项整改任务完成情况的公示", "{by}关于中央生态环境保护督察整改任务销号的公示", "{city}生态环境保护督察反馈问题整改销号公示",
)  # fmt: skip
NAMED = (
    "按照整改工作要求，现将省生态环境保护督察反馈问题第{serial}项整改任务完成情况公示如下。", "根据有关规定，现对督察反馈第{han}项问题整改情况予以公示。", "我单位牵头的督察整改任务（序号{serial}）已完成整改，现将有关情况公示如下：",
)  # fmt: skip
FOLLOW_UPS = ("加强日常巡查，严防问题反弹。", "持续开展水质监测，健全长效管护机制。")
MARKS = ("prose", "numbered line", "numbered line", "numbered colon", "colon", "【】", "line", "table")
ROADS = ("人民路{n}号", "滨河大道{n}号", "青年街{n}号")


def make(rng: Random) -> Variation:
    """A notice."""
    kinds = {"kind": "notice", "mark": rng.choice(MARKS), "words": rng.choice(("one", "mixed")), "number": rng.choice(("一、", "（一）", "1.", "1、"))}  # fmt: skip
    city, serial = rng.choice(CITIES), rng.randint(1, 60)
    by = f"{city}{rng.choice(ORGANS)}"
    day = date(2024, rng.randint(1, 11), rng.randint(2, 26))
    title = rng.choice(TITLES).format(by=by, city=city, serial=serial)
    opening = rng.choice(NAMED).format(serial=serial, han=NUMBERS["一、"](serial).rstrip("、"))
    body, answer = prose(rng, kinds) if kinds["mark"] == "prose" else sections(rng, kinds)
    closing, told = readers(rng, kinds, by, day)
    kinds["signature"] = rng.choice(("two lines", "two lines", "one line", "none"))
    signature = {"two lines": [by, written(day)], "one line": [f"{by}　　{written(day)}"], "none": []}[
        kinds["signature"]
    ]
    head: dict[str, Any] = {"title": title}
    if signature:
        head |= {"issuer": by, "date": day.isoformat()}
    blocks: list[Block] = [title, opening, *body, *closing, *signature]
    name, data, text = as_file(rng, blocks, kinds)
    return Variation(
        name, data, {"kind": "notice", **head, "notice": {"serials": [str(serial)], **answer, **told}}, kinds, text
    )


def written(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def sections(rng: Random, kinds: dict[str, str]) -> tuple[list[Block], dict[str, Any]]:
    """What was wrong and what was done, some parts left out."""
    measures = [Text(filled(rng, words).rstrip("。") + "。") for words, _ in rng.sample(MEASURES, rng.randint(2, 3))]
    kinds["items"] = items = rng.choice(("1.", "（1）", "①", "一是", "lines"))
    if kinds["mark"].startswith("numbered") and kinds["number"] in {"1.", "1、"} and items == "1.":
        kinds["items"] = items = "（1）"
    result = filled(rng, rng.choice(PROGRESS))
    units = rng.sample(UNITS, rng.randint(1, 3))
    answer: dict[str, Any] = {
        "issue": filled(rng, rng.choice(ISSUES)),
        "goal": filled(rng, rng.choice(GOALS)),
        "measures": [one.words for one in measures],
        "result": result,
        "units": units,
        "follow_up": rng.choice(FOLLOW_UPS),
    }
    kinds["parts"] = parts = rng.choice(
        ("all", "without follow-up", "issue and result", "without goal", "without units")
    )
    left_out = {"all": (), "without follow-up": ("follow_up",), "issue and result": ("goal", "measures", "units", "follow_up"), "without goal": ("goal", "follow_up"), "without units": ("units",)}[parts]  # fmt: skip
    joint = "\n" if items == "lines" or rng.random() < 0.6 else ""
    numbered = [("" if items == "lines" else f"{NUMBERS['一、'](n).rstrip('、')}是" if items == "一是" else NUMBERS[items](n)) + one.words for n, one in enumerate(measures, 1)]  # fmt: skip
    written_as = {"measures": joint.join(numbered), "units": "、".join(units)}
    lines: list[Block] = []
    rows: list[list[Any]] = []
    names = [name for name in ORDER if name not in left_out]
    for number, name in enumerate(names, 1):
        heading = HEADINGS[name][0] if kinds["words"] == "one" else rng.choice(HEADINGS[name])
        value = written_as.get(name, str(answer[name]))
        rows.append([heading, value])
        lines += section(kinds, number, heading, value)
    answer |= {name: [] if name in {"measures", "units"} else None for name in left_out}
    return ([Table(rows)] if kinds["mark"] == "table" else lines), answer


def prose(rng: Random, kinds: dict[str, str]) -> tuple[list[Block], dict[str, Any]]:
    """One paragraph after the other, each opened by a sentence of its own."""
    issue, result = filled(rng, rng.choice(ISSUES)).rstrip("。") + "。", filled(rng, rng.choice(PROGRESS))
    kinds["prose"] = way = rng.choice(("run in", "stops"))
    if way == "run in":
        lines: list[Block] = [f"反馈问题：{issue}整改情况：{result}"]
    else:
        lines = [f"一、反馈问题。{issue}", f"二、整改情况。{result}"]
    return lines, {"issue": issue, "result": result}


def section(kinds: dict[str, str], number: int, heading: str, value: str) -> list[str]:
    """One part as lines."""
    opening = NUMBERS[kinds["number"]](number)
    words = {
        "numbered line": f"{opening}{heading}\n{value}",
        "numbered colon": f"{opening}{heading}：{value}",
        "colon": f"{heading}：{value}",
        "【】": f"【{heading}】{value}",
        "line": f"{heading}\n{value}",
        "table": "",
    }[kinds["mark"]]
    return words.split("\n")


def readers(rng: Random, kinds: dict[str, str], by: str, day: date) -> tuple[list[Block], dict[str, Any]]:
    """The period of the notice and where objections go."""
    words, period = period_of(rng, kinds, day)
    lines, contact = contact_of(rng, kinds, by)
    told: list[Block] = [*words.split("\n"), *lines]
    return told, {"period": period, "contact": contact}


def period_of(rng: Random, kinds: dict[str, str], day: date) -> tuple[str, dict[str, Any]]:
    """How long the notice stands, in words, and as it must be read."""
    last = day + timedelta(days=rng.randint(4, 14))
    length = (last - day).days + 1
    counted = count(day, last)
    kinds["period"] = way = rng.choice(
        (
            "label",
            "range",
            "dash",
            "dots",
            "from today",
            "no year at the end",
            "own section",
            "workdays",
            "numbered",
            "bracketed",
        )
    )
    first_words, last_words = written(day), written(last)
    period: dict[str, Any] = {"start": day.isoformat(), "end": last.isoformat(), "stated": True}
    words = {
        "label": f"公示期：{first_words}至{last_words}",
        "range": f"公示时间为{first_words}起至{last_words}止，共{length}天。",
        "dash": f"公示时间：{first_words}—{last_words}（{length}天）",
        "dots": f"公示期限：{day.year}.{day.month}.{day.day}-{last.year}.{last.month}.{last.day}",
        "from today": f"公示期自{first_words}起{length}天。",
        "no year at the end": f"公示期为{first_words}至{last.month}月{last.day}日。",
        "own section": f"公示时间\n{first_words}至{last_words}",
        "workdays": f"公示期为{counted}个工作日，自{first_words}至{last_words}。",
        "numbered": f"四、公示时间：{first_words}至{last_words}，共{length}日。",
        "bracketed": f"现予以公示，公示期{length}天（{first_words}—{last_words}）。",
    }[way]
    if way == "workdays":
        period |= {"days": counted, "day_kind": "working", "consistent": True}
    if way in {"range", "dash", "from today", "numbered", "bracketed"}:
        period |= {"days": length, "day_kind": "calendar"}
    if way == "from today":
        period["stated"] = False
    return words, period


def contact_of(rng: Random, kinds: dict[str, str], by: str) -> tuple[list[str], dict[str, Any]]:
    """Where objections go, in lines, and as it must be read."""
    phone = f"0{rng.randint(310, 999)}-{rng.randint(2, 8)}{rng.randint(100000, 999999)}"
    person, road = rng.choice(PERSONS), rng.choice(ROADS).format(n=rng.randint(1, 200))
    mail = f"zhenggai{rng.randint(1, 99)}@example.cn"
    kinds["contact"] = way = rng.choice(
        ("labels", "one line", "sentence", "spaced labels", "phone only", "two phones", "list")
    )
    address = f"{by[:3]}{road}"
    contact: dict[str, Any] = {"phones": [phone]}
    if way == "labels":
        lines = ["公示期间，如有异议，请以书面形式反映。", f"联系人：{person}", f"联系电话：{phone}", f"联系地址：{address}", f"电子邮箱：{mail}"]  # fmt: skip
        contact |= {"person": person, "address": address, "email": mail}
    elif way == "one line":
        lines = [f"如有异议，请与我单位联系。联系人：{person}，联系电话：{phone}，地址：{address}。"]
        contact |= {"person": person, "address": address}
    elif way == "sentence":
        lines = [f"对公示内容有异议的，请在公示期内向{by}反映，联系电话：{phone}。"]
        contact |= {"unit": by}
    elif way == "spaced labels":
        lines = ["公示期内，任何单位和个人如有异议，可来电来信反映。", f"联 系 人：{person}　　电 话：{phone}", f"地　　址：{address}"]  # fmt: skip
        contact |= {"person": person, "address": address}
    elif way == "two phones":
        other = f"0{phone[1:4]}-{rng.randint(2, 8)}{rng.randint(100000, 999999)}"
        lines = [f"公示期间，如有异议请及时反映。受理电话：{phone}、{other}，邮箱：{mail}。"]
        contact |= {"phones": [phone, other], "email": mail}
    elif way == "list":
        lines = [
            "公示期内如对公示内容有异议，可通过以下方式反映：",
            f"1.联系单位：{by}",
            f"2.联系电话：{phone}（{person}）",
            f"3.通讯地址：{address}",
        ]
        contact |= {"unit": by, "address": address}
    else:
        lines = [f"监督电话：{phone}"]
    return lines, contact


__all__ = ["PLACES", "make"]
