"""News, good examples, reports chosen for the public, outcomes of accountability: written, checked, released, corrected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max

from zhenggai.accounts.decisions import Refused
from zhenggai.accounts.models import Person, Unit
from zhenggai.audit import clock
from zhenggai.audit.actions import record, text_digest
from zhenggai.audit.verbs import register
from zhenggai.documents.actions import keep_upload
from zhenggai.documents.forms import Upload
from zhenggai.documents.kinds import kind_of
from zhenggai.publicity.bodies import words_of
from zhenggai.publicity.freshness import forget_pages
from zhenggai.publicity.models import OUTCOMES, Article, ArticleFile, ArticleVersion, PublicText
from zhenggai.publicity.permissions import can_publish_tasks
from zhenggai.publicity.release.findings import Finding
from zhenggai.publicity.releasing import check_file, check_words, let_through, names_for, overrides, refuse_unfit

DRAFTED = register("article.drafted", "拟写公开信息", "")
RELEASED = register("article.released", "公开信息", "blue")
WITHDRAWN = register("article.withdrawn", "撤下公开信息", "amber")
FIELDS = ("title", "body", "document_number", "issuer", "counts")


def _may(article_place: Unit, by: Person) -> None:
    if not (allowed := can_publish_tasks(by, article_place)):
        raise Refused(allowed.reason)


@transaction.atomic
def draft_article(place: Unit, *, kind: str, by: Person, source: str = "", **given: Any) -> Article:
    """A new draft; nobody but the publicity team sees it."""
    _may(place, by)
    made = Article.objects.create(
        place=place, kind=kind, written_by=by, written_at=clock.now(), source=source,
        **{name: given[name] for name in FIELDS if name in given},
    )  # fmt: skip
    record(DRAFTED, by=by, target=made, note=made.title)
    return made


@transaction.atomic
def edit_article(article: Article, *, by: Person, **given: Any) -> Article:
    """Change the words that the next release will have; what is public stays until then."""
    _may(article.place, by)
    for name in FIELDS:
        setattr(article, name, given[name])
    article.save(update_fields=list(FIELDS))
    return article


def add_file(article: Article, upload: Upload, *, by: Person) -> ArticleFile:
    """Check a file and keep its public copy with the draft. Raises Refused, with what to do, when no copy can be made."""
    _may(article.place, by)
    names = names_for(article.place)
    checked = check_file(upload.content, upload.name, names, upload.media_type)
    upload.content.seek(0)
    kind = kind_of(upload.content.read(512))
    upload.content.seek(0)
    if kind is None:
        raise Refused(f"“{upload.name}”不是能收的文件。")
    with transaction.atomic():
        return ArticleFile.objects.create(
            article=article, name=upload.name, original=keep_upload(upload.content, kind), copy=checked.copy,
            findings=[finding.as_json() for finding in checked.findings],
        )  # fmt: skip


@transaction.atomic
def drop_file(file: ArticleFile, *, by: Person) -> None:
    """Take a file out; the next release is without it."""
    _may(file.article.place, by)
    ArticleFile.objects.filter(pk=file.pk).update(dropped=True)


def files_to_release(article: Article) -> list[ArticleFile]:
    """The files that the next release will have."""
    return list(article.files.filter(dropped=False).order_by("pk"))


def check_article(article: Article, files: Sequence[ArticleFile]) -> list[Finding]:
    """The release check of an article with `files` of it."""
    words = {"标题": article.title, "正文": article.body, "文号": article.document_number, "发布机构": article.issuer}
    found = check_words(words, names_for(article.place))
    for number, file in enumerate(files, 1):
        for kept in file.findings:
            where = kept["where"].replace("附件", f"附件{number}", 1)
            found.append(Finding(**(kept | {"where": where})))
    return found


@transaction.atomic
def release(article: Article, *, by: Person, reasons: Mapping[str, str], note: str = "") -> ArticleVersion:
    """Make the article public as it stands, as a new version. Raises Refused while a line of the check is unanswered, or a
    correction does not say what it corrects."""
    locked = Article.objects.select_for_update(of=("self",)).select_related("place").get(pk=article.pk)
    _may(locked.place, by)
    last = locked.versions.aggregate(last=Max("no"))["last"] or 0
    if last and not note.strip():
        raise Refused("更正已公开的内容，请写明更正了什么。旧版本和差别公众都能看到。")
    refuse_unfit("更正说明", note, locked.place)
    files = files_to_release(locked)
    kept = let_through(check_article(locked, files), reasons)
    version = ArticleVersion.objects.create(
        article=locked, no=last + 1, note=note, findings=kept, released_by=by, released_at=clock.now(),
        **{name: getattr(locked, name) for name in FIELDS},
    )  # fmt: skip
    locked.state, locked.released_at = Article.State.PUBLIC, locked.released_at or clock.now()
    locked.withdrawn_reason = ""
    locked.save(update_fields=["state", "released_at", "withdrawn_reason"])
    checked = [file.pk for file in files]  # what is added meanwhile waits for its own check
    locked.files.filter(pk__in=checked).update(released=True)
    locked.files.exclude(pk__in=checked).update(released=False)
    PublicText.objects.keep(
        [("article", locked.pk, locked.title, words_of(locked.body), locked.get_absolute_url(), clock.today())]
    )
    let = [f"{row['where']}：{row['shown']}（{row['reason']}）" for row in overrides(kept)]
    record(
        RELEASED, by=by, target=locked, note=f"{version}" + (f"：{note}" if note else ""),
        after={"version": version.no, "text": text_digest(locked.body), "let_through": let},
    )  # fmt: skip
    forget_pages()
    return version


@transaction.atomic
def withdraw_article(article: Article, *, by: Person, reason: str) -> None:
    """Take an article off the public site; its address tells that it was withdrawn and why."""
    locked = Article.objects.select_for_update(of=("self",)).select_related("place").get(pk=article.pk)
    _may(locked.place, by)
    if locked.state != Article.State.PUBLIC:
        raise Refused("还没有公开，或者已经撤下。")
    refuse_unfit("理由", reason, locked.place)
    locked.state, locked.withdrawn_reason = Article.State.WITHDRAWN, reason
    locked.save(update_fields=["state", "withdrawn_reason"])
    PublicText.objects.filter(kind="article", target=locked.pk).delete()
    record(WITHDRAWN, by=by, target=locked, note=f"{locked.title}。理由：{reason}")
    forget_pages()


def outcome_totals() -> dict[str, int]:
    """The outcomes of accountability that are public, added up: only counts, of the newest version of each."""
    totals = dict.fromkeys(OUTCOMES, 0)
    for counts in Article.objects.public().filter(kind="outcome").order_by("pk").values_list("pk", flat=True):
        newest = ArticleVersion.objects.filter(article=counts).order_by("-no").values_list("counts", flat=True)[:1]
        for key, number in (newest[0] or {}).items():
            totals[key] += number
    return totals
