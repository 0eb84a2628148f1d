from zhenggai.accounts.decisions import YES, Decision, no
from zhenggai.accounts.models import Person, Tier, Unit
from zhenggai.accounts.roles import Role
from zhenggai.rulebook.models import Rulebook


def can_draft(place: Unit | None, person: Person) -> Decision:
    """Rules are drafted by the coordination team of the place. A county or a township follows its city: it cannot make its
    own notice shorter or its own acceptance lighter."""
    if place is None or place.pk not in person.places_as(Role.COORDINATION):
        return no("制度由综合协调组起草")
    follows = place.tier in (Tier.COUNTY, Tier.TOWNSHIP)
    return no("区县按市级制度办理，制度由市整改办综合协调组起草") if follows else YES


def can_approve(book: Rulebook, person: Person) -> Decision:
    """A version is approved by a leader of the place, never by who drafted it."""
    if not book.is_draft:
        return no("这一版已经批准")
    if book.drafted_by_id == person.pk:
        return no("起草人不能批准自己起草的版本")
    places = person.places_as(Role.LEADER)
    return YES if book.place_id in places else no(f"由{book.place}领导小组领导批准")
