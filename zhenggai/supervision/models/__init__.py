"""The tables of supervision, a file a subject."""

from zhenggai.supervision.models.consultations import Consultation, ConsultationTask
from zhenggai.supervision.models.duties import Body, Member, Session, SessionFile, SessionTask, StandingDuty
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

__all__ = [
    "AgendaItem",
    "AgendaRow",
    "Attendee",
    "Body",
    "Consultation",
    "ConsultationTask",
    "DecidedItem",
    "Meeting",
    "MeetingFile",
    "Member",
    "Paper",
    "Session",
    "SessionFile",
    "SessionTask",
    "Speaker",
    "StandingDuty",
]
