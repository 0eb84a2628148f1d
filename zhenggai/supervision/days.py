"""How far ahead a day may lie by which somebody must have done something: a year mistyped is told before it is kept."""

from datetime import date, timedelta

from zhenggai.accounts.decisions import Refused
from zhenggai.audit import clock

FARTHEST = timedelta(days=5 * 366)


def check_not_far(day: date, what: str) -> None:
    """Raises Refused for a day more than five years away; `what`: what the form calls it."""
    if day - clock.today() > FARTHEST:
        raise Refused(f"{what}{day}离今天超过五年，请核对年份")
