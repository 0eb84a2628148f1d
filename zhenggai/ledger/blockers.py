"""What still blocks a step of a task. Each app registers what it knows; the task page lists all, and the step's
permission refuses with the first."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from zhenggai.accounts.decisions import YES, Decision, no
from zhenggai.ledger.models import Measure, Task
from zhenggai.ledger.states import SELF_CHECK, Step


@dataclass(frozen=True)
class Blocker:
    """`step`: the step that it blocks; `text`: what is missing; `who`: who has to do what; `anchor`: where on the
    task's page."""

    step: Step
    text: str
    who: str = ""
    anchor: str = ""


_sources: list[Callable[[Task], Iterable[Blocker]]] = []


def blocks(source: Callable[[Task], Iterable[Blocker]]) -> Callable[[Task], Iterable[Blocker]]:
    """Register a function that yields the blockers of a task."""
    _sources.append(source)
    return source


def blockers_of(task: Task) -> list[Blocker]:
    """Everything that still blocks the task, in the order of the steps."""
    return [blocker for source in _sources for blocker in source(task)]


def not_blocked(task: Task, step: Step) -> Decision:
    """Yes, or the first thing that blocks `step`."""
    found = [blocker for blocker in blockers_of(task) if blocker.step == step]
    if not found:
        return YES
    more = f"等{len(found)}项" if len(found) > 1 else ""
    return no(f"{found[0].text}{more}" + (f"，{found[0].who}" if found[0].who else ""))


@blocks
def open_measures(task: Task) -> Iterable[Blocker]:
    """Every measure of the plan must be done (Anhui's conditions, DOMAIN.md §2)."""
    numbers = [str(measure.no) for measure in task.measures.all() if measure.progress != Measure.Progress.DONE]
    if numbers:
        yield Blocker(SELF_CHECK, f"措施{'、'.join(numbers)}未完成", "完成后在月报告里报，审核通过即可", "m")


@blocks
def missed_targets(task: Task) -> Iterable[Blocker]:
    """Every quantified target must be met by its samples; saying so is not enough (NEEDS §2 row 4)."""
    for target in task.targets.all():
        if target.met_on is not None:
            continue
        now = (
            "还没有监测值" if target.value is None else f"{target.value_on}为{target.value.normalize():f}{target.unit}"
        )
        yield Blocker(SELF_CHECK, f"量化目标未达到：{target.words}，{now}", "达到后填报监测值", "targets")
