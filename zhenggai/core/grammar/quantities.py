"""Figures in goals and measures: `完成率达到90%`, `不少于26个居住小区`, `3.5万吨/日`.

Dates, periods, ordinals, document numbers and names such as 四水共治 are no quantities. Words for comparison and
their meaning are those of EXTRACTION ("Quantity").
"""

import re
from collections.abc import Callable, Iterable

from zhenggai.core.grammar.objects import Comparator, Place, Quantity
from zhenggai.core.grammar.scanning import matches_from
from zhenggai.core.grammar.unit_words import METRICS, UNITS
from zhenggai.core.reading.folding import fold
from zhenggai.core.reading.numerals import from_chinese


def _any_of(words: Iterable[str]) -> str:
    """A pattern for one of these words, the longest first."""
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


_UNIT = _any_of(UNITS)
_NUMERALS = frozenset("零一二两三四五六七八九十百千万")

# Comparison before the figure. Source: EXTRACTION, "comparator". A verb may stand between: 至少研究1次.
_AT_LEAST = r"不(?:得|能)?(?:少于|低于|小于)|至少|最少"
_REACHED = r"达到|达|提(?:高|升)(?:到|至)|增加(?:到|至)|>="
_AT_MOST = r"不(?:得|能)?(?:超过|高于|大于|多于)|控制在|降(?:低)?(?:到|至)|下降(?:到|至)|压减(?:到|至)|至多|最多|<="
_VERBS = "研究|开展|组织|召开|进行|报告|检查|巡查|调度|完成|新增|建成|听取"
_QUANTITY = re.compile(
    rf"(?:(?P<at_least>(?:{_AT_LEAST})(?:{_VERBS})?|{_REACHED})|(?P<at_most>{_AT_MOST})|(?P<above>超过|大于|高于|多于|突破|>)|(?P<below>低于|小于|少于|<))?"
    r" ?[约近共]? ?"
    r"(?:百分之(?P<percent>[^\x00-\xff]{1,5}?|\d+(?:\.\d+)?)(?=以|[^\w]|$|左)"
    r"|(?P<value>(?<![\d.A-Za-z第\[-])\d{1,3}(?:,\d{3})+(?:\.\d+)?|(?<![\d.A-Za-z第\[-])\d+(?:\.\d+)?)(?: ?[-~至到] ?(?P<upper>\d+(?:\.\d+)?))?"
    r"|(?P<chinese>[零一二两三四五六七八九十百千]+))"
    rf"(?P<more>[余多]?) ?(?P<myriad>[万亿]?) ?(?P<unit>{_UNIT})?[及或]?(?:(?P<or_more>以上)|(?P<or_less>以内|以下|之内))?"
)
_FIGURES = r"0-9零一二两三四五六七八九十百千"
_SIGNS = re.compile(  # with which it begins, and what has to follow where that is no figure
    rf"[{_FIGURES}达<>不至最提增控降下压超突大高多低小少约近共 ](?![{_FIGURES}]{{0,4}} ?[年月日])(?:(?<=[{_FIGURES}达<>])|(?<=[约近共 ])(?=[{_FIGURES}约近共 ])"
    r"|(?<=[大高多低小少])(?=于)|(?<=不)(?=[得能少低小超高大多])|(?<=[至最])(?=[少多])|(?<=提)(?=[高升])|(?<=增)(?=加)"
    r"|(?<=控)(?=制)|(?<=降)(?=[低到至])|(?<=下)(?=降)|(?<=压)(?=减)|(?<=超)(?=过)|(?<=突)(?=破))"
)
_TO_CLAUSE = re.compile(r"(?:[^\0]*[,!;`:()\n?])?")
"""What stands before the last clause of a text."""
_FIGURE = re.compile(f"[{_FIGURES}]")
# What the groups at_least, at_most, above, below, or_more, or_less and more of the pattern say.
_COMPARATORS: tuple[Comparator, ...] = (">=", "<=", ">", "<", ">=", "<=", ">=")
_TIMES = (
    "年", "月", "日", "天", "个工作日", "工作日", "个月", "小时", "个小时", "周", "季度", "分钟", "时", "点", "号", "期", "届", "批次", "轮", "级", "类", "条例",
)  # fmt: skip
_NO_TIMES = ("日处理", "日产", "日均", "时段", "类别")
_SAYINGS = (
    "是", "水", "同", "线", "定", "个一", "个必须", "岗", "票", "点", "清", "河", "园", "山", "区一", "江", "管", "大", "治", "防", "双",
    "单", "废", "新", "化", "到位", "查", "不", "改", "率", "比", "案", "并", "律", "致", "些", "旦", "直", "般", "样", "切", "方", "面",
    "步", "体", "次性", "抓到底",
)  # fmt: skip
"""What makes a Chinese number part of a saying: 四水共治, 一票否决, 三同时."""
_VAGUE_ONE = frozenset("个批项种次条件套名份户区县市家处段片部期场")
_COUPLING = (
    "指标", "水平", "数值", "应", "要", "均", "全部", "分别", "总体", "平均", "保持", "稳定", "持续", "力争", "基本", "同比", "为", "在", "是", "下降", "降低", "削减",
    "减少", "提高", "提升", "增长", "增加", "压减", ":", "每年", "每日", "每天", "每月", "约", "近", "共", "再", "相比",
)  # fmt: skip
_GENERAL_METRICS = frozenset(
    {
        "负荷",
        "比例",
        "比重",
        "占比",
        "比率",
        "面积",
        "数量",
        "总数",
        "长度",
        "里程",
        "投资",
        "浓度",
        "频次",
        "库容",
    }
)
"""Indicators that say little without the words before them: 积尘负荷, 抽检比例."""
_DONE_TO_AREA = re.compile(
    "(?:复绿|绿化|修复|治理|整治|回填|清理|拆除|腾退|退出|种植|栽植|补植|硬化|改造|疏浚|铺设|修复治理)$"
)
"""Verbs that belong to the indicator right after them: 复绿面积, 拆除面积."""
_COMPARED_WITH = r"(?:较|比|与)(?:\d{4} ?年|上年|上一年|去年|前年|同期)(?:度|底|同期)?"
"""What may stand between an indicator and its figure."""
_NOUN = re.compile(r'[^\W\d_]{2,24}$|[^\W\d_"]*"[^\W\d_"]{1,20}"[^\W\d_"]{0,12}$')
_NOUN_AFTER = re.compile(r'的?(?P<of>(?:[^\W\d_]|"){1,12})')
_NOUN_STOPS = (
    "的", "进行", "开展", "实施", "完成", "建设", "整治", "整改", "治理", "改造", "达到", "全部", "以上", "和", "及", "与", "均", "纳入", "安装", "建成", "排查", "验收",
    "清理", "关停", "搬迁", "闭库", "销号", "规范化", "标准化", "拆除", "取缔", "修复", "退出", "封堵", "清淤", "截污", "疏浚", "达标", "通过", "投入", "投用", "任务", "升级", "提升",
    "搬改", "绿化", "溯源", "注浆", "灭火", "削坡", "覆土", "覆绿", "复绿", "复垦", "加固", "脱硫", "脱硝", "停产", "停用", "清退", "迁出", "检修", "回填", "修缮", "整顿", "拆迁",
)  # fmt: skip
_NOUN_ENDS = ("单位", "小区", "社区", "企业", "厂", "泵站")
_OPENING_VERBS = (
    "完成", "建成", "新增", "新建", "建设", "改造", "整治", "治理", "清理", "关停", "拆除", "排查", "开展", "实施", "安装", "铺设", "修复", "消除", "淘汰", "推进",
    "封堵", "落实", "推广", "修建", "划定", "清运", "拆除", "搬迁", "退出", "增设", "设置", "投入", "削减", "编制", "制定", "组织", "召开", "办理", "解决", "配备", "购置",
    "恢复", "培育", "抽查", "扩建", "改建", "续建", "改扩建", "日处理", "年处理", "每年", "每月", "每季度", "每天", "每日", "年内", "监测", "检测", "回收", "收集", "处置", "覆盖", "绿化", "硬化", "增加", "依法", "全面", "加快", "逐步", "分期", "分批", "计划", "累计", "继续", "共计",
)  # fmt: skip
"""Verbs that are also parts of names (修复治理面积, 垃圾收集点): they are no part of the thing where they open the clause."""
_VERBS_ANYWHERE = (
    "布设", "新增", "新建", "新铺", "建成", "取缔", "查处", "查封", "查扣", "更换", "更新", "拆除", "栽植", "补植", "种植", "铺设", "敷设", "架设", "安装", "配备", "增配",
    "购置", "租用", "租赁", "引进", "配置", "淘汰", "关停", "关闭", "封堵", "清运", "转运", "签订", "解除", "划定", "增设", "补设", "设置", "设立", "投入", "回填", "复绿", "发放", "印发", "出台", "开展",
    "召开", "督促", "指导", "约谈", "腾退", "压减", "退出", "清退", "清理", "责令", "完成", "消除", "铺筑", "疏浚", "推广", "修建", "整治完成", "成立", "组建", "聘请", "配建", "加装", "搭建", "补建", "增建",
    "收缴", "没收", "争取", "筹集", "拨付", "发现", "检查", "抽检", "巡查", "立案",
)  # fmt: skip
"""Verbs that are no part of a name: the thing begins after the last of them."""
_NO_NOUN_ENDS = (
    "完成", "实现", "力争", "确保", "达到", "达", "为", "到", "至", "在", "于", "增加", "减少", "下降", "降低", "提高", "提升", "新增", "建成", "新建", "关停", "每年",
    "每月", "每日", "每周", "每季", "每季度", "共", "约", "近", "其中", "分别", "总计", "合计",
)  # fmt: skip
_REFERRING = ("上述", "前述", "以上", "该", "这", "其中", "其余", "剩余", "第", "等")
_BETWEEN = rf"(?:{_COMPARED_WITH}|{_any_of(_COUPLING)})*$"
_METRIC = re.compile(rf"(?P<metric>{_any_of(METRICS)}){_BETWEEN}")
_COUPLED = re.compile(_BETWEEN)
_COUPLED_ENDS = (*_COUPLING, "年", "度", "底", "期")
_TIME_BEFORE = re.compile(r".*(?:[年月日底末]之?前|期间|年内|年底|月底)")
_NOUN_STOP = re.compile(_any_of(_NOUN_STOPS))
_NOUN_END = re.compile(_any_of(_NOUN_ENDS))
_OPENING_VERB = re.compile(rf"(?:{_any_of(_OPENING_VERBS)})+")
_VERB_ANYWHERE = re.compile(_any_of(_VERBS_ANYWHERE))
_MULTIPLE = {"万": 10_000, "亿": 100_000_000, "": 1}


