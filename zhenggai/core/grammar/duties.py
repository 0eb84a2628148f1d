"""Standing duties that a text lays down: 每月15日前报告, 一周一督查一通报, 每月至少研究1次, 季度报备制度."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from zhenggai.core.grammar.objects import Cadence, Duty, Place
from zhenggai.core.grammar.scanning import matches_of
from zhenggai.core.reading.folding import HAN, fold
from zhenggai.core.reading.numerals import to_number

# 每月, 一月一…, 月报告制度: what is said -> which period, and how many times in it.
_PERIODS: tuple[tuple[str, Cadence, int], ...] = (
    ("半月", "month", 2),
    ("双月", "year", 6),
    ("双周", "month", 2),
    ("旬", "month", 3),
    ("半年", "year", 2),
    ("个月", "month", 1),
    ("季度", "quarter", 1),
    ("季", "quarter", 1),
    ("年度", "year", 1),
    ("年", "year", 1),
    ("月", "month", 1),
    ("周", "week", 1),
    ("星期", "week", 1),
    ("天", "week", 7),
    ("日", "week", 7),
)
_EVERY_SECOND: dict[Cadence, tuple[Cadence, int]] = {"week": ("month", 2), "month": ("year", 6), "quarter": ("year", 2)}
"""每两周, 每两个月: how many times in the next longer period."""
_IN_A_MONTH = {10: 3, 15: 2}
"""每10天, 每15天: how many times in a month."""
_PERIOD_WORDS = "|".join(word for word, _, _ in _PERIODS)
_PERIOD = {word: (cadence, count) for word, cadence, count in _PERIODS}
_ACTIONS = (
    "报告", "报送", "上报", "汇报", "调度", "通报", "督查", "督导", "督办", "检查", "巡查", "抽查", "会商", "研判", "例会", "报备", "备案", "结清",
    "清账", "总结", "公布", "公开", "公示", "监测", "排查", "点评", "分析", "听取", "研究", "召开", "组织", "开展", "编印", "更新", "提交", "考核",
    "评估", "碰头", "推进", "盘点", "核查", "约谈", "销号", "交账", "小结", "复核", "巡河", "暗访", "专报", "简报", "会议", "填报",
    "情况报", "报市", "报县", "报区", "报省", "报州", "报领导",
)  # fmt: skip
_ANY_ACTION = re.compile("|".join(_ACTIONS))
_PERIOD_CHARACTERS = "周月季年旬"
_EVERY = re.compile(rf"(?:每|按)(?P<several>两|二)?(?:一|隔)?个?(?P<period>{_PERIOD_WORDS})度?(?!以来)")
_ONE_ONE = re.compile(rf"一(?P<period>{_PERIOD_WORDS})一(?={HAN}{{2}})")
_SYSTEM = re.compile(
    rf"(?<!一)(?<!每)(?<!按)(?<!年)(?<!半)(?<!\d)(?P<period>双月|双周|半月|半年|周|旬|月|季度|季|年度)(?P<what>(?:{HAN}|`){{2,14}}?)(?:制度|机制)"
)
_SHORT_ACTIONS = ("调度", "通报", "报告", "例会", "会商", "研判", "点评", "小结", "报送", "盘点", "督查", "督导")
_SHORT = re.compile(
    rf"(?P<period>双月|双周|半月|周|旬|月|季度|季)(?:一)?(?=(?:{'|'.join(_SHORT_ACTIONS)})(?![{_PERIOD_CHARACTERS}]))"
)
_BEFORE_SHORT = ('"', "`", ",", "!", ";", "实行", "落实", "坚持", "建立", "推行", "执行", "严格")
"""After what 周调度, 月通报 are a duty's name, if they do not open the sentence."""
_BY_RULES = re.compile(rf"{HAN}{{0,10}}?(?:细则|办法|标准|方案|计划|规定|要求|目标|任务)")
"""按年度考核细则 names rules, not a period."""
_NAMED = re.compile(rf"(?:实行|坚持|建立)?(?:双月|双周|半月|每?日|每?周|旬|每?月|每?季度?|半?年)(?:一)?{HAN}{{2,6}}!?")
"""A duty's name and nothing else: 周例会。"""
_EVERY_DAYS = re.compile(r"每(?:隔)? ?(?P<days>\d{1,2}|五|七|十|十五) ?(?:天|日)")
_TRIGGER = re.compile(
    rf"[每按一制机周旬月季](?:(?<=[每按])[两二一隔个 \d五七十{''.join({word[0] for word, _, _ in _PERIODS})}]|(?<=一){HAN}{{1,2}}一"
    rf"|(?<=制)度|(?<=机)制|(?<=[周旬月季])度?一?(?:{'|'.join(_SHORT_ACTIONS)}))"
)
"""What every duty has in it, so that most sentences are passed over at once."""

