"""A small city for the tests: its units, its people, its rules, and a plan's tasks, made through factories and the
product's own actions."""

import itertools
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import factory
from django.core.files.base import ContentFile
from factory.django import DjangoModelFactory

from zhenggai.accounts.models import Grant, Person, Unit, UnitGroup
from zhenggai.accounts.naming import Named
from zhenggai.accounts.roles import Role
from zhenggai.audit import clock
from zhenggai.audit.actions import SYSTEM, record
from zhenggai.documents.forms import Upload
from zhenggai.ledger.actions import NewMeasure, NewTask, enter_plan, enter_task
from zhenggai.ledger.models import Inspection, Measure, Plan, Task
from zhenggai.ledger.revisions import REVISED
from zhenggai.rulebook.models import Rulebook
from zhenggai.rulebook.rules import Rules

PASSWORD = "a-password-for-tests-only"
_serials = itertools.count(1)


class UnitFactory(DjangoModelFactory):
    class Meta:
        model = Unit

    name = factory.Sequence(lambda n: f"单位{n}")
    short_name = factory.SelfAttribute("name")
    kind = "department"
    tier = "city"

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **kwargs: Any) -> Unit:
        unit = super()._create(model_class, *args, **kwargs)
        unit.refresh_from_db()  # the database fills in the place
        return unit


class PersonFactory(DjangoModelFactory):
    class Meta:
        model = Person

    username = factory.Sequence(lambda n: f"person{n}")
    name = factory.SelfAttribute("username")
    unit = factory.SubFactory(UnitFactory)

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **kwargs: Any) -> Person:
        person = model_class(*args, **kwargs)
        person.set_password(PASSWORD)
        person.save()
        return person


class InspectionFactory(DjangoModelFactory):
    class Meta:
        model = Inspection

    name = factory.Sequence(lambda n: f"第{n}次督察")
    prefix = factory.Sequence(lambda n: f"督{n}")
    kind = "provincial"


@dataclass
class World:
    """Units and people by short names; see `build`."""

    units: dict[str, Unit] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    rulebook: Rulebook | None = None
    inspection: Inspection | None = None
    plan: Plan | None = None

    def __getattr__(self, name: str) -> Any:
        for kind in ("units", "people"):
            if name in self.__dict__.get(kind, {}):
                return self.__dict__[kind][name]
        raise AttributeError(name)

    def person(self, name: str, role: Role | None, unit: Unit) -> Person:
        """A new person with a role at `unit`."""
        person = PersonFactory(username=name, name=f"{unit.short_name}·{name}", unit=unit)
        if role:
            Grant.objects.create(person=person, role=role, unit=unit)
        self.people[name] = person
        return person

    def fresh(self, person: Person) -> Person:
        """The person as a new request sees it, without cached grants."""
        return Person.objects.select_related("unit").get(pk=person.pk)

    def task(self, **given: Any) -> Task:
        """A task of 南湖区 that 区政府 leads, with two measures, due in 60 days, unless said otherwise."""
        lead = given.pop("lead", [self.south_gov])
        responsible = given.pop("responsible", [self.south_gov])
        cooperating = given.pop("cooperating", [self.water])
        measures = given.pop("measures", [NewMeasure(1, "完成排查"), NewMeasure(2, "完成改造")])
        due = given.pop("due", clock.today() + timedelta(days=60))
        new = NewTask(
            serial=given.pop("serial", next(_serials)),
            issue=given.pop("issue", "南湖排口雨天溢流。督察发现3处排口污水入湖。"),
            goal=given.pop("goal", "3处排口不溢流。"),
            passage=given.pop("passage", "1.南湖排口雨天溢流。"),
            duties={
                "lead": [_named(unit) for unit in lead],
                "responsible": [_named(unit) for unit in responsible],
                "cooperating": [_named(unit) for unit in cooperating],
            },
            measures=measures,
            due=due,
            due_kind="date" if due else given.pop("due_kind", "long_term"),
            due_raw="年底前" if due else "",
            **given,
        )
        assert self.plan is not None
        return enter_task(self.plan, new, by=self.office)


