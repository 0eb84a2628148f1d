"""Numbers as Chinese documents write them: Arabic, Chinese, circled and Roman."""

import re

_DIGITS = {
    "零": 0,
    "〇": 0,
    "○": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_MYRIADS = {"万": 10_000, "亿": 100_000_000}
_SIGNS = frozenset({*_DIGITS, *_UNITS, *_MYRIADS})
_CHINESE = "零一二三四五六七八九"

CHINESE_NUMBER = "[零〇○一二两三四五六七八九十百千]"
"""Regular expression for one character of a Chinese number below ten thousand."""

CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_ROMAN = ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))
_ROMAN_LETTERS = {
    "I": 1,
    "V": 5,
    "X": 10,
    "Ⅰ": 1,
    "Ⅱ": 2,
    "Ⅲ": 3,
    "Ⅳ": 4,
    "Ⅴ": 5,
    "Ⅵ": 6,
    "Ⅶ": 7,
    "Ⅷ": 8,
    "Ⅸ": 9,
    "Ⅹ": 10,
}


def from_chinese(text: str) -> int | None:
    """The value of a Chinese number, None when it is none.

    Digits may be strung together (years), and 十 may open a number.

    >>> from_chinese("二十七"), from_chinese("十"), from_chinese("二〇二四"), from_chinese("一百零八")
    (27, 10, 2024, 108)
    >>> from_chinese("两万三千"), from_chinese("十之"), from_chinese("")
    (23000, None, None)
    """
    if len(text) == 1 and text in _DIGITS:
        return _DIGITS[text]
    if not text or not _SIGNS.issuperset(text):
        return None
    if _DIGITS.keys() >= set(text):
        return int("".join(str(_DIGITS[character]) for character in text))
    total = section = digit = 0
    for character in text:
        if character in _DIGITS:
            digit = _DIGITS[character]
        elif character in _UNITS:
            section += (digit or 1) * _UNITS[character]
            digit = 0
        else:
            total += (section + digit or 1) * _MYRIADS[character]
            section = digit = 0
    return total + section + digit


def to_chinese(number: int) -> str:
    """A number below ten thousand as Chinese documents count.

    >>> to_chinese(3), to_chinese(10), to_chinese(12), to_chinese(27), to_chinese(105)
    ('三', '十', '十二', '二十七', '一百零五')
    """
    if not 0 < number < 10_000:
        return str(number)
    text = ""
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, unit)
        if digit:
            text += _CHINESE[digit] + name
        elif text and number:
            text += "零"
    text = re.sub("零+", "零", text).rstrip("零")
    return text[1:] if text.startswith("一十") else text


def circled(number: int) -> str:
    """①…⑳, beyond that the number in brackets.

    >>> circled(3), circled(21)
    ('③', '(21)')
    """
    return CIRCLED[number - 1] if 0 < number <= len(CIRCLED) else f"({number})"


def to_roman(number: int) -> str:
    """Roman numerals as lists use them.

    >>> to_roman(4), to_roman(19)
    ('IV', 'XIX')
    """
    text = ""
    for value, letters in _ROMAN:
        text += letters * (number // value)
        number %= value
    return text


def from_roman(text: str) -> int | None:
    """The value of a Roman numeral below 40, None when it is none.

    >>> from_roman("IV"), from_roman("Ⅻ"), from_roman("Ⅱ")
    (4, None, 2)
    """
    values = [_ROMAN_LETTERS.get(letter, 0) for letter in text]
    if not values or 0 in values:
        return None
    following = [*values[1:], 0]
    return sum(-value if value < after else value for value, after in zip(values, following, strict=True))


def to_number(text: str) -> int | None:
    """The value of Arabic (also full-width), Chinese, circled or Roman digits; None when it is no number.

    >>> to_number("１２"), to_number("十一"), to_number("⑤"), to_number("IX"), to_number("其一")
    (12, 11, 5, 9, None)
    """
    if text.isdecimal():
        return int(text) if len(text) < 10 else None
    if len(text) == 1 and text in CIRCLED:
        return CIRCLED.index(text) + 1
    return from_chinese(text) or from_roman(text)
