"""Groups hear counts of their place once a working day: over a real HTTP service on this machine."""

import json
import threading
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from tests.world import World
from zhenggai.accounts.decisions import Refused
from zhenggai.audit import clock
from zhenggai.audit.clock import at
from zhenggai.reminders.actions import add_channel
from zhenggai.reminders.channels import Figures, address_of, figures_of, post_digests
from zhenggai.reminders.models import Channel, ChannelPost

FRIDAY, SATURDAY = date(2026, 11, 20), date(2026, 11, 21)
KEY = "abcdef12-3456-7890-abcd-ef1234567890"


class Group:
    """A group's end of the line: what it was told, and what it answers."""

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []
        self.status = 200
        self.address = ""


@pytest.fixture
def group(settings: Any) -> Iterator[Group]:
    group = Group()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            group.told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(group.status)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.CHANNEL_SCHEMES = ["json"]
    group.address = f"json://127.0.0.1:{server.server_port}/hook"
    yield group
    server.shutdown()
    server.server_close()


@pytest.fixture
def behind(world: World) -> World:
    """Two units owe November's report; one task is past its limit."""
    with clock.pretend(at(date(2026, 11, 2))):
        world.task()
        world.task(lead=[world.north_gov], responsible=[world.north_gov], due=date(2026, 11, 10))
    return world


def told_on(day: date) -> tuple[int, int]:
    with clock.pretend(at(day, 8)):
        from zhenggai.pages import daily

        daily.run()
        return post_digests()


def channel(world: World, group: Group, **given: Any) -> Channel:
    told = {"name": "市群", "kind": "other", "given": group.address, "by": world.office} | given
    return add_channel(world.city, **told)


def test_a_group_hears_counts_alone_once_a_day(behind: World, group: Group) -> None:
    channel(behind, group)
    assert told_on(FRIDAY) == (1, 0)
    assert told_on(FRIDAY) == (0, 0)
    [message] = group.told
    assert message["title"] == "临江市整改 11月20日"
    assert "11月报告还有2个单位未报，其中2个已过报送截止" in message["message"]
    assert "1项任务已逾期" in message["message"]
    assert "溢流" not in message["message"]
    assert ChannelPost.objects.get().state == "sent"


def test_nothing_to_say_and_a_day_of_rest_are_quiet(world: World, group: Group, behind: World) -> None:
    channel(world, group)
    assert told_on(SATURDAY) == (0, 0)
    Channel.objects.update(is_on=False)
    assert told_on(FRIDAY) == (0, 0)
    assert group.told == []
    assert Figures(0, 0, 0, 0).is_quiet


def test_a_county_counts_what_is_its_own(behind: World) -> None:
    with clock.pretend(at(FRIDAY, 8)):
        from zhenggai.pages import daily

        daily.run()
        north = figures_of(behind.north, FRIDAY)
    assert (north.owing, north.overdue) == (1, 1)


def test_a_group_that_does_not_answer_is_noted_and_keeps_no_one_waiting(behind: World, group: Group) -> None:
    group.status = 500
    channel(behind, group)
    channel(behind, group, name="没有的", given="json://127.0.0.1:1/hook")
    assert told_on(FRIDAY) == (0, 2)
    for post in ChannelPost.objects.all():
        assert post.state == "failed"
        assert post.error
        assert "127.0.0.1:1/hook" not in post.error


def test_trying_says_whether_it_arrived(behind: World, group: Group, login: Any) -> None:
    made, client = channel(behind, group), login(behind.office)
    page = client.post(f"/desk/channels/{made.pk}/try/", follow=True).content.decode()
    assert "试发成功" in page
    assert group.told[0]["title"] == "整改系统试发"
    group.status = 403
    assert "没有发成" in client.post(f"/desk/channels/{made.pk}/try/", follow=True).content.decode()
    assert Channel.objects.get().test_error


def test_the_address_is_sealed_and_never_shown(behind: World, group: Group, login: Any) -> None:
    channel(behind, group)
    with connection.cursor() as cursor:
        cursor.execute("SELECT sealed FROM reminders_channel")
        assert "127.0.0.1" not in cursor.fetchone()[0]
        cursor.execute("SELECT coalesce(string_agg(after::text || note, ''), '') FROM audit_entry")
        assert "127.0.0.1" not in cursor.fetchone()[0]
    page = login(behind.office).get("/desk/channels/").content.decode()
    assert "市群" in page
    assert "127.0.0.1" not in page.replace("http://127.0.0.1:8000", "")


@pytest.mark.parametrize(
    ("kind", "given", "address"),
    [
        ("dingtalk", f"https://oapi.dingtalk.com/robot/send?access_token={'a1' * 20}", f"dingtalk://{'a1' * 20}/"),
        ("wecom", f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={KEY}", f"wecombot://{KEY}/"),
        ("feishu", f"https://open.feishu.cn/open-apis/bot/v2/hook/{KEY}", f"feishu://{KEY}/"),
        ("feishu", KEY, f"feishu://{KEY}/"),
    ],
)
def test_the_address_that_a_group_shows_is_understood(kind: str, given: str, address: str) -> None:
    import apprise

    assert address_of(kind, given) == address
    assert apprise.Apprise.instantiate(address) is not None
    if kind == "dingtalk":
        assert address_of(kind, given, "SEC/1") == f"dingtalk://SEC%2F1@{'a1' * 20}/"


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("dingtalk", "https://evil.example/robot"),
        ("wecom", "json://127.0.0.1/"),
        ("feishu", "http://127.0.0.1:9200/a b"),
        ("feishu", "x"),
        ("other", "json://127.0.0.1:5432/"),
        ("other", "file:///etc/passwd"),
    ],
)
def test_no_address_leads_the_server_where_it_should_not_go(kind: str, given: str) -> None:
    with pytest.raises(Refused):
        address_of(kind, given)


@pytest.mark.parametrize("second", [", syslog://_/", " dbus://", "\njsons://10.0.0.1/"])
def test_one_address_does_not_bring_another_of_a_kind_that_is_not_open(settings: Any, second: str) -> None:
    settings.CHANNEL_SCHEMES = ["json"]
    with pytest.raises(Refused, match="一条地址"):
        address_of("other", f"json://127.0.0.1/hook{second}")


def test_a_team_keeps_the_groups_of_its_own_place(world: World, group: Group, login: Any) -> None:
    made = channel(world, group)
    assert login(world.south_acceptor).post(f"/desk/channels/{made.pk}/try/").status_code == 404
    assert login(world.south_liaison).get("/desk/channels/").status_code == 403
    with pytest.raises(Refused, match="综合协调组设置"):
        channel(world, group, name="别处", by=world.south_acceptor)
    page = login(world.office).post(
        "/desk/channels/", {"place": world.city.pk, "name": "市群", "kind": "wecom", "given": KEY}
    )
    assert page.status_code == 422
    assert "已经有叫“市群”的群" in page.content.decode()


def test_the_database_keeps_one_message_a_day(world: World, group: Group) -> None:
    made = channel(world, group)
    ChannelPost.objects.create(channel=made, day=FRIDAY)
    with pytest.raises(IntegrityError, match="one_post_a_channel_a_day"), transaction.atomic():
        ChannelPost.objects.create(channel=made, day=FRIDAY)


def test_a_group_that_is_removed_hears_no_more(world: World, group: Group, login: Any) -> None:
    made, client = channel(world, group), login(world.office)
    client.post(f"/desk/channels/{made.pk}/switch/")
    assert not Channel.objects.get().is_on
    client.post(f"/desk/channels/{made.pk}/remove/")
    assert not Channel.objects.exists()
