import errno
import logging

import pytest
from django.core.exceptions import PermissionDenied, RequestDataTooBig, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.http import Http404
from django.middleware.csrf import REASON_NO_CSRF_COOKIE

from zhenggai.ui import views


@pytest.fixture
def request_(rf):
    return rf.post("/report")


@pytest.fixture
def part(rf):
    return rf.post("/report", headers={"HX-Request": "true"})


def failing(request, error):
    """The answer of handler500 while `error` is being handled, as Django calls it."""
    try:
        raise error
    except Exception:
        return views.handler500(request)


def text(response):
    return response.content.decode()


class DiskFullError(Exception):
    sqlstate = "53100"


class LockTimeoutError(Exception):
    sqlstate = "55P03"


def caused(error, cause):
    error.__cause__ = cause
    return error


# ── whole pages, without a database and without context processors ──────────
def test_a_refusal_gives_its_reason(request_):
    response = views.handler403(request_, PermissionDenied("只有牵头单位能申请"))
    assert response.status_code == 403
    assert "只有牵头单位能申请" in text(response)


WORDS = "三处排口已经改造完成，\n下雨时没有溢流。"


@pytest.mark.parametrize("answer", [lambda request: views.conflict(request), lambda request: views.csrf_failure(request),
                                    lambda request: views.handler403(request, PermissionDenied("已经封存")),
                                    lambda request: failing(request, OperationalError("gone"))])  # fmt: skip
def test_what_was_written_and_not_saved_is_given_back(rf, answer):
    sent = {
        "text": WORDS,
        "csrfmiddlewaretoken": "T" * 64,
        "seen": "5",
        "on": "2026-11-20",
        "who": "南湖区",
        "more": WORDS,
    }
    page = text(answer(rf.post("/report", sent, headers={"Referer": "http://testserver/report/open"})))
    assert page.count("下雨时没有溢流。") == 1
    assert 'href="http://testserver/report/open"' in page
    assert "TTTT" not in page
    assert "南湖区" not in page


def test_what_was_written_is_shown_as_text(rf):
    sent = {"text": "说明情况如下：<script>alert(1)</script>"}
    page = text(views.conflict(rf.post("/report", sent, headers={"Origin": "http://testserver"})))
    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page


@pytest.mark.parametrize("origin", ["", "null", "https://elsewhere.example"])
def test_the_words_of_another_site_are_not_said(rf, origin):
    assert "下雨时没有溢流" not in text(
        views.csrf_failure(rf.post("/report", {"text": WORDS}, headers={"Origin": origin}))
    )


@pytest.mark.parametrize("field", ["password", "new"])
def test_a_password_is_not_given_back(rf, field):
    sent = {field: "我的口令是排口改造"}
    page = text(views.csrf_failure(rf.post("/login/", sent, headers={"Origin": "http://testserver"})))
    assert "口令是排口" not in page


@pytest.mark.parametrize(
    "page", ["", "https://elsewhere.example/report", "javascript:alert(1)", "//elsewhere.example/"]
)
def test_only_a_page_of_ours_is_opened_anew(rf, page):
    assert "重新打开这一页</a>" not in text(views.conflict(rf.post("/report", headers={"Referer": page})))


def test_a_missing_page_does_not_say_what_was_looked_for(request_):
    response = views.handler404(request_, Http404("task 17 of another unit"))
    assert response.status_code == 404
    assert "没有这一页" in text(response)
    assert "another unit" not in text(response)


def test_a_bad_request(request_):
    response = views.handler400(request_, ValueError("detail"))
    assert response.status_code == 400
    assert "detail" not in text(response)


def test_a_form_that_is_too_large_says_what_to_do(request_):
    response = views.handler400(request_, RequestDataTooBig("2.5 MB"))
    assert response.status_code == 413
    assert "提交的内容太大，没有保存" in text(response)
    assert "分几次" in text(response)
    assert views.handler400(request_, TooManyFilesSent()).status_code == 413


