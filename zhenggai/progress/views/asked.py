"""What an address asks for: a month, a quarter."""

from datetime import date

from django.http import Http404


def month_in(address: str) -> date:
    """The first day of the month in an address (2026-11). Raises Http404."""
    try:
        return date.fromisoformat(f"{address}-01")
    except ValueError as error:
        raise Http404 from error


def shifted(month: date, by: int) -> date:
    """The first day of the month `by` months later; never before the year 1."""
    index = month.year * 12 + month.month - 1 + by
    return date(max(index // 12, 1), index % 12 + 1, 1)
