from collections.abc import Callable
from time import time
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware as DjangosLoginRequired
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from zhenggai.accounts.decisions import Refused, Stale
from zhenggai.ui.given_back import page_of_form, written
from zhenggai.ui.views import conflict, handler403, signed_out

LAST_SEEN = "last_seen"
BEGAN = "began"  # when the session was opened
GIVEN = "given_password"  # the session was opened with a password that an administrator gave
WITH_A_GIVEN_ONE = {"password", "logout"}


class IdleTimeoutMiddleware:
    """Ends a session that has been idle, and any that was opened too long ago, however busy it is; a session that is used
    is noted at most once a minute."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        seen = request.session.get(LAST_SEEN)
        if seen is not None:
            now, began = int(time()), request.session.get(BEGAN, 0)
            if now - seen > settings.IDLE_MINUTES * 60 or now - began > settings.SESSION_HOURS * 3600:
                logout(request)
            elif now - seen > 60:
                request.session[LAST_SEEN] = now
        return self.get_response(request)


class LoginRequiredMiddleware(DjangosLoginRequired):
    """Whoever is not signed in is led to the login; what was written until the session ended is given back, not dropped."""

    def process_view(
        self, request: HttpRequest, view_func: Callable[..., Any], view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        to_login = super().process_view(request, view_func, view_args, view_kwargs)
        if to_login is None or request.method != "POST" or not written(request):
            return to_login
        return signed_out(request, redirect_to_login(page_of_form(request) or "/work/").url)


class OwnPasswordMiddleware:
    """A password that an administrator gave, and knows, leads only to the page on which its owner makes another: what is
    signed in this system is signed by one person."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable[..., Any], *given: Any) -> HttpResponse | None:
        assert request.resolver_match is not None
        is_private = getattr(view, "login_required", True) and request.resolver_match.url_name not in WITH_A_GIVEN_ONE
        return redirect("password") if is_private and request.session.get(GIVEN) else None


class PrivatePagesMiddleware:
    """What a person who is signed in has seen stays in no cache and cannot be paged back to after the logout."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        signed_in = request.user.is_authenticated
        response = self.get_response(request)
        if signed_in:
            response.headers["Cache-Control"] = "private, no-store"
        return response


class RefusalMiddleware:
    """A refused act, wherever it was refused, is answered with its reason; one on a stale page as a conflict.

    Views with a form catch Refused themselves, so that what was typed stays on the page.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Stale):
            return conflict(request, exception.reason)
        if isinstance(exception, Refused):
            return handler403(request, exception)
        return None
