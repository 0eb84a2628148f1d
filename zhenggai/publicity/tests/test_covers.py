"""Personal data in what once was public: covered for the public, kept inside; what is public now is corrected instead."""

from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from tests.world import World
from zhenggai.accounts.decisions import Refused, Stale
from zhenggai.audit import clock
from zhenggai.audit.models import Entry
from zhenggai.ledger.lifecycle import take
from zhenggai.ledger.states import WITHDRAW_NOTICE, State
from zhenggai.publicity.actions import publish_plan
from zhenggai.publicity.articles import draft_article, edit_article, release, withdraw_article
from zhenggai.publicity.covers import ASKED, COVERED, ask, confirm, lift, passages, seen_of, thing_at
from zhenggai.publicity.models import Article, Cover, Notice, PublishedVersion
from zhenggai.publicity.tests.rig import notice_from

NAME, WHY = "周小满", "投诉人的姓名，本人要求删除"


@pytest.fixture
def article(world: World) -> Article:
    """An article whose first version named a person, corrected since."""
    given = {"title": "排口改造", "body": f"居民{NAME}反映夜里有异味。\n\n{NAME}说已好转。", "issuer": "市整改办"}
    made = draft_article(world.city, kind="news", by=world.publicity, **given)
    release(made, by=world.publicity, reasons=dict.fromkeys(_keys(made), "本人同意公开"))
    plain = given | {"body": "居民反映夜里有异味。", "document_number": "", "counts": {}}
    edit_article(made, by=world.publicity, **plain)
    release(made, by=world.publicity, reasons={}, note="删去姓名")
    return made


def _keys(article: Article) -> list[str]:
    from zhenggai.publicity.articles import check_article

    return [finding.key for finding in check_article(article, [])]


def address(article: Article, no: int = 1) -> str:
    return f"/public/news/{article.pk}/versions/{no}/"


def asked(where: str, world: World, words: str = NAME, reason: str = WHY) -> list[Cover]:
    thing = thing_at(f"https://zg.example.gov.cn{where}?from=1")
    return ask(thing, words, reason=reason, seen=seen_of(passages(thing, words)), by=world.publicity)


def covered(where: str, world: World, words: str = NAME) -> list[Cover]:
    return confirm(asked(where, world, words)[0], by=world.office)


def read(where: str) -> str:
    answer = Client().get(where)
    assert answer.status_code == 200, where
    return str(answer.content.decode())


# ── what works ───────────────────────────────────────────────────────────────
def test_an_old_version_is_read_without_the_name_and_says_how_much_is_missing(world: World, article: Article) -> None:
    assert read(address(article)).count(NAME) == 2
    assert len(covered(address(article), world)) == 2
    page = read(address(article))
    assert NAME not in page
    assert page.count("〔遮去3个字〕") == 2
    assert f"有2处个人信息（共6个字）由{world.publicity.unit}提出，经另一人确认，于{clock.today():%Y-%m-%d}遮去" in page
    assert WHY in page
    assert NAME in article.versions.get(no=1).body, "inside it stands"
    first, second = Entry.objects.filter(verb__in=[ASKED, COVERED]).order_by("seq")
    assert WHY in first.note
    assert not [entry for entry in (first, second) if NAME in f"{entry.note}{entry.after}"]


def test_nothing_is_covered_until_another_person_confirms_it(world: World, article: Article) -> None:
    one, _ = asked(address(article), world)
    assert read(address(article)).count(NAME) == 2
    with pytest.raises(Refused, match="另一人"):
        confirm(one, by=world.publicity)
    with pytest.raises(Refused, match="宣传报道组、综合协调组"):
        confirm(one, by=world.leader)
    assert len(confirm(one, by=world.office)) == 2
    with pytest.raises(Stale, match="已经办理"):
        confirm(one, by=world.office)


def test_what_another_does_not_confirm_is_taken_back(world: World, article: Article) -> None:
    one, other = asked(address(article), world)
    lift(one, by=world.office)
    assert confirm(other, by=world.office) == [other]
    assert read(address(article)).count(NAME) == 1


def test_a_task_that_was_corrected_is_covered_in_every_old_version(world: World) -> None:
    task = world.task(issue=f"{NAME}家门前排口溢流。")
    assert world.plan is not None
    publish_plan(world.plan, by=world.publicity, reasons=_of_plan(world))
    copy = task.published
    for no, text in ((2, f"{NAME}家门前的排口雨天溢流。"), (3, "排口雨天溢流。")):
        content = copy.versions.get(no=1).content | {"issue": text, "headline": "排口溢流"}
        PublishedVersion.objects.create(copy=copy, no=no, content=content)
    found = covered(f"/public/tasks/{task.pk}/", world)
    assert {(one.task_version.no, one.field) for one in found if one.task_version} == {
        (1, "headline"), (1, "issue"), (2, "issue"),
    }  # fmt: skip
    for no in (1, 2):
        assert NAME not in read(f"/public/tasks/{task.pk}/versions/{no}/")
    assert "〔遮去3个字〕家门前" in read(f"/public/tasks/{task.pk}/versions/1/")


def _of_plan(world: World) -> dict[str, str]:
    from zhenggai.publicity.actions import check_plan

    assert world.plan is not None
    return {finding.key: "本人同意公开" for finding in check_plan(world.plan)}


