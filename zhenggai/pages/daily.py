"""What only time brings, done once a day as the system: the month's rounds open, and the public copies learn what has
become overdue. Idempotent: run twice, or late, it gives the same."""

from zhenggai.accounts.decisions import Refused
from zhenggai.accounts.models import Unit
from zhenggai.audit import clock
from zhenggai.progress.actions import month_of, open_round
from zhenggai.publicity.models import PublishedTask


def run() -> dict[str, int]:
    """Do the day's work; how many of each thing were done."""
    today = clock.today()
    month = month_of(today)
    places = Unit.objects.filter(inspections__isnull=False).exclude(rounds__month=month).distinct().order_by("pk")
    opened = 0
    for place in places:
        try:
            open_round(place, month)
        except Refused:  # a place without rules has no rounds yet
            continue
        opened += 1
    return {"rounds": opened, "copies": PublishedTask.objects.refresh(today)}
