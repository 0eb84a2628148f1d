"""The public site: everything released is there, nothing else is, and the figures are those inside."""

import json
import re
import zipfile
from collections import Counter
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from django.core.cache import cache, caches
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.test import Client

from tests.world import World
from zhenggai.accounts.decisions import Refused
from zhenggai.audit import clock
from zhenggai.audit.clock import at
from zhenggai.audit.models import Entry
from zhenggai.documents.forms import Upload
from zhenggai.ledger.changes import changed
from zhenggai.ledger.models import Task
from zhenggai.publicity import articles
from zhenggai.publicity.actions import publish_plan
from zhenggai.publicity.articles import add_file, draft_article, edit_article, release, withdraw_article
from zhenggai.publicity.models import Article, ArticleFile, ArticleVersion, Notice, PublicText, PublishedTask
from zhenggai.publicity.portal_data import _plain
from zhenggai.publicity.tests.rig import notice_from
from zhenggai.publicity.tests.test_release_files import SECRET, docx, photo, workbook

PAGES = (
    "/", "/public/progress/", "/public/tasks/", "/public/notices/", "/public/news/", "/public/objections/how/",
    "/public/data/", "/public/words/", "/public/accessibility/", "/public/data/tasks.csv", "/public/data/places.json",
    "/public/data/notices.csv", "/public/feeds/notices.atom", "/public/feeds/articles.atom", "/public/notices.ics",
    "/sitemap.xml", "/robots.txt",
)  # fmt: skip
GIVEN = {"title": "整改动态", "body": "第一句。第二句。", "issuer": "市整改办", "document_number": "", "counts": {}}
PHONE, ID = "13900001234", "11010519491231002X"


@pytest.fixture
def site(world: World) -> World:
    """A notice that runs, the plan public, one article."""
    notice_from(world, date(2024, 12, 26))
    with clock.pretend(at(date(2024, 12, 27))):
        assert world.plan is not None
        world.task(due=date(2024, 12, 26))
        publish_plan(world.plan, by=world.publicity)
        article = draft_article(world.city, kind="news", by=world.publicity, **GIVEN)
        release(article, by=world.publicity, reasons={})
    return world


def get(address: str, **headers: str) -> Any:
    with clock.pretend(at(date(2024, 12, 27))):
        return Client(headers=headers).get(address)


@pytest.mark.requirement("R29", "R30", "R93", "R94")
def test_every_public_page_is_kept_and_holds_no_token(site: World, django_assert_num_queries: Any) -> None:
    notice, task, article = Notice.objects.get(), PublishedTask.objects.order_by("pk")[0], Article.objects.get()
    own = (notice.get_absolute_url(), f"/public/tasks/{task.task_id}/", article.get_absolute_url())
    for address in (*PAGES, *own):
        page = get(address)
        assert page.status_code == 200, address
        assert page["Cache-Control"] == "public, max-age=30", address
        assert not page.cookies, address
        assert b"csrfmiddlewaretoken" not in page.content, address
        with django_assert_num_queries(0):
            assert get(address).content == page.content
            assert get(address, if_none_match=page["ETag"]).status_code == 304
            assert get(address, accept_encoding="gzip")["Content-Encoding"] == "gzip"
    shown = get(own[0]).content.decode()
    for words in ("索引号", "文号", "发布机构", "有效性", "公示中", "<svg role"):
        assert words in shown


def test_who_may_be_shown_something_of_their_own_gets_no_page_of_others(site: World, login: Any) -> None:
    kept = get("/")
    assert kept["ETag"]
    with clock.pretend(at(date(2024, 12, 27))):
        signed_in = login(site.publicity).get("/")
        told = Client()
        told.cookies["messages"] = "x"
        leaving = told.get("/")
    assert signed_in["Cache-Control"] == "private, no-store"
    assert "ETag" not in signed_in
    assert "ETag" not in leaving
    assert get("/", host="elsewhere.example").status_code == 400, "what is kept is kept for each host"
    assert "ETag" not in get("/public/tasks/?q=溢流"), "what visitors typed is not kept"


