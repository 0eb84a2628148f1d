from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseRedirectBase


class UploadAnswerMiddleware:
    """A form that is sent with its progress shown (js/upload.js, header X-Upload) is told where to go on instead of being
    sent there: a browser would fetch that page unseen, and with it the words that confirm what was done."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.headers.get("X-Upload") and isinstance(response, HttpResponseRedirectBase):
            return HttpResponse(status=204, headers={"X-Location": response.url})
        return response
