"""What stood in a form that was not saved: shown on the page that says so, to be copied when the form is opened anew."""

import re
from contextlib import suppress

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParserError
from django.utils.http import url_has_allowed_host_and_scheme

WORDS = re.compile(r"[\u3400-\u9fff].{5}", re.DOTALL)  # what a person wrote: no token, no date, hardly a choice
MOST = 20


def written(request: HttpRequest) -> list[str]:
    """The longer texts of the form, each once, in its order; none where the form itself could not be read."""
    with suppress(OSError, SuspiciousOperation, MultiPartParserError):
        texts = (text.strip() for _, values in request.POST.lists() for text in values)
        return list(dict.fromkeys(text for text in texts if WORDS.search(text)))[:MOST]
    return []


def page_of_form(request: HttpRequest) -> str:
    """The page on which the form stood: many are sent to an address that cannot be opened. "" where the browser hides it."""
    page = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(page, {request.get_host()}, require_https=request.is_secure())
    return page if ours else ""
