"""Complaint batches, work plans, status of progress, and what a plan's tasks lack."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhenggai.core.extract import extract

HEAD = "信访举报件交办情况\n"


def complaints_of(text):
    return extract((HEAD + text).encode(), "信访.txt")


def counts(listed):
    return [(one.name, one.count) for one in listed]


def test_a_batch_and_all_so_far():
    found = complaints_of("9月1日，交办第三批信访件11件，累计交办151件。甲市4件、乙区7件。").complaints
    assert (found.batch, found.received, found.cumulative) == ("3", 11, 151)
    assert counts(found.by_region) == [("甲市", 4), ("乙区", 7)]


def test_regions_of_all_so_far_are_not_those_of_the_batch():
    text = "交办第二批信访件5件，甲县3件、乙县2件。截至5月2日，共22件。其中甲县12件、乙县10件。"
    assert counts(complaints_of(text).complaints.by_region) == [("甲县", 3), ("乙县", 2)]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(1, 60), min_size=2, max_size=9), st.integers(0, 3))
def test_a_total_that_does_not_add_up_is_told_with_both_figures(numbers, error):
    listed = "、".join(f"{name}县{number}件" for name, number in zip("甲乙丙丁戊己庚辛壬", numbers, strict=False))
    total = sum(numbers) + error
    found = complaints_of(f"督察组交办第四批信访件{total}件，其中{listed}。")
    assert found.complaints.received == total
    assert [one.count for one in found.complaints.by_region] == numbers
    told = [one.message for one in found.warnings if one.code == "total_mismatch"]
    assert len(told) == bool(error)
    assert all(str(total) in message and str(sum(numbers)) in message for message in told)


def test_types_may_overlap_but_may_not_be_too_few():
    more = complaints_of("交办第一批信访件5件，其中甲县3件、乙县2件。大气4件、水3件。")
    fewer = complaints_of("交办第一批信访件5件，其中甲县3件、乙县2件。大气2件、水1件。")
    assert [one.code for one in more.warnings] == ["types_overlap"]
    assert [one.code for one in fewer.warnings] == ["total_mismatch"]


def test_pieces_listed_count_against_the_number_received():
    rows = "受理编号：X1\n举报内容：甲。\n是否属实：属实\n受理编号：X2\n举报内容：乙。\n是否属实：不属实"
    found = complaints_of(f"交办第二批信访件3件。\n{rows}")
    assert [piece.verified for piece in found.complaints.pieces] == ["属实", "不属实"]
    assert [one.code for one in found.warnings] == ["total_mismatch"]


@pytest.mark.parametrize(
    ("text", "due", "who"),
    [
        ("2021年3月底前，县创建办印发方案。", "2021-03-31", "县创建办"),
        ("县生态环境局于2021年5月中旬组织自查。", "2021-05-20", "县生态环境局"),
        ("9月至11月，各责任单位落实任务。", "2021-11-30", "各责任单位"),
        ("2021年12月起，各单位提交总结。", None, "各单位"),
    ],
)
def test_a_step_of_a_work_plan(text, due, who):
    (step,) = extract(f"某县2021年度工作计划\n{text}".encode(), "a.txt").work_plan.timetable
    assert (step.due, step.who) == (due, who)


@pytest.mark.parametrize("text", ["2019年以来，县里建成泵站3座。", "县林业局每年3月底前公布成果。", "2021年1月5日"])
def test_what_is_no_step(text):
    assert extract(f"某县2021年度工作计划\n{text}".encode(), "a.txt").work_plan.timetable == ()


def test_attachments_and_basis():
    text = "某县2021年度工作计划\n按照《考核办法》（某发〔2020〕3号）和《规划纲要文本》，制定本计划。\n附件：1.任务表\n2.评分表\n某县政府\n2021年1月5日"
    found = extract(text.encode(), "a.txt").work_plan
    assert (found.basis, found.attachments) == (("某发〔2020〕3号", "《规划纲要文本》"), ("任务表", "评分表"))


@pytest.mark.parametrize(
    ("progress", "status"),
    [
        ("已完成整改。管网修复。", "已完成整改"),
        ("正在推进，已建泵站。", "正在推进"),
        ("管网已修复。", None),
        ("已完成3座泵站。", None),
    ],
)
def test_the_status_that_progress_opens_with(progress, status):
    text = f"某县整改进展情况报告\n1.管网破损。\n责任单位：市水务局\n整改进展：{progress}"
    assert extract(text.encode(), "a.txt").tasks[0].status == status


PLAN = "某县整改方案\n2023年底前，全面完成整改任务。\n1.垃圾场超负荷运行{figure}。\n整改目标：规范运行。\n整改措施：加快扩建{measure}。\n责任单位：县城管局\n整改时限：{due}"


@pytest.mark.parametrize(
    ("figure", "measure", "due", "codes"),
    [
        ("", "", "2023年6月底", []),
        ("，超出60%", "", "2023年6月底", ["missing_quantity"]),
        ("，超出60%", "，新增300吨/日", "2023年6月底", []),
        ("", "", "2024年6月底", ["later_than_plan"]),
    ],
)
def test_what_a_task_lacks(figure, measure, due, codes):
    found = extract(PLAN.format(figure=figure, measure=measure, due=due).encode(), "a.txt")
    assert [one.code for one in found.warnings] == codes


@pytest.mark.parametrize(
    ("left_out", "code"),
    [
        ("整改目标", "missing_goal"),
        ("整改措施", "missing_measures"),
        ("责任单位", "missing_unit"),
        ("整改时限", "missing_deadline"),
    ],
)
def test_each_thing_that_is_missing_is_told(left_out, code):
    lines = PLAN.format(figure="", measure="", due="2023年6月底").split("\n")
    text = "\n".join(line for line in lines if not line.startswith(left_out))
    assert [one.code for one in extract(text.encode(), "a.txt").warnings] == [code]