def _named(unit: Unit | UnitGroup | str) -> Named:
    if isinstance(unit, str):
        return Named(unit)
    if isinstance(unit, UnitGroup):
        return Named(unit.name, group=unit)
    return Named(unit.short_name, unit=unit)


def evidence(name: str = "竣工验收.pdf", content: bytes = b"%PDF-1.7 evidence") -> Upload:
    """A file as a form hands it over."""
    return Upload(ContentFile(content, name=name), name, "application/pdf")


def revise(task: Task) -> None:
    """The row on the trail without which the database lets nobody change who answers for a task."""
    record(REVISED, by=SYSTEM, target=task, task_id=task.pk)


def alter_measure(task: Task, no: int, **to: Any) -> None:
    """Change a measure past the product's actions, as somebody would who leaves a row on the trail that allows it."""
    record(REVISED, by=SYSTEM, target=task, task_id=task.pk)
    Measure.objects.filter(task=task, no=no).update(**to)


def build() -> World:
    """江南省 ▸ 临江市 (整改办, 政府, 水务局) ▸ 南湖区, 北塘区 (each 政府 and 整改办), with one person a role."""
    world = World()
    units = world.units
    units["province"] = UnitFactory(name="江南省", kind="place", tier="province")
    units["city"] = UnitFactory(name="临江市", kind="place", tier="city", parent=units["province"])
    units["city_gov"] = UnitFactory(name="临江市人民政府", short_name="市政府", kind="government", parent=units["city"])
    units["city_office"] = UnitFactory(name="临江市整改办", short_name="市整改办", kind="office", parent=units["city"])
    units["water"] = UnitFactory(name="临江市水务局", short_name="市水务局", parent=units["city_gov"])
    for key, name in (("south", "南湖区"), ("north", "北塘区")):
        units[key] = UnitFactory(name=name, kind="place", tier="county", parent=units["city"])
        units[f"{key}_gov"] = UnitFactory(
            name=f"{name}人民政府", short_name=f"{name}政府", kind="government", tier="county", parent=units[key]
        )
        units[f"{key}_office"] = UnitFactory(name=f"{name}整改办", kind="office", tier="county", parent=units[key])
    _people(world)
    world.rulebook = Rulebook.objects.create(
        place=units["city"], name="测试版", effective_from=date(2015, 1, 1), data=Rules().as_json(),
        drafted_by=world.office, approved_by=world.leader, approved_at=clock.now(),
    )  # fmt: skip
    world.inspection = InspectionFactory(place=units["city"], name="2025年省督察", prefix="省督")
    world.plan = enter_plan(world.inspection, by=world.office, title="测试整改方案")
    return world


def _people(world: World) -> None:
    units = world.units
    for name, role, unit in (
        ("office", Role.COORDINATION, "city_office"),
        ("acceptor", Role.COORDINATION, "city_office"),
        ("leader", Role.LEADER, "city_gov"),
        ("supervision", Role.SUPERVISION, "city_gov"),
        ("case", Role.CASE, "city_gov"),
        ("publicity", Role.PUBLICITY, "city_gov"),
        ("south_liaison", Role.LIAISON, "south_gov"),
        ("north_liaison", Role.LIAISON, "north_gov"),
        ("water_liaison", Role.LIAISON, "water"),
        ("south_acceptor", Role.COORDINATION, "south_office"),
        ("north_acceptor", Role.COORDINATION, "north_office"),
        ("system_admin", Role.SYSTEM_ADMIN, "city_gov"),
        ("security_admin", Role.SECURITY_ADMIN, "city_gov"),
        ("audit_admin", Role.AUDIT_ADMIN, "city_gov"),
        ("nobody", None, "city_gov"),
    ):
        world.person(name, role, units[unit])
