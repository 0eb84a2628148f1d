"""Figures that are kept until the trail grows."""

from django.core.cache import cache

from tests.world import World
from zhenggai.audit.actions import SYSTEM, record
from zhenggai.audit.unchanged import SECONDS, Unchanged


class Count:
    """Counts how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self) -> int:
        self.asked += 1
        return self.asked


def change(world: World) -> None:
    record("task.entered", by=SYSTEM, target=world.task())


def test_what_was_counted_stays_until_something_changes(world: World) -> None:
    count = Count()
    assert [Unchanged("a scope")("tasks", count), Unchanged("a scope")("tasks", count)] == [1, 1]
    change(world)
    assert Unchanged("a scope")("tasks", count) == 2


def test_each_scope_and_each_name_has_its_own(world: World) -> None:
    count = Count()
    seen = [
        Unchanged("a scope")("tasks", count),
        Unchanged("another")("tasks", count),
        Unchanged("a scope")("b", count),
    ]
    assert seen == [1, 2, 3]


def test_lately_takes_what_is_there_though_something_changed(world: World) -> None:
    count = Count()
    Unchanged("a scope")("tasks", count)
    change(world)
    assert Unchanged("a scope").lately("tasks", count) == 1
    assert Unchanged("a scope")("tasks", count) == 2
    cache.clear()  # the minute is over
    assert Unchanged("a scope").lately("tasks", count) == 3


def test_what_changes_while_it_is_counted_is_counted_again(world: World) -> None:
    count = Count()

    def slow() -> int:
        change(world)
        return count()

    assert Unchanged("a scope")("tasks", slow) == 1
    assert Unchanged("a scope")("tasks", count) == 2


def test_nothing_is_kept_longer_than_a_minute() -> None:
    assert SECONDS == 60


def test_nothing_counted_is_kept_too(world: World) -> None:
    asked = []
    for _ in range(2):
        assert Unchanged("a scope")("nobody", lambda: asked.append(1)) is None
    assert asked == [1]
