from functools import cached_property
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Case, F, Q, When

from zhenggai.accounts.querysets import GrantQuerySet, PersonQuerySet, UnitQuerySet
from zhenggai.accounts.roles import ADMINISTRATORS, OVER_A_PLACE, Role
from zhenggai.audit import clock
from zhenggai.ui.prepared import Prepared

ADMINISTRATOR_NAMES = sorted(role.value for role in ADMINISTRATORS)


class Kind(models.TextChoices):
    """Kinds of unit. A place (区划) is a node of its own; the units of that place hang below it."""

    PLACE = "place", "区划"
    PARTY = "party", "党委"
    GOVERNMENT = "government", "政府"
    OFFICE = "office", "整改办"
    DEPARTMENT = "department", "部门"
    TOWNSHIP = "township", "街道乡镇"
    DISCIPLINE = "discipline", "纪委监委"
    ENTERPRISE = "enterprise", "企业"


class Tier(models.TextChoices):
    PROVINCE = "province", "省级"
    CITY = "city", "市级"
    COUNTY = "county", "县级"
    TOWNSHIP = "township", "乡级"


class Unit(models.Model):
    """A node of the unit tree. The database keeps the closure table (migrations/0002_tree.py)."""

    name = models.CharField("全称", max_length=200, unique=True)
    short_name = models.CharField("简称", max_length=100)
    kind = models.CharField("类型", max_length=16, choices=Kind)
    tier = models.CharField("层级", max_length=16, choices=Tier)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="上级"
    )
    place = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        editable=False,
        related_name="units_of_place",
        verbose_name="所在区划",
        help_text="最近的上级区划；由数据库填写",
    )
    position = models.PositiveIntegerField("排序", default=0)

    objects = UnitQuerySet.as_manager()

    class Meta:
        verbose_name = "单位"
        ordering: ClassVar = ["position", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["parent", "short_name"], name="unit_short_name_once"),
            models.CheckConstraint(condition=~Q(parent=F("id")), name="unit_not_its_own_parent"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="unit_kind_is_known"),
            models.CheckConstraint(condition=Q(tier__in=Tier.values), name="unit_tier_is_known"),
        ]

    def __str__(self) -> str:
        return self.short_name


class UnitAlias(models.Model):
    """Another name under which documents mention a unit: an older one (市环保局) or an abbreviation."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="aliases")
    name = models.CharField("别名", max_length=200)

    class Meta:
        verbose_name = "单位别名"
        constraints: ClassVar = [models.UniqueConstraint(fields=["name", "unit"], name="alias_once")]
        indexes: ClassVar = [models.Index(fields=["name"], name="alias_name")]

    def __str__(self) -> str:
        return self.name


class UnitClosure(models.Model):
    """Every pair of a unit and what stands below it, itself included. Rights are a join on this table."""

    pk = models.CompositePrimaryKey("ancestor", "descendant")
    ancestor = models.ForeignKey(Unit, models.CASCADE, related_name="down")
    descendant = models.ForeignKey(Unit, models.CASCADE, related_name="up")
    depth = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = "单位上下级"

    def __str__(self) -> str:
        return f"{self.ancestor_id} > {self.descendant_id}"


class UnitGroup(models.Model):
    """A name for several units, as plans use it: 各区县党委、政府."""

    name = models.CharField("名称", max_length=100)
    place = models.ForeignKey(Unit, models.PROTECT, related_name="groups", verbose_name="区划")
    members = models.ManyToManyField(Unit, related_name="member_of", verbose_name="成员")

    class Meta:
        verbose_name = "单位组"
        constraints: ClassVar = [models.UniqueConstraint(fields=["place", "name"], name="group_once")]

    def __str__(self) -> str:
        return self.name


class PersonManager(BaseUserManager.from_queryset(PersonQuerySet)):  # type: ignore[misc]
    def get_by_natural_key(self, username: str) -> "Person":
        return self.get(username=username)


class Person(AbstractBaseUser):
    """An account. `name` is a post (南湖区政府·联络员) or a person's name, as the place wishes."""

    username = models.CharField("账号", max_length=64, unique=True)
    name = models.CharField("姓名或岗位", max_length=120)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="people", verbose_name="单位")
    phone = models.CharField("电话", max_length=40, blank=True)
    email = models.EmailField("邮箱", max_length=200, blank=True, help_text="每日一封发到这里；不填就不发")
    is_active = models.BooleanField("启用", default=True)
    created_at = models.DateTimeField("建立时间", default=clock.now, editable=False)

    objects = PersonManager()
    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar = ["name"]

    class Meta:
        verbose_name = "人员"
        ordering: ClassVar = ["username"]

    def __str__(self) -> str:
        return self.name

    @property
    def actor_id(self) -> int:
        return self.pk

    @property
    def actor_name(self) -> str:
        return self.name

    @property
    def actor_unit(self) -> str:
        return self.unit.short_name

    @cached_property
    def current_grants(self) -> list["Grant"]:
        """The grants in force, read once a request."""
        return [_grant(self, row) for row in _GRANTS.rows(self.pk)]

    @cached_property
    def roles(self) -> frozenset[Role]:
        return frozenset(Role(grant.role) for grant in self.current_grants)

    def holds(self, *roles: Role) -> bool:
        """Whether the person holds any of `roles`, anywhere."""
        return not self.roles.isdisjoint(roles)

    def places_as(self, *roles: Role) -> list[int]:
        """The places (ids) of the units at which the person holds any of `roles`."""
        return [unit.place_id for unit in self.units_as(*roles) if unit.place_id]

    def places_of_tier(self, tier: str, *roles: Role) -> list[int]:
        """`places_as` of those places alone that are of `tier`; the tier is the place's, whatever the unit's own says."""
        places = [unit.place for unit in self.units_as(*roles) if unit.place]
        return [place.pk for place in places if place.tier == tier]

    def units_as(self, *roles: Role) -> list[Unit]:
        """The units at which the person holds any of `roles`."""
        return [grant.unit for grant in self.current_grants if grant.role in roles]

    @cached_property
    def scope(self) -> frozenset[int]:
        """The units below which (themselves included) the person may look at tasks: a team or leader sees its whole
        place, a liaison the own unit; administrators see no tasks at all."""
        return frozenset(
            grant.unit.place_id or grant.unit_id if grant.role in OVER_A_PLACE else grant.unit_id
            for grant in self.current_grants
            if grant.role not in ADMINISTRATORS
        )