def test_made_up_addresses_push_out_nothing_but_other_pages(site: World) -> None:
    cache.set("something-else", 1, None)
    for number in range(caches["pages"]._max_entries + 50):  # type: ignore[attr-defined]
        caches["pages"].set(f"{number}", number)
    assert cache.get("something-else") == 1
    assert len(caches["pages"]._cache) <= caches["pages"]._max_entries  # type: ignore[attr-defined]


def test_a_page_is_kept_once_however_its_address_is_written(site: World) -> None:
    caches["pages"].clear()
    for asked in ("", "?", "?&", "?&&", "?place=1", "?unit=x", "?which=", "?x=1"):
        assert get(f"/public/data/tasks.csv{asked}").status_code == 200
    for port in (81, 82):
        assert get("/public/data/tasks.csv", host=f"testserver:{port}").status_code == 200
    assert len(caches["pages"]._cache) == 1, "a large file is not kept again for every made-up address"  # type: ignore[attr-defined]


def test_a_head_keeps_the_whole_page(site: World) -> None:
    caches["pages"].clear()
    with clock.pretend(at(date(2024, 12, 27))):
        assert Client().head("/public/words/").status_code == 200
    assert "这些词是什么意思" in get("/public/words/").content.decode()


def test_what_is_published_shows_at_once_and_the_forms_are_never_kept(site: World) -> None:
    notice = Notice.objects.get()
    before = get("/public/news/").content.decode()
    made = draft_article(site.city, kind="example", by=site.publicity, **GIVEN | {"title": "南湖的做法"})
    assert "南湖的做法" not in get("/public/news/").content.decode() == before
    release(made, by=site.publicity, reasons={})
    assert "南湖的做法" in get("/public/news/").content.decode()
    assert "no-store" in get(f"/public/notices/{notice.pk}/object/")["Cache-Control"]


def test_the_same_figures_outside_as_inside_each_leading_to_its_rows(site: World) -> None:
    today = date(2024, 12, 27)
    with clock.pretend(at(today)):
        inside = Counter(Task.objects.with_schedule(today).order_by("pk").values_list("schedule", flat=True))
        row = PublishedTask.objects.by_place(today)[0]
    assert (row["total"], row["overdue"], row["done"]) == (2, inside["O"], inside["D"]) == (2, 1, 1)
    for page in ("/", "/public/progress/"):
        for link, number in re.findall(r'href="(/public/tasks/\?[^"]+)">(\d+)', get(page).content.decode()):
            rows = get(link.replace("&amp;", "&")).content.decode().count('<th scope="row"')
            assert rows == int(number), link


def test_open_data_holds_the_same_rows(site: World) -> None:
    told = json.loads(get("/public/data/tasks.json").content)
    assert [row["编号"] for row in told["rows"]] == sorted(PublishedTask.objects.values_list("number", flat=True))
    assert [column["name"] for column in told["columns"]] == list(told["rows"][0])
    assert get("/public/data/tasks.csv").content.decode("utf-8-sig").splitlines()[0].startswith("编号,督察,属地")
    calendar = get("/public/notices.ics").content.decode()
    assert "DTSTART;VALUE=DATE:20250109" in calendar
    assert all(len(line.encode()) <= 75 for line in calendar.split("\r\n"))
    assert get("/public/data/tasks.exe").status_code == get("/public/feeds/x.atom").status_code == 404


def test_what_a_task_said_before_stays_readable_with_its_differences(site: World) -> None:
    copy = PublishedTask.objects.get(due=date(2024, 12, 26))
    Task.objects.filter(pk=copy.task_id).update(goal="2处排口不溢流。")
    publish_plan(site.plan, by=site.publicity)  # type: ignore[arg-type]
    assert "改了整改目标" in get(f"/public/tasks/{copy.task_id}/").content.decode()
    old = get(f"/public/tasks/{copy.task_id}/versions/1/").content.decode()
    assert re.search("<del>.*3处排口不溢流。</del>", old)
    assert re.search("<ins>.*2处排口不溢流。</ins>", old)
    changed(Task.objects.get(pk=copy.task_id))
    assert copy.versions.count() == 2, "a version more only where something is different"
    with pytest.raises(DatabaseError, match="only added"), transaction.atomic():
        copy.versions.update(content={})


