"""Figures in goals and measures."""

import pytest

from zhenggai.core.grammar.quantities import find_quantities


@pytest.mark.parametrize(
    ("text", "value", "unit", "comparator", "of"),
    [
        ("雨污分流改造工作完成率达到90%", 90, "%", ">=", "完成率"), ("覆盖率不低于85%", 85, "%", ">=", "覆盖率"), ("达标率95%以上", 95, "%", ">=", "达标率"),
        ("负荷率不超过80%", 80, "%", "<=", "负荷率"), ("占比低于5%", 5, "%", "<", "占比"), ("覆盖率超过60%", 60, "%", ">", "覆盖率"), ("优良天数比例达到百分之八十五", 85, "%", ">=", "优良天数比例"),
        ("排放量削减8%", 8, "%", "=", "排放量"), ("26个居住小区", 26, "个", "=", "居住小区"), ("十八个公建单位", 18, "个", "=", "公建单位"), ("两座污水处理厂", 2, "座", "=", "污水处理厂"),
        ("整治排口三十六个", 36, "个", "=", "排口"), ("市政污水管网11公里", 11, "公里", "=", "市政污水管网"), ("污水管网不少于30公里", 30, "公里", ">=", "污水管网"), ("至少研究1次环境保护工作", 1, "次", ">=", "环境保护工作"),
        ("绿地面积1.5万亩", 15_000, "亩", "=", "绿地面积"), ("总投资2.3亿元", 230_000_000, "元", "=", "总投资"), ("新建管网1,200米", 1200, "米", "=", "管网"), ("处理能力3.5万吨/日", 35_000, "吨/日", "=", "处理能力"),
        ("PM2.5年均浓度控制在35微克/立方米以内", 35, "微克/立方米", "<=", "PM2.5年均浓度"), ("优良天数达到300天", 300, "天", ">=", "优良天数"), ("清理垃圾百余吨", 100, "吨", ">=", "垃圾"),
        ("１２家企业", 12, "家", "=", "企业"), ("300个自然村", 300, "个", "=", "自然村"),
    ],
)  # fmt: skip
def test_a_figure_with_its_unit_and_what_it_measures(text, value, unit, comparator, of):
    found, *others = find_quantities(text)
    assert (found.value, found.unit, found.comparator, found.of) == (value, unit, comparator, of)
    assert text[found.place.start : found.place.end] == found.raw
    assert others == []


@pytest.mark.parametrize(
    "text",
    ["2019年6月底前", "2019-2023年度", "3个月内", "30个工作日内", "鄂环发〔2018〕4号", "“四水共治”", "一岗双责", "三同时制度", "第2次会议", "上述2个泵站", "六个百分百", "一批项目", "开展一次排查", "“三区”划定",
     "十四五规划", "24小时值守", "一是加强", "双随机", "第三方机构"],
)  # fmt: skip
def test_what_is_no_quantity(text):
    assert find_quantities(text) == []


def test_a_range_is_two_bounds():
    low, high = find_quantities("修复河道10-15公里")
    assert (low.value, low.comparator, high.value, high.comparator) == (10, ">=", 15, "<=")


def test_several_figures_come_in_order():
    found = find_quantities("完成26个居住小区、18个公建单位勘测，改造混接点50处")
    assert [(one.value, one.of) for one in found] == [(26, "居住小区"), (18, "公建单位"), (50, "混接点")]
