from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from zhenggai.accounts.decisions import Refused
from zhenggai.accounts.models import Person
from zhenggai.ui import asked

NOT_WHOLE = "页面不完整，没有办理。请重新打开这一页再办"


class PersonRequest(HttpRequest):
    """A request behind the login: what LoginRequiredMiddleware and HtmxMiddleware let through."""

    user: Person
    htmx: HtmxDetails


def version_seen(request: HttpRequest) -> int:
    """The version of the record that the page showed, as its form sends it back (`seen`). Raises Refused without one, for
    nobody may act on what they have not seen."""
    found = asked.number(request.POST.get("seen"))
    if found is None:
        raise Refused(NOT_WHOLE)
    return found


def version_shown(request: HttpRequest, now: int) -> int:
    """The version that a page is to send back: `now`, but on a form sent back with errors the one it was opened on, so that
    what others changed since is still told when it is sent again."""
    found = asked.number(request.POST.get("seen"))
    return now if found is None else found
