"""The public site for programs: open data, Atom feeds, a calendar of notice ends, the site map."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.views.decorators.http import require_safe

from zhenggai.audit import clock
from zhenggai.core.office.text import clean
from zhenggai.publicity.bodies import words_of
from zhenggai.publicity.covers import as_public
from zhenggai.publicity.exports import DATASETS, LICENCE, LICENCE_URL, as_csv, as_json
from zhenggai.publicity.models import Article, Notice, PublishedTask
from zhenggai.publicity.public_page import NAV, kept, page
from zhenggai.ui.context import place

MOST = 50  # of a feed
MOST_OF_THE_MAP = 40_000  # addresses; the protocol allows 50,000 in a file
WRITERS = {"csv": (as_csv, "text/csv; charset=utf-8"), "json": (as_json, "application/json; charset=utf-8")}


@login_not_required
@require_safe
@kept()
def data(request: HttpRequest) -> HttpResponse:
    """What may be taken away, what its columns mean, and under which licence."""
    context = {"datasets": list(DATASETS.values()), "licence": LICENCE, "licence_url": LICENCE_URL}
    return page(request, "portal/data.html", "portal_data", context)


@login_not_required
@require_safe
@kept()
def dataset(request: HttpRequest, name: str, ending: str) -> HttpResponse:
    """One table as CSV or JSON."""
    if name not in DATASETS or ending not in WRITERS:
        raise Http404
    write, media_type = WRITERS[ending]
    response = HttpResponse(write(DATASETS[name], clock.today()), content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="{name}.{ending}"'
    return response


@login_not_required
@require_safe
@kept()
def feed(request: HttpRequest, name: str) -> HttpResponse:
    """Atom feeds of notices and of the column."""
    if name == "notices":
        rows = Notice.objects.published().order_by("-pk").prefetch_related("items__covers")[:MOST]
        entries: list[dict[str, Any]] = [_notice_entry(notice) for notice in rows]
        title = "整改公示"
    elif name == "articles":
        articles = Article.objects.public().order_by("-released_at", "-pk")[:MOST]
        entries = [_article_entry(article) for article in articles]
        title = "督察整改进行时"
    else:
        raise Http404
    made = Atom1Feed(
        title=f"{title} · {place()['name']}", link=settings.BASE_URL + "/", description=title, language="zh-CN",
        author_name=place()["host"], feed_url=settings.BASE_URL + request.path,
    )  # fmt: skip
    for entry in entries:
        made.add_item(**entry)
    return HttpResponse(made.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")


def _notice_entry(notice: Notice) -> dict[str, Any]:
    items = "；".join(f"{item.number}{item.headline}" for item in map(as_public, notice.items.all()))
    until = f"公示期{notice.starts_on:%Y-%m-%d}至{notice.ends_on:%Y-%m-%d}"
    return _entry(notice, f"{items}。{until}", notice.published_at, notice.withdrawn_at or notice.published_at)


def _article_entry(article: Article) -> dict[str, Any]:
    version = article.versions.order_by("-no")[0]
    entry = _entry(
        article, words_of(version.body)[:300], article.released_at or version.released_at, version.released_at
    )
    return entry | {"title": clean(version.title)}


def _entry(what: Any, words: str, published: datetime, updated: datetime) -> dict[str, Any]:
    address = settings.BASE_URL + what.get_absolute_url()
    return {
        "title": clean(str(what)), "link": address, "unique_id": address, "description": clean(words), "pubdate": published,
        "updateddate": updated,
    }  # fmt: skip


@login_not_required
@require_safe
@kept()
def calendar(request: HttpRequest) -> HttpResponse:
    """When notices end, as iCalendar (RFC 5545): the last day of each that runs or is announced."""
    today = clock.today()
    rows = Notice.objects.current().filter(ends_on__gte=today).order_by("ends_on", "pk")
    host = settings.BASE_URL.split("//")[-1]
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:-//{_plain(place()['name'])}//zhenggai//ZH", "METHOD:PUBLISH"]
    for notice in rows:
        lines += [
            "BEGIN:VEVENT", f"UID:notice-{notice.pk}@{host}", f"DTSTAMP:{notice.published_at:%Y%m%dT%H%M%SZ}",
            f"DTSTART;VALUE=DATE:{notice.ends_on:%Y%m%d}",
            f"DTEND;VALUE=DATE:{notice.ends_on + timedelta(days=1):%Y%m%d}", f"SUMMARY:{_plain('公示最后一天：' + notice.title)}",
            f"DESCRIPTION:{_plain(f'{notice.number}，异议电话{notice.contact_phone}')}",
            f"URL:{settings.BASE_URL}{notice.get_absolute_url()}", "END:VEVENT",
        ]  # fmt: skip
    text = "\r\n".join(folded for line in [*lines, "END:VCALENDAR"] for folded in _folded(line)) + "\r\n"
    return HttpResponse(text, content_type="text/calendar; charset=utf-8")


def _plain(words: str) -> str:
    """Text as RFC 5545 §3.3.11 has it."""
    return clean(words).replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _folded(line: str) -> list[str]:
    """A line in pieces of at most 75 bytes (RFC 5545 §3.1), never inside a character."""
    pieces, piece = [], ""
    for character in line:
        if len((piece + character).encode()) > 74:
            pieces.append(piece)
            piece = " "
        piece += character
    return [*pieces, piece]


@login_not_required
@require_safe
@kept()
def sitemap(request: HttpRequest) -> HttpResponse:
    """Every public address (sitemaps.org)."""
    names = [*(name for name, _ in NAV), "portal_words", "portal_accessibility"]
    addresses = [(reverse(name), None) for name in names]
    tasks = PublishedTask.objects.order_by("pk").values_list("task_id", "refreshed_at")[:MOST_OF_THE_MAP]
    addresses += [(reverse("portal_task", args=[pk]), on) for pk, on in tasks]
    addresses += [(notice.get_absolute_url(), notice.published_at) for notice in Notice.objects.order_by("-pk")[:5000]]
    addresses += [
        (article.get_absolute_url(), article.released_at) for article in Article.objects.public().order_by("-pk")[:5000]
    ]
    rows = [{"address": settings.BASE_URL + url, "on": on} for url, on in addresses]
    return render(request, "portal/sitemap.xml", {"rows": rows}, content_type="application/xml")


@login_not_required
@require_safe
@kept()
def robots(request: HttpRequest) -> HttpResponse:
    """Where search engines may look: everything public, not the forms, not the desk."""
    lines = [
        "User-agent: *", "Disallow: /public/objections/", "Disallow: /public/search/", "Disallow: /public/display/",
        "Allow: /public/", "Allow: /$", "Disallow: /", f"Sitemap: {settings.BASE_URL}/sitemap.xml", "",
    ]  # fmt: skip
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
