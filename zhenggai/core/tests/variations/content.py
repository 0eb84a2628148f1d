"""What the documents say: tasks put together from our own phrases, each with what must be read out of it."""

from random import Random
from typing import Any, NamedTuple

PLACES = (
    "清水河", "青山镇", "东湖片区", "城南工业园", "白石矿区", "北岭垃圾填埋场", "南港码头", "龙潭水库", "老城区", "西郊养殖小区", "沿江化工企业", "红旗煤矿",
)  # fmt: skip
ISSUES = (
    "{place}污水收集管网不完善，{n}个排口污水直排。", "{place}扬尘管控不到位，部分裸露地块长期未覆盖。", "2019年以来，{place}先后{n}次被通报，整改仍不彻底。",
    "{place}畜禽养殖污染问题突出，粪污资源化利用率仅{p}%。", "对{place}环境问题重视不够，“等靠要”思想严重，研究部署少、督促检查少。", "{place}治理进度滞后。截至2023年底，仍有{n}处违规设施没有拆除。",
    "{place}生态修复不到位，恢复植被{n}亩的任务没有完成；地下水监测井缺失。", "{place}危险废物贮存不规范，台账弄虚作假", "{place}渗滤液积存约{n}万立方米，环境风险隐患突出", "有的部门履职不到位：日常监管流于形式，对{place}违法行为查处不力。",
)  # fmt: skip
GOALS = (
    "{place}水质稳定达标。", "污水集中处理率达到{p}%以上。", "全面完成{place}整治，防止问题反弹。", "建立长效管护机制，消除环境风险隐患", "{place}裸露地块覆盖率达到100%，扬尘投诉量明显下降。",
    "补齐短板，健全制度，{place}环境面貌根本改善。",
)  # fmt: skip
MEASURES = (
    ("对{place}开展全面排查，建立问题台账，逐一销号。", ()), ("新建污水管网{n}公里，改造老旧泵站2座。", ()), ("2024年9月底前，完成{place}雨污分流改造。", ("2024-09-30",)), ("加大执法检查力度，依法查处环境违法行为", ()),
    ("健全联席会议制度，定期研究解决突出问题；强化部门联动，形成工作合力。", ()), ("严格落实“网格化”巡查，坚决遏制新增违法行为。", ()), ("编制{place}综合整治方案，2024年12月31日前通过评审。", ("2024-12-31",)),
    ("清运积存垃圾{n}吨，复绿裸露地块{p}亩。", ()), ("举一反三，对同类企业开展专项整治", ()), ("加快推进{place}提标改造，2025年6月底前投入运行，确保出水稳定达到一级A标准。", ("2025-06-30",)),
)  # fmt: skip
PROGRESS = (
    "已建成污水管网{n}公里，{place}水质稳定达到Ⅲ类。", "{place}违规设施已全部拆除，复绿{p}亩。", "完成{place}雨污分流改造，新建泵站{n}座，正在进行设备调试。", "已制定整改方案，清运垃圾{n}吨，其余部分正在有序推进。",
    "投入资金{n}万元，完成{place}提标改造，通过市级验收。",
)  # fmt: skip
UNITS = (
    "市水务局", "市生态环境局", "市农业农村局", "市城市管理执法局", "市住房和城乡建设局", "市自然资源和规划局", "市发展和改革委员会", "市交通运输局", "市应急管理局", "市财政局", "临江县人民政府", "青山区人民政府",
    "高新区管委会", "青山镇人民政府", "各县（市、区）人民政府", "市水务集团有限公司", "市经济和信息化局", "市林业局", "市委组织部", "河阳县人民政府",
)  # fmt: skip
PERSONS = ("李某", "王某某", "张某", "赵某某", "刘某", "陈某某")
HEADINGS = (
    "水污染防治方面",
    "大气污染防治方面",
    "思想认识不到位",
    "生态保护修复存在短板",
    "工作推进落实不力",
    "固体废物监管薄弱",
)
CITIES = ("云川市", "南屏县", "清江区", "海宁州", "平远市")
ORGANS = ("人民政府", "生态环境局", "生态环境保护督察整改工作领导小组办公室", "水务局")

