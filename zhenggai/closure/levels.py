"""The levels of an application: laid down from the rulebook's chain for that kind of task, and what one still lacks."""

from collections.abc import Iterable

from zhenggai.accounts.decisions import Refused
from zhenggai.accounts.models import Kind, Unit
from zhenggai.closure.models import Application, Verdict
from zhenggai.closure.permissions import office_of
from zhenggai.ledger.models import Duty, Task
from zhenggai.ledger.permissions import RECTIFIERS
from zhenggai.ledger.rules import chain_of
from zhenggai.rulebook.chain import TIER_WORDS, Level
from zhenggai.rulebook.rules import Rules


def documents_of(task: Task, rules: Rules) -> list[str]:
    """The documents that some level of the task's chain asks the application to hold."""
    levels = chain_of(task, rules).levels_from(task.place.tier)
    return list(dict.fromkeys(name for level in levels for name in level.documents))


def levels_of(application: Application, task: Task) -> list[Verdict]:
    """The verdicts to be made on `application`, unsigned, from below upwards. Raises Refused where nobody could make one:
    no level, no office, no department, or one that rectifies itself."""
    chain = chain_of(task, application.rulebook.rules)
    levels = chain.levels_from(task.place.tier)
    if not levels or levels[0].is_review or not levels[-1].is_review:
        raise Refused(
            f"{application.rulebook}的“{chain.name}”没有规定{task.place}的任务由哪一级验收、哪一级审核，没有验收不能销号；请先修订制度"
        )
    return [
        Verdict(
            application=application, applicant=application.applied_by, applicant_unit=application.unit,
            position=position, kind=Verdict.Kind.REVIEW if level.is_review else Verdict.Kind.ACCEPTANCE,
            name=level.name, unit=_deciding_unit(application, task, level), days=level.days, decider=level.by,
            conditions=list(level.conditions), documents=list(level.documents), visit=level.visit,
            collective=level.collective,
        )
        for position, level in enumerate(levels, 1)
    ]  # fmt: skip


def _deciding_unit(application: Application, task: Task, level: Level) -> Unit:
    duties = list(task.duties.select_related("unit"))
    doers = {duty.unit_id for duty in duties if duty.part in RECTIFIERS} | {application.unit_id}
    if level.by == "industry":
        return _industry(duties, doers, level)
    office = office_of(task.place, level.tier)
    if office is None:
        raise Refused(f"名录里没有作{level.name}的整改办，请系统管理员先在单位名录里补上")
    if office.pk in doers:
        raise Refused(f"{office}既是申请单位或责任单位又是{level.name}单位，谁整改谁不能验收；请改由责任单位申请")
    return office


def _industry(duties: Iterable[Duty], doers: set[int | None], level: Level) -> Unit:
    """The department of the level's tier that the plan names to accept, else to supervise, and that does not rectify; an
    office accepts at its own level, never as a department."""
    parts = (Duty.Part.ACCEPTANCE, Duty.Part.SUPERVISING)
    departments = [
        duty.unit
        for duty in sorted((duty for duty in duties if duty.part in parts), key=lambda duty: parts.index(duty.part))
        if duty.unit and duty.unit.tier == level.tier and duty.unit.kind != Kind.OFFICE
    ]
    if free := [unit for unit in departments if unit.pk not in doers]:
        return free[0]
    lead = f"{level.name}由{TIER_WORDS[level.tier]}行业部门作出，"
    if departments:
        raise Refused(
            f"{lead}写明的{departments[0]}自己是责任单位；请综合协调组在台账勾选这项任务，用“补督导单位”另定一个部门"
        )
    raise Refused(f"{lead}这项任务没有写明是哪个部门；请综合协调组在台账勾选它，用“补验收单位”写明")


def lacking(verdict: Verdict, answers: list[dict[str, str]], has_minutes: bool) -> list[str]:
    """What the level's rule asks for before it is decided, and is not there: each in a few words."""
    known = {answer.get("meets") for answer in answers}
    missing = []
    if len(answers) != len(verdict.conditions) or not known <= set(Verdict.Meets.values):
        missing.append(f"验收表{len(verdict.conditions)}项没有逐项填写")
    held = set(verdict.application.files.order_by().values_list("kind", flat=True))
    missing += [f"申请没有附《{name}》" for name in verdict.documents if name not in held]
    if verdict.visit and not verdict.site_checks.exists():
        missing.append("还没有现场核查")
    if verdict.collective and not has_minutes:
        missing.append("没有附集体研究的会议纪要和日期")
    return missing
