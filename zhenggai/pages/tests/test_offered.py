"""A special report that was issued can be chosen for the public site, with its tables as tables."""

from datetime import date
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client

from tests.world import World
from zhenggai.audit import clock
from zhenggai.audit.clock import at
from zhenggai.publicity.bodies import parts_of
from zhenggai.publicity.models import Article
from zhenggai.supervision.actions import papers

DAY = date(2026, 11, 20)


class Tables(HTMLParser):
    """The tags of every table in a page, each with its scope, and its words."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, str]] = []
        self.words: list[str] = []
        self._inside = 0
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside += tag == "table"
        if self._inside:
            self.tags.append((tag, dict(attrs).get("scope") or ""))

    def handle_endtag(self, tag: str) -> None:
        self._inside -= tag == "table"

    def handle_data(self, data: str) -> None:
        if self._inside and data.strip():
            self.words.append(data.strip())


@pytest.mark.requirement("R31")
def test_a_report_chosen_for_the_public_keeps_its_tables(world: World, login: Any) -> None:
    with clock.pretend(at(DAY)):
        world.task(due=date(2026, 12, 31))
        draft = papers.draft_paper(world.city, "special", by=world.office)
        texts = [(row["heading"], row["text"] or "没有。") for row in draft.blocks]
        draft = papers.edit_paper(draft, by=world.office, title=draft.title, addressee=draft.addressee, texts=texts)
        paper = papers.issue_paper(papers.submit_paper(draft, by=world.office), by=world.leader)
        drawn = [block["table"] for block in paper.blocks if block["table"]]
        assert drawn, "the report has a table"
        clerk = login(world.publicity)
        page = clerk.get(f"/notices/articles/new/?from=paper-{paper.pk}")
        form = page.context["form"]
        told = {name: form[name].value() or "" for name in ("kind", "title", "issuer", "document_number", "body")}
        assert clerk.post(f"/notices/articles/new/?from=paper-{paper.pk}", told).status_code == 302
        article = Article.objects.get()
        reply = clerk.post(f"/notices/articles/{article.pk}/release/")
        assert reply.status_code == 302, reply.content.decode()
        shown = Tables(Client().get(article.get_absolute_url()).content.decode())
    assert len([part for part in parts_of(article.body) if part.table]) == len(drawn)
    assert [tag for tag, _ in shown.tags].count("caption") == len(drawn)
    assert shown.tags.count(("th", "col")) == sum(len(table["header"]) for table in drawn)
    assert shown.tags.count(("th", "row")) == sum(len(table["rows"]) for table in drawn)
    for table in drawn:
        for row in table["rows"]:
            assert str(row[0]) in shown.words
