"""Changes to the directory, the accounts and the roles."""

import secrets
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.db import IntegrityError, transaction

from zhenggai.accounts import permissions
from zhenggai.accounts.decisions import Decision, Refused
from zhenggai.accounts.models import Grant, Person, Unit, UnitAlias
from zhenggai.accounts.roles import Role
from zhenggai.audit import clock
from zhenggai.audit.actions import SYSTEM, Actor, record
from zhenggai.audit.models import Entry
from zhenggai.audit.verbs import register

UNIT_ADDED = register("unit.added", "新建单位")
UNIT_CHANGED = register("unit.changed", "修改单位")
ALIAS_ADDED = register("unit.alias_added", "增加单位别名")
PERSON_ADDED = register("person.added", "建账号")
PERSON_SWITCHED = register("person.switched", "停用或启用账号", "amber")
EMAIL_SET = register("person.email_set", "改邮箱")
PASSWORD_RESET = register("person.password_reset", "重置密码", "amber")
PASSWORD_CHANGED = register("person.password_changed", "改自己的密码")
GRANTED = register("grant.added", "授权")
GRANT_ENDED = register("grant.ended", "收回授权", "amber")
LOGGED_IN = register("session.login", "登录")
LOGIN_FAILED = register("session.failed", "登录失败", "amber")
LOGGED_OUT = register("session.logout", "退出")

# Without letters and digits that look alike: these passwords are read from a screen and typed.
_ALPHABET = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKMNPQRSTUVWXYZ23456789"


def new_password() -> str:
    """A password made at this moment: 14 characters, about 80 bits."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(14))


def _require(decision: Decision) -> None:
    if not decision:
        raise Refused(decision.reason)


@transaction.atomic
def add_unit(*, by: Person, **fields: Any) -> Unit:
    """A new unit in the tree. Raises Refused when its name is taken."""
    _require(permissions.can_manage_units(by))
    try:
        with transaction.atomic():
            unit = Unit.objects.create(**fields)
    except IntegrityError as error:
        raise Refused(f"“{fields.get('name')}”或它的简称在名录里已经有了") from error
    record(UNIT_ADDED, by=by, target=unit, after={"name": unit.name, "parent": str(unit.parent or "")})
    return unit


@transaction.atomic
def add_alias(unit: Unit, name: str, *, by: Person) -> UnitAlias:
    """Another name for `unit`, so that documents that use it are understood."""
    _require(permissions.can_manage_units(by))
    alias, created = UnitAlias.objects.get_or_create(unit=unit, name=name)
    if created:
        record(ALIAS_ADDED, by=by, target=unit, after={"unit": unit.name, "alias": name})
    return alias


@transaction.atomic
def add_person(*, username: str, name: str, unit: Unit, by: Person, phone: str = "") -> Person:
    """A new account. It has no password until one is set (reset_password), and no role until one is granted."""
    _require(permissions.can_manage_people(by))
    return _add_person(username=username, name=name, unit=unit, by=by, phone=phone)


def _add_person(*, username: str, name: str, unit: Unit, by: Actor, phone: str = "") -> Person:
    if Person.objects.filter(username=username).exists():
        raise Refused(f"账号“{username}”已经有了，请换一个")
    person = Person(username=username, name=name, unit=unit, phone=phone)
    person.set_unusable_password()
    person.save(force_insert=True)
    record(PERSON_ADDED, by=by, target=person, after={"username": username, "name": name, "unit": unit.name})
    return person


@transaction.atomic
def found(place: dict[str, Any], *, username: str, name: str) -> Person:
    """The beginning of an empty system: its place, and the first security administrator, who makes the rest.

    Raises Refused once there is any account: after that only administrators make accounts.
    """
    if Person.objects.exists():
        raise Refused("系统里已经有账号，新账号由安全管理员建立")
    unit = Unit.objects.create(**place)
    person = _add_person(username=username, name=name, unit=unit, by=SYSTEM)
    Grant.objects.create(person=person, role=Role.SECURITY_ADMIN, unit=unit)
    record(GRANTED, by=SYSTEM, target=person, after={"person": name, "role": Role.SECURITY_ADMIN.words})
    return person


@transaction.atomic
def switch_person(person: Person, *, active: bool, by: Person) -> None:
    """Close an account of someone who left, or open it again."""
    _require(permissions.can_grant(by, person))
    Person.objects.filter(pk=person.pk).update(is_active=active)
    record(
        PERSON_SWITCHED, by=by, target=person, before={"active": person.is_active}, after={"active": active},
        note=f"{person.name}：{'启用' if active else '停用'}",
    )  # fmt: skip


@transaction.atomic
def set_email(person: Person, email: str, *, by: Person) -> None:
    """Where the person's letters go; empty for none. One's own, or by the security administrator. The trail keeps that it
    was changed, not the address."""
    _require(permissions.can_set_email(by, person))
    if email == person.email:
        return
    Person.objects.filter(pk=person.pk).update(email=email)
    record(EMAIL_SET, by=by, target=person, note=f"{person.name}：{'设了邮箱' if email else '去掉邮箱'}")
    person.email = email


@transaction.atomic
def reset_password(person: Person, *, by: Person) -> str:
    """A new password for `person`, shown once to the security administrator; every session of the person ends. It opens
    nothing until its owner has made another of it (was_given)."""
    _require(permissions.can_reset_password(by, person))
    return _give_password(person, by)


@transaction.atomic
def issue_password(person: Person) -> str:
    """A new password for `person`, shown at the terminal of the machine itself."""
    return _give_password(person, SYSTEM)


def _give_password(person: Person, by: Actor) -> str:
    password = new_password()
    person.set_password(password)
    person.save(update_fields=["password"])
    record(PASSWORD_RESET, by=by, target=person, note=person.name)
    return password


def was_given(person: Person) -> bool:
    """Whether another person knows the password that `person` has now: it was reset and not changed since."""
    rows = Entry.objects.filter(target_type=person._meta.label_lower, target_id=person.pk)
    last = rows.filter(verb__in=[PASSWORD_RESET, PASSWORD_CHANGED]).order_by("-seq").first()
    return last is not None and last.verb == PASSWORD_RESET and last.actor_id is not None


@transaction.atomic
def change_password(person: Person, password: str) -> None:
    """One's own password. Raises ValidationError when it is too weak."""
    validate_password(password, person)
    person.set_password(password)
    person.save(update_fields=["password"])
    record(PASSWORD_CHANGED, by=person, target=person)


