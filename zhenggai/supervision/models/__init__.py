"""The tables of supervision, a file a subject."""

from zhenggai.supervision.models.consultations import Consultation, ConsultationTask
from zhenggai.supervision.models.duties import Body, Member, Session, SessionFile, SessionTask, StandingDuty
from zhenggai.supervision.models.help import HelpPlan, HelpStep
from zhenggai.supervision.models.meetings import (
    AgendaItem,
    AgendaRow,
    Attendee,
    DecidedItem,
    Meeting,
    MeetingFile,
    Speaker,
)
from zhenggai.supervision.models.papers import Paper
from zhenggai.supervision.models.visits import (
    FindingAnswer,
    FindingFile,
    Visit,
    VisitFinding,
    VisitMember,
    VisitTask,
)

__all__ = [
    "AgendaItem",
    "AgendaRow",
    "Attendee",
    "Body",
    "Consultation",
    "ConsultationTask",
    "DecidedItem",
    "FindingAnswer",
    "FindingFile",
    "HelpPlan",
    "HelpStep",
    "Meeting",
    "MeetingFile",
    "Member",
    "Paper",
    "Session",
    "SessionFile",
    "SessionTask",
    "Speaker",
    "StandingDuty",
    "Visit",
    "VisitFinding",
    "VisitMember",
    "VisitTask",
]
