from zhenggai.accounts.decisions import YES, Decision, no
from zhenggai.accounts.models import Person
from zhenggai.accounts.roles import Role
from zhenggai.rulebook.models import Rulebook


def can_draft(person: Person) -> Decision:
    """Rules are drafted by the coordination team, for its own place."""
    return YES if person.holds(Role.COORDINATION) else no("制度由综合协调组起草")


def can_approve(book: Rulebook, person: Person) -> Decision:
    """A version is approved by a leader of the place, never by who drafted it."""
    if not book.is_draft:
        return no("这一版已经批准")
    if book.drafted_by_id == person.pk:
        return no("起草人不能批准自己起草的版本")
    places = person.places_as(Role.LEADER)
    return YES if book.place_id in places else no(f"由{book.place}领导小组领导批准")
