"""The desk where personal data in old public versions is covered: the address, the words, a look; then another person confirms."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from zhenggai.accounts.decisions import Refused
from zhenggai.accounts.requests import PersonRequest
from zhenggai.accounts.roles import Role
from zhenggai.publicity import covers
from zhenggai.publicity.forms import CoverForm
from zhenggai.publicity.models import Cover, PublicText
from zhenggai.publicity.permissions import can_publish_tasks
from zhenggai.publicity.querysets import HANDLERS

MOST_TOLD, MOST_OTHERS = 50, 5


@require_http_methods(["GET", "POST"])
def cover(request: PersonRequest) -> HttpResponse:
    """Say what is to be covered and where; see each passage; ask for it. Below, what was asked for last."""
    form = CoverForm(request.POST or None)
    made = covers.covers_of(_places(request))[:MOST_TOLD]
    context = {
        "form": form, "may_ask": bool(request.user.places_as(Role.PUBLICITY)),
        "covers": [(one, covers.name_of(one), covers.words_under(one)) for one in made],
    }  # fmt: skip
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            if given["seen"]:
                return _ask(request, given)
            context |= _look(request, given)
        except Refused as refused:
            form.add_error(None, refused.reason)
    return render(request, "publicity/covers.html", context, status=422 if form.errors else 200)


def _ask(request: PersonRequest, given: dict[str, str]) -> HttpResponse:
    thing = covers.thing_at(given["address"])
    made = covers.ask(thing, given["words"], reason=given["reason"], seen=given["seen"], by=request.user)
    messages.success(request, f"{thing.name}：已提出遮去{len(made)}处，另一人确认以后公众就看不到了。")
    return redirect("cover_words")


def _look(request: PersonRequest, given: dict[str, str]) -> dict[str, Any]:
    thing = covers.thing_at(given["address"])
    if not (allowed := can_publish_tasks(request.user, thing.place)):
        raise Refused(allowed.reason)
    if not (found := covers.passages(thing, given["words"])):
        raise Refused("旧的内容里没有这些文字，或者已经遮去、已经提出。标点、空格要和网页上一样。")
    others = PublicText.objects.found_by(given["words"])[: MOST_OTHERS + 1]
    return {
        "thing": thing, "found": found, "seen": covers.seen_of(found),
        "others": [other for other in others if other.url != thing.url],
    }  # fmt: skip


def _places(request: PersonRequest) -> list[int]:
    if places := request.user.places_as(*HANDLERS):
        return list(places)
    raise Refused("遮去公开内容里的个人信息由宣传报道组、综合协调组办理")


@require_POST
def confirm(request: PersonRequest, pk: int) -> HttpResponse:
    """Cover what another person asked for."""
    made = covers.confirm(_mine(request, pk), by=request.user)
    messages.success(request, f"已遮去{len(made)}处，网页最多半分钟后更新。")
    return redirect("cover_words")


@require_POST
def lift(request: PersonRequest, pk: int) -> HttpResponse:
    """Take back what was asked for, or show a passage again that was covered in error."""
    covers.lift(_mine(request, pk), by=request.user)
    messages.success(request, "已恢复，网页最多半分钟后更新。")
    return redirect("cover_words")


def _mine(request: PersonRequest, pk: int) -> Cover:
    found: Cover = get_object_or_404(covers.covers_of(_places(request)), pk=pk)
    return found
