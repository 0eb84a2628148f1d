"""The public pages as they were sent last: kept before everything else that a request passes, so that a visitor who asks for
what another has just read costs neither a statement nor a template."""

import gzip
import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers

from zhenggai.audit import clock
from zhenggai.publicity.freshness import generation
from zhenggai.publicity.public_page import BROWSER, FRESH, STALE, display_of, is_kept

LARGEST = 2 * 1024 * 1024  # bytes of one page
# Who carries one of these may be shown something of their own.
_OWN = (settings.SESSION_COOKIE_NAME, CookieStorage.cookie_name)
pages = caches["pages"]


@dataclass(frozen=True)
class Kept:
    """A page as it is sent: plain and packed, with every header that it was first answered with."""

    content: bytes
    packed: bytes
    headers: dict[str, str]
    etag: str
    made_at: float

    @classmethod
    def of(cls, response: HttpResponse) -> "Kept":
        content = response.content
        etag = f'W/"{sha256(content).hexdigest()[:32]}"'
        response.headers["ETag"] = etag
        response.headers["Cache-Control"] = f"public, max-age={BROWSER}"
        patch_vary_headers(response, ("Accept-Encoding", "Cookie"))
        headers = {name: value for name, value in response.headers.items() if name != "Content-Length"}
        return cls(content, gzip.compress(content, 6, mtime=0), headers, etag, time.time())

    def answer(self, request: HttpRequest) -> HttpResponse:
        """The page for this visitor: packed where the browser unpacks, and nothing but a 304 where it has it already."""
        is_packed = "gzip" in request.META.get("HTTP_ACCEPT_ENCODING", "")
        response = HttpResponse(self.packed if is_packed else self.content, headers=self.headers)
        if is_packed:
            response.headers["Content-Encoding"] = "gzip"
        response.headers["Content-Length"] = str(len(response.content))
        return get_conditional_response(request, etag=self.etag, response=response) or response


class KeptPagesMiddleware:
    """Answers visitors with the pages that are kept, and keeps what a view marks (public_page.kept). While one request makes
    a page anew, the others get the one before. Who is signed in, or carries a message, always gets a fresh page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not _is_anybodys(request):
            return self.get_response(request)
        key = _key(request)
        found: Kept | None = pages.get(key)
        if found and (time.time() - found.made_at < FRESH or not pages.add(f"{key}-making", 1, 10)):
            return found.answer(request)
        response = self.get_response(request)
        if not is_kept(response) or response.cookies or len(response.content) > LARGEST:
            return response
        made = Kept.of(response)
        pages.set(key, made, STALE)
        pages.delete(f"{key}-making")
        return made.answer(request)


def _is_anybodys(request: HttpRequest) -> bool:
    """Whether a request can be answered with what others are shown."""
    return request.method in ("GET", "HEAD") and not any(name in request.COOKIES for name in _OWN)


def _key(request: HttpRequest) -> str:
    """Everything that a page depends on, and nothing that could be written in many ways: no page says by which name or port of
    ours it was asked for."""
    request.get_host()  # refuses a name that is not ours
    asked = (request.scheme, request.path, sorted(request.GET.lists()), *display_of(request))
    told = (*asked, clock.today(), generation())
    return sha256(repr(told).encode()).hexdigest()