def find_quantities(
    text: str, folded: str | None = None, placed: Callable[[int, int], Place] = Place
) -> list[Quantity]:
    """The quantities of a goal or measure in their order. ``placed`` makes Places of offsets in the text.

    ``folded`` is the text folded, if that is at hand.

    >>> def show(text): return [(q.raw, q.value, q.unit, q.comparator, q.of) for q in find_quantities(text)]
    >>> show("2020年底之前，雨污分流改造工作完成率达到90%。")
    [('完成率达到90%', 90, '%', '>=', '完成率')]
    >>> show("完成26个居住小区、十八个公建单位改造")
    [('26个居住小区', 26, '个', '=', '居住小区'), ('十八个公建单位', 18, '个', '=', '公建单位')]
    >>> show("污水管网11公里，PM2.5年均浓度控制在35微克/立方米以内")
    [('污水管网11公里', 11, '公里', '=', '污水管网'), ('PM2.5年均浓度控制在35微克/立方米以内', 35, '微克/立方米', '<=', 'PM2.5年均浓度')]
    >>> show("新增处理能力3.5万吨/日，一岗双责，第2次，6月30日前")
    [('处理能力3.5万吨/日', 35000, '吨/日', '=', '处理能力')]
    """
    folded = fold(text) if folded is None else folded
    if not _FIGURE.search(folded):
        return []
    found: list[Quantity] = []
    for match in matches_from(_SIGNS, _QUANTITY, folded):
        if match["unit"] or match["percent"]:
            found += _read(text, folded, match, placed)
    return found