def test_the_address_of_a_button_opened_as_a_page_leads_back(world, login):
    response = login(world.office).get("/logout/")
    assert response.status_code == 405
    assert response["Allow"] == "POST, OPTIONS"
    assert "这个地址不能直接打开" in text(response)
    assert 'href="/work/">回我的工作' in text(response)


def test_a_conflict_says_what_happened_and_where_to_look(rf):
    """The page that was filled in, not the address it was sent to: that one often cannot be opened."""
    page = "http://testserver/task/17"
    response = views.conflict(rf.post("/task/17/act", headers={"Referer": page}), "市水务局在14:02退回了这份报告。")
    assert response.status_code == 409
    assert "市水务局在14:02退回了这份报告。" in text(response)
    assert f'href="{page}">重新打开这一页' in text(response)


def test_a_stale_form_says_that_nothing_was_saved(request_):
    response = views.csrf_failure(request_, "CSRF token incorrect.")
    assert response.status_code == 403
    assert "页面失效了，没有保存" in text(response)
    assert "Cookie" not in text(response)
    assert "Cookie" in text(views.csrf_failure(request_, REASON_NO_CSRF_COOKIE))


@pytest.mark.parametrize("error", [OperationalError("server closed the connection"), InterfaceError("closed")])
def test_a_lost_database_is_503(request_, error):
    response = failing(request_, error)
    assert response.status_code == 503
    assert response["Retry-After"] == "60"
    assert "什么都没有保存" in text(response)


def test_a_database_behind_another_error_is_still_503(request_):
    assert failing(request_, caused(RuntimeError("render"), OperationalError("gone"))).status_code == 503


def test_a_busy_database_says_so(request_):
    response = failing(request_, caused(OperationalError("timeout"), LockTimeoutError()))
    assert response.status_code == 503
    assert "数据库正忙" in text(response)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_a_full_disk_is_507(request_, number):
    response = failing(request_, OSError(number, "full"))
    assert response.status_code == 507
    assert "磁盘满了" in text(response)


def test_a_full_disk_of_the_database_is_507(request_):
    assert failing(request_, caused(OperationalError("disk"), DiskFullError())).status_code == 507


def test_any_other_error_is_500_with_a_number_that_the_log_has(request_, caplog):
    with caplog.at_level(logging.ERROR, "zhenggai.ui.views"):
        response = failing(request_, KeyError("secret of a person"))
    assert response.status_code == 500
    number = caplog.records[0].args[0]
    assert f"编号{number}" in text(response)
    assert "secret" not in text(response)


def test_a_file_that_is_missing_is_not_a_full_disk(request_):
    assert failing(request_, FileNotFoundError(errno.ENOENT, "gone")).status_code == 500


def test_an_error_page_that_cannot_be_rendered_still_answers(request_, monkeypatch, caplog):
    def broken(*_):
        raise ValueError("static files were not collected")

    monkeypatch.setattr(views, "render_to_string", broken)
    response = failing(request_, KeyError("x"))
    assert response.status_code == 500
    assert "<h1>系统出错了，没有保存</h1>" in text(response)


# ── parts of a page ──────────────────────────────────────────────────────────
def test_a_part_gets_a_toast_and_stays_as_it_is(part):
    response = views.handler403(part, PermissionDenied("只有牵头单位能申请"))
    assert response.status_code == 403
    assert response["HX-Retarget"] == "#toasts"
    assert response["HX-Reswap"] == "beforeend"
    assert text(response).startswith('<div class="zg-toast zg-toast--red" role="alert">')
    assert "不能这样做：只有牵头单位能申请" in text(response)
    assert "<html" not in text(response)


def test_a_part_that_fails_tells_its_number(part):
    assert "系统出错了，没有保存：编号" in text(failing(part, KeyError("x")))


def test_words_are_escaped(request_, part):
    for request in (request_, part):
        assert "<script>" not in text(views.handler403(request, PermissionDenied("<script>")))
