"""Working days of China: from the notices of the State Council to a period with its arithmetic.

No clock is read here: every date comes in as an argument.
"""

from zhenggai.core.workdays.calendar import Kind
from zhenggai.core.workdays.notices import Holiday, Notice, NoticeError
from zhenggai.core.workdays.periods import (
    Day,
    Period,
    Unit,
    add,
    calendar_period,
    count,
    is_workday,
    known,
    remaining,
    shift_to_workday,
    year_notices,
)
from zhenggai.core.workdays.sentences import explain

__all__ = [
    "Day",
    "Holiday",
    "Kind",
    "Notice",
    "NoticeError",
    "Period",
    "Unit",
    "add",
    "calendar_period",
    "count",
    "explain",
    "is_workday",
    "known",
    "remaining",
    "shift_to_workday",
    "year_notices",
]