def _read(text: str, folded: str, match: re.Match[str], placed: Callable[[int, int], Place]) -> list[Quantity]:
    """The quantity of a match, two for a range; none where it only looks like one."""
    at_least, at_most, above, below, percent, value, upper, chinese, more, myriad, unit, or_more, or_less = (
        match.groups()
    )
    if percent:
        figure, unit = match.start("percent") - len("百分之"), "%"
    else:
        figure = match.start("value" if value else "chinese")
        if _is_none(folded, match, figure, unit):
            return []
    told = at_least or at_most or above or below
    comparator: Comparator = "="
    if told or or_more or or_less or more:
        found = (at_least, at_most, above, below, or_more, or_less, more)
        comparator = next(meaning for words, meaning in zip(found, _COMPARATORS, strict=True) if words)
    start, end, of = _extent(folded, match, unit, match.start() if told else figure)
    number = _value(value or percent or chinese, myriad)
    measured = text[of[0] : of[1]] if of else None
    if not upper:
        one = (
            Quantity(text[start:end], number, unit, comparator, measured, placed(start, end))
            if number is not None
            else None
        )
        return [one] if one else []
    limits: tuple[tuple[int | float | None, Comparator], ...] = ((number, ">="), (_value(upper, myriad), "<="))
    return [
        Quantity(text[start:end], limit, unit, compared, measured, placed(start, end))
        for limit, compared in limits
        if limit is not None
    ]