class Grant(models.Model):
    """A role that a person holds at a unit, from when, by whom; ended, never deleted."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="grants", verbose_name="人员")
    role = models.CharField("角色", max_length=32)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="grants", verbose_name="单位")
    granted_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="授权人")
    granted_at = models.DateTimeField("授权时间", default=clock.now)
    ended_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="收回人")
    ended_at = models.DateTimeField("收回时间", null=True)

    objects = GrantQuerySet.as_manager()

    class Meta:
        verbose_name = "授权"
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "role", "unit"], condition=Q(ended_at__isnull=True), name="grant_once"
            ),
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(ended_at__isnull=True, role__in=ADMINISTRATOR_NAMES),
                name="administrators_exclude_each_other",
            ),
            # One is an administrator or one works on tasks, never both.
            ExclusionConstraint(
                name="administrators_do_no_other_work",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    (Case(When(role__in=ADMINISTRATOR_NAMES, then=1), default=0), RangeOperators.NOT_EQUAL),
                ],
                condition=Q(ended_at__isnull=True),
            ),
            models.CheckConstraint(
                condition=Q(granted_by__isnull=True) | ~Q(granted_by=F("person")), name="nobody_grants_to_oneself"
            ),
            models.CheckConstraint(condition=Q(role__in=[role.value for role in Role]), name="role_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.person} {Role(self.role).words} {self.unit}"


# Every page asks for the grants of who looks at it, with their units and places.
_OF_GRANT = [field.attname for field in Grant._meta.concrete_fields]
_OF_UNIT = [field.attname for field in Unit._meta.concrete_fields]
_GRANTS = Prepared(
    lambda person: Grant.objects.current()
    .filter(person=person)
    .values_list(
        *_OF_GRANT, *(f"unit__{name}" for name in _OF_UNIT), *(f"unit__place__{name}" for name in _OF_UNIT)
    )
)  # fmt: skip


def _grant(person: Person, row: tuple[Any, ...]) -> Grant:
    """A grant of `person` of its columns, those of its unit, and those of the unit's place."""
    own, units = len(_OF_GRANT), len(_OF_UNIT)
    grant = Grant.from_db("default", _OF_GRANT, row[:own])
    grant.unit = Unit.from_db("default", _OF_UNIT, row[own : own + units])
    place = row[own + units :]
    grant.unit.place = Unit.from_db("default", _OF_UNIT, place) if place[0] else None
    grant.person = person
    return grant
