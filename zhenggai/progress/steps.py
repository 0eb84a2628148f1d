"""What follows in the round when a task leaves rectification or comes back to it."""

from zhenggai.accounts.models import Person
from zhenggai.ledger.lifecycle import follows
from zhenggai.ledger.models import Task
from zhenggai.ledger.states import State, Step
from zhenggai.progress.rounds import left_or_entered


@follows
def keep_what_is_owed(task: Task, step: Step, by: Person) -> None:
    """Who has finished owes no further report; who was sent back before the report day owes one again."""
    if State.RECTIFYING in (*step.sources, task.state):
        left_or_entered(task)
