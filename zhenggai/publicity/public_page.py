"""What every public page has: its frame, and that it is kept (middleware.py). A page is kept for at most STALE seconds here
and BROWSER seconds in browsers, so that no figure is older than a minute; nothing with a token, a question or a person's
words is ever kept."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

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
DISPLAY = "display"  # the cookie: size of type and contrast
SIZES, CONTRASTS = {"large": "大字", "largest": "特大字"}, {"high": "高对比"}


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


View = Callable[..., HttpResponse]


def kept(*names: str) -> Callable[[View], View]:
    """Mark what a view answers as one and the same for every visitor: KeptPagesMiddleware keeps it for a while. `names`: what it
    reads of its address; one that asks for anything else is not kept, it could be made up without end."""

    def marked(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            response = view(request, *args, **kwargs)
            is_whole = response.status_code == 200 and not response.streaming
            response.is_kept = is_whole and set(request.GET) <= set(names)  # type: ignore[attr-defined]
            return response

        return answer

    return marked


def is_kept(response: HttpResponse) -> bool:
    """Whether a view that is `kept` has answered."""
    return bool(getattr(response, "is_kept", False))
