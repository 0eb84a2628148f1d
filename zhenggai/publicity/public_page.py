"""What every public page has: its frame, and a cache. A page is kept for at most STALE seconds here and BROWSER seconds in
browsers, so that no figure is older than a minute; nothing with a token, a question or a person's words is ever kept."""

import gzip
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_vary_headers

from zhenggai.audit import clock
from zhenggai.publicity.freshness import generation

NAV = (
    ("portal_home", "首页"),
    ("portal_progress", "整改进展"),
    ("portal_notices", "整改公示"),
    ("portal_tasks", "问题清单"),
    ("portal_articles", "督察整改进行时"),
    ("portal_object_where", "提交异议"),
    ("portal_data", "开放数据"),
)
FRESH, STALE, BROWSER = 20, 30, 30  # seconds
# Only pages with these in their address are kept: anything else could be made up without end.
KEPT_BY = {"place", "state", "unit", "kind", "which"}
DISPLAY = "display"  # the cookie: size of type and contrast
SIZES, CONTRASTS = {"large": "大字", "largest": "特大字"}, {"high": "高对比"}
_HEADERS = ("Content-Type", "Content-Disposition", "Last-Modified")


def page(request: HttpRequest, template: str, current: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """A public page in its frame."""
    nav = [{"url": reverse(name), "label": label, "current": name == current} for name, label in NAV]
    size, contrast = display_of(request)
    shell = {
        "portal_nav": nav, "portal_search_url": reverse("portal_search"), "display_size": size,
        "display_contrast": contrast, "here": request.get_full_path(), "address": settings.BASE_URL + request.path,
    }  # fmt: skip
    return render(request, template, shell | context, status=status)


def display_of(request: HttpRequest) -> tuple[str, str]:
    """The size of type and the contrast that this visitor has chosen; empty for the usual ones."""
    size, _, contrast = request.COOKIES.get(DISPLAY, "").partition("-")
    return size if size in SIZES else "", contrast if contrast in CONTRASTS else ""


@dataclass(frozen=True)
class Kept:
    """A page as it is sent: plain and packed."""

    content: bytes
    packed: bytes
    headers: dict[str, str]
    etag: str
    made_at: float

    @classmethod
    def of(cls, response: HttpResponse) -> "Kept":
        content = response.content
        headers = {name: response.headers[name] for name in _HEADERS if name in response.headers}
        etag = f'"{sha256(content).hexdigest()[:32]}"'
        return cls(content, gzip.compress(content, 6, mtime=0), headers, etag, time.time())

    def answer(self, request: HttpRequest) -> HttpResponse:
        packed = "gzip" in request.headers.get("Accept-Encoding", "")
        response = HttpResponse(self.packed if packed else self.content, headers=self.headers)
        if packed:
            response.headers["Content-Encoding"] = "gzip"
        response.headers["ETag"] = f"W/{self.etag}"
        response.headers["Cache-Control"] = f"public, max-age={BROWSER}"
        patch_vary_headers(response, ("Accept-Encoding", "Cookie"))
        return get_conditional_response(request, etag=f"W/{self.etag}", response=response) or response


View = Callable[..., HttpResponse]


def kept(view: View) -> View:
    """Keep what the view answers to visitors; those who are signed in always get it fresh. While one request makes a page
    anew, the others get the one before."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method not in ("GET", "HEAD") or settings.SESSION_COOKIE_NAME in request.COOKIES:
            return view(request, *args, **kwargs)
        if not set(request.GET) <= KEPT_BY:
            return view(request, *args, **kwargs)
        key = _key(request)
        found: Kept | None = cache.get(key)
        if found and (time.time() - found.made_at < FRESH or not cache.add(f"{key}-making", 1, 10)):
            return found.answer(request)
        response = view(request, *args, **kwargs)
        if response.status_code != 200 or response.streaming:
            return response
        made = Kept.of(response)
        cache.set(key, made, STALE)
        cache.delete(f"{key}-making")
        return made.answer(request)

    return answer


def _key(request: HttpRequest) -> str:
    told = (
        request.get_full_path(),
        request.get_host(),
        *display_of(request),
        clock.today(),
        generation(),
    )
    return f"portal-{sha256(repr(told).encode()).hexdigest()}"