def _is_none(folded: str, match: re.Match[str], figure: int, unit: str) -> bool:
    """A match that looks like a quantity and is none: a time, a reference, a saying."""
    if folded.startswith("百分", match.end()):
        return True
    unit_start = match.start("unit")
    if folded.startswith(_TIMES, unit_start) and not folded.startswith(_NO_TIMES, unit_start):
        return unit != "天" or "天数" not in folded[max(0, match.start() - 14) : match.start()]
    if folded[max(0, figure - 4) : figure].rstrip().endswith(_REFERRING):
        return True
    return match["chinese"] is not None and _is_saying(folded, match, figure, unit)


def _is_saying(folded: str, match: re.Match[str], start: int, unit: str) -> bool:
    quoted = folded[start - 1 : start] == '"' or folded[match.end() : match.end() + 1] == '"'
    joined = folded[start - 1 : start] in _NUMERALS or folded.startswith(_SAYINGS, match.end("chinese"))
    if quoted or joined or folded[start - 1 : start] == "第":
        return True
    return match["chinese"] in {"一", "零"} and unit in _VAGUE_ONE and match["at_least"] is None


def _value(text: str, myriad: str) -> int | float | None:
    if text.isdecimal():
        return int(text) * _MULTIPLE[myriad]
    number = float(text.replace(",", "")) if text[0].isdecimal() else from_chinese(text)
    if number is None:
        return None
    value = round(number * _MULTIPLE[myriad], 6)
    return int(value) if value == int(value) else value