# ── the public search ────────────────────────────────────────────────────────
def test_the_search_finds_by_two_characters_through_its_index(site: World, django_assert_num_queries: Any) -> None:
    for words in ("溢流", "排口雨天", "省督", "整改动态", "南湖 溢流"):
        assert PublicText.objects.found_by(words).exists(), words
    for words in ("溢污", "流溢", "没有的词", "", "%", "'; --", "&|!"):
        assert not PublicText.objects.found_by(words).exists(), words
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "public_text_grams" in PublicText.objects.found_by("溢流").explain()
    with django_assert_num_queries(1):
        assert get("/public/search/?q=溢流").status_code == 200
    assert "没有找到" in get("/public/search/?q=没有的词").content.decode()


# ── articles ─────────────────────────────────────────────────────────────────
def test_a_correction_says_what_it_corrects_and_the_old_words_stay(site: World, login: Any) -> None:
    article = Article.objects.get()
    edit_article(article, by=site.publicity, **GIVEN | {"body": "第一句。改过的第二句。"})
    assert "改过的" not in get(article.get_absolute_url()).content.decode(), "public only once it is released"
    with pytest.raises(Refused, match="写明更正了什么"):
        release(article, by=site.publicity, reasons={})
    client = login(site.publicity)
    assert client.post(f"/notices/articles/{article.pk}/release/", {"note": "更正数字"}).status_code == 302
    assert "更正数字" in get(article.get_absolute_url()).content.decode()
    assert "<del>" in get(f"{article.get_absolute_url()}versions/1/").content.decode()
    withdraw_article(article, by=site.publicity, reason="已过时")
    shown = get(article.get_absolute_url()).content.decode()
    assert "已过时" in shown
    assert "改过的" not in shown
    assert get(f"{article.get_absolute_url()}versions/1/").status_code == 404
    with pytest.raises(DatabaseError, match="only added"), transaction.atomic():
        ArticleVersion.objects.update(body="")


def test_reasons_that_the_public_reads_are_checked_and_a_withdrawn_title_is_gone(site: World, login: Any) -> None:
    article, leak = Article.objects.get(), f"户主王小明来电{PHONE}要求改"
    edit_article(article, by=site.publicity, **GIVEN | {"title": "改过的标题"})
    with pytest.raises(Refused, match="更正说明会在公开网站上显示，里面有"):
        release(article, by=site.publicity, reasons={}, note=leak)
    release(article, by=site.publicity, reasons={}, note="更正标题")
    login(site.publicity).post(f"/notices/articles/{article.pk}/withdraw/", {"reason": leak})
    assert "改过的标题" in get(article.get_absolute_url()).content.decode(), "not withdrawn with such a reason"
    withdraw_article(article, by=site.publicity, reason="标题不宜公开")
    shown = get(article.get_absolute_url()).content.decode()
    assert "标题不宜公开" in shown
    assert "改过的标题" not in shown


