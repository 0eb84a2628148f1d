"""Personal data that stands in something that is no longer current: an old public version, a notice that has ended or was taken
back. One person of the publicity team asks, another confirms: then the words are covered for the public and stay inside. What
is public now is corrected instead, and then covered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from copy import copy, deepcopy
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar
from urllib.parse import urlsplit

from django.db import transaction
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone

from zhenggai.accounts.decisions import Refused, Stale
from zhenggai.accounts.models import Person, Unit, UnitClosure
from zhenggai.audit import clock
from zhenggai.audit.actions import record, text_digest
from zhenggai.audit.verbs import register
from zhenggai.publicity.freshness import forget_pages
from zhenggai.publicity.models import (
    Article,
    ArticleVersion,
    Cover,
    Notice,
    NoticeItem,
    PublicText,
    PublishedTask,
    PublishedVersion,
)
from zhenggai.publicity.permissions import can_confirm_cover, can_handle_covers, can_publish_tasks
from zhenggai.publicity.querysets import HANDLERS
from zhenggai.publicity.releasing import refuse_unfit

ASKED = register("public.cover_asked", "提出遮去公开内容里的个人信息", "amber")
COVERED = register("public.covered", "确认遮去公开内容里的个人信息", "amber")
LIFTED = register("public.lifted", "恢复遮去的公开内容", "blue")
SHORTEST, LONGEST = 2, 40  # characters: a name, a number, an address; not a paragraph
Shown = PublishedVersion | ArticleVersion | NoticeItem
S = TypeVar("S", PublishedVersion, ArticleVersion, NoticeItem)

_LINK = {PublishedVersion: "task_version", ArticleVersion: "article_version", NoticeItem: "notice_item"}
_TEXTS = {
    PublishedVersion: ("headline", "issue", "goal", "measures", "units", "due_words", "result"),
    ArticleVersion: ("title", "body"),
    NoticeItem: ("headline", "issue", "goal", "measures", "result"),
}


# ── what the public reads ────────────────────────────────────────────────────
def as_public(row: S) -> S:
    """A copy of `row` without what was covered; `row.covers` should be at hand for many."""
    covers = [cover for cover in row.covers.all() if cover.is_in_force]
    if not covers:
        return row
    seen = copy(row)
    held = deepcopy(_held(row))
    for name, text in list(_texts(row)):
        spans = sorted((cover.start, cover.end) for cover in covers if cover.field == name)
        if spans:
            _put(held, name, _without(text, spans))
    if isinstance(seen, PublishedVersion):
        seen.content = held
    else:
        for name in _TEXTS[type(seen)]:
            setattr(seen, name, held[name])
    return seen


def told_of(row: Shown) -> str:
    """What the public is told: how much was covered, when, by whom and why; empty where nothing was."""
    covers = [cover for cover in reversed(list(row.covers.all())) if cover.is_in_force]
    if not covers:
        return ""
    days = sorted({timezone.localdate(cover.confirmed_at) for cover in covers})
    units = dict.fromkeys(str(cover.asked_by.unit) for cover in covers)
    reasons = dict.fromkeys(cover.reason for cover in covers)
    return (
        f"有{len(covers)}处个人信息（共{sum(cover.length for cover in covers)}个字）由{'、'.join(units)}提出，经另一人确认，"
        f"于{'、'.join(f'{day:%Y-%m-%d}' for day in days)}遮去，原文留在内部备查。理由：{'；'.join(reasons)}"
    )


def _without(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """`text` with each span, which may overlap, named instead of shown.

    >>> _without("联系人张小三，电话62340000。", [(3, 6), (9, 17), (12, 17)])
    '联系人〔遮去3个字〕，电话〔遮去8个字〕。'
    """
    parts, at, merged = [], 0, list[tuple[int, int]]()
    for start, end in spans:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    for start, end in merged:
        parts += [text[at:start], f"〔遮去{end - start}个字〕"]
        at = end
    return "".join([*parts, text[at:]])


def _held(row: Shown) -> dict[str, Any]:
    return row.content if isinstance(row, PublishedVersion) else {n: getattr(row, n) for n in _TEXTS[type(row)]}


def _texts(row: Shown) -> Iterator[tuple[str, str]]:
    """Each text of a row with its name; those of a list with their place."""
    held = _held(row)
    for name in _TEXTS[type(row)]:
        value = held.get(name)
        if isinstance(value, list):
            yield from ((f"{name}.{place}", text) for place, text in enumerate(value))
        else:
            yield name, value or ""


def _put(held: dict[str, Any], name: str, text: str) -> None:
    key, _, place = name.partition(".")
    if place:
        held[key][int(place)] = text
    else:
        held[key] = text


# ── covering ─────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Thing:
    """Something public: what it is called, whose place it is, its old rows in order, and the row that is public now."""

    name: str
    place: Unit
    old: Sequence[Shown]
    current: Shown | None = None
    notice: Notice | None = None
    url: str = ""


@dataclass(frozen=True)
class Passage:
    """Where the words stand, with what stands around them."""

    row: Shown = field(repr=False)
    name: str
    start: int
    end: int
    before: str = ""
    after: str = ""

    @property
    def where(self) -> str:
        """Which version, or which task of a notice; never in words of its own, for they may be what is covered."""
        return self.row.number if isinstance(self.row, NoticeItem) else f"第{self.row.no}版"


def thing_at(address: str) -> Thing:
    """What a public page's address shows. Raises Refused, with what to do, for any other address."""
    with suppress(Resolver404, ValueError):
        found = resolve(urlsplit(address.strip()).path)
        look = _LOOK.get(found.url_name or "")
        if look and (thing := look(found.kwargs.get("number") or found.kwargs["pk"])):
            return thing
    raise Refused("这个地址上没有公开的任务、公示或信息，请把那一页的地址整个复制过来。已经撤下的，公众已经看不到了。")


