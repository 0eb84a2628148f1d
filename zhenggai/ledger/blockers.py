"""What still blocks a step of a task. Each app registers what it knows; the task page lists all, and the step's
permission refuses with the first. What a named leader has let pass (where the rulebook allows it) blocks no more; the page
goes on saying so."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from zhenggai.accounts.decisions import YES, Decision, no
from zhenggai.ledger.models import Measure, Task
from zhenggai.ledger.states import SELF_CHECK, STEPS, Step


@dataclass(frozen=True)
class Blocker:
    """`step`: the step that it blocks; `text`: what is missing; `who`: who has to do what; `anchor`: where on the
    task's page; `condition`: its name in rulebooks, where a leader may be allowed to override it."""

    step: Step
    text: str
    who: str = ""
    anchor: str = ""
    condition: str = ""


_sources: list[Callable[[Task], Iterable[Blocker]]] = []
_waivers: list[Callable[[Task], Iterable[str]]] = []


def blocks(source: Callable[[Task], Iterable[Blocker]]) -> Callable[[Task], Iterable[Blocker]]:
    """Register a function that yields the blockers of a task."""
    _sources.append(source)
    return source


def waives(source: Callable[[Task], Iterable[str]]) -> Callable[[Task], Iterable[str]]:
    """Register a function that yields the conditions that were let pass for a task."""
    _waivers.append(source)
    return source


def blockers_of(task: Task) -> list[Blocker]:
    """Everything that still blocks the task, in the order of the steps."""
    if "_blockers" in task.__dict__:
        held: list[Blocker] = task.__dict__["_blockers"]
        return held
    found = [blocker for source in _sources for blocker in source(task)]
    waived = {name for source in _waivers for name in source(task)} if any(row.condition for row in found) else set()
    order = list(STEPS.values())
    return sorted((row for row in found if row.condition not in waived), key=lambda row: order.index(row.step))


def hold_blockers(task: Task) -> list[Blocker]:
    """`blockers_of`, kept with `task` for as long as one page is made of it: every step then asks the same list."""
    task.__dict__["_blockers"] = found = blockers_of(task)
    return found


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
        yield Blocker(SELF_CHECK, f"量化目标未达到：{target.words}，{now}", "达到后填报监测值", "targets", "targets")