def test_a_file_that_comes_while_an_article_is_released_waits_for_its_own_check(
    site: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    article, check = Article.objects.get(), articles.let_through

    def meanwhile(*given: Any) -> Any:
        file = Upload(SimpleUploadedFile("a.txt", f"举报人王小明{PHONE}".encode()), "a.txt", "text/plain")
        add_file(article, file, by=site.publicity)
        return check(*given)

    monkeypatch.setattr(articles, "let_through", meanwhile)
    release(article, by=site.publicity, reasons={}, note="又发一次")
    assert not ArticleFile.objects.get().released


def test_characters_that_do_not_print_break_no_feed_and_no_calendar(site: World) -> None:
    odd = GIVEN | {"title": "整改\x0b动态", "body": "一段\x0b又一段\x01。"}
    release(draft_article(site.city, kind="news", by=site.publicity, **odd), by=site.publicity, reasons={})
    assert "整改动态" in get("/public/feeds/articles.atom").content.decode()
    assert _plain("公示\r\nURL:https://evil.example\r") == "公示\\nURL:https://evil.example\\n"


@pytest.mark.requirement("R28")
def test_outcomes_are_counts(site: World, login: Any) -> None:
    data = GIVEN | {"kind": "outcome", "title": "问责情况", "count_interviewed": "3", "count_units": "1"}
    client = login(site.publicity)
    made = client.post("/notices/articles/new/", data)
    assert made.status_code == 302, made.content.decode()
    client.post(f"/notices/articles/{Article.objects.order_by('-pk')[0].pk}/release/")
    assert "<dt>约谈</dt><dd>3人</dd>" in get("/public/progress/").content.decode()


def packed(name: str) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr(name, docx(words=f"举报人王小明{PHONE}"))
        file.writestr("照片.jpg", photo())
    return out.getvalue()


@pytest.mark.parametrize(
    ("words", "file"),
    [
        ({"title": f"关于王小明同志{PHONE}的情况"}, None),
        ({"body": f"身份证号{ID}。"}, None),
        ({}, (f"王小明{ID}.txt", "正常内容".encode())),
        ({}, ("情况.docx", docx(words=f"举报人王小明{PHONE}"))),
        ({}, ("附件.zip", packed("情况.docx"))),
        ({}, ("附件.zip", packed(f"{ID}.docx"))),
    ],
)
def test_no_leak_reaches_page_search_feed_or_file(site: World, words: Any, file: Any) -> None:
    """Title, body, file name, document, archive: refused; and once let through with a reason, only what was answered for."""
    article = draft_article(site.city, kind="news", by=site.publicity, **GIVEN | words)
    if file:
        upload = SimpleUploadedFile(*file)
        add_file(article, Upload(upload, file[0], "application/octet-stream"), by=site.publicity)
    with pytest.raises(Refused, match="发布前检查"):
        release(article, by=site.publicity, reasons={})
    assert get(article.get_absolute_url()).status_code == 404
    everywhere = "".join(get(address).content.decode() for address in PAGES)
    for address in ("/public/search/?q=王小明", f"/public/search/?q={ID}", f"/public/search/?q={PHONE}"):
        everywhere += get(address).content.decode().replace(address, "").replace(address.split("=")[1], "")
    assert not re.search(f"王小明|{PHONE}|{ID}", everywhere)
    for kept in ArticleFile.objects.all():
        assert get(f"/public/news/{article.pk}/files/{kept.pk}/").status_code == 404
    assert ID not in str(list(Entry.objects.values_list("after", "note")))


def test_the_public_gets_the_copy_and_never_the_original(site: World) -> None:
    article = draft_article(site.city, kind="news", by=site.publicity, **GIVEN)
    for name, data in (("现场.jpg", photo()), ("台账.xlsx", workbook())):
        add_file(article, Upload(SimpleUploadedFile(name, data), name, "application/octet-stream"), by=site.publicity)
    release(article, by=site.publicity, reasons={})
    for kept in ArticleFile.objects.order_by("pk"):
        answered = get(f"/public/news/{article.pk}/files/{kept.pk}/")
        sent = b"".join(answered.streaming_content)
        assert kept.original.sha256 != kept.copy.sha256
        assert SECRET.encode() not in sent
        assert b"SECRETCAM" not in sent


def test_a_visitor_chooses_size_and_contrast_without_a_script(site: World) -> None:
    client = Client()
    answered = client.get("/public/display/?size=large&contrast=high&next=/public/tasks/")
    assert answered["Location"] == "/public/tasks/"
    page = client.get("/public/tasks/").content.decode()
    assert "zg-pub--large zg-pub--high" in page
    assert "zg-pub--large" not in Client().get("/public/tasks/").content.decode()
    assert Client().get("/public/display/?next=https://evil.example/")["Location"] == "/"
    assert Client().get("/public/display/?size=x'><script>&next=//evil.example")["Location"] == "/"