_DAY = re.compile(rf"的? ?(?:每个?月)? ?(?P<day>\d{{1,2}}|{HAN}{{1,3}}?) ?(?:日|号)")
_WEEKDAY = re.compile(rf"每?(?:周|星期)(?P<day>一(?!督|通|调|报|巡|检|次)|(?!一){HAN})")
_TIMES = re.compile(r"(?P<count>[\d一二两三四五六七八九十](?:(?<=\d)\d)?)[次轮遍回]")
_LONGEST_TITLE = 14
_TITLE_OPENING = re.compile("(?:严格|认真|全面)?(?:执行|落实|实行|坚持|建立|健全|完善)")
_LONGEST_ACTOR = 60
_LONGEST_SENTENCE = 2_000
_NARRATIVE = re.compile(r"以来|已(?:经|先后|累计)?(?:召开|开展|组织|完成|形成)|先后(?:召开|开展|组织)|共(?:召开|开展)")
_SENTENCE = re.compile(r"[^!;?\n]+[!;?]?")
_TO_SENTENCE = re.compile(r"[^\0]*[!;?\n]")
_OPENING = re.compile(r"[ \t]*(?:第\w{1,4}条(?= )|(?P<han>\w{1,3})`|\(\w{1,3}\)|\d{1,2}[.`](?!\d))? ?")
_TO = re.compile(r"向(?P<to>[^,!;]{2,30}?)(?:书面)?(?:报告|报送|上报|汇报|提交|反馈|报备|通报|备案)")
_REPORTED_TO = re.compile(
    r"(?:报送?|上报|抄送|提交)(?:至|到|给)?(?P<to>[^,!;`]{2,24}?(?:办公室|整改办|督察办|协调组|领导小组|委员会|局|委|厅|组|办|部|党委|政府|单位|部门))"
    r"(?=[,!;`)]|$|备案|审核|汇总)"
)
_MODAL = re.compile(
    rf"(?:都|均|原则上)?(?:要|应当|应|须|必须|需|负责|将|定期|会同{HAN}{{2,20}})?(?:于|在|按|坚持|严格|落实|执行|实行)? ?$"
)
_LEADING = re.compile("原则上|同时|并|其中|此外|由|对|请")
_TO_CLAUSE = re.compile(r"(?:[^\0]*[,!;:])?")
"""What stands before the last clause of a text."""
_ACTOR_ENDS = (
    "单位", "部门", "局", "委", "厅", "办", "部", "府", "组", "室", "区", "县", "市", "乡镇", "镇", "街道", "同志", "负责人", "领导", "企业", "主体", "专班", "指挥部",
    "中心", "大队", "河长", ")", "乡", "会",
)  # fmt: skip


# Whom a sentence calls upon at its start: 请各责任单位倒排工期，每周报送….
_ALL_OF = re.compile(
    r"(?P<who>各(?<![^!;,:请]各)[^,!;:]{0,24}?(?:单位|部门|地区|乡镇|镇街|街道|县区|区县|企业|主体|专班))"
)


class _Cadence(NamedTuple):
    start: int
    end: int
    every: Cadence
    times: int
    by_system: bool


