from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from zhenggai.accounts.models import Person


class PersonRequest(HttpRequest):
    """A request behind the login: what LoginRequiredMiddleware and HtmxMiddleware let through."""

    user: Person
    htmx: HtmxDetails
