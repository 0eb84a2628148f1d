"""The tables of the monthly round and the quarterly filing, a file a subject."""

from zhenggai.progress.models.filings import FiledTask, QuarterFiling
from zhenggai.progress.models.reports import Report, ReportFile, month_words
from zhenggai.progress.models.rounds import Owed, Round, RoundTask

__all__ = ["FiledTask", "Owed", "QuarterFiling", "Report", "ReportFile", "Round", "RoundTask", "month_words"]
