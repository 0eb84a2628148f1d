"""What an address or a form field asks for, read without trust: nonsense is the same as nothing asked."""

from datetime import date


def number(value: str | None) -> int | None:
    """A row's number; None for anything that no row can have.

    >>> number("42"), number("²"), number("-1"), number("9" * 30), number(None)
    (42, None, None, None, None)
    """
    return int(value) if value and value.isascii() and value.isdigit() and len(value) < 18 else None


def day(value: str | None) -> date | None:
    """A date as addresses write it.

    >>> day("2026-11-01"), day("2026-13-01"), day(None)
    (datetime.date(2026, 11, 1), None, None)
    """
    try:
        return date.fromisoformat(value or "")
    except ValueError:
        return None


def words(value: str | None, longest: int = 60) -> str:
    """Words to search for, at most `longest` characters, without what a database cannot hold.

    >>> words(" 溢流\\x00 ")
    '溢流'
    """
    return (value or "").replace("\x00", "").strip()[:longest]
