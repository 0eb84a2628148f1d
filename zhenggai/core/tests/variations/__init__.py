"""The same content in systematically varied layouts, put together at random from a seed: what went in must come out.

``documents(seed, count)`` gives documents with their answers and the kinds of variation that each has, so that
failures can be told by cause. Everything here is of our own wording.
"""

from collections.abc import Iterator
from random import Random

from zhenggai.core.tests.variations import complaints, notices, plans, progress, work_plans
from zhenggai.core.tests.variations.rendered import Variation

MAKERS = {
    "plan": plans.make,
    "notice": notices.make,
    "progress": progress.make,
    "complaints": complaints.make,
    "work_plan": work_plans.make,
}
SHARES = ("plan", "plan", "plan", "notice", "notice", "progress", "progress", "complaints", "work_plan", "plan")


def documents(seed: int, count: int, kind: str | None = None) -> Iterator[Variation]:
    """``count`` documents; the same seed gives the same ones."""
    for number in range(count):
        rng = Random(f"{seed}.{number}")
        one = kind or SHARES[number % len(SHARES)]
        yield MAKERS[one](rng)._replace(number=number)


__all__ = ["MAKERS", "Variation", "documents"]
