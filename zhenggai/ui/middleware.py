"""Reading never writes: a GET that changes the ledger is a bug, found the first time it runs."""

import re
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from django.db import connections
from django.http import HttpRequest, HttpResponse

from zhenggai.ui.views import wrong_method

READING = {"GET", "HEAD"}
# Sessions are kept and failed logins counted while pages are read; what is read may itself be put on the trail (exports).
MAY_BE_WRITTEN = re.compile(r"django_session|axes_\w+|audit_entry", re.IGNORECASE)
# A write at the start of the statement, or inside a WITH; "FOR UPDATE" only locks.
WRITE = re.compile(
    r"""\s*(?:WITH\b.*?\b)?(?<!FOR\s)
        (?P<verb>INSERT\s+INTO|UPDATE|DELETE\s+FROM|TRUNCATE(?:\s+TABLE)?|MERGE\s+INTO)\s+
        (?:ONLY\s+)?["`]?(?P<table>\w+)""",
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)


class ReadingWroteError(RuntimeError):
    """A request that only reads tried to change the database."""


def refuse_writes(request: HttpRequest) -> Callable[..., Any]:
    def wrapper(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
        write = WRITE.match(str(sql))
        if write and not MAY_BE_WRITTEN.fullmatch(write["table"]):
            raise ReadingWroteError(
                f"{request.method} {request.path} ran {write['verb'].upper()} on {write['table']}: "
                "a page that is read must not write; do it on POST."
            )
        return execute(sql, params, many, context)

    return wrapper


class ReadingNeverWritesMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in READING:
            return self.get_response(request)
        with ExitStack() as stack:
            for connection in connections.all():
                stack.enter_context(connection.execute_wrapper(refuse_writes(request)))
            return self.get_response(request)


class WrongMethodMiddleware:
    """The address of a button that was opened as a page, after a login for instance, is answered with a page and a way
    back, where Django's answer is empty."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code != 405 or response.streaming or response.content:
            return response
        return wrong_method(request, response.headers["Allow"])