# Written words, what kind of limit they set, its last day, and whether it goes on; by the kind of phrase.
LIMITS: dict[str, tuple[tuple[str, str, str | None, bool], ...]] = {
    "年底": (("2024年底前", "date", "2024-12-31", False), ("2025年年底前", "date", "2025-12-31", False), ("2024年底", "date", "2024-12-31", False), ("2024年末", "date", "2024-12-31", False)),
    "月底": (("2024年6月底前", "date", "2024-06-30", False), ("2024年9月底之前", "date", "2024-09-30", False), ("2025年3月底", "date", "2025-03-31", False), ("2024年10月", "date", "2024-10-31", False)),
    "日": (("2024年6月30日前", "date", "2024-06-30", False), ("2024年12月31日", "date", "2024-12-31", False), ("2024年11月15日之前完成", "date", "2024-11-15", False), ("2025年1月20日前完成整改", "date", "2025-01-20", False)),
    "点号": (("2024.12.31", "date", "2024-12-31", False), ("2024-06-30", "date", "2024-06-30", False), ("2024/9/30", "date", "2024-09-30", False), ("2024.06", "date", "2024-06-30", False)),
    "季度": (("2024年第三季度", "date", "2024-09-30", False), ("2024年二季度末", "date", "2024-06-30", False), ("2025年上半年", "date", "2025-06-30", False), ("2024年8月下旬", "date", "2024-08-31", False)),
    "汉字": (("二〇二四年十二月底前", "date", "2024-12-31", False), ("二○二五年六月三十日前", "date", "2025-06-30", False)),
    "立行立改": (("立行立改", "immediate", None, False), ("立即整改", "immediate", None, False), ("立行立改，持续推进", "immediate", None, True)),
    "长期": (("长期坚持", "long_term", None, False), ("持续推进", "long_term", None, False), ("长期整改", "long_term", None, False)),
    "并长期": (("2024年底前完成，并长期坚持", "date", "2024-12-31", True), ("2024年12月底前取得阶段性成效，长期坚持", "date", "2024-12-31", True), ("2025年6月底前完成，持续推进", "date", "2025-06-30", True)),
    "范围": (("2024年1月至2024年12月", "date", "2024-12-31", False), ("2024—2025年", "date", "2025-12-31", False), ("2024年3月-9月", "date", "2024-09-30", False)),
}  # fmt: skip


class Text(NamedTuple):
    """Words with the last days of the limits in them."""

    words: str
    due: tuple[str, ...] = ()


def filled(rng: Random, pattern: str) -> str:
    """A phrase with its place and figures."""
    return pattern.format(place=rng.choice(PLACES), n=rng.randint(2, 60), p=rng.randint(50, 99))


def some(rng: Random, words: tuple[str, ...], least: int, most: int) -> list[str]:
    """Some of the words, each once."""
    return rng.sample(words, rng.randint(least, most))


def task(rng: Random, limit_kind: str) -> dict[str, Any]:
    """The content of one task: texts as written, units as names, its limit as words with what they mean."""
    units = rng.sample(UNITS, 6)
    return {
        "issue": filled(rng, rng.choice(ISSUES)),
        "goal": filled(rng, rng.choice(GOALS)),
        "measures": [Text(filled(rng, words), due) for words, due in rng.sample(MEASURES, rng.randint(2, 4))],
        "deadline": rng.choice(LIMITS[limit_kind]),
        "lead_units": units[:1],
        "responsible_units": units[1 : rng.randint(2, 4)],
        "cooperating_units": units[4 : rng.randint(5, 6)],
        "supervising_units": [rng.choice(("市生态环境保护督察办公室", "市纪委监委", "市整改办"))],
        "acceptance_units": [rng.choice(("市生态环境局", "市水务局", "市整改办"))],
        "leaders": [rng.choice(PERSONS)],
        "responsible_persons": [rng.choice(PERSONS)],
        "progress": filled(rng, rng.choice(PROGRESS)),
        "status": rng.choice(("已完成", "已完成整改", "达到序时进度", "正在推进", "未达到序时进度", "已销号")),
    }


def answer_of(content: dict[str, Any], names: set[str]) -> dict[str, Any]:
    """What must be read of a task whose fields ``names`` were written."""
    found: dict[str, Any] = {}
    for name in ("issue", "goal", "progress", "status"):
        found[name] = content[name] if name in names else None
    found["measures"] = (
        [{"text": one.words, "deadlines": [{"due": due} for due in one.due]} for one in content["measures"]]
        if "measures" in names
        else []
    )
    limit = content["deadline"]
    found["deadline"] = {"kind": limit[1], "due": limit[2], "then_long_term": limit[3]} if "deadline" in names else None
    for name in ("lead_units", "responsible_units", "cooperating_units", "supervising_units", "acceptance_units", "leaders", "responsible_persons"):  # fmt: skip
        found[name] = content[name] if name in names else []
    return found
