"""Founding the demonstration city: its directory, its people and its rules, through the ordinary actions."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from zhenggai.accounts import actions
from zhenggai.accounts.models import Person, Unit, UnitGroup
from zhenggai.accounts.roles import Role
from zhenggai.audit import clock
from zhenggai.rulebook.actions import approve, draft
from zhenggai.rulebook.rules import Rules
from zhenggai.rulebook.shipped import shipped

Story = Mapping[str, Any]

# Versions of the city's rules: what each changed against the product's own.
RULEBOOKS: tuple[tuple[str, dict[str, Any]], ...] = (
    (
        "第一版",
        {
            "notice_days": 7,
            "notice_day_kind": "calendar",
            "report": {"rule": "FREQ=MONTHLY;BYMONTHDAY=15", "shift": "none"},
            "reporters": "lead",
        },
    ),
    ("现行版", {**shipped()["county_city"]["rules"], "reporters": "lead"}),
)


def found_city(story: Story, since: date) -> tuple[dict[str, Unit], dict[str, Person]]:
    """Units by key and people by account. `since`: the day from which the city has this system."""
    with clock.pretend(clock.at(since, 8)):
        rows = {row["key"]: row for row in story["unit"]}
        root = next(row for row in story["unit"] if "parent" not in row)
        security = next(row for row in story["person"] if row["role"] == Role.SECURITY_ADMIN)
        guardian = actions.found(_unit_fields(root, None), username=security["account"], name=security["name"])
        units = {root["key"]: Unit.objects.get(name=root["name"])}
        system = _enrol(
            next(row for row in story["person"] if row["role"] == Role.SYSTEM_ADMIN), units[root["key"]], guardian
        )
        for position, row in enumerate(story["unit"], 1):
            _add_unit(row, rows, units, position, system)
        _add_groups(story, units)
        people = {guardian.username: guardian, system.username: system}
        _settle(guardian, units[security["unit"]])
        for row in story["person"]:
            if row["account"] not in people:
                people[row["account"]] = _enrol(row, units[row["unit"]], guardian, story["city"]["phone"])
        system_row = next(row for row in story["person"] if row["role"] == Role.SYSTEM_ADMIN)
        _settle(system, units[system_row["unit"]])
    return units, {
        account: Person.objects.select_related("unit__place").get(pk=person.pk) for account, person in people.items()
    }


def _unit_fields(row: Story, parent: Unit | None) -> dict[str, Any]:
    return {
        "name": row["name"],
        "short_name": row["short"],
        "kind": row["kind"],
        "tier": row["level"],
        "parent": parent,
    }


def _add_unit(row: Story, rows: Mapping[str, Story], units: dict[str, Unit], position: int, by: Person) -> Unit:
    """The unit of `row`, its parent first."""
    if row["key"] not in units:
        parent = _add_unit(rows[row["parent"]], rows, units, position, by)
        units[row["key"]] = actions.add_unit(by=by, position=position, **_unit_fields(row, parent))
        for alias in row.get("aliases", []):
            actions.add_alias(units[row["key"]], alias, by=by)
    return units[row["key"]]


def _add_groups(story: Story, units: Mapping[str, Unit]) -> None:
    for row in story["group"]:
        group = UnitGroup.objects.create(name=row["name"], place=units[row["place"]])
        group.members.set([units[key] for key in row["members"]])


def _enrol(row: Story, unit: Unit, by: Person, phone: str = "") -> Person:
    person = actions.add_person(username=row["account"], name=row["name"], unit=unit, by=by, phone=phone)
    actions.grant(person, Role(row["role"]), unit, by=by)
    return person


def _settle(person: Person, unit: Unit) -> None:
    """The first administrators stood at the root until their own units existed; their grants are for the whole place."""
    Person.objects.filter(pk=person.pk).update(unit=unit)


def lay_down_rules(story: Story, units: Mapping[str, Unit], people: Mapping[str, Person], since: date) -> None:
    """The city's rulebooks, drafted by the office and approved by the leader."""
    place, office, leader = units[story["city"]["place"]], people["city-office"], people["city-leader"]
    for months, (name, changes) in zip((0, 8), RULEBOOKS, strict=True):
        begins = date(
            since.year + (since.month - 1 + months) // 12,
            (since.month - 1 + months) % 12 + 1,
            1 if months else since.day,
        )
        with clock.pretend(clock.at(begins, 8, 30)):
            data = Rules().as_json() | changes
            book = draft(
                place, name=f"{begins.year}年{begins.month}月版（{name}）", effective_from=begins, data=data, by=office
            )
            approve(book, by=leader)
