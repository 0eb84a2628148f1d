import pytest
from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage.base import Message
from django.template.loader import render_to_string
from django.urls import path

from zhenggai.ui import context, views


class Somebody:
    is_authenticated = True


class Routes:
    """Only the style book: the other pages' addresses do not exist here."""

    urlpatterns = [path("ui/stylebook", views.stylebook, name="stylebook")]


@pytest.fixture
def page(rf, settings):
    settings.ROOT_URLCONF = Routes
    request = rf.get("/ui/stylebook")
    request.user = Somebody()
    return request


@pytest.mark.parametrize(
    "component",
    ["zg-do__why", "zg-st--O", "zg-mcard", "data-rows", "zg-err", "zg-toast--red", "zg-strip--pub", "zg-steps--v"],
)
def test_the_style_book_shows(page, component):
    assert component in views.stylebook(page).content.decode()


def test_the_title_names_page_and_place(page):
    assert "<title>样式册 · 临江市督察整改</title>" in views.stylebook(page).content.decode()


def test_the_style_book_asks_for_a_login(rf, settings):
    settings.LOGIN_URL = "/in"
    request = rf.get("/ui/stylebook")
    request.user = AnonymousUser()
    assert views.stylebook(request).status_code == 302


def test_the_shell_leaves_out_what_it_is_not_given(page):
    shown = render_to_string("ui/base.html", request=page)
    assert 'role="search"' not in shown
    assert 'class="zg-out"' not in shown


def test_the_shell_shows_index_search_and_messages(page):
    given = {
        "index": [[{"label": "公示", "url": "/notices", "count": 3, "current": True}]],
        "search_url": "/search",
        "who": "市整改办·综合协调组",
        "messages": [Message(messages.ERROR, "照片太大")],
    }
    shown = render_to_string("ui/base.html", given, request=page)
    assert 'href="/notices" aria-current="page">公示<i>3<span class="visually-hidden">件待办</span></i>' in shown
    assert 'action="/search"' in shown
    assert "市整改办·综合协调组" in shown
    assert '<div class="zg-toast zg-toast--red" role="alert">' in shown
    assert "<span>照片太大</span>" in shown


def test_the_portal_shell_needs_no_script(page, settings):
    settings.ROOT_URLCONF = "config.urls"  # it names pages of its own
    nav = [{"label": "首页", "url": "/", "current": True}]
    given = {"portal_nav": nav, "display_size": "", "display_contrast": "", "here": "/", "address": "http://a.test/"}
    shown = render_to_string("ui/public_base.html", given, request=page)
    assert "<script" not in shown
    assert 'href="/" aria-current="page">首页' in shown
    assert "临江市生态环境保护督察整改工作领导小组办公室 &emsp; 电话：0000-1234567" in shown


def test_a_place_puts_its_own_name(monkeypatch, settings):
    monkeypatch.setenv("ZHENGGAI_SITE_PHONE", "0000-7654321")
    settings.SITE = {"city": "某市"}
    assert (context.place()["phone"], context.place()["city"]) == ("0000-7654321", "某市")
