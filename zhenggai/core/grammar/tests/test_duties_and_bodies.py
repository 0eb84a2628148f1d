"""Standing duties, and the bodies that a plan sets up."""

import pytest

from zhenggai.core.grammar.bodies import find_bodies
from zhenggai.core.grammar.duties import find_duties


@pytest.mark.parametrize(
    ("text", "who", "to", "every", "day", "count"),
    [
        ("落实月报制度，各承办单位于每月15日前向市整改办综合组报告进展。", "各承办单位", "市整改办综合组", "month", 15, 1),
        ("各县区每月底前将进展情况报市整改办。", "各县区", "市整改办", "month", None, 1),
        ("各牵头单位每月5日、20日前报送进展。", "各牵头单位", None, "month", 5, 1),
        ("市领导同志每月组织召开调度会。", "市领导同志", None, "month", None, 1),
        ("严格实行“一周一督查一通报”。", None, None, "week", None, 1),
        ("确保一季度一报备、一季度一结清。", None, None, "quarter", None, 1),
        ("实行季度报备制度。", None, None, "quarter", None, 1),
        ("区党委、政府每月至少研究1次环境保护工作。", "区党委、政府", None, "month", None, 1),
        ("各区每季度召开不少于两次专题会议。", "各区", None, "quarter", None, 2),
        ("每半年开展一次考核。", None, None, "year", None, 2),
        ("督导组每周五通报进展。", "督导组", None, "week", 5, 1),
        ("市整改办每两周开展一次现场督查。", "市整改办", None, "month", None, 2),
        ("各单位每天报告一次进展。", "各单位", None, "week", None, 7),
        ("每年年底前对整改情况进行考核。", None, None, "year", None, 1),
    ],
)  # fmt: skip
def test_a_duty(text, who, to, every, day, count):
    found, *others = find_duties(text)
    assert (found.who, found.to, found.every, found.day, found.count) == (who, to, every, day, count)
    assert found.text == text
    assert others == []


def test_different_periods_in_one_sentence_are_different_duties():
    found = find_duties("各单位每周报送进展，市整改办每月通报一次，每季度考核一次。")
    assert [(one.who, one.every, one.text) for one in found] == [
        ("各单位", "week", "各单位每周报送进展"),
        ("市整改办", "month", "市整改办每月通报一次"),
        ("市整改办", "quarter", "每季度考核一次。"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "2018年以来，每月召开会议研究环保工作。",
        "每年产生垃圾3万吨。",
        "先后组织开展每月例会12次。",
        "按月薪发放。",
        "逐月好转。",
        "进一步健全制度。",
    ],
)
def test_what_is_no_duty(text):
    assert find_duties(text) == []


@pytest.mark.parametrize(
    ("text", "name", "lead", "duty"),
    [
        ("综合协调组由市政府分管副市长任组长,具体负责协调推进,日常工作由市发改委承担。", "综合协调组", "市政府分管副市长", "具体负责协调推进,日常工作由市发改委承担"),
        ("案件查办组由市纪委监委机关牵头,具体承办线索调查。", "案件查办组", "市纪委监委机关", "具体承办线索调查"),
        ("市整改工作领导小组（以下简称领导小组）负责统筹整改，研究难点。", "市整改工作领导小组", None, "负责统筹整改，研究难点"),
        ("成立由市长任组长的市整改工作领导小组，统筹整改。", "市整改工作领导小组", "市长", "统筹整改"),
        ("领导小组办公室设在市生态环境局，负责日常工作。", "领导小组办公室", "市生态环境局", "负责日常工作"),
        ("（一）宣传组由市委宣传部牵头负责，做好信息公开。", "宣传组", "市委宣传部", "做好信息公开"),
        ("督导组组长由张某担任，负责督导。", "督导组", "张某", "负责督导"),
        ("（二）督导检查组\n牵头单位：市督查室\n主要职责：负责督导检查。", "督导检查组", "市督查室", "负责督导检查"),
    ],
)  # fmt: skip
def test_a_body(text, name, lead, duty):
    found, *others = find_bodies(text)
    assert (found.name, found.lead, found.duty) == (name, lead, duty)
    assert others == []


@pytest.mark.parametrize(
    "text",
    ["省督察组负责反馈意见的起草和移交工作。", "村民小组由村委会负责管理和服务。", "加快重组由企业负责推进实施工作。"],
)
def test_what_is_no_body_of_the_plan(text):
    assert find_bodies(text) == []


def test_a_name_before_its_duty_and_days_and_rules_are_told_apart():
    said = [
        ("（二）周例会。指挥部每周一召开例会。", [("指挥部", "week", 1)]),
        ("市整改办每10天调度一次。", [("市整改办", "month", 3)]),
        ("县整改办每半月调度一次，每月报告一次。", [("县整改办", "month", 2), ("县整改办", "month", 1)]),
        ("按年度考核细则开展评估。", []),
    ]
    for text, duties in said:
        assert [(one.who, one.every, one.count) for one in find_duties(text)] == duties, text
