"""Who may open the addresses of the public site and of its desk; the rows of tests/test_permissions.py for this app."""

from typing import Any

from tests.matrix import EVERYONE, HANDLERS, ON_THE_TASK, PUBLIC
from tests.world import World
from zhenggai.audit import clock
from zhenggai.documents.actions import keep_bytes
from zhenggai.ledger.models import Task
from zhenggai.publicity.actions import object_to, publish_plan
from zhenggai.publicity.articles import draft_article, release
from zhenggai.publicity.models import EndChange, Notice, ObjectionFile
from zhenggai.publicity.releasing import list_name

OPEN = (
    "portal_home", "portal_tasks", "portal_task", "portal_notices", "portal_notice", "portal_object",
    "portal_object_where", "portal_paper", "portal_find_receipt", "portal_receipt", "portal_words", "portal_progress", "portal_search", "portal_display",
    "portal_accessibility", "portal_task_version", "portal_articles", "portal_article", "portal_article_version",
    "portal_article_file", "portal_data", "portal_dataset", "portal_feed", "portal_calendar", "portal_sitemap",
    "portal_robots",
)  # fmt: skip
ARTICLE = ("article", "release_article", "withdraw_article")
MATRIX: dict[str, set[str]] = {
    **dict.fromkeys(OPEN, PUBLIC),
    "notices": EVERYONE,
    "notice": ON_THE_TASK,
    "publish_plan": {"publicity"},
    "decide_end": {"publicity"},
    "public_names": {"publicity"},
    "unlist_name": {"publicity"},
    "cover_words": HANDLERS,
    "lift_cover": {"office", "publicity"},
    "confirm_cover": {"office"},  # publicity asked for it
    "enter_objection": HANDLERS,
    "objection": HANDLERS,
    "take_objection": HANDLERS,
    "objection_sender": set(),  # nobody handles it yet
    "objection_file": HANDLERS,
    **{key: {"publicity"} for key in ARTICLE},
    "new_article": {"publicity"},
    "drop_article_file": {"publicity"},
}
POST_ONLY = {
    "decide_end",
    "unlist_name",
    "lift_cover",
    "confirm_cover",
    "take_objection",
    "objection_sender",
    "release_article",
    "withdraw_article",
    "drop_article_file",
}


def published(world: World, noticed: Task, notice: Notice | None = None) -> dict[str, list[Any]]:
    """A running notice of `noticed` (`notice`, else the only one) with an objection and a proposed end, the plan made public,
    a listed name; what their addresses are made of."""
    notice = notice or Notice.objects.get()
    objection = object_to(notice, text="夜里还有异味")
    file = ObjectionFile.objects.create(
        objection=objection, stored=keep_bytes(b"%PDF-8", media_type="application/pdf"), name="d.pdf"
    )
    change = EndChange.objects.create(
        notice=notice, old_end=notice.ends_on, new_end=notice.ends_on + (notice.ends_on - notice.starts_on),
        because="放假安排", proposed_at=clock.now(),
    )  # fmt: skip
    assert world.plan is not None
    publish_plan(world.plan, by=world.publicity)
    name = list_name(world.city, name="王小明", post="市长", by=world.publicity)
    article = draft_article(
        world.city, kind="news", by=world.publicity, title="整改动态", body="已完成。", issuer="市整改办"
    )
    kept = article.files.create(name="e.txt", original=file.stored, copy=file.stored)
    release(article, by=world.publicity, reasons={})
    release(article, by=world.publicity, reasons={}, note="再发")
    old = article.versions.get(no=1)
    cover = old.covers.create(field="body", start=0, end=2, reason="姓名", asked_by=world.publicity)
    return {
        **{key: [article.pk] for key in (*ARTICLE, "portal_article")}, "portal_article_version": [article.pk, 1],
        "portal_article_file": [article.pk, kept.pk], "drop_article_file": [article.pk, kept.pk],
        "portal_task_version": [noticed.pk, 1], "portal_dataset": ["tasks", "csv"], "portal_feed": ["notices"],
        "portal_task": [noticed.pk], **{key: [notice.pk] for key in NOTICES}, "portal_receipt": [objection.receipt],
        "publish_plan": [world.plan.pk], "decide_end": [change.pk], "unlist_name": [name.pk], "lift_cover": [cover.pk], "confirm_cover": [cover.pk],
        **{key: [objection.pk] for key in ("objection", "take_objection", "objection_sender")},
        "objection_file": [objection.pk, file.pk],
    }  # fmt: skip


NOTICES = ("portal_notice", "portal_object", "portal_paper", "notice", "enter_objection")