def _extent(folded: str, match: re.Match[str], unit: str, start: int) -> tuple[int, int, tuple[int, int] | None]:
    """[start, end) of the words of the quantity that begin at ``start``, and those of what it measures."""
    before = folded[max(0, start - 40) : start]
    clause = _TO_CLAUSE.sub("", before, count=1)
    metric = _metric_before(clause)
    if metric:
        base = start - len(clause)
        noun = _noun_before(clause[: metric[1]]) if clause[slice(*metric)] in _GENERAL_METRICS else None
        first = min(metric[0], noun[0]) if noun else metric[0]
        done = _DONE_TO_AREA.search(clause, 0, metric[0]) if clause[slice(*metric)] in _GENERAL_METRICS else None
        first = done.start() if done and first == metric[0] else first
        return base + first, match.end(), (base + first, base + metric[1])
    if unit != "%" and not match["or_more"] and not match["or_less"]:
        after = _noun_after(folded, match.end())
        if after:
            return start, after[1], after
    noun = _noun_before(clause, listed=folded[max(0, start - len(clause) - 1) : start - len(clause)] == "`")
    if noun is None:
        return start, match.end(), None
    base = start - len(clause)
    return base + noun[0], match.end(), (base + noun[0], base + noun[1])


def _metric_before(clause: str) -> tuple[int, int] | None:
    """[start, end) of the indicator at the end of a clause, words such as 保持 or 下降 after it aside.

    >>> _metric_before("全市优良天数比例稳定"), _metric_before("排放量较2022年削减"), _metric_before("建成泵站")
    ((2, 8), (0, 3), None)
    """
    match = _METRIC.search(clause)
    return match.span("metric") if match else None


def _noun_after(folded: str, position: int) -> tuple[int, int] | None:
    """[start, end) of the thing counted right after a figure."""
    match = _NOUN_AFTER.match(folded, position)
    if not match:
        return None
    start, end = match.span("of")
    if _NOUN_STOP.match(folded, start, end):
        return None
    stop, named = _NOUN_STOP.search(folded, start + 1, end), _NOUN_END.search(folded, start, end)
    end = min(end, stop.start() if stop else end, named.end() if named else end)
    return (start, end) if folded[start:end].strip('"') else None


def _noun_before(clause: str, *, listed: bool = False) -> tuple[int, int] | None:
    """[start, end) of what a clause names before a figure, without what opens it: a time, a verb and who is to act.

    ``listed``: the clause goes on after 、, so that 等 ends the examples (`冷杉、云杉等乡土树种`).

    >>> [clause[slice(*_noun_before(clause))] for clause in ("月底前布设规范回收点", "督促企业更换密炼机", "投诉量同比下降")]
    ['规范回收点', '密炼机', '投诉量']
    >>> _noun_before("力争"), _noun_before("新增")
    (None, None)
    """
    coupled = _COUPLED.search(clause) if clause.endswith(_COUPLED_ENDS) else None
    end = coupled.start() if coupled else len(clause)
    found = _NOUN.search(clause, 0, end)
    if not found or found[0].endswith(_NO_NOUN_ENDS):
        return None
    start = found.start() + found[0].rfind("的") + 1
    time = _TIME_BEFORE.match(clause, start, end)
    start = time.end() if time else start
    after_verb = _after_verbs(clause, start, end)
    start = after_verb or start
    opening = _OPENING_VERB.match(clause, start, end)
    if opening and opening.end() < end - (2 if after_verb else 1):  # 布设监测点位: a verb, then a name
        start = opening.end()
    examples = clause.find("等", start, end - 2) if listed else -1
    start = examples + 1 if examples > start else start
    return (start, end) if end - start >= 2 else None


def _after_verbs(clause: str, start: int, end: int) -> int:
    """Where the last verb ends that something follows; 0 where there is none."""
    last = 0
    verb = _VERB_ANYWHERE.search(clause, start, end)
    while verb:
        last = verb.end() if verb.end() < end - 1 else last
        verb = _VERB_ANYWHERE.search(clause, verb.end(), end)
    return last
