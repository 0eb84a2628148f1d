"""The tree of places and units, an account in each, and the rules in force."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from django.contrib.auth.hashers import make_password

from benchmarks.believable import words
from benchmarks.believable.copying import Numbers, copy
from benchmarks.believable.scale import Scale
from zhenggai.accounts.models import Grant, Person, Unit
from zhenggai.accounts.roles import Role
from zhenggai.audit import clock
from zhenggai.rulebook.models import Rulebook
from zhenggai.rulebook.rules import Rules

UNIT = ("id", "name", "short_name", "kind", "tier", "parent_id", "position")
PERSON = ("id", "username", "name", "unit_id", "password")
GRANT = ("person_id", "role", "unit_id")
RULES_FROM = date(2015, 1, 1)


@dataclass
class Place:
    """One place with the ids of its units; `bureaus` stand in the order of words.BUREAUS, as far as it has them."""

    id: int
    name: str
    tier: str
    prefix: str
    government: int = 0
    office: int = 0
    bureaus: list[int] = field(default_factory=list)
    counties: list["Place"] = field(default_factory=list)


@dataclass
class Tree:
    """The whole of it. `people`: unit → who reports for it; `offices`: place → who decides there; `names`: unit → name."""

    top: Place
    cities: list[Place]
    people: dict[int, int] = field(default_factory=dict)
    offices: dict[int, int] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    rulebook: int = 0


def plant(scale: Scale, chance: random.Random, numbers: Numbers, password: str) -> Tree:
    """Make units, people and rules."""
    rows: list[tuple[object, ...]] = []
    names = _names(chance)
    top = _place(rows, numbers, words.PROVINCE, "province", None, "省", words.PROVINCE_BUREAUS)
    cities = [
        _place(rows, numbers, next(names) + "市", "city", top.id, "市", words.BUREAUS) for _ in range(scale.cities)
    ]
    for number in range(scale.counties):
        city, last = cities[number % len(cities)], chance.choice(words.COUNTY_LAST)
        county = _place(rows, numbers, next(names) + last, "county", city.id, last, words.COUNTY_BUREAUS)
        city.counties.append(county)
    copy(Unit, UNIT, rows)
    tree = Tree(top, cities, names={int(str(row[0])): str(row[2]) for row in rows})
    _people(tree, numbers, password)
    tree.rulebook = _rules(tree, numbers)
    return tree


def _names(chance: random.Random) -> Iterator[str]:
    pairs = [a + b for a in words.FIRST for b in words.CITY_SECOND + words.COUNTY_SECOND]
    chance.shuffle(pairs)
    yield from pairs


def _place(
    rows: list[tuple[object, ...]], numbers: Numbers, name: str, tier: str, parent: int | None, prefix: str,
    bureaus: tuple[str, ...],
) -> Place:  # fmt: skip
    place = Place(numbers.next(Unit), name, tier, prefix)
    rows.append((place.id, name, name, "place", tier, parent, place.id))

    def below(full: str, short: str, kind: str) -> int:
        unit = numbers.next(Unit)
        rows.append((unit, full, short, kind, tier, place.id, unit))
        return unit

    place.government = below(f"{name}人民政府", f"{name}政府", "government")
    place.office = below(f"{name}整改办", f"{name}整改办", "office")
    place.bureaus = [below(f"{name}{bureau}", f"{name}{bureau}", "department") for bureau in bureaus]
    return place


def _people(tree: Tree, numbers: Numbers, password: str) -> None:
    """A liaison in each government and bureau, a coordinator in each office, a leader over each place."""
    secret = make_password(password)
    people: list[tuple[object, ...]] = []
    grants: list[tuple[object, ...]] = []

    def add(username: str, unit: int, role: Role) -> int:
        person = numbers.next(Person)
        people.append((person, username, f"{tree.names[unit]}·{role.words}", unit, secret))
        grants.append((person, role.value, unit))
        return person

    for place in (tree.top, *tree.cities, *(county for city in tree.cities for county in city.counties)):
        for unit in (place.government, *place.bureaus):
            tree.people[unit] = add(f"liaison-{unit}", unit, Role.LIAISON)
        tree.offices[place.id] = add(f"office-{place.id}", place.office, Role.COORDINATION)
        add(f"leader-{place.id}", place.government, Role.LEADER)
    copy(Person, PERSON, people)
    copy(Grant, GRANT, grants)


def _rules(tree: Tree, numbers: Numbers) -> int:
    book = Rulebook.objects.create(
        pk=numbers.next(Rulebook), place_id=tree.top.id, name="全省统一版", effective_from=RULES_FROM,
        data=Rules().as_json(), approved_at=clock.now(),
    )  # fmt: skip
    return book.pk