def find_duties(text: str, folded: str | None = None) -> list[Duty]:
    """The standing duties of a text, one a sentence and period; ``folded`` is the text folded, if that is at hand.

    >>> one, = find_duties("实行月报告制度，各责任单位要于每月15日前向市整改办报告进展。")
    >>> one.who, one.to, one.every, one.day, one.count
    ('各责任单位', '市整改办', 'month', 15, 1)
    >>> [(one.every, one.count, one.who) for one in find_duties("各区党委每月至少研究2次。坚持一周一督查一通报。")]
    [('month', 2, '各区党委'), ('week', 1, None)]
    >>> find_duties("2018年以来，每月召开例会12次。按照目前进度推进。")
    []
    """
    folded = fold(text) if folded is None else folded
    duties: list[Duty] = []
    for match in _sentences(folded):
        first, last = _after_number(folded, *match.span()), match.end()
        sentence = folded[first:last]
        if len(sentence) > _LONGEST_SENTENCE:
            continue
        if not _NARRATIVE.search(sentence) and not _is_title(folded, sentence, last):
            duties += _in_sentence(text[first:last], sentence, first)
    return duties


def _sentences(folded: str) -> Iterator[re.Match[str]]:
    """The sentences that may hold a duty."""
    reached = 0
    for trigger in _TRIGGER.finditer(folded):
        position = trigger.start()
        if position < reached:
            continue
        before = _TO_SENTENCE.match(folded, reached, position)
        sentence = _SENTENCE.match(folded, before.end() if before else reached)
        if sentence:
            yield sentence
            reached = sentence.end()


def _is_title(folded: str, sentence: str, end: int) -> bool:
    """`月调度制度。` before the sentence that says what it is."""
    following = folded[end : end + 60].split("\n")[0]
    opening = _TITLE_OPENING.match(sentence)
    named = _SYSTEM.match(sentence, opening.end() if opening else 0) or _NAMED.fullmatch(sentence)
    if len(sentence) > _LONGEST_TITLE or not named:
        return False
    return bool(_cadences(following))


def _after_number(folded: str, start: int, end: int) -> int:
    """Where a sentence begins behind the number that opens it."""
    opening = _OPENING.match(folded, start, end)
    if opening is None or (opening["han"] and to_number(opening["han"]) is None):
        return start
    return opening.end()


def _in_sentence(text: str, folded: str, base: int) -> Iterator[Duty]:
    groups = _groups(text, folded, _cadences(folded))
    actor: str | None = None
    for index, group in enumerate(groups):
        begins = _clause_start(folded, group[0].start) if len(groups) > 1 else 0
        ends = _clause_start(folded, groups[index + 1][0].start) if index + 1 < len(groups) else len(text)
        ends = max(ends, group[-1].end)
        duty = _duty(text, folded, group, (begins, ends), base)
        actor = duty.who or actor
        yield duty if duty.who or not _goes_on(folded, begins, group) else duty._replace(who=actor)


def _groups(text: str, folded: str, cadences: list[_Cadence]) -> list[list[_Cadence]]:
    """The periods of a sentence by duty: those of one length and one actor are one."""
    groups: list[list[_Cadence]] = []
    for one in cadences:
        last = groups[-1] if groups else None
        if last is None or (last[0].every, last[0].times) != (one.every, one.times) or _others(text, folded, last, one):
            groups.append([one])
        else:
            last.append(one)
    return groups


def _others(text: str, folded: str, group: list[_Cadence], one: _Cadence) -> bool:
    """Whether a clause of its own names another actor: `甲每月报送，乙每月通报1次`."""
    if "," not in folded[group[-1].end : one.start]:
        return False
    who, first = _who(text, folded, one, _clause_start(folded, one.start)), _who(text, folded, group[0], 0)
    return who is not None and first is not None and who != first and not one.by_system


def _goes_on(folded: str, begins: int, group: list[_Cadence]) -> bool:
    """Whether a clause begins with its period, so that the actor of the clause before acts on: `甲每周调度，每季度报告`."""
    return not folded[begins : group[0].start].strip(" 并且还")


