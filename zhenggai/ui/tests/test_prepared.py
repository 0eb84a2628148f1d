import pytest

from tests.world import World
from zhenggai.accounts.models import Grant, Person
from zhenggai.closure.flags import flags_of
from zhenggai.ui.prepared import Prepared


def test_it_answers_as_the_query_does_for_every_key(world: World) -> None:
    asked = Prepared(lambda key: Grant.objects.current().filter(person=key).values_list("role", "unit__short_name"))
    for person in Person.objects.order_by("pk"):
        assert asked.rows(person.pk) == list(person.grants.current().values_list("role", "unit__short_name"))
    assert asked.rows(-1) == []


def test_the_grants_of_a_person_come_with_their_units_and_places(world: World) -> None:
    person = world.fresh(world.south_liaison)
    (grant,) = person.current_grants
    assert grant == Grant.objects.get(person=person)
    assert (grant.unit, grant.unit.place) == (world.south_gov, world.south)
    assert (grant.unit.short_name, grant.unit.place.name) == (world.south_gov.short_name, "南湖区")
    assert (grant.person, grant.ended_at) == (person, None)
    Grant.objects.filter(pk=grant.pk).update(ended_at=grant.granted_at, ended_by=world.office)
    assert world.fresh(person).current_grants == []


def test_flags_are_of_the_task_that_was_asked_for(world: World) -> None:
    upper, lower = world.task(), world.task()
    lower.__class__.objects.filter(pk=lower.pk).update(upper=upper)
    assert flags_of(upper)["has_lower"]
    assert flags_of(upper)["has_open_lower"]
    assert not flags_of(lower)["has_lower"]


def test_a_query_that_does_not_say_its_key_is_refused() -> None:
    with pytest.raises(ValueError, match="does not say its key"):
        Prepared(lambda key: Grant.objects.values_list("pk")).rows(1)
