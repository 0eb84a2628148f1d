"""Complaint batches: counts in sentences and tables, pieces in tables, blocks and lines."""

from random import Random
from typing import Any

from zhenggai.core.tests.variations.content import CITIES, PLACES
from zhenggai.core.tests.variations.plan_fields import NUMBERS
from zhenggai.core.tests.variations.rendered import Block, Table, Variation, as_file

REGIONS = ("清江区", "南屏县", "河阳县", "临江县", "高新区", "青山区", "平远县", "东城区", "经开区", "白石县")
TYPES = ("大气", "水", "噪声", "土壤", "生态", "其他污染", "辐射", "海洋", "油烟", "垃圾")
NUMBER_COLUMNS, TEXT_COLUMNS = ("受理编号", "信访件编号", "交办编号", "举报编号"), ("交办问题基本情况", "举报内容", "反映的主要问题", "信访问题", "问题基本情况")  # fmt: skip
REGION_COLUMNS, TYPE_COLUMNS = ("行政区域", "县区", "所属区域", "涉及区域"), ("污染类型", "问题类型", "污染类别")
FINDING_COLUMNS, VERDICT_COLUMNS = ("调查核实情况", "核实情况", "调查情况"), ("是否属实", "属实情况", "举报是否属实")
OUTCOME_COLUMNS, CLOSURE_COLUMNS = (
    ("处理和整改情况", "整改情况", "办理情况", "处理情况"),
    ("是否办结", "办结情况", "办结状态"),
)
TEXTS = (
    "{place}附近一家砂石厂夜间作业，噪声扰民，粉尘污染严重。", "{place}小区楼下餐馆油烟直排，居民不敢开窗。", "{place}有人向河道倾倒建筑垃圾，水体发黑发臭。", "{place}养猪场粪污未经处理直接外排，污染周边农田。",
)  # fmt: skip
FINDINGS = (
    "经现场核查，该厂未办理环评手续，存在夜间生产行为。",
    "经调查，该餐馆未安装油烟净化设施。",
    "现场检查时未发现倾倒行为，有少量垃圾堆存。",
)
OUTCOMES = ("责令停产整改，立案处罚3万元。", "已安装油烟净化设施，并完成清洗。", "已清理垃圾20余吨，加强日常巡查。")
FORMS = ("sentences", "sentences", "count tables", "pieces table", "pieces blocks", "pieces cards")


def make(rng: Random) -> Variation:
    """A batch of complaints."""
    kinds = {"kind": "complaints", "form": rng.choice(FORMS)}
    city, batch = rng.choice(CITIES), rng.randint(2, 30)
    kinds["batch"] = rng.choice(("汉字", "数字"))
    ordinal = f"第{NUMBERS['一、'](batch).rstrip('、') if kinds['batch'] == '汉字' else batch}批"
    title = rng.choice(
        (
            "{city}省生态环境保护督察组交办{batch}信访举报件办理情况",
            "{city}办理中央生态环境保护督察{batch}群众举报件情况公开",
            "中央生态环境保护督察组向{city}转办{batch}信访举报件情况",
        )
    ).format(city=city, batch=ordinal)
    body, answer = pieces(rng, kinds) if kinds["form"].startswith("pieces") else counts(rng, kinds, ordinal, city)
    if not kinds["form"].startswith("pieces"):
        answer["batch"] = str(batch)
    name, data, text = as_file(rng, [title, *body], kinds)
    return Variation(name, data, {"kind": "complaints", "title": title, "complaints": answer}, kinds, text)


Counts = list[tuple[str, int]]


def counts(rng: Random, kinds: dict[str, str], ordinal: str, city: str) -> tuple[list[Block], dict[str, Any]]:
    """How many pieces there are, from where and about what."""
    regions = [(name, rng.randint(1, 20)) for name in rng.sample(REGIONS, rng.randint(3, 7))]
    total = sum(number for _, number in regions)
    types = shared(rng, total, rng.sample(TYPES, rng.randint(3, 6)))
    cumulative = total + rng.randint(30, 900)
    verdicts = shared(rng, total, ["属实", "部分属实", "不属实"])
    kinds["joint"] = rng.choice(("、", "，", "；"))
    kinds["unit"] = unit = rng.choice(("件", "件", "宗"))
    day = f"{rng.randint(3, 11)}月{rng.randint(2, 27)}日"
    kinds["opening"] = opening = rng.choice(("向…转办", "收到", "交办"))
    first = {
        "向…转办": f"2024年{day}，省生态环境保护督察组向{city}转办{ordinal}群众信访举报件{total}{unit}",
        "收到": f"{day}，{city}收到省督察组移交的{ordinal}信访举报件共{total}{unit}",
        "交办": f"{day}，督察组交办{ordinal}信访件{total}{unit}",
    }[opening]
    so_far = rng.choice(
        (
            f"截至{day}，累计转办信访举报件{cumulative}{unit}。",
            f"截至目前，督察组共交办{cumulative}{unit}。",
            f"截至{day}，已累计收到转办信访举报件{cumulative}{unit}。",
        )
    )
    answer: dict[str, Any] = {
        "received": total,
        "cumulative": cumulative,
        "by_region": [{"name": name, "count": number} for name, number in regions],
        "by_type": [{"name": name, "count": number} for name, number in types],
        "outcomes": [{"name": name, "count": number} for name, number in verdicts],
    }
    lists = regions, types, verdicts
    if kinds["form"] == "count tables":
        answer["outcomes"] = []
        return [f"{first}。", *in_tables(rng, total, regions, types), so_far], answer
    told = in_sentences(rng, kinds, first, lists)
    answer["by_type"] = [{"count": number} for _, number in types]
    return [*told, so_far], answer