def _duty(text: str, folded: str, group: list[_Cadence], span: tuple[int, int], base: int) -> Duty:
    exact = next((one for one in group if not one.by_system), group[0])
    start, end = span
    while end > start and text[end - 1] in "，,、 ":
        end -= 1
    rest = folded[exact.end : end]
    times = _TIMES.search(rest)
    said = to_number(times["count"]) if times else None
    return Duty(
        text=text[start:end],
        who=_who(text, folded, exact, start),
        to=_to(text, folded, span),
        every=exact.every,
        day=_day(folded, exact, rest),
        count=(said or 1) * exact.times,
        place=Place(start + base, end + base),
    )


def _cadences(folded: str) -> list[_Cadence]:
    """Where a sentence names a period that returns and something to be done in it."""
    found: list[_Cadence] = []
    for pattern in _patterns_for(folded):
        for match in matches_of(pattern, folded):
            cadence = _cadence(pattern, folded, match)
            if cadence and not any(one.start < cadence.end and cadence.start < one.end for one in found):
                found.append(cadence)
    return sorted(found, key=lambda one: one.start) if len(found) > 1 else found


def _cadence(pattern: re.Pattern[str], folded: str, match: re.Match[str]) -> _Cadence | None:
    """What a match of one of the patterns says; None where it names no duty."""
    start, end = match.span()
    if pattern is _SYSTEM and not match["what"].startswith(_ACTIONS):
        return None
    if pattern is _SHORT and start and not folded.endswith(_BEFORE_SHORT, 0, start):
        return None
    if pattern is _EVERY or pattern is _EVERY_DAYS:
        if not _ANY_ACTION.search(folded, end, end + 60):
            return None
        if folded[start] == "按" and _BY_RULES.match(folded, end):
            return None
    if pattern is _EVERY_DAYS:
        times = _IN_A_MONTH.get(to_number(match["days"]) or 0)
        return _Cadence(start, end, "month", times, False) if times else None
    every, count = _PERIOD[match["period"]]
    if pattern is _EVERY and match["several"]:
        every, count = _EVERY_SECOND.get(every, (every, count))
    return _Cadence(start, end, every, count, pattern is _SYSTEM)


def _patterns_for(folded: str) -> Iterator[re.Pattern[str]]:
    """The patterns whose own words stand in the sentence; most sentences have none."""
    if "每" in folded or "按" in folded:
        yield _EVERY
        yield _EVERY_DAYS
    if folded.count("一") > 1:
        yield _ONE_ONE
    if "制度" in folded or "机制" in folded:
        yield _SYSTEM
    if any(map(folded.__contains__, _SHORT_ACTIONS)):
        yield _SHORT


def _clause_start(folded: str, position: int) -> int:
    return max(folded.rfind(sign, 0, position) for sign in ",`") + 1


def _day(folded: str, cadence: _Cadence, rest: str) -> int | None:
    """The day of the month or week by which it is due."""
    if cadence.every == "week":
        weekday = _WEEKDAY.match(folded, cadence.start)
        place = "一二三四五六日".find(weekday["day"].replace("天", "日")) if weekday else -1
        return place + 1 if place >= 0 else None
    day = _DAY.match(rest)
    number = to_number(day["day"]) if day else None
    return number if number and number <= 31 and cadence.every == "month" else None


def _who(text: str, folded: str, cadence: _Cadence, begins: int) -> str | None:
    """The clause before the period, when it names a unit or person."""
    end = cadence.start
    modal = _MODAL.search(folded, max(0, end - 40), end)
    end = modal.start() if modal else end
    first = max(0, end - _LONGEST_ACTOR - 20)
    start = _TO_CLAUSE.match(folded, first, end).end()  # type: ignore[union-attr]  # it matches anything
    leading = _LEADING.match(folded, start)
    start = leading.end() if leading else start
    who = text[start:end].strip()
    if 2 <= len(who) <= _LONGEST_ACTOR and folded[start:end].strip().endswith(_ACTOR_ENDS):
        return who
    named = _ALL_OF.search(folded, max(begins, end - _LONGEST_ACTOR), end)
    return text[slice(*named.span("who"))] if named else None


def _to(text: str, folded: str, span: tuple[int, int]) -> str | None:
    for pattern in (_TO, _REPORTED_TO):
        found = pattern.search(folded, *span)
        if found:
            return text[slice(*found.span("to"))]
    return None
