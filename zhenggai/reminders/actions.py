"""Habits of being reminded, what was seen, and the groups that hear of a place."""

from django.db import IntegrityError, transaction

from zhenggai.accounts.decisions import Refused
from zhenggai.accounts.models import Person, Unit
from zhenggai.accounts.roles import Role
from zhenggai.audit import clock
from zhenggai.audit.actions import record
from zhenggai.audit.verbs import register
from zhenggai.documents.secrecy import seal
from zhenggai.reminders.channels import address_of, tell
from zhenggai.reminders.models import SEEN_AT_MOST, Channel, Habit
from zhenggai.reminders.permissions import can_keep_channels

ADDED = register("channel.added", "设置群通知")
SWITCHED = register("channel.switched", "停用或启用群通知", "amber")
REMOVED = register("channel.removed", "删除群通知", "amber")

TRIAL = ("整改系统试发", "收到这一条，说明群通知已经接通。")


def set_days(person: Person, days: str) -> None:
    """On which days the person wants a letter. Raises Refused for days that there are not."""
    if days not in Habit.Days.values:
        raise Refused("没有这种发法")
    Habit.objects.update_or_create(person=person, defaults={"days": days})


def note_seen(person: Person, marks: list[str]) -> None:
    """`marks`, of what waits now, have been seen: all else is new."""
    Habit.objects.update_or_create(person=person, defaults={"seen": marks[:SEEN_AT_MOST], "seen_at": clock.now()})


@transaction.atomic
def add_channel(place: Unit, *, name: str, kind: str, given: str, secret: str = "", by: Person) -> Channel:
    """A group that hears of `place` from now on; its address is sealed. Raises Refused."""
    _require(by, place)
    address = address_of(kind, given, secret)
    try:
        with transaction.atomic():
            channel = Channel.objects.create(place=place, name=name, kind=kind, sealed=seal(address), added_by=by)
    except IntegrityError as error:
        raise Refused(f"{place}已经有叫“{name}”的群，请换一个名字") from error
    record(ADDED, by=by, target=channel, after={"place": str(place), "name": name, "kind": channel.get_kind_display()})
    return channel


@transaction.atomic
def switch_channel(channel: Channel, *, on: bool, by: Person) -> None:
    _require(by, channel.place)
    Channel.objects.filter(pk=channel.pk).update(is_on=on)
    record(SWITCHED, by=by, target=channel, before={"on": channel.is_on}, after={"on": on}, note=str(channel))


@transaction.atomic
def remove_channel(channel: Channel, *, by: Person) -> None:
    """The group hears no more, and its address is gone with the row."""
    _require(by, channel.place)
    record(
        REMOVED, by=by, target=channel, before={"place": str(channel.place), "name": channel.name}, note=str(channel)
    )
    channel.delete()


def try_channel(channel: Channel, *, by: Person) -> str:
    """Send a word of trial; empty when it arrived, else why not. Both are written down."""
    _require(by, channel.place)
    error = tell(channel.address, *TRIAL)
    Channel.objects.filter(pk=channel.pk).update(tested_at=clock.now(), test_error=error)
    return error


def _require(by: Person, place: Unit) -> None:
    if not (allowed := can_keep_channels(by)):
        raise Refused(allowed.reason)
    if place.pk not in by.places_as(Role.COORDINATION):
        raise Refused(f"{place}的群通知由{place}的综合协调组设置")
