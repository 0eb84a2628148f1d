import pytest
from django.db import DatabaseError, IntegrityError, transaction

from tests.world import UnitFactory, World
from zhenggai.accounts.models import Unit, UnitAlias, UnitClosure, UnitGroup
from zhenggai.accounts.naming import look_up


def below(unit: Unit) -> set[str]:
    return set(Unit.objects.below(unit.pk).values_list("short_name", flat=True))


def test_closure_holds_every_pair(world: World) -> None:
    assert below(world.south) == {"南湖区", "南湖区政府", "南湖区整改办"}
    assert UnitClosure.objects.get(ancestor=world.province, descendant=world.south_gov).depth == 3


def test_place_is_the_nearest_place_above(world: World) -> None:
    assert (world.south_gov.place, world.water.place, world.south.place) == (world.south, world.city, world.south)


def test_a_moved_unit_takes_its_subtree_along(world: World) -> None:
    world.south_gov.parent = world.north
    world.south_gov.save()
    assert "南湖区政府" in below(world.north)
    assert "南湖区政府" not in below(world.south)
    world.south_gov.refresh_from_db()
    assert world.south_gov.place == world.north


def test_a_unit_cannot_stand_below_itself(world: World) -> None:
    world.city.parent = world.south
    with pytest.raises(DatabaseError, match="below itself"), transaction.atomic():
        world.city.save()


def test_names_in_one_parent_are_different(world: World) -> None:
    with pytest.raises(IntegrityError, match="unit_short_name_once"), transaction.atomic():
        UnitFactory(name="另一个水务局", short_name="市水务局", parent=world.city_gov)


def test_names_of_documents_are_looked_up(world: World) -> None:
    party = UnitFactory(
        name="中共临江市南湖区委员会", short_name="南湖区委", kind="party", tier="county", parent=world.south
    )
    UnitAlias.objects.create(unit=world.water, name="市水利局")
    group = UnitGroup.objects.create(name="各区政府", place=world.city)
    found = look_up(["市水务局", "市水利局", "南湖区党委", "各区政府", "市爱卫办"], world.city)
    assert [named.unit for named in found.values()] == [world.water, world.water, party, None, None]
    assert found["各区政府"].group == group
    assert not found["市爱卫办"].known


def test_units_of_other_places_are_not_meant(world: World) -> None:
    other = UnitFactory(name="望海市", kind="place", tier="city", parent=world.province)
    UnitFactory(name="望海市林业局", short_name="市林业局", parent=other)
    assert not look_up(["市林业局"], world.city)["市林业局"].known


def test_looking_up_takes_three_statements_however_many_names(world: World, django_assert_num_queries: object) -> None:
    with django_assert_num_queries(3):  # type: ignore[operator]
        look_up([f"单位{number}" for number in range(500)] + ["市水务局"], world.city)
