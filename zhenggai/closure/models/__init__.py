"""The tables of closure, a file a subject."""

from zhenggai.closure.models.applications import Application, ApplicationFile, SelfCheck, Verdict
from zhenggai.closure.models.ends import Filing, StrikeOff
from zhenggai.closure.models.gate import Look, Penalty, Waiver
from zhenggai.closure.models.lookback import LookBack, Rebound, Sample, Told
from zhenggai.closure.models.replies import Reply
from zhenggai.closure.models.sites import SiteCheck, SitePhoto

__all__ = [
    "Application",
    "ApplicationFile",
    "Filing",
    "Look",
    "LookBack",
    "Penalty",
    "Rebound",
    "Reply",
    "Sample",
    "SelfCheck",
    "SiteCheck",
    "SitePhoto",
    "StrikeOff",
    "Told",
    "Verdict",
    "Waiver",
]
