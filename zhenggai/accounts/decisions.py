"""A permission's answer: yes, or no with the reason that the button shows."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Decision:
    """Whether something is allowed; `reason` says in Chinese why not and, where it helps, what to do.

    `one and other` is the first refusal of both; `other` is not asked once `one` refuses: who may comes before whether
    the task is ready, which costs more to know.
    """

    allowed: bool
    reason: str = ""

    def __bool__(self) -> bool:
        return self.allowed


YES = Decision(True)


def no(reason: str) -> Decision:
    """A refusal with its reason.

    >>> bool(no("只有牵头单位能申请"))
    False
    """
    return Decision(False, reason)


class Refused(Exception):
    """An act that a rule forbids. The message is for people: what is wrong and what to do."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Stale(Refused):
    """The page was older than the record: somebody else has acted in between."""
