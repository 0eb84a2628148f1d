from zhenggai.accounts.decisions import YES, Decision, no
from zhenggai.accounts.models import Person, Unit
from zhenggai.accounts.roles import Role
from zhenggai.ledger.permissions import stands_below


def can_import(person: Person, place: Unit | None = None) -> Decision:
    """Documents are brought in by the coordination team, for its own place and the places below it."""
    places = person.places_as(Role.COORDINATION)
    if not places:
        return no("方案由综合协调组导入")
    if place is not None and not stands_below([place.pk], places):
        return no(f"只能导入本地的方案，{place}不在你的范围内")
    return YES
