"""How a person wants to find the ledger again: saved views, one's own or shared with a place, and the columns."""

from collections.abc import Iterable

from django.db import IntegrityError, models, transaction
from django.db.models import Exists, OuterRef, Q

from zhenggai.accounts.decisions import YES, Decision, Refused, no
from zhenggai.accounts.models import Person, Unit, UnitClosure
from zhenggai.accounts.roles import Role
from zhenggai.audit.actions import record
from zhenggai.audit.verbs import register
from zhenggai.ledger.columns import chosen
from zhenggai.ledger.models import ColumnChoice, SavedView

SHARED = register("view.shared", "共享视图")
RENAMED = register("view.renamed", "给共享视图改名")
DROPPED = register("view.dropped", "删除共享视图")
MOST_VIEWS = 30


def views_for(person: Person) -> models.QuerySet[SavedView]:
    """The person's own views, and those shared with a place that the person works in or below."""
    reaches = UnitClosure.objects.filter(ancestor=OuterRef("shared_with"), descendant__in=person.scope)
    return SavedView.objects.filter(Q(owner=person) | Exists(reaches)).select_related("shared_with", "owner")


def place_to_share_with(person: Person) -> Unit | None:
    """The place whose people see what the person shares: that of the coordination team; None for everybody else."""
    places = [unit.place for unit in person.units_as(Role.COORDINATION) if unit.place]
    return min(places, key=lambda place: place.pk, default=None)


def can_keep_view(view: SavedView, person: Person) -> Decision:
    """Who saved a view renames and deletes it; a shared one also the coordination team of its place."""
    if view.owner_id == person.pk or view.shared_with_id in person.places_as(Role.COORDINATION):
        return YES
    return no(f"这个视图由{view.owner}保存，由保存的人或综合协调组改")


@transaction.atomic
def save_view(name: str, query: str, *, shared: bool, by: Person) -> SavedView:
    """Keep `query` (a query string of the ledger) under a name. Raises Refused when the name is taken, or when the person
    shares it without being of a coordination team."""
    name = _sound(name)
    if len(query) > 500:
        raise Refused("条件太长，存不下；请减少几个条件")
    if by.saved_views.count() >= MOST_VIEWS:
        raise Refused(f"最多存{MOST_VIEWS}个视图，请先删去不用的")
    place = place_to_share_with(by) if shared else None
    if shared and place is None:
        raise Refused("由综合协调组共享；可以先存为自己的视图")
    try:
        with transaction.atomic():
            view = SavedView.objects.create(owner=by, name=name, query=query, shared_with=place)
    except IntegrityError as error:
        raise Refused(f"已有一个叫“{name}”的视图，请换个名称") from error
    if place:
        record(SHARED, by=by, target=view, after={"name": name, "query": query, "place": str(place)})
    return view


@transaction.atomic
def rename_view(view: SavedView, name: str, *, by: Person) -> SavedView:
    """Give a view another name. Raises Refused when it is taken, or the view is somebody else's."""
    before, view = view.name, _kept(view, by)
    view.name = _sound(name)
    try:
        with transaction.atomic():
            view.save(update_fields=["name"])
    except IntegrityError as error:
        raise Refused(f"已有一个叫“{view.name}”的视图，请换个名称") from error
    if view.shared_with_id:
        record(RENAMED, by=by, target=view, before={"name": before}, after={"name": view.name})
    return view


@transaction.atomic
def drop_view(view: SavedView, *, by: Person) -> None:
    """Delete a view. Raises Refused when it is somebody else's."""
    view = _kept(view, by)
    if view.shared_with_id:
        record(DROPPED, by=by, target=view, before={"name": view.name, "query": view.query})
    view.delete()


def choose_columns(keys: Iterable[str], *, by: Person) -> None:
    """Keep which columns the person wants, in their order; none gives the usual ones back."""
    wanted = list(keys)
    if wanted:
        keys = [column.key for column in chosen(wanted)]
        ColumnChoice.objects.update_or_create(person=by, defaults={"keys": keys})
    else:
        ColumnChoice.objects.filter(person=by).delete()


def columns_of(person: Person) -> list[str]:
    """The keys that the person chose; empty where nothing was."""
    choice = ColumnChoice.objects.filter(person=person).first()
    return list(choice.keys) if choice else []


def _kept(view: SavedView, by: Person) -> SavedView:
    locked = SavedView.objects.select_for_update(of=("self",)).select_related("owner").get(pk=view.pk)
    if not (allowed := can_keep_view(locked, by)):
        raise Refused(allowed.reason)
    return locked


def _sound(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > 30:
        raise Refused("给视图起个名称，不超过30个字")
    return name
