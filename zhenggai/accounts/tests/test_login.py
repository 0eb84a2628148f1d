import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests.world import PASSWORD, World
from zhenggai.accounts import actions
from zhenggai.accounts.middleware import BEGAN, LAST_SEEN
from zhenggai.audit.models import Entry


def log_in(client: Client, name: str, password: str) -> Any:
    return client.post("/login/", {"username": name, "password": password})


def test_logging_in_and_out_is_on_the_trail(world: World) -> None:
    client = Client()
    assert log_in(client, "office", PASSWORD).headers["Location"] == "/work/"
    client.post("/logout/")
    assert client.get("/work/").headers["Location"].startswith("/login/")
    assert list(Entry.objects.order_by("seq").values_list("verb", flat=True))[-2:] == [
        "session.login",
        "session.logout",
    ]


def test_a_wrong_password_says_how_many_tries_are_left_and_then_locks(world: World) -> None:
    client = Client()
    page = log_in(client, "office", "wrong").content.decode()
    assert "账号或密码不对。再错4次，账号锁定15分钟。" in page
    for _ in range(4):
        answer = log_in(client, "office", "wrong")
    assert answer.status_code == 429
    assert "账号已锁定15分钟" in answer.content.decode()
    assert log_in(client, "office", PASSWORD).status_code == 429
    assert log_in(Client(), "leader", PASSWORD).status_code == 302


def test_an_unknown_name_and_a_wrong_password_read_the_same(world: World) -> None:
    known, unknown = (log_in(Client(), name, "wrong").content.decode() for name in ("office", "nobody-such"))
    assert known.count("再错4次") == unknown.count("再错4次") == 1


@pytest.mark.parametrize("name", ["office", " office ", "ｏｆｆｉｃｅ"])
def test_failed_tries_are_on_the_trail_however_the_name_is_written_until_it_is_locked(world: World, name: str) -> None:
    for _ in range(9):
        log_in(Client(), name, "wrong")
    assert Entry.objects.filter(verb="session.failed", target_id=world.office.pk).count() == 5
    assert log_in(Client(), "office", PASSWORD).status_code == 429


@pytest.mark.parametrize("name", ["\x00", "office\x00", "x" * 5000, "💥"])
def test_a_name_that_none_can_have_is_a_wrong_one(world: World, name: str) -> None:
    assert "账号或密码不对" in log_in(Client(), name, "wrong").content.decode()


def test_an_idle_session_ends(world: World, login: Any) -> None:
    client = login(world.office)
    session = client.session
    session[LAST_SEEN] = int((timezone.now() - timedelta(minutes=61)).timestamp())
    session.save()
    assert client.get("/work/").headers["Location"].startswith("/login/")


def test_what_was_written_until_an_idle_session_ended_is_given_back(world: World, login: Any) -> None:
    client, words = login(world.south_liaison), "本月完成两处排口改造，正在复测。"
    session = client.session
    session[LAST_SEEN] = int((timezone.now() - timedelta(minutes=61)).timestamp())
    session.save()
    page = "http://testserver/tasks/1/report/?month=2026-11"
    answer = client.post("/tasks/1/report/", {"text": words}, headers={"Referer": page})
    assert answer.status_code == 403
    assert "登录已经过期，没有保存" in answer.content.decode()
    assert words in answer.content.decode()
    login_page = re.search(r'href="(/login/[^"]+)"', answer.content.decode())
    assert login_page
    back = client.post(login_page[1].replace("&amp;", "&"), {"username": "south_liaison", "password": PASSWORD})
    assert back.headers["Location"] == page
    client.post("/logout/")
    assert client.post("/tasks/1/report/", {"month": "2026-11"}).headers["Location"].startswith("/login/")


@pytest.mark.parametrize("began", [timedelta(hours=12, minutes=1), None])
def test_a_session_ends_after_half_a_day_however_busy_it_was(world: World, began: timedelta | None) -> None:
    client = Client()
    log_in(client, "office", PASSWORD)
    assert client.get("/work/").status_code == 200
    session = client.session
    if began:
        session[BEGAN] = int((timezone.now() - began).timestamp())
    else:  # opened before there was a limit
        del session[BEGAN]
    session.save()
    assert client.get("/work/").headers["Location"].startswith("/login/")


def test_no_cache_keeps_what_was_seen_behind_the_login(world: World, login: Any) -> None:
    client = login(world.security_admin)
    for answer in (client.get("/work/", follow=True), client.get("/"), client.get("/desk/people/999/"),
                   client.post(f"/desk/people/{world.nobody.pk}/password/")):  # fmt: skip
        assert answer["Cache-Control"] == "private, no-store"
    assert "private" not in Client().get("/")["Cache-Control"]


def test_a_closed_account_cannot_log_in(world: World) -> None:
    world.office.is_active = False
    world.office.save()
    assert "账号或密码不对" in log_in(Client(), "office", PASSWORD).content.decode()


@pytest.mark.parametrize("path", ["/work/", "/ledger/", "/intake/", "/desk/people/", "/notices/", "/reports/"])
def test_every_page_asks_for_a_login(db: None, path: str) -> None:
    assert Client().get(path).headers["Location"] == f"/login/?next={path}"


def test_forms_want_their_token(world: World, login: Any) -> None:
    client = login(world.office, enforce_csrf_checks=True)
    answer = client.post("/logout/")
    assert answer.status_code == 403
    assert "页面失效了" in answer.content.decode()


def test_security_headers(db: None) -> None:
    headers = Client().get("/").headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


def test_password_is_changed_by_its_owner(world: World, login: Any) -> None:
    client = login(world.office)
    weak = client.post("/password/", {"old": PASSWORD, "new": "12345678", "again": "12345678"})
    assert weak.status_code == 422
    good = client.post("/password/", {"old": PASSWORD, "new": "zhi-xiu-hu-pan-27", "again": "zhi-xiu-hu-pan-27"})
    assert good.status_code == 302
    assert log_in(Client(), "office", "zhi-xiu-hu-pan-27").status_code == 302


def test_a_password_that_an_administrator_gave_opens_nothing_until_it_is_changed(world: World) -> None:
    given = actions.reset_password(world.leader, by=world.security_admin)
    client = Client()
    log_in(client, "leader", given)
    for address in ("/work/", "/ledger/", "/desk/"):
        assert client.get(address).headers["Location"] == "/password/"
    assert "管理员给的" in client.get("/password/").content.decode()
    assert client.get("/").status_code == 200
    own = {"old": given, "new": "zhi-xiu-hu-pan-27", "again": "zhi-xiu-hu-pan-27"}
    assert client.post("/password/", own).headers["Location"] == "/work/"
    assert client.get("/work/").status_code == 200
    again = Client()
    log_in(again, "leader", "zhi-xiu-hu-pan-27")
    assert again.get("/work/").status_code == 200


def test_the_own_password_is_not_reset_by_who_found_the_screen_unlocked(world: World, login: Any) -> None:
    answer = login(world.security_admin).post(f"/desk/people/{world.security_admin.pk}/password/")
    assert answer.status_code == 403
    assert log_in(Client(), "security_admin", PASSWORD).status_code == 302