@transaction.atomic
def grant(person: Person, role: Role, unit: Unit, *, by: Person) -> Grant:
    """Give `person` a role at `unit`. The database refuses two administrators in one person."""
    _require(permissions.can_grant(by, person))
    try:
        with transaction.atomic():
            given = Grant.objects.create(person=person, role=role, unit=unit, granted_by=by)
    except IntegrityError as error:
        raise Refused(_why_not_granted(person, role, unit)) from error
    record(GRANTED, by=by, target=person, after={"person": person.name, "role": role.words, "unit": unit.name})
    return given


def _why_not_granted(person: Person, role: Role, unit: Unit) -> str:
    if person.grants.current().filter(role=role, unit=unit).exists():
        return f"{person.name}已经是{unit}的{role.words}"
    return f"{person.name}已有别的角色：系统、安全、审计三名管理员要由三个人担任，也不能兼任业务角色"


@transaction.atomic
def end_grant(given: Grant, *, by: Person) -> None:
    """Take a role back; the row stays."""
    _require(permissions.can_grant(by, given.person))
    ended = Grant.objects.current().filter(pk=given.pk).update(ended_at=clock.now(), ended_by=by)
    if not ended:
        raise Refused("这项授权已经收回")
    record(
        GRANT_ENDED, by=by, target=given.person,
        before={"person": given.person.name, "role": Role(given.role).words, "unit": given.unit.name},
    )  # fmt: skip


def note_session(verb: str, person: Person, *, by: Actor | None = None) -> None:
    """Put a login, a failed one or a logout of a known account on the trail."""
    with transaction.atomic():
        record(verb, by=by or person, target=person, note=person.username)