def _task(number: int) -> Thing | None:
    task = PublishedTask.objects.select_related("place").filter(task=number).first()
    if task is None:
        return None
    *old, current = task.versions.prefetch_related("covers").order_by("no")
    return Thing(str(task), task.place, old, current, url=reverse("portal_task", args=[number]))


def _article(pk: int) -> Thing | None:
    article = Article.objects.public().select_related("place").filter(pk=pk).first()
    if article is None:
        return None
    *old, current = article.versions.prefetch_related("covers").order_by("no")
    return Thing(str(article), article.place, old, current, url=article.get_absolute_url())


def _notice(pk: int) -> Thing | None:
    notice = Notice.objects.published().select_related("place").filter(pk=pk).first()
    if notice is None:
        return None
    items = notice.items.prefetch_related("covers").order_by("pk")
    return Thing(notice.number, notice.place, list(items), notice=notice, url=notice.get_absolute_url())


_LOOK: dict[str, Callable[[int], Thing | None]] = {
    "portal_task": _task, "portal_task_version": _task, "portal_article": _article, "portal_article_version": _article,
    "portal_notice": _notice,
}  # fmt: skip


def passages(thing: Thing, words: str) -> list[Passage]:
    """Where `words` stand and the public still reads them. Raises Refused while they stand in what is public now."""
    words = words.strip()
    if not SHORTEST <= len(words) <= LONGEST:
        raise Refused(f"要遮去的文字写{SHORTEST}到{LONGEST}个字，只写个人信息本身，如姓名、电话、门牌号。")
    if thing.current and any(True for _ in _found(thing.current, words)):
        raise Refused(f"现在公开的内容里还有“{words}”。请先更正，更正后的成为新的一版，再来遮去旧版里的。")
    if thing.notice and thing.notice.withdrawn_at is None and not thing.notice.has_ended(clock.today()):
        raise Refused("这份公示还没有结束，请在任务页上办“更正重发”，撤回以后再遮去旧的一份。")
    places = [passage for row in thing.old for passage in _found(row, words)]
    return [passage for passage in places if not _is_covered(passage)]


def seen_of(found: Sequence[Passage]) -> str:
    """One word for what a person was shown, to be compared with what there is."""
    return text_digest(repr([(_LINK[type(one.row)], one.row.pk, one.name, one.start) for one in found]))


@transaction.atomic
def ask(thing: Thing, words: str, *, reason: str, seen: str, by: Person) -> list[Cover]:
    """Ask that every passage that holds `words` be covered. Raises Refused for who may not, a reason that tells the personal
    data itself, and where there is nothing to cover; Stale when the passages are not those that the person was shown."""
    if not (allowed := can_publish_tasks(by, thing.place)):
        raise Refused(allowed.reason)
    if not reason.strip():
        raise Refused("写明为什么遮去，如：投诉人的姓名，本人要求删除。")
    if words.strip() in reason:
        raise Refused("理由里不要重复要遮去的文字：理由是公开的。")
    refuse_unfit("理由", reason, thing.place)
    if not (found := passages(thing, words)):
        raise Refused("旧的内容里没有这些文字，或者已经遮去、已经提出。标点、空格要和网页上一样。")
    if seen != seen_of(found):
        raise Stale("你看过以后内容又有变化，没有办理。请再看一遍。")
    now = clock.now()
    made = [
        Cover.objects.create(
            field=one.name, start=one.start, end=one.end, reason=reason.strip(), asked_by=by, asked_at=now,
            **{_LINK[type(one.row)]: one.row},
        )
        for one in found
    ]  # fmt: skip
    where = "、".join(dict.fromkeys(one.where for one in found))
    _tell(ASKED, thing, made, f"{thing.name}{where}：{len(found)}处。理由：{reason.strip()}", by)
    return made


