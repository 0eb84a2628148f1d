from datetime import date

from zhenggai.demo.dates import Shift


def test_days_move_with_the_day_of_loading_and_none_that_has_passed_lies_after_it_is_said() -> None:
    shift = Shift(date(2026, 11, 22), date(2026, 12, 3))
    words = "{{on 2026-11-10}}完成清淤，{{2026-12-31}}完工"
    assert shift.text(words) == "2026年11月21日完成清淤，2027年1月11日前完工"
    assert shift.text(words, until=date(2026, 11, 16)) == "2026年11月16日完成清淤，2027年1月11日前完工"
