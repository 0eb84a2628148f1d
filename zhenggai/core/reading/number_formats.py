"""How a spreadsheet shows a number: as a date, a share, a rounded figure, or as it is.

A cell holds 45444 and shows 2024年6月; the month without a day is what the sheet says, so the format is applied.
Source: ECMA-376 part 1, 18.8.30 and 18.8.31 (numFmts), with the built-in formats of the Chinese edition.
"""

import re
from datetime import datetime, timedelta

_CHINESE_MONTH, _CHINESE_DAY = 'yyyy"年"m"月"', 'm"月"d"日"'

BUILT_IN: dict[int, str] = {
    1: "0", 2: "0.00", 3: "0", 4: "0.00", 9: "0%", 10: "0.00%", 14: "yyyy/m/d", 15: "yyyy/m/d", 16: _CHINESE_DAY, 17: _CHINESE_MONTH,
    18: "h:mm", 19: "h:mm:ss", 20: "h:mm", 21: "h:mm:ss", 22: "yyyy/m/d h:mm", 27: _CHINESE_MONTH, 28: _CHINESE_DAY, 29: _CHINESE_DAY,
    30: "yyyy/m/d", 31: 'yyyy"年"m"月"d"日"', 32: 'h"时"mm"分"', 33: 'h"时"mm"分"ss"秒"', 36: _CHINESE_MONTH, 50: _CHINESE_MONTH,
    51: _CHINESE_DAY, 52: _CHINESE_MONTH, 53: _CHINESE_DAY, 54: _CHINESE_DAY, 57: _CHINESE_MONTH, 58: _CHINESE_DAY,
}  # fmt: skip

_TOKEN = re.compile(r'"([^"]*)"|\\(.)|\[[^\]]*\]|_.|\*.|(y+|m+|d+|h+|s+|AM/PM|上午/下午|a{3,4})|([0#?.,]+)|(.)', re.I)
_EPOCH, _EPOCH_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)  # noqa: DTZ001 - a date on a sheet has no time zone
_LAST_DAY = 2_958_465  # 31 December 9999
_WEEKDAYS = "一二三四五六日"
_LONGEST = 200


def shown(value: float, code: str, since_1904: bool = False) -> str:
    """The number as a sheet shows it under this format code.

    >>> [shown(45444, 'yyyy"年"m"月";@'), shown(0.9, "0%"), shown(12, '0"万元"'), shown(3.0, "General")]
    ['2024年6月', '90%', '12万元', '3']
    """
    part, value = _part_for(code[:_LONGEST], value)
    tokens = list(_TOKEN.finditer(part))
    if any(token[3] for token in tokens) and "General" not in part:
        return _date(value, tokens, since_1904)
    return _figure(value, tokens)


def plain(value: float) -> str:
    """The number without any format, to the 15 figures that a sheet keeps.

    >>> plain(3.0), plain(0.1 + 0.2)
    ('3', '0.3')
    """
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else f"{value:.15g}"


def _part_for(code: str, value: float) -> tuple[str, float]:
    """A code has up to four parts: positive; negative, which writes the sign itself; zero; text."""
    parts = re.split(r';(?=(?:[^"]*"[^"]*")*[^"]*$)', code)
    if value < 0 and len(parts) > 1 and ("-" in parts[1] or "(" in parts[1]):
        return parts[1], -value
    if value == 0 and len(parts) > 2 and parts[2]:
        return parts[2], value
    return parts[0], value


def _figure(value: float, tokens: list[re.Match[str]]) -> str:
    digits = next((token for token in tokens if token[4] and re.search("[0#?]", token[4])), None)
    if digits is None:
        return "".join(token[1] or "" for token in tokens) or plain(value)
    decimals = re.sub("[^0#?]", "", digits[4].partition(".")[2])
    scaled = value * 100 if any(token[5] == "%" for token in tokens) else value
    number = f"{scaled:.{len(decimals)}f}"
    if decimals and "0" not in decimals:
        number = number.rstrip("0").rstrip(".")
    return "".join(number if token is digits else token[1] or token[2] or (token[5] or "").strip() for token in tokens)


def _date(value: float, tokens: list[re.Match[str]], since_1904: bool) -> str:
    if not 0 <= value <= _LAST_DAY:
        return plain(value)
    moment = (_EPOCH_1904 if since_1904 else _EPOCH) + timedelta(days=value, milliseconds=1)
    text, after_hours = "", False
    for token in tokens:
        if token[3]:
            text += _group(token[3].lower(), moment, after_hours)
            after_hours = token[3][0].lower() == "h" or (after_hours and token[3][0].lower() != "s")
        else:
            text += token[1] or token[2] or token[4] or token[5] or ""
    return text.replace("@", "").strip()


def _group(letters: str, moment: datetime, after_hours: bool) -> str:
    """One group of format letters; m is a month, or minutes after hours."""
    unit, width = letters[0], min(len(letters), 2)
    if unit == "a":
        return "" if "/" in letters else "星期" * (len(letters) == 4) + _WEEKDAYS[moment.weekday()]
    if unit == "上":
        return ""
    if unit == "y":
        return str(moment.year) if len(letters) > 2 else f"{moment.year % 100:02d}"
    if unit == "m" and len(letters) > 2 and not after_hours:
        return f"{moment.month}月"
    figures = {
        "m": moment.minute if after_hours else moment.month,
        "d": moment.day,
        "h": moment.hour,
        "s": moment.second,
    }
    return f"{figures[unit]:0{width}d}"