def in_tables(rng: Random, total: int, regions: Counts, types: Counts) -> list[Block]:
    """The counts as two tables with their sums."""
    return [
        Table(
            [
                [rng.choice(("县区", "地区", "行政区域")), rng.choice(("件数", "本批交办件数", "信访件数量"))],
                *([name, str(number)] for name, number in regions),
                ["合计", str(total)],
            ]
        ),
        "按污染类型分：",
        Table([["污染类型", "件数"], *([name, str(number)] for name, number in types), ["合计", str(total)]]),
    ]


def in_sentences(rng: Random, kinds: dict[str, str], first: str, lists: tuple[Counts, Counts, Counts]) -> list[Block]:
    """The counts by region, by type and by verdict, a sentence each."""
    (regions, types, verdicts), joint, unit = lists, kinds["joint"], kinds["unit"]
    kinds["regions"] = way = rng.choice(("其中", "按地区", "涉及"))
    kinds["types"] = rng.choice(("类", "污染", "plain"))
    ending = {"类": "类", "污染": "污染", "plain": ""}[kinds["types"]]
    listed = joint.join(f"{name}{number}{unit}" for name, number in regions)
    by_region = {
        "其中": f"{first}，其中{listed}。",
        "按地区": f"{first}。\n按地区分布：{listed}。",
        "涉及": f"{first}，涉及{listed}。",
    }[way]
    by_type = (
        rng.choice(("从污染类型看，", "按污染类型分：", "污染类型：", "涉及"))
        + joint.join(f"{name if name.endswith('污染') else name + ending}{number}{unit}" for name, number in types)
        + "。"
    )
    outcome = (
        rng.choice(("经核查，", "查实情况：", "已办结的信访件中，"))
        + joint.join(f"{name}{number}{unit}" for name, number in verdicts)
        + "。"
    )
    return [*by_region.split("\n"), by_type, outcome]


def shared(rng: Random, total: int, names: list[str]) -> list[tuple[str, int]]:
    """The total shared out over the names."""
    names = names[: max(1, min(len(names), total))]
    cuts = sorted(rng.sample(range(1, total), len(names) - 1)) if len(names) > 1 else []
    return [(name, end - start) for name, start, end in zip(names, [0, *cuts], [*cuts, total], strict=True)]


def pieces(rng: Random, kinds: dict[str, str]) -> tuple[list[Block], dict[str, Any]]:
    """Each piece with its number, what it says and what was done."""
    found = []
    for index in range(rng.randint(2, 5)):
        found.append(
            {
                "number": f"D2{rng.choice('HSXZ')}{rng.choice('BNX')}2024{rng.randint(1000, 1230)}{index + 1:04d}",
                "text": rng.choice(TEXTS).format(place=rng.choice(PLACES)),
                "region": rng.choice(REGIONS),
                "types": rng.sample(TYPES[:5], rng.randint(1, 2)),
                "findings": rng.choice(FINDINGS),
                "verified": rng.choice(("属实", "部分属实", "不属实")),
                "outcome": rng.choice(OUTCOMES),
                "closure": rng.choice(("已办结", "阶段性办结", "未办结")),
            }
        )
    words = {"number": rng.choice(NUMBER_COLUMNS), "text": rng.choice(TEXT_COLUMNS), "region": rng.choice(REGION_COLUMNS), "types": rng.choice(TYPE_COLUMNS), "findings": rng.choice(FINDING_COLUMNS), "verified": rng.choice(VERDICT_COLUMNS), "outcome": rng.choice(OUTCOME_COLUMNS), "closure": rng.choice(CLOSURE_COLUMNS)}  # fmt: skip
    kinds["columns"] = rng.choice(("all", "few", "with row numbers"))
    names = list(words) if kinds["columns"] != "few" else ["number", "text", "region", "verified", "outcome"]
    answers = [{name: piece[name] for name in names} for piece in found]
    cells = [[("、".join(piece[name]) if name == "types" else str(piece[name])) for name in names] for piece in found]
    if kinds["form"] == "pieces table":
        rows: list[list[Any]] = [[words[name] for name in names], *cells]
        if kinds["columns"] == "with row numbers":
            rows = [["序号" if index == 0 else str(index), *row] for index, row in enumerate(rows)]
        return [Table(rows)], {"pieces": answers}
    if kinds["form"] == "pieces cards":
        return [block for row in cells for block in (Table([[words[name], value] for name, value in zip(names, row, strict=True)]), " ")], {"pieces": answers}  # fmt: skip
    kinds["joint"] = rng.choice(("line", "numbered", "bracketed"))
    opening = {"line": "", "numbered": "{n}.", "bracketed": "（{n}）"}[kinds["joint"]]
    lines: list[Block] = []
    for row in cells:
        lines += [opening.format(n=index) + f"{words[name]}：{value}" for index, (name, value) in enumerate(zip(names, row, strict=True), 1)]  # fmt: skip
    return lines, {"pieces": answers}