def test_a_notice_that_was_taken_back_loses_the_words_everywhere_and_its_paper(world: World) -> None:
    notice = notice_from(world, clock.today())
    item = notice.items.get()
    words = item.result[:6]
    take(WITHDRAW_NOTICE, item.task, by=world.publicity, reason="材料有错", back_to=State.SELF_CHECKED)
    assert words in read(f"/public/notices/{notice.pk}/")
    paper = Client().get(f"/public/notices/{notice.pk}/paper/")
    assert b"".join(paper.streaming_content).startswith(b"PK")
    covered(f"/public/notices/{notice.pk}/", world, words)
    page = read(f"/public/notices/{notice.pk}/")
    assert words not in page
    assert "不再提供下载" in page
    assert Client().get(f"/public/notices/{notice.pk}/paper/").status_code == 404
    assert "没有找到" in read(f"/public/search/?q={words}")
    assert words not in read("/public/feeds/notices.atom")


def test_what_was_covered_in_error_is_shown_again(world: World, article: Article) -> None:
    first, second = covered(address(article), world)
    lift(first, by=world.publicity)
    assert read(address(article)).count(NAME) == 1
    with pytest.raises(Stale, match="已经恢复"):
        lift(first, by=world.publicity)
    assert len(covered(address(article), world)) == 1, "and may be covered again"
    assert NAME not in read(address(article))
    assert second.pk


def test_the_desk_shows_each_passage_before_it_covers_them(world: World, article: Article, login: Any) -> None:
    client = login(world.publicity)
    form = {"address": f"http://testserver{address(article)}", "words": NAME, "reason": WHY}
    shown = client.post("/notices/covers/", form)
    assert shown.status_code == 200
    assert not Cover.objects.exists()
    assert f"居民<mark>{NAME}</mark>反映" in shown.content.decode()
    done = client.post("/notices/covers/", form | {"seen": shown.context["seen"]}, follow=True)
    assert "已提出遮去2处" in done.content.decode()
    assert "确认遮去</button>" not in done.content.decode(), "not for who asked"
    one, _ = Cover.objects.order_by("pk")
    assert client.post(f"/notices/covers/{one.pk}/confirm/").status_code == 403
    other = login(world.office)
    assert "2处等你确认" in other.get("/notices/").content.decode()
    assert "已遮去2处" in other.post(f"/notices/covers/{one.pk}/confirm/", follow=True).content.decode()
    assert "已恢复" in client.post(f"/notices/covers/{one.pk}/lift/", follow=True).content.decode()
    assert client.post("/notices/covers/", form | {"words": "没有的字"}).status_code == 422


# ── refusals ─────────────────────────────────────────────────────────────────
def test_what_is_public_now_is_corrected_first(world: World, article: Article) -> None:
    with pytest.raises(Refused, match="先更正"):
        asked(address(article), world, "夜里有异味")
    notice = notice_from(world, clock.today())
    with pytest.raises(Refused, match="更正重发"):
        asked(f"/public/notices/{notice.pk}/", world, "排口")


@pytest.mark.parametrize(
    ("words", "reason", "told"),
    [
        ("张", WHY, "2到40个字"),
        ("张" * 41, WHY, "2到40个字"),
        ("没有的字", WHY, "没有这些文字"),
        (NAME, " ", "写明为什么"),
        (NAME, f"{NAME}要求删除", "不要重复"),
        (NAME, "见13812345678来电", "理由"),
    ],
)
def test_words_and_reasons_that_do_not_do(world: World, article: Article, words: str, reason: str, told: str) -> None:
    with pytest.raises(Refused, match=told):
        asked(address(article), world, words, reason)
    assert not Cover.objects.exists()


@pytest.mark.parametrize(
    "where", ["/", "/ledger/", "/public/news/999/", "/public/tasks/999/versions/1/", "http://[", "没有"]
)
def test_an_address_that_shows_nothing_public(world: World, where: str) -> None:
    with pytest.raises(Refused, match="地址"):
        thing_at(where)


def test_a_withdrawn_article_is_read_by_nobody(world: World, article: Article) -> None:
    withdraw_article(article, by=world.publicity, reason="内容有误")
    with pytest.raises(Refused, match="已经撤下"):
        thing_at(address(article))


def test_others_may_not_ask_and_nothing_is_asked_twice(world: World, article: Article) -> None:
    thing = thing_at(address(article))
    seen = seen_of(passages(thing, NAME))
    with pytest.raises(Refused, match="宣传报道组"):
        ask(thing, NAME, reason=WHY, seen=seen, by=world.office)
    asked(address(article), world)
    with pytest.raises(Refused, match="已经提出"):
        ask(thing_at(address(article)), NAME, reason=WHY, seen=seen, by=world.publicity)


def test_a_look_that_is_out_of_date_asks_for_nothing(world: World, article: Article) -> None:
    with pytest.raises(Stale, match="再看一遍"):
        ask(thing_at(address(article)), NAME, reason=WHY, seen="earlier", by=world.publicity)


def test_the_database_keeps_covers_and_what_is_public_now(world: World, article: Article) -> None:
    newest, given = article.versions.get(no=2), {"field": "body", "start": 0, "end": 2, "reason": WHY}
    notice = notice_from(world, clock.today())
    assert Notice.objects.get() == notice
    for row in ({"article_version": newest}, {"notice_item": notice.items.get()}, {}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Cover.objects.create(asked_by=world.publicity, **given, **row)
    waiting, now = asked(address(article), world)[0], clock.now()
    with pytest.raises(DatabaseError), transaction.atomic():
        Cover.objects.filter(pk=waiting.pk).update(confirmed_by=world.publicity, confirmed_at=now)
    one = confirm(waiting, by=world.office)[0]
    for change in (
        {"confirmed_by": world.leader},
        {"start": 1},
        {"reason": "别的"},
        {"article_version": newest},
        {"lifted_at": clock.now()},
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            Cover.objects.filter(pk=one.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        one.delete()
