"""The publicity team's column on the desk: drafting, files, the release check, corrections."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from zhenggai.accounts.decisions import Refused
from zhenggai.accounts.models import Unit
from zhenggai.accounts.requests import PersonRequest
from zhenggai.accounts.roles import Role
from zhenggai.publicity import articles
from zhenggai.publicity.article_forms import ArticleFileForm, ArticleForm
from zhenggai.publicity.forms import lines_of, reasons_in
from zhenggai.publicity.models import OUTCOMES, Article, ArticleFile
from zhenggai.publicity.offers import offers_for


@require_http_methods(["GET", "POST"])
def new(request: PersonRequest) -> HttpResponse:
    """A new draft: written here, or begun from a paper that was issued."""
    places = request.user.places_as(Role.PUBLICITY)
    if not places:
        raise Refused("公开信息由宣传报道组拟写")
    place, chosen = Unit.objects.get(pk=places[0]), request.GET.get("from", "")
    offered = offers_for(request.user)
    offer = next((one for one in offered if one.key == chosen), None)
    initial = {"issuer": f"{place.name}生态环境保护督察整改工作领导小组办公室", "kind": "news"}
    if offer:
        initial |= {"kind": "report", "title": offer.title, "body": offer.text, "document_number": offer.number}
    form = ArticleForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        made = articles.draft_article(
            place, kind=form.cleaned_data["kind"], by=request.user, source=offer.key if offer else "", **form.given()
        )
        messages.success(request, "草稿已保存，只有宣传报道组能看到")
        return redirect("article", made.pk)
    context = {"form": form, "offers": [] if offer else offered, "counts": list(OUTCOMES)}
    return render(request, "publicity/article.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def edit(request: PersonRequest, pk: int) -> HttpResponse:
    """One article: its words, its files, and what the release check finds."""
    found = _mine(request, pk)
    form = ArticleForm(request.POST or None, initial=_initial(found))
    if request.method == "POST" and "upload" in request.POST:
        return _add_file(request, found)
    if request.method == "POST" and form.is_valid():
        articles.edit_article(found, by=request.user, **form.given())
        messages.success(request, "已保存。公众看到的内容要到下次发布才变")
        return redirect("article", pk)
    return _article(request, found, form, status=422 if form.errors else 200)


def _mine(request: PersonRequest, pk: int) -> Article:
    rows = Article.objects.visible_to(request.user).select_related("place")
    found: Article = get_object_or_404(rows, pk=pk)
    return found


def _initial(article: Article) -> dict[str, object]:
    names = ("kind", "title", "body", "document_number", "issuer")
    return {name: getattr(article, name) for name in names} | {f"count_{key}": n for key, n in article.counts.items()}


def _add_file(request: PersonRequest, article: Article) -> HttpResponse:
    files = ArticleFileForm(request.POST, request.FILES)
    if files.is_valid():
        try:
            articles.add_file(article, files.cleaned_data["file"], by=request.user)
        except Refused as refused:
            files.add_error("file", refused.reason)
        else:
            return redirect("article", article.pk)
    return _article(request, article, ArticleForm(initial=_initial(article)), files=files, status=422)


def _article(
    request: PersonRequest, article: Article, form: ArticleForm, *, files: ArticleFileForm | None = None,
    refusal: str = "", status: int = 200,
) -> HttpResponse:  # fmt: skip
    kept = articles.files_to_release(article)
    context = {
        "article": article, "form": form, "files": kept,
        "file_form": files or ArticleFileForm(), "refusal": refusal,
        "lines": lines_of(articles.check_article(article, kept), reasons_in(request.POST)),
        "versions": article.versions.select_related("released_by").order_by("-no"), "counts": list(OUTCOMES),
        "note": request.POST.get("note", ""),
    }  # fmt: skip
    return render(request, "publicity/article.html", context, status=status)


@require_POST
def release(request: PersonRequest, pk: int) -> HttpResponse:
    """Make an article public, or correct what is."""
    found = _mine(request, pk)
    try:
        version = articles.release(
            found, by=request.user, reasons=reasons_in(request.POST), note=request.POST.get("note", "")[:300]
        )
    except Refused as refused:
        return _article(request, found, ArticleForm(initial=_initial(found)), refusal=refused.reason, status=422)
    messages.success(request, f"{version}已公开")
    return redirect("article", pk)


@require_POST
def withdraw(request: PersonRequest, pk: int) -> HttpResponse:
    """Take an article off the public site."""
    found, reason = _mine(request, pk), request.POST.get("reason", "").strip()[:300]
    if not reason:
        messages.error(request, "撤下要写理由，公众看得到")
        return redirect("article", pk)
    try:
        articles.withdraw_article(found, by=request.user, reason=reason)
    except Refused as refused:
        messages.error(request, refused.reason)
    else:
        messages.success(request, f"{found}已撤下")
    return redirect("article", pk)


@require_POST
def drop(request: PersonRequest, pk: int, file: int) -> HttpResponse:
    """Take a file out of an article; what is public keeps it until the next release."""
    articles.drop_file(get_object_or_404(ArticleFile, article=_mine(request, pk), pk=file), by=request.user)
    return redirect("article", pk)
