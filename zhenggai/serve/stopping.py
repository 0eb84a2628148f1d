"""Asked to stop, by Ctrl-C, by the system, by a terminal that closes: one exception, raised once."""

import contextlib
import signal
from collections.abc import Iterator
from types import FrameType

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(BaseException):
    """The person, or the system, asked it to stop."""


class _State:
    is_held = False
    is_wanted = False


def hear_stop_signals(numbers: tuple[signal.Signals, ...] = STOP_SIGNALS) -> None:
    """From now on the first of these signals raises Stopped; later ones must not cut the clean stop short."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        for number in numbers:
            signal.signal(number, signal.SIG_IGN)
        _State.is_wanted = True
        if not _State.is_held:
            raise Stopped

    _State.is_wanted = False
    for number in numbers:
        signal.signal(number, stop)


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Stopped waits for the end of this block: a child must not be started without its parent knowing it."""
    _State.is_held = True
    try:
        yield
    finally:
        _State.is_held = False
    if _State.is_wanted:
        raise Stopped
