"""举一反三: places asked to look for the like, what they answered, and the tasks that came of it."""

import random
from datetime import date, timedelta

from django.db import connection

from benchmarks.believable.copying import Numbers, copy
from benchmarks.believable.places import Tree
from benchmarks.believable.scale import Scale
from benchmarks.believable.tasks import Made
from zhenggai.audit import clock
from zhenggai.ledger.models import Sweep, SweepAnswer

SWEEP = ("id", "task_id", "what", "due_on", "asked_by_id", "asked_at")
ANSWER = ("id", "sweep_id", "unit_id", "text", "nothing_found", "answered_by_id", "answered_on")


def fill(scale: Scale, tree: Tree, made: list[Made], chance: random.Random, numbers: Numbers, today: date) -> None:
    """Each sweep asks the governments of three other tasks' places; self-found tasks there are what was found."""
    sweeps: list[tuple[object, ...]] = []
    answers: list[tuple[object, ...]] = []
    found: list[tuple[int, int]] = []
    late_comers = [task for task in made if task.course.entered > today - timedelta(days=scale.months * 20)]
    for task in chance.sample(made, min(scale.sweeps, len(made))):
        sweep, asked = numbers.next(Sweep), task.course.entered + timedelta(days=10)
        due = asked + timedelta(days=30)
        sweeps.append(
            (sweep, task.id, f"各地{task.what}同类问题", due, tree.offices[task.register.id], clock.at(asked))
        )
        places = {other.place.id: other for other in chance.sample(late_comers, min(3, len(late_comers)))}
        for other in places.values():
            answer, unit = numbers.next(SweepAnswer), other.place.government
            if due > today:
                answers.append((answer, sweep, unit, "", None, None, None))
                continue
            text = f"排查{chance.randrange(5, 60)}处，结果如列。"
            answers.append((answer, sweep, unit, text, False, tree.people[unit], due - timedelta(days=2)))
            found.append((answer, other.id))
    copy(Sweep, SWEEP, sweeps)
    copy(SweepAnswer, ANSWER, answers)
    with connection.cursor() as cursor:
        cursor.executemany("UPDATE ledger_task SET found_by_id = %s WHERE id = %s AND increment", found)
