"""Dates and figures as people write them into a table. What is not sure is not guessed."""

import re
from datetime import date
from decimal import Decimal, InvalidOperation

_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:\s+0{1,2}:00(?::00)?)?")
_PLAIN = re.compile(r"(\d{4})(\d{2})(\d{2})")


def day_of(text: str) -> date | None:
    """A day written out with its year; None for anything else, such as a month.

    >>> day_of("2024年6月30日"), day_of("2024/6/30"), day_of("20240630"), day_of("2024-6-31"), day_of("6月30日")
    (datetime.date(2024, 6, 30), datetime.date(2024, 6, 30), datetime.date(2024, 6, 30), None, None)
    """
    match = _DAY.fullmatch(text.strip()) or _PLAIN.fullmatch(text.strip())
    if match is None:
        return None
    try:
        return date(*(int(part) for part in match.groups()))
    except ValueError:
        return None


def figure_of(text: str) -> Decimal | None:
    """A figure, with or without its sign of per cent.

    >>> figure_of("25.0"), figure_of(" 25％"), figure_of("约25")
    (Decimal('25.0'), Decimal('25'), None)
    """
    try:
        value = Decimal(text.strip().removesuffix("%").removesuffix("％"))
    except InvalidOperation:
        return None
    return value if value.is_finite() else None
