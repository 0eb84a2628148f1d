"""The life of a task as two tables: its states, and the steps that lead from one to another.

This is the whole of it: buttons, permissions, tests and the diagram in docs/lifecycle.md are drawn from here.
Overdue, days left, on schedule are no states: they are derived from dates (querysets.py).
"""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    RECTIFYING = "rectifying"
    SELF_CHECKED = "self_checked"
    IN_ACCEPTANCE = "in_acceptance"
    ACCEPTED = "accepted"
    REVIEWED = "reviewed"
    IN_NOTICE = "in_notice"
    STRUCK_OFF = "struck_off"
    FILED = "filed"

    @property
    def words(self) -> str:
        return STATE_WORDS[self]


STATE_WORDS: dict[str, str] = {
    State.RECTIFYING: "整改中",
    State.SELF_CHECKED: "自查自验",
    State.IN_ACCEPTANCE: "验收",
    State.ACCEPTED: "待审核",
    State.REVIEWED: "待公示",
    State.IN_NOTICE: "公示中",
    State.STRUCK_OFF: "已销号",
    State.FILED: "已备案",
}
CLOSED = (State.STRUCK_OFF, State.FILED)


@dataclass(frozen=True)
class Step:
    """One step: from which states, to which, who takes it, and the words on its button.

    `leads_back` marks a step that sends a task back; it is never a page's primary action.
    """

    name: str
    label: str
    sources: tuple[State, ...]
    targets: tuple[State, ...]
    who: str
    tone: str = ""
    leads_back: bool = False


SELF_CHECK = Step(
    "self_check", "自查自验", (State.RECTIFYING,), (State.SELF_CHECKED,), "牵头单位；没有牵头单位的，责任单位", "blue"
)
APPLY = Step(
    "apply", "提交销号申请", (State.SELF_CHECKED,), (State.IN_ACCEPTANCE,), "牵头单位；没有牵头单位的，责任单位", "blue"
)
ACCEPT = Step(
    "accept",
    "作出验收结论",
    (State.IN_ACCEPTANCE,),
    (State.IN_ACCEPTANCE, State.ACCEPTED, State.SELF_CHECKED, State.RECTIFYING),
    "制度所列各级整改办，由下往上；不能是申请的人和单位",
    "green",
)
REVIEW = Step(
    "review",
    "审核",
    (State.ACCEPTED,),
    (State.REVIEWED, State.SELF_CHECKED, State.RECTIFYING),
    "领导小组领导",
    "green",
)
OPEN_NOTICE = Step("open_notice", "发布公示", (State.REVIEWED,), (State.IN_NOTICE,), "宣传报道组", "blue")
WITHDRAW_NOTICE = Step(
    "withdraw_notice",
    "撤回公示、退回整改",
    (State.IN_NOTICE,),
    (State.RECTIFYING, State.SELF_CHECKED),
    "宣传报道组、综合协调组",
    "red",
    leads_back=True,
)
RENEW_NOTICE = Step(
    "renew_notice",
    "撤回公示、更正重发",
    (State.IN_NOTICE,),
    (State.REVIEWED,),
    "宣传报道组、综合协调组",
    "amber",
    leads_back=True,
)
STRIKE_OFF = Step("strike_off", "销号", (State.IN_NOTICE,), (State.STRUCK_OFF,), "领导小组领导", "green")
FILE = Step("file", "备案", (State.STRUCK_OFF,), (State.FILED,), "市整改办综合协调组", "green")

STEPS: dict[str, Step] = {
    step.name: step
    for step in (
        SELF_CHECK, APPLY, ACCEPT, REVIEW, OPEN_NOTICE, WITHDRAW_NOTICE, RENEW_NOTICE, STRIKE_OFF, FILE,
    )
}  # fmt: skip


def mermaid() -> str:
    """The state diagram, as Mermaid text, drawn from the tables above."""
    lines = ["stateDiagram-v2", f"    [*] --> {State.RECTIFYING}: 挂账"]
    lines += [f'    state "{state.words}" as {state}' for state in State]
    for step in STEPS.values():
        lines += [f"    {source} --> {target}: {step.label}" for source in step.sources for target in step.targets]
    return "\n".join([*lines, f"    {State.FILED} --> [*]"])
