"""What stood in a form that was not saved: shown on the page that says so, to be copied when the form is opened anew."""

import re
from contextlib import suppress

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParserError
from django.utils.http import url_has_allowed_host_and_scheme

WORDS = re.compile(r"[\u3400-\u9fff].{5}", re.DOTALL)  # what a person wrote: no token, no date, hardly a choice
MOST = 20
SECRETS = {"password", "old", "new", "again", "secret"}  # the fields that ask for one


def written(request: HttpRequest) -> list[str]:
    """The longer texts of the form, each once, in its order; none where the form itself could not be read, did not stand on
    a page of this site (others could make it say their words), or asked for a password."""
    if not _is_ours(request, "Referer") and not _is_ours(request, "Origin"):
        return []
    with suppress(OSError, SuspiciousOperation, MultiPartParserError):
        told = (values for name, values in request.POST.lists() if name not in SECRETS)
        texts = (text.strip() for values in told for text in values)
        return list(dict.fromkeys(text for text in texts if WORDS.search(text)))[:MOST]
    return []


def page_of_form(request: HttpRequest) -> str:
    """The page on which the form stood: many are sent to an address that cannot be opened. "" where the browser hides it."""
    return request.headers["Referer"] if _is_ours(request, "Referer") else ""


def _is_ours(request: HttpRequest, header: str) -> bool:
    """Whether the address in a header is one of this site; `null`, as browsers say of a hidden origin, is none."""
    said = request.headers.get(header, "")
    return said.startswith("http") and url_has_allowed_host_and_scheme(
        said, {request.get_host()}, require_https=request.is_secure()
    )
