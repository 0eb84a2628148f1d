"""The demonstration's dates: stated as on one day, told relative to the day on which the city is loaded.

Tokens in the texts: `{{2026-12-31}}` a limit, `{{on 2025-09-18}}` a day that has passed, `{{year 2026}}` a year.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta

TOKEN = re.compile(r"\{\{(on |year )?(\d{4})(?:-(\d{2})-(\d{2}))?\}\}")


@dataclass(frozen=True)
class Shift:
    """Moves days from the story's own day to the day of loading."""

    as_of: date
    today: date

    def day(self, stated: date) -> date:
        return stated + (self.today - self.as_of)

    def text(self, stated: str, until: date = date.max) -> str:
        """`stated` with its tokens put into words; no day that has passed lies after `until`, when it is said."""
        return TOKEN.sub(lambda token: self._words(token, until), stated)

    def _words(self, token: re.Match[str], until: date) -> str:
        kind, year, month, day = token.groups()
        if month is None:
            return f"{self.day(date(int(year), 7, 1)).year}年"
        moved = self.day(date(int(year), int(month), int(day)))
        return plain_day(min(moved, until)) if kind == "on " else limit(moved)


def plain_day(day: date) -> str:
    """
    >>> plain_day(date(2025, 9, 18))
    '2025年9月18日'
    """
    return f"{day.year}年{day.month}月{day.day}日"


def limit(day: date) -> str:
    """A limit as plans write it.

    >>> limit(date(2026, 12, 31)), limit(date(2026, 6, 30)), limit(date(2026, 10, 15))
    ('2026年底前', '2026年6月底前', '2026年10月15日前')
    """
    if (day.month, day.day) == (12, 31):
        return f"{day.year}年底前"
    if (day + timedelta(days=1)).day == 1:
        return f"{day.year}年{day.month}月底前"
    return f"{plain_day(day)}前"
