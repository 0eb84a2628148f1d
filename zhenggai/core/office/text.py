"""Text as official documents need it: cleaned, measured, numbered, dated."""

import re
from datetime import date
from decimal import Decimal

# What a .docx must not or should not carry: characters outside XML 1.0 (NUL to BS, VT, FF, SO to US, surrogates,
# U+FFFE, U+FFFF), DEL and the C1 controls, the byte order mark, and the marks that turn the direction of writing,
# with which a complaint could make an official document read differently from what it says.
UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)
DIGITS = "零一二三四五六七八九"
HALF_WIDTH = 0.5
POINT_WIDTH = 0.25


def clean(text: str) -> str:
    r"""Text that any word processor opens: unprintable characters dropped, line ends made ``\n``, tabs kept.

    >>> clean('整改\x00方案\x1b[31m\r\n第一条\x85\t完')
    '整改方案[31m\n第一条\t完'
    >>> clean('<监测> & "复核"')
    '<监测> & "复核"'
    """
    return UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def as_text(value: object) -> str:
    """A value as people read it: dates in Chinese, yes or no, nothing for nothing, no binary fractions.

    >>> [as_text(value) for value in ("督办", 3, None, True, date(2025, 1, 9), 0.1 + 0.2, Decimal("1E+3"))]
    ['督办', '3', '', '是', '2025年1月9日', '0.3', '1000']
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, date):
        return chinese_date(value)
    if isinstance(value, float):
        return f"{value:.12g}"
    if isinstance(value, Decimal):
        return f"{value:f}"
    return clean(str(value))


def chinese_date(day: date) -> str:
    """GB/T 9704—2012, 7.3.5.4: Arabic digits, the full year, no leading zeros.

    >>> chinese_date(date(2025, 1, 9))
    '2025年1月9日'
    """
    return f"{day.year}年{day.month}月{day.day}日"


def chinese_number(number: int) -> str:
    """The numerals of headings, up to 999; digits above.

    >>> [chinese_number(n) for n in (1, 10, 11, 20, 21, 100, 105, 110, 999)]
    ['一', '十', '十一', '二十', '二十一', '一百', '一百零五', '一百一十', '九百九十九']
    """
    if number > 999:
        return str(number)
    if number < 20:
        return DIGITS[number] if number < 10 else "十" + _digit(number - 10)
    if number < 100:
        return DIGITS[number // 10] + "十" + _digit(number % 10)
    hundreds, rest = divmod(number, 100)
    if rest == 0:
        return DIGITS[hundreds] + "百"
    if rest < 10:
        return DIGITS[hundreds] + "百零" + DIGITS[rest]
    return DIGITS[hundreds] + "百" + DIGITS[rest // 10] + "十" + _digit(rest % 10)


def _digit(number: int) -> str:
    return DIGITS[number] if number else ""


def width(text: str) -> float:
    """Width in Chinese characters; Latin letters and digits take about half of one.

    >>> width("附件：1."), width("2025年1月9日")
    (3.75, 6.0)
    """
    return sum(map(_character_width, text))


def _character_width(character: str) -> float:
    if character in ".,:;'|":
        return POINT_WIDTH
    return HALF_WIDTH if character.isascii() else 1.0
