"""What supervision shows on a task's page: its consultations, what was decided or demanded on it, what visits saw beside what
had been reported, the help it gets, the sessions that dealt with it."""

from typing import Any

from django.db.models import Case, CharField, F, QuerySet, TextField, Value, When
from django.db.models.functions import Cast, Coalesce, Concat
from django.urls import reverse

from zhenggai.accounts.models import Person
from zhenggai.accounts.roles import Role
from zhenggai.closure.flags import flags_of
from zhenggai.ledger.models import Task
from zhenggai.ledger.states import State
from zhenggai.supervision.models import Consultation, DecidedItem, HelpPlan, Session, VisitFinding

MOST = 10  # of each kind
HEADINGS = {
    "consultation": "会商",
    "decided_item": "督办事项",
    "visit_finding": "督查",
    "help_plan": "帮扶",
    "session": "研究和督导",
}
STATES = {
    "consultation": dict(Consultation.State.choices), "decided_item": dict(DecidedItem.State.choices),
    "visit_finding": dict(VisitFinding.Result.choices), "help_plan": dict(HelpPlan.State.choices), "session": {},
}  # fmt: skip
HELPERS = (Role.LIAISON, Role.COORDINATION, Role.SUPERVISION)


def supervision_of(task: Task, person: Person) -> dict[str, Any]:
    """`supervised`: each kind as (name, heading, rows, (address, words) of what may be asked for or None); those that the task
    has are read in one statement."""
    found: dict[str, list[dict[str, Any]]] = {kind: [] for kind in HEADINGS}
    asked = _asked(task, person)
    for kind, pk, title, state, day, note in asked[0].union(*asked[1:], all=True) if asked else ():
        words = [STATES[kind].get(state, ""), day.isoformat() if day else "", note]
        found[kind].append({"url": reverse(kind, args=[pk]), "title": title, "words": " · ".join(filter(None, words))})
    links = _links(task, person, bool(found["help_plan"]))
    return {"supervised": [(kind, words, found[kind], links.get(kind)) for kind, words in HEADINGS.items()]}


def _links(task: Task, person: Person, has_help: bool) -> dict[str, tuple[str, str]]:
    """What the person may ask for on the task: a consultation; help, of which only an open one stands in the way."""
    links = {}
    if person.holds(Role.LIAISON) and not task.is_closed:
        links["consultation"] = (f"{reverse('ask_consultation')}?task={task.pk}", "提请会商")
    may_help = person.holds(*HELPERS) and task.state == State.RECTIFYING
    if may_help and not (has_help and HelpPlan.objects.open().filter(task=task).exists()):
        links["help_plan"] = (f"{reverse('ask_help')}?task={task.pk}", "提出帮扶")
    return links


def _asked(task: Task, person: Person) -> list[QuerySet[Any]]:
    """The queries of the kinds that the task has."""
    flags, asked = flags_of(task), []
    if flags["has_consultations"]:
        consultations = Consultation.objects.visible_to(person).filter(tasks=task)
        day = Coalesce(F("held_on"), F("planned_on"))
        asked.append(_rows("consultation", consultations, "asked", "state", day, "conclusion"))
    if flags["has_decided"]:
        items = DecidedItem.objects.visible_to(person).filter(task=task)
        asked.append(_rows("decided_item", items, "text", "state", F("due"), "unit__short_name"))
    if flags["has_findings"]:
        findings = VisitFinding.objects.visible_to(person).current().filter(task=task).annotate(told=TOLD)
        asked.append(_rows("visit_finding", findings, "text", "result", F("seen_on"), "told"))
    if flags["has_help"]:
        plans = HelpPlan.objects.visible_to(person).filter(task=task)
        asked.append(_rows("help_plan", plans, "difficulty", "state", F("until"), "unit__short_name"))
    if flags["has_sessions"]:
        sessions = Session.objects.visible_to(person).filter(tasks=task)
        asked.append(_rows("session", sessions, "topic", None, F("held_on"), "duty__what"))
    return asked


# What a unit had reported, beside a finding that says otherwise.
TOLD = Case(
    When(result=VisitFinding.Result.AS_REPORTED, then=Value("")),
    When(reported_month__isnull=True, then=Value("")),
    default=Concat(Value("而"), F("reported_unit"), Value("上报："), F("reported"), output_field=TextField()),
    output_field=TextField(),
)


def _rows(kind: str, rows: QuerySet[Any], title: str, state: str | None, day: Any, note: str) -> QuerySet[Any]:
    text = TextField()
    return rows.order_by("-pk").annotate(
        kind_=Value(kind, CharField()), title_=Cast(title, text),
        state_=Cast(state, text) if state else Value("", text), day_=day, note_=Cast(note, text),
    ).values_list("kind_", "pk", "title_", "state_", "day_", "note_")[:MOST]  # fmt: skip
