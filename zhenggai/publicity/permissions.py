from zhenggai.accounts.decisions import YES, Decision, no
from zhenggai.accounts.models import Person, Unit
from zhenggai.accounts.roles import Role
from zhenggai.ledger.blockers import not_blocked
from zhenggai.ledger.models import Task
from zhenggai.ledger.permissions import RECTIFIERS, duty_of, is_over, stands_below
from zhenggai.ledger.states import OPEN_NOTICE
from zhenggai.publicity.models import Cover, EndChange, Notice, Objection
from zhenggai.publicity.querysets import HANDLERS


def can_open_notice(task: Task, person: Person) -> Decision:
    """A notice is published by the publicity team of the place or of a place above, of what still is as it was reviewed."""
    team = YES if is_over(person, task, Role.PUBLICITY) else no("公示由宣传报道组发布")
    return team and not_blocked(task, OPEN_NOTICE)


def can_withdraw_notice(task: Task, person: Person) -> Decision:
    """A notice is withdrawn by those who handle its objections."""
    return YES if is_over(person, task, *HANDLERS) else no("撤回公示由宣传报道组或综合协调组办理")


def can_renew_notice(task: Task, person: Person) -> Decision:
    """A notice with a mistake is taken back and published anew by those who publish it."""
    return YES if is_over(person, task, Role.PUBLICITY) else no("更正重发由宣传报道组办理")


def can_change_end(change: EndChange, person: Person) -> Decision:
    """Whether a notice runs longer is decided by the publicity team of its place."""
    return _over(person, change.notice.place_id, (Role.PUBLICITY,), "公示期由宣传报道组办理")


def can_enter_objection(notice: Notice, person: Person) -> Decision:
    """Letters, calls and visits are entered by those who handle objections."""
    return _over(person, notice.place_id, HANDLERS, "异议由综合协调组或宣传报道组登记")


def _over(person: Person, place: int, roles: tuple[Role, ...], reason: str) -> Decision:
    places = person.places_as(*roles)
    return YES if places and stands_below([place], places) else no(reason)


def can_publish_tasks(person: Person, place: Unit) -> Decision:
    """Which tasks the public sees is decided by the publicity team of the place."""
    return _over(person, place.pk, (Role.PUBLICITY,), "公开台账由宣传报道组办理")


def can_handle_covers(place: Unit, person: Person) -> Decision:
    """What is covered is looked at and lifted by those who answer to the public for a place."""
    return _over(person, place.pk, HANDLERS, "遮去公开内容里的个人信息由宣传报道组、综合协调组办理")


def can_confirm_cover(cover: Cover, place: Unit, person: Person) -> Decision:
    """Another person than who asked for it: what hides a name could hide a failing."""
    if cover.asked_by_id == person.pk:
        return no("是你提出的，由另一人确认")
    return can_handle_covers(place, person)


def can_answer(objection: Objection, person: Person) -> Decision:
    """Objections are answered by the coordination or publicity team of the notice's place, never by one of those whose
    work is objected to."""
    if not objection.is_open:
        return no("这件异议已经答复")
    if any(duty_of(person, item.task, RECTIFIERS) for item in objection.notice.items.select_related("task")):
        return no("你是牵头或责任单位的联络员，对自己工作的异议由别人答复")
    if objection.handler_id not in (None, person.pk):
        return no(f"由承办人{objection.handler}答复")
    return _over(person, objection.notice.place_id, HANDLERS, "异议由综合协调组或宣传报道组办理")


def can_take_objection(objection: Objection, person: Person) -> Decision:
    """Who may answer an objection that nobody handles yet may take it; another may take it over, with the trail's word."""
    if not objection.is_open:
        return no("这件异议已经答复")
    if objection.handler_id == person.pk:
        return no("已经由你承办")
    if any(duty_of(person, item.task, RECTIFIERS) for item in objection.notice.items.select_related("task")):
        return no("你是牵头或责任单位的联络员，对自己工作的异议由别人承办")
    return _over(person, objection.notice.place_id, HANDLERS, "异议由综合协调组或宣传报道组办理")


def can_read_sender(objection: Objection, person: Person) -> Decision:
    """Who sent an objection is for its handler alone."""
    return YES if objection.handler_id == person.pk else no("只有承办人能看联系方式")
