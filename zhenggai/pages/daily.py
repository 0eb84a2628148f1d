"""What only time brings, done once a day as the system: the month's rounds open, the quarter's filings open, what is owed in
both follows the ledger, and the public copies learn what has become overdue. Idempotent: run twice, or late, it gives the same."""

from zhenggai.accounts.decisions import Refused
from zhenggai.accounts.models import Unit
from zhenggai.audit import clock
from zhenggai.progress.filings import count_open, keep_filings
from zhenggai.progress.models import Round
from zhenggai.progress.rounds import keep_up, month_of, open_round
from zhenggai.publicity.models import PublishedTask


def run() -> dict[str, int]:
    """Do the day's work; how many of each thing were done."""
    today = clock.today()
    month = month_of(today)
    opened = owed = filed = 0
    for place in Unit.objects.filter(inspections__isnull=False).distinct().order_by("pk"):
        known = Round.objects.filter(place=place, month=month).first()
        try:
            round_ = known or open_round(place, month)
        except Refused:  # a place without rules has no rounds yet
            continue
        opened += known is None
        owed += keep_up(round_) if known else round_.owed.count()
        filed += keep_filings(place)
    count_open()
    return {"rounds": opened, "owed": owed, "filed": filed, "copies": PublishedTask.objects.refresh(today)}
