from zhenggai.accounts.decisions import YES, Decision, no
from zhenggai.accounts.models import Person, Unit
from zhenggai.accounts.roles import Role
from zhenggai.ledger.models import Task
from zhenggai.ledger.permissions import RECTIFIERS, duty_of, is_over, stands_below
from zhenggai.publicity.models import Objection
from zhenggai.publicity.querysets import HANDLERS


def can_open_notice(task: Task, person: Person) -> Decision:
    """A notice is published by the publicity team of the place or of a place above."""
    return YES if is_over(person, task, Role.PUBLICITY) else no("公示由宣传报道组发布")


def can_withdraw_notice(task: Task, person: Person) -> Decision:
    """A notice is withdrawn by those who handle its objections."""
    return YES if is_over(person, task, *HANDLERS) else no("撤回公示由宣传报道组或综合协调组办理")


def can_publish_tasks(person: Person, place: Unit) -> Decision:
    """Which tasks the public sees is decided by the publicity team of the place."""
    places = person.places_as(Role.PUBLICITY)
    return YES if places and stands_below([place.pk], places) else no("公开台账由宣传报道组办理")


def can_answer(objection: Objection, person: Person) -> Decision:
    """Objections are answered by the coordination or publicity team of the notice's place, never by one of those whose
    work is objected to."""
    if not objection.is_open:
        return no("这件异议已经答复")
    if any(duty_of(person, item.task, RECTIFIERS) for item in objection.notice.items.select_related("task")):
        return no("你是牵头或责任单位的联络员，对自己工作的异议由别人答复")
    places = person.places_as(*HANDLERS)
    if places and stands_below([objection.notice.place_id], places):
        return YES
    return no("异议由综合协调组或宣传报道组办理")
