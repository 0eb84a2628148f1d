import pytest
from django.db import IntegrityError, transaction

from tests.world import World
from zhenggai.accounts import actions
from zhenggai.accounts.decisions import Refused
from zhenggai.accounts.models import Grant, Person
from zhenggai.accounts.roles import Role
from zhenggai.audit.models import Entry


def test_security_administrator_makes_accounts_and_grants(world: World) -> None:
    person = actions.add_person(username="new-liaison", name="市水务局·新人", unit=world.water, by=world.security_admin)
    assert not person.has_usable_password()
    actions.grant(person, Role.LIAISON, world.water, by=world.security_admin)
    password = actions.reset_password(person, by=world.security_admin)
    assert Person.objects.get(username="new-liaison").check_password(password)
    assert len(password) == 14
    verbs = list(Entry.objects.order_by("seq").values_list("verb", flat=True))[-3:]
    assert verbs == ["person.added", "grant.added", "person.password_reset"]
    assert password not in str(list(Entry.objects.values()))


@pytest.mark.parametrize("who", ["office", "system_admin", "audit_admin", "leader", "south_liaison"])
def test_others_make_no_accounts(world: World, who: str) -> None:
    with pytest.raises(Refused, match="安全管理员"):
        actions.add_person(username="x-y-z", name="某", unit=world.water, by=getattr(world, who))


def test_nobody_grants_to_oneself(world: World) -> None:
    with pytest.raises(Refused, match="不能给自己授权"):
        actions.grant(world.security_admin, Role.LEADER, world.city_gov, by=world.security_admin)
    with pytest.raises(IntegrityError, match="nobody_grants_to_oneself"), transaction.atomic():
        Grant.objects.create(person=world.nobody, role="leader", unit=world.water, granted_by=world.nobody)


@pytest.mark.parametrize("role", [Role.SYSTEM_ADMIN, Role.AUDIT_ADMIN, Role.COORDINATION, Role.LIAISON])
def test_an_administrator_is_nothing_else(world: World, role: Role) -> None:
    with pytest.raises(Refused, match="三个人担任"):
        actions.grant(
            world.person("second", Role.SECURITY_ADMIN, world.city_gov), role, world.city_gov, by=world.security_admin
        )
    with pytest.raises(IntegrityError, match="administrators"), transaction.atomic():
        Grant.objects.create(
            person=world.audit_admin, role=role if role != Role.AUDIT_ADMIN else "leader", unit=world.city
        )


def test_a_role_ends_and_its_row_stays(world: World) -> None:
    given = Grant.objects.get(person=world.water_liaison)
    actions.end_grant(given, by=world.security_admin)
    assert world.fresh(world.water_liaison).roles == frozenset()
    with pytest.raises(Refused, match="已经收回"):
        actions.end_grant(given, by=world.security_admin)
    actions.grant(world.water_liaison, Role.LIAISON, world.water, by=world.security_admin)
    assert Grant.objects.filter(person=world.water_liaison).count() == 2


def test_the_first_administrator_can_be_made_once(db: None) -> None:
    place = {"name": "某市", "short_name": "某市", "kind": "place", "tier": "city"}
    first = actions.found(place, username="security", name="安全管理员")
    assert first.roles == {Role.SECURITY_ADMIN}
    with pytest.raises(Refused, match="已经有账号"):
        actions.found(place | {"name": "别市"}, username="second", name="某")


def test_scope_follows_the_role(world: World) -> None:
    assert world.office.scope == {world.city.pk}
    assert world.south_acceptor.scope == {world.south.pk}
    assert world.south_liaison.scope == {world.south_gov.pk}
    for administrator in (world.system_admin, world.security_admin, world.audit_admin, world.nobody):
        assert administrator.scope == frozenset()
