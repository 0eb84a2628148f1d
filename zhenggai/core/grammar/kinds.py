"""What kind of document it is, told by its title first, then by what stands in it."""

import re

from zhenggai.core.grammar.objects import Kind, Task
from zhenggai.core.reading import CleanText

_HEAD = 1_500  # characters at the start that say what a document is

_NOTICE_TITLES = ("公示", "销号公告", "验收公告")
_NOTICE_WORDS = (
    "公示期",
    "公示时间",
    "现予公示",
    "予以公示",
    "公示如下",
    "特此公示",
    "向社会公示",
    "进行公示",
    "现公示",
)
_COMPLAINTS = re.compile(
    r"信访举报|信访件|信访问题|举报件|举报问题|举报信访|转办件|交办件|群众举报|群众信访|投诉举报|举报投诉|交办\S{0,12}问题|转办\S{0,12}问题"
)
_PIECE_COLUMNS = re.compile(r"(?:受理|信访件?|举报|交办|转办)编号(?=[\s\S]{0,300}(?:属实|污染类型|核实情况|办结))")
_BATCH = re.compile(r"第\S{1,12}?批|\d+ ?件")
_PLAN_TITLE = re.compile(
    r"整改[^，。；]{0,12}?(?:方案|清单|台账|分解|任务表|措施|一览表|计划|任务书|责任表|推进表|任务(?:及|和|与)?(?:责任)?分工)"
)
_RULES = re.compile(
    r"(?:管理|工作|实施|销号|验收|督察|考核|追究)(?:办法|细则|规定|规程|制度)(?:[(（](?:试行|暂行|修订)[^()（）]{0,6}[)）])?[》>]?(?:的通知)?$"
)
"""Rules say how things are to be done and hold no tasks, however much they speak of notices."""
_CIRCULAR = re.compile(r"整改(?![^，。]{0,30}(?:问责|追究|案例))[^，。]{0,30}情况的?通报")
"""What a supervising office tells of how far tasks are: 关于部分整改任务进展滞后情况的通报."""
_OBJECTION = ("公示期", "公示时间", "异议")
_PROGRESS_TITLES = (
    "落实情况", "进展情况", "完成情况", "推进情况", "整改情况", "工作简报", "工作专报", "整改报告", "整改进展", "整改工作报告", "整改情况的报告", "整改工作的报告", "整改通报", "月报", "季报", "旬报", "周报",
)  # fmt: skip
_PROGRESS_TEXT = re.compile(
    r"(?:已完成|完成整改|达到序时进度|办结|销号) ?\d+ ?[项个件]|\d+ ?项[^。]{0,12}(?:已完成|完成整改|达到序时进度)"
)
_WORK_PLAN_TITLES = tuple(
    f"{what}{paper}" for what in ("工作", "行动", "创建", "实施", "推进", "年度") for paper in ("计划", "方案", "要点")
)
_ASSESSING = re.compile(
    r"整改(?:工作|成效|情况|落实|任务|完成)*(?:的)?(?:考核|考评|评估|评价|核查|督查|检查|督导|[“\"]?回头看[”\"]?)(?:评价|验收|工作)*(?:方案|计划|安排)"
)
"""How others' rectification is looked at: 督察整改成效考核工作方案."""
_ANSWERS = re.compile("落实|反馈|督察报告|移交|交办")
"""A plan that answers an inspection is a rectification plan, though its tasks stand in another file."""
_STEPS = re.compile(r"(?:时间|步骤|阶段|进度)(?:安排|划分)|(?:工作|实施|检查|方法)步骤|[一二三四]` ?[^\n]{0,8}阶段")
_PLAN_OPENING = re.compile(r"(?:制定|制订)(?:本|如下|以下)(?:整改)?方案")


def kind_of(source: CleanText, title: str | None, tasks: tuple[Task, ...]) -> Kind:
    """The kind of a document; "unknown" where neither title nor text says it.

    >>> from zhenggai.core.reading import clean, read
    >>> kind_of(clean(read("水务局关于整改情况的公示".encode(), "a.txt")), "水务局关于整改情况的公示", ())
    'notice'
    """
    name = title or ""
    head = source.text[:_HEAD]
    if _RULES.search(name):
        return "unknown"
    if _names(name, _NOTICE_TITLES):
        return "notice"
    if _names(name, _PROGRESS_TITLES) and not _names(name, ("通知", "问责", "责任追究", "案例")):
        return "progress"
    if _CIRCULAR.search(name) and not _COMPLAINTS.search(name):
        return "progress"
    if _ASSESSING.search(name):
        return "work_plan"
    if _PLAN_TITLE.search(name):
        if not tasks and _names(name, _WORK_PLAN_TITLES) and not _ANSWERS.search(name) and _STEPS.search(source.folded):
            return "work_plan"
        return "progress" if _tells_progress(name, tasks) else "plan"
    if _names(source.text, _NOTICE_WORDS) and (len(tasks) < 2 or _names(source.text, _OBJECTION)):
        return "notice"
    if _is_complaints(name, head):
        return "complaints"
    if any(task.progress or task.status for task in tasks):
        return "progress"
    if _names(name, _WORK_PLAN_TITLES):
        return "work_plan"
    if (
        any(task.issue or task.goal for task in tasks)
        or (len(tasks) > 1 and "整改" in name)
        or (_PLAN_OPENING.search(head) and "整改" in head)
    ):
        return "plan"
    return "progress" if _PROGRESS_TEXT.search(head) and "整改" in head else "unknown"


def _names(text: str, words: tuple[str, ...]) -> bool:
    return any(word in text for word in words)


def _tells_progress(name: str, tasks: tuple[Task, ...]) -> bool:
    """A list of tasks that says of most of them how far they are: 整改任务清单进展, 整改台账 with 完成情况 filled in."""
    told = sum(1 for task in tasks if task.progress or task.status)
    return 2 * told > len(tasks) if tasks else _names(name, ("进展", "进度"))


def _is_complaints(name: str, head: str) -> bool:
    """Complaint batches: what is passed on are pieces, by batch and by number."""
    if _COMPLAINTS.search(name) and _BATCH.search(name + head):
        return True
    if _PIECE_COLUMNS.search(head) and _COMPLAINTS.search(head):
        return True
    pieces = len(re.findall(r"\d+ ?(?:\(\+\d+\))?(?:件|宗)", head))
    enough = pieces >= 4 or (pieces >= 2 and re.search(r"第\S{1,8}?批|\d+ ?批", head) is not None)
    return _COMPLAINTS.search(head) is not None and enough and not re.search(r"整改任务|整改的?问题\d+项", head)
