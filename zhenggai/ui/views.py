"""Pages for when something goes wrong, and the style book."""

import errno
import logging
import secrets
import sys
from collections.abc import Iterator, Mapping

from django.contrib.auth.decorators import login_required
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import REASON_NO_CSRF_COOKIE
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html

from zhenggai.ui import examples
from zhenggai.ui.context import CHINA, place
from zhenggai.ui.given_back import page_of_form, written

logger = logging.getLogger(__name__)

TITLES = {
    400: "这个请求读不懂",
    403: "不能打开这一页",
    404: "没有这一页",
    405: "这个地址不能直接打开",
    409: "别人先了一步，没有保存",
    413: "提交的内容太大，没有保存",
    500: "系统出错了，没有保存",
    503: "数据库没有应答，没有保存",
    507: "磁盘满了，没有保存",
}
# The same said of a part of a page: the page itself is open.
PART_TITLES = {**TITLES, 403: "不能这样做", 404: "没有找到，可能已经移走"}
TOO_LARGE = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)
FULL_DISK = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
FULL_DATABASE_DISK = "53100"
# PostgreSQL gave up waiting: statement timeout, lock timeout, serialization failure, deadlock, too many connections.
BUSY = {"57014", "55P03", "40001", "40P01", "53300"}


# ── what Django calls ────────────────────────────────────────────────────────
def handler400(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, 413 if isinstance(exception, TOO_LARGE) else 400)


def handler403(request: HttpRequest, exception: Exception) -> HttpResponse:
    """With a reason it is an act that cannot be done now; without one, a page that is not this person's."""
    reason = str(exception)
    return _answer(request, 403, reason=reason, title=PART_TITLES[403] if reason else "")


def handler404(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, 404)


def handler500(request: HttpRequest) -> HttpResponse:
    chain = list(_causes(sys.exc_info()[1]))
    if any(_disk_full(error) for error in chain):
        return _answer(request, 507)
    if any(isinstance(error, (OperationalError, InterfaceError)) for error in chain):
        busy = any(getattr(error, "sqlstate", None) in BUSY for error in chain)
        response = _answer(request, 503, reason="数据库正忙，这一步没有做完。" if busy else "")
        response["Retry-After"] = "60"
        return response
    return _answer(request, 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    no_cookie = reason == REASON_NO_CSRF_COOKIE
    return _answer(
        request,
        403,
        reason="浏览器没有带回 Cookie。请允许本站使用 Cookie，再试一次。" if no_cookie else "",
        title="页面失效了，没有保存",
        template="403_csrf.html",
    )


# ── what middleware and views call ───────────────────────────────────────────
def conflict(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Somebody else was faster, or the page is older than the record."""
    return _answer(request, 409, reason=reason)


def signed_out(request: HttpRequest, login: str) -> HttpResponse:
    """A form was sent after its session had ended. `login`: the address that leads back to its page."""
    return _answer(request, 403, title="登录已经过期，没有保存", template="403_signed_out.html", login=login)


def wrong_method(request: HttpRequest, allowed: str) -> HttpResponse:
    """An address that is only sent to, not opened, or the other way round; `allowed`: the methods that it takes."""
    response = _answer(request, 405)
    response.headers["Allow"] = allowed
    return response


# ── how it is said ───────────────────────────────────────────────────────────
def _answer(
    request: HttpRequest, status: int, *, reason: str = "", title: str = "", template: str = "", login: str = ""
) -> HttpResponse:
    number = _logged_number(request, status) if status >= 500 else ""
    if request.headers.get("HX-Request") == "true":
        more = reason or (f"编号{number}" if number else "")
        return _toast(status, "：".join(filter(None, [title or PART_TITLES[status], more])))
    sent = request.method == "POST" and status != 413
    context = {
        "site": place(), "title": title or TITLES[status], "reason": reason, "number": number, "login": login,
        "again": page_of_form(request) if sent else "", "written": written(request) if sent else [],
        "signed_in": status < 500 and request.user.is_authenticated if hasattr(request, "user") else False,
    }  # fmt: skip
    return HttpResponse(_page(template or f"{status}.html", context), status=status)


def _toast(status: int, text: str) -> HttpResponse:
    """For a part of a page: the part stays as it is, the words go to the toasts."""
    toast = render_to_string("ui/_toast.html", {"tone": "error", "text": text})
    return HttpResponse(toast, status=status, headers={"HX-Retarget": "#toasts", "HX-Reswap": "beforeend"})


def _page(template: str, context: Mapping[str, object]) -> str:
    try:
        return render_to_string(template, context)
    except Exception:
        # The page that reports a failure must not fail itself, for instance when static files were not collected.
        logger.exception("error page %s could not be rendered", template)
        return format_html(
            '<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>{0}</title><h1>{0}</h1><p>{1} {2}</p>',
            *(context["title"], context["reason"], context["number"]),
        )


def _logged_number(request: HttpRequest, status: int) -> str:
    """A number that a person can tell the administrator, who finds it in the log beside the traceback."""
    number = f"{timezone.localtime(timezone=CHINA):%Y%m%d-%H%M}-{secrets.token_hex(2)}"
    logger.error("incident %s: %s for %s %s", number, status, request.method, request.path)
    return number


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error:
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _disk_full(error: BaseException) -> bool:
    if isinstance(error, OSError):
        return error.errno in FULL_DISK
    return getattr(error, "sqlstate", None) == FULL_DATABASE_DISK


# ── for developers ───────────────────────────────────────────────────────────
@login_required
def stylebook(request: HttpRequest) -> HttpResponse:
    """Every component with example data; screenshots and the accessibility check are made of this page."""
    return render(request, "ui/stylebook.html", examples.everything())
