"""The public column 督察整改进行时: news, good examples, reports chosen for the public, outcomes; with what each said before."""

from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from zhenggai.documents.downloads import download
from zhenggai.publicity.bodies import parts_of
from zhenggai.publicity.covers import as_public, told_of
from zhenggai.publicity.differences import differences
from zhenggai.publicity.models import Article, ArticleFile
from zhenggai.publicity.public_page import kept, page
from zhenggai.ui.asked import words as words_of
from zhenggai.ui.paging import Key, page_of


@login_not_required
@require_safe
@kept("kind")
def articles(request: HttpRequest) -> HttpResponse:
    """The column, newest first, by kind."""
    kind = words_of(request.GET.get("kind"))
    rows = Article.objects.public().order_by("-pk")
    if kind in Article.Kind.values:
        rows = rows.filter(kind=kind)
    found = page_of(rows, [Key("pk", down=True)], request.GET.get("after", ""))
    next_url = f"?kind={kind}&after={found.after}" if found.after else ""
    context = {"articles": found.rows, "next": next_url, "kind": kind, "kinds": Article.Kind.choices}
    return page(request, "portal/articles.html", "portal_articles", context)


@login_not_required
@require_safe
@kept()
def article(request: HttpRequest, pk: int) -> HttpResponse:
    """One article in its newest version; one that was withdrawn says so and why, and nothing else."""
    found = get_object_or_404(Article.objects.exclude(state="draft"), pk=pk)
    versions = list(found.versions.order_by("-no"))
    files = found.files.filter(released=True).order_by("pk")
    context = {
        "article": found, "version": versions[0], "versions": versions, "files": files.select_related("copy"),
        "parts": parts_of(versions[0].body),
    }  # fmt: skip
    return page(request, "portal/article.html", "portal_articles", context)


@login_not_required
@require_safe
@kept()
def article_version(request: HttpRequest, pk: int, no: int) -> HttpResponse:
    """What an article said before, and how it differs from what it says now."""
    found = get_object_or_404(Article.objects.public(), pk=pk)
    row = get_object_or_404(found.versions, no=no)
    old, newest = as_public(row), as_public(found.versions.order_by("-no")[0])
    parts = [("标题", differences(old.title, newest.title)), ("正文", differences(old.body, newest.body))]
    context = {"article": found, "old": old, "newest": newest, "parts": parts, "told": told_of(row)}
    return page(request, "portal/article_version.html", "portal_articles", context)


@login_not_required
@require_safe
def article_file(request: HttpRequest, pk: int, file: int) -> FileResponse:
    """The public copy of a file; the one that was uploaded has no public address."""
    mine = ArticleFile.objects.filter(article__state="public", article=pk, released=True)
    found = get_object_or_404(mine.select_related("copy"), pk=file)
    return download(found.copy, found.name)
