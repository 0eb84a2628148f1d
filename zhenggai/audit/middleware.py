from collections.abc import Callable
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from zhenggai.audit.actions import source


def address_of(request: HttpRequest) -> str:
    """From which address a request came: what the outermost of our own proxies (settings.PROXIES of them) was told, else
    the peer's. What stands further left in X-Forwarded-For was written by the sender and counts for nothing."""
    peer = str(request.META.get("REMOTE_ADDR", ""))
    hops = request.headers.get("X-Forwarded-For", "").split(",")
    if not 0 < settings.PROXIES <= len(hops):
        return peer
    try:
        return str(ip_address(hops[-settings.PROXIES].strip()))
    except ValueError:
        return peer


class AuditSourceMiddleware:
    """Tells the audit trail from which address a request came."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = source.set(address_of(request))
        try:
            return self.get_response(request)
        finally:
            source.reset(token)
