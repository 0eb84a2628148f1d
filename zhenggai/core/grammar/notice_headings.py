"""Headings of notices: `一、反馈问题`, `三、整改措施落实情况`, `责任单位：`, told by their words.

A heading is made of heading words alone, and its head noun, the last field word in it, says what follows: 整改措施 are
measures, 整改措施落实情况 is a result, 整改目标及措施 are measures. A new wording is a word here.
"""

import re
from typing import Literal

from zhenggai.core.reading.folding import HAN, fold

Part = Literal["issue", "goal", "measures", "result", "follow_up", "units", "deadline", "period", "contact", "other"]

_WORDS_OF: dict[Part, tuple[str, ...]] = {
    "issue": (
        "问题", "反馈意见", "整改任务", "任务", "整改事项", "事项", "整改内容", "任务内容", "问题内容", "反馈内容", "问题描述", "描述", "概述", "概况", "基本情况", "问题情况",
        "问题基本情况", "反馈问题情况", "任务名称", "问题名称", "信访件", "交办件", "举报件", "反映内容", "举报内容", "任务概况", "任务基本情况",
    ),
    "goal": ("目标任务", "任务目标", "目标", "要求", "标准"),
    "measures": ("措施", "举措", "方案"),
    "result": (
        "情况", "成效", "效果", "成果", "结果", "结论", "进展", "进度", "过程", "做法", "落实", "整改完成", "任务完成情况", "问题整改情况", "任务整改情况", "整改任务完成情况",
        "自查", "验收意见", "核查意见", "销号意见", "问题处理情况", "现状",
    ),
    "units": ("单位", "部门", "主体", "单位名称", "地区"),
    "deadline": ("时限", "期限", "完成时间", "整改时间", "时间节点", "完成日期", "销号时间", "完成期限"),
    "period": (
        "公示期", "公示时间", "公示期限", "公示日期", "公示起止时间", "公示起止日期", "公示时限", "公示期间", "公示时间及方式",
    ),
    "contact": (
        "联系方式", "联系电话", "联系人", "联系地址", "监督电话", "举报电话", "受理电话", "受理部门", "受理单位", "联系单位", "联系部门", "监督方式", "反映方式",
        "意见反馈", "反馈方式", "意见反馈方式", "异议", "公示反馈", "监督渠道", "反映渠道", "公示反馈方式", "反馈渠道", "监督举报", "受理方式", "公众监督", "社会监督",
    ),
    "other": ("任务编号", "问题编号", "编号", "主管部门", "行业主管部门", "监管部门", "备注", "附件", "公示内容", "公示范围", "公示方式", "公示说明", "督察轮次", "问题来源", "公示地点", "责任人", "责任领导", "公示渠道"),
}  # fmt: skip
_LATER = ("后续", "下一步", "下步", "今后", "打算", "巩固", "长效")
"""Words that make any heading one of what is still to come."""

_PLAIN = (
    "中央", "省", "市", "区", "县", "州", "级", "生态环境", "环境", "环保", "生态", "保护", "督察", "督查", "反馈", '"回头看"', "专项", "意见", "涉及", "存在", "发现", "指出", "的",
    "主要", "具体", "重点", "突出", "总体", "整改", "工作", "内容", "本", "该", "项", "及", "和", "与", "`", "并", "以及", "推进", "落实", "完成", "开展", "采取", "办理",
    "处理", "调查", "核查", "验收", "销号", "自查", "自验", "说明", "后续", "下一步", "下步", "今后", "安排", "打算", "计划", "巩固", "提升", "长效", "机制", "责任", "实施",
    "牵头", "配合", "督导", "取得", "组织", "推进", "建设", "持续", "信访", "举报", "交办", "转办", "反映", "公示", "我区", "我市", "我县", "工作", "对应", "报告", "案件",
    "单位", "部门", "主管", "行业", "监管", "现场", "监督", "清单", "思路",
)  # fmt: skip
_PART_OF = {word: part for part, words in _WORDS_OF.items() for word in words}
_ANY = "|".join(sorted(map(re.escape, {*_PART_OF, *_PLAIN, *_LATER}), key=len, reverse=True))
_NUMBERED = rf"第 ?(?:\d|{HAN}){{1,4}}? ?[项条号个轮批](?:次)?|序号 ?:? ?(?:\d|{HAN}){{1,3}}"
_HEADING = re.compile(rf"(?:{_ANY}|{_NUMBERED})+(?:\([^()]{{1,20}}\))?")
_PARTS_LONGEST_FIRST = sorted(_PART_OF, key=len, reverse=True)
_NUMBER_AT_END = re.compile(rf"(?:{_NUMBERED}|\([^()]{{1,20}}\))+$")
_AND_WHEN = re.compile(r"(?:及|和|与|`)(?:整改|完成)*(?:时限|期限|时间)(?:要求)?$")
"""整改要求及时限 says what is to be reached, and by when."""
_LONGEST = 30


def part_of(heading: str) -> Part | None:
    """What stands under this heading; None where the words are no heading.

    >>> [part_of(words) for words in ("反馈问题", "整改措施落实情况", "整改目标及措施", "整改任务第二项", "下一步工作措施")]
    ['issue', 'result', 'measures', 'issue', 'follow_up']
    >>> part_of("整改实施主体"), part_of("加强监管"), part_of("解决突出环境问题"), part_of("联 系 人")
    ('units', None, None, 'contact')
    """
    words = "".join(fold(heading).split())
    if not 2 <= len(words) <= _LONGEST or not _HEADING.fullmatch(words):
        return None
    if any(word in words for word in _LATER):
        return "follow_up"
    words = _NUMBER_AT_END.sub("", words) or words
    words = _AND_WHEN.sub("", words) or words
    return next((_PART_OF[word] for word in _PARTS_LONGEST_FIRST if words.endswith(word)), None)
