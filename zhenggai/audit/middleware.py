from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from zhenggai.audit.actions import source


class AuditSourceMiddleware:
    """Tells the audit trail from which address a request came."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = source.set(str(request.META.get("REMOTE_ADDR", "")))
        try:
            return self.get_response(request)
        finally:
            source.reset(token)