@transaction.atomic
def confirm(asked: Cover, *, by: Person) -> list[Cover]:
    """Cover what was asked for together with `asked`. Raises Refused for who asked and who may not, Stale where it is done."""
    same = Cover.objects.select_for_update(of=("self",)).filter(asked_by=asked.asked_by_id, asked_at=asked.asked_at)
    thing, made = _thing_of(asked), [one for one in same.order_by("pk") if one.is_waiting]
    if not (allowed := can_confirm_cover(asked, thing.place, by)):
        raise Refused(allowed.reason)
    if not made:
        raise Stale("这件已经办理过，没有重复办理。")
    for one in made:
        one.confirmed_by, one.confirmed_at = by, clock.now()
        one.save(update_fields=["confirmed_by", "confirmed_at"])
    _take_effect(COVERED, thing, made, by)
    return made


@transaction.atomic
def lift(covered: Cover, *, by: Person) -> None:
    """Take back what was asked for, or show a passage again that was covered in error."""
    locked = Cover.objects.select_for_update(of=("self",)).get(pk=covered.pk)
    thing = _thing_of(locked)
    if not (allowed := can_handle_covers(thing.place, by)):
        raise Refused(allowed.reason)
    if locked.lifted_at:
        raise Stale("这一处已经恢复，没有重复办理。")
    locked.lifted_by, locked.lifted_at = by, clock.now()
    locked.save(update_fields=["lifted_by", "lifted_at"])
    _take_effect(LIFTED, thing, [locked], by)


def _take_effect(verb: str, thing: Thing, covers: Sequence[Cover], by: Person) -> None:
    """Make the public pages and the search anew: of tasks and articles it holds the newest version alone."""
    if thing.notice:
        items = thing.notice.items.prefetch_related("covers").order_by("pk")
        PublicText.objects.keep([findable(thing.notice, [as_public(item) for item in items])])
    _tell(verb, thing, covers, f"{thing.name}：{len(covers)}处", by)
    forget_pages()


def _tell(verb: str, thing: Thing, covers: Sequence[Cover], note: str, by: Person) -> None:
    """A row on the trail, which stays for ever: never with the words themselves."""
    record(verb, by=by, target=covers[0], after={"covers": [one.pk for one in covers]}, note=note)


def covers_of(places: Iterable[int]) -> Any:
    """The covers of places, given by id, and of those below them, the newest first."""
    below = UnitClosure.objects.filter(ancestor__in=list(places)).values("descendant")
    mine = Cover.objects.select_related(
        "task_version__copy__place",
        "article_version__article__place",
        "notice_item__notice__place",
        "asked_by",
        "confirmed_by",
        "lifted_by",
    )
    return (
        mine.filter(task_version__copy__place__in=below)
        | mine.filter(article_version__article__place__in=below)
        | mine.filter(notice_item__notice__place__in=below)
    ).order_by("-pk")


def waiting_for(person: Person) -> int:
    """How many passages another person has asked to cover and this one may confirm."""
    places = person.places_as(*HANDLERS)
    waiting = covers_of(places).filter(confirmed_at__isnull=True, lifted_at__isnull=True).exclude(asked_by=person)
    return waiting.order_by().count() if places else 0


def name_of(covered: Cover) -> str:
    """What was covered in, as the desk calls it."""
    row = covered.of
    if isinstance(row, NoticeItem):
        return f"{row.notice.number}（{row.number}）"
    return f"{row.copy.number if isinstance(row, PublishedVersion) else row.article.title}第{row.no}版"


def words_under(covered: Cover) -> str:
    """What was covered, for the desk alone."""
    return dict(_texts(covered.of))[covered.field][covered.start : covered.end]


def _found(row: Shown, words: str) -> Iterator[Passage]:
    for name, text in _texts(row):
        start = text.find(words)
        while start >= 0:
            end = start + len(words)
            yield Passage(row, name, start, end, text[max(0, start - 20) : start], text[end : end + 20])
            start = text.find(words, end)


def _is_covered(passage: Passage) -> bool:
    held = (one for one in passage.row.covers.all() if one.lifted_at is None and one.field == passage.name)
    return any(one.start <= passage.start and passage.end <= one.end for one in held)


def _thing_of(covered: Cover) -> Thing:
    row = covered.of
    if isinstance(row, PublishedVersion):
        return Thing(str(row.copy), row.copy.place, [row])
    if isinstance(row, ArticleVersion):
        return Thing(str(row.article), row.article.place, [row])
    return Thing(row.notice.number, row.notice.place, [row], notice=row.notice)


def findable(notice: Notice, items: Iterable[NoticeItem]) -> tuple[str, int, str, str, str, date]:
    """A notice as the public search keeps it."""
    words = "\n".join(
        [notice.number, *(f"{item.number}{item.headline}\n{item.issue}\n{item.result}" for item in items)]
    )
    return "notice", notice.pk, notice.title, words, notice.get_absolute_url(), notice.starts_on


def has_covers(notice: Notice) -> bool:
    """Whether a notice's paper, which nobody can cover, is kept from the public."""
    return Cover.objects.filter(notice_item__notice=notice, confirmed_at__isnull=False, lifted_at__isnull=True).exists()
