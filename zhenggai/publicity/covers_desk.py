"""The desk where personal data in old public versions is covered: the address, the words, a look, then covering."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from zhenggai.accounts.decisions import Refused
from zhenggai.accounts.requests import PersonRequest
from zhenggai.accounts.roles import Role
from zhenggai.publicity import covers
from zhenggai.publicity.forms import CoverForm
from zhenggai.publicity.models import PublicText
from zhenggai.publicity.permissions import can_publish_tasks

MOST_TOLD, MOST_OTHERS = 50, 5


@require_http_methods(["GET", "POST"])
def cover(request: PersonRequest) -> HttpResponse:
    """Say what is to be covered and where; see each passage; cover them. Below, what was covered last."""
    places = request.user.places_as(Role.PUBLICITY)
    if not places:
        raise Refused("遮去公开内容里的个人信息由宣传报道组办理")
    form = CoverForm(request.POST or None)
    made = covers.covers_of(places)[:MOST_TOLD]
    context = {"form": form, "covers": [(one, covers.name_of(one), covers.words_under(one)) for one in made]}
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            thing = covers.thing_at(given["address"])
            if not (allowed := can_publish_tasks(request.user, thing.place)):
                raise Refused(allowed.reason)
            if given["seen"]:
                made = covers.cover(thing, given["words"], reason=given["reason"], seen=given["seen"], by=request.user)
                messages.success(request, f"{thing.name}：已遮去{len(made)}处。网页最多半分钟后更新。")
                return redirect("cover_words")
            found = covers.passages(thing, given["words"])
            if not found:
                raise Refused("旧的内容里没有这些文字，或者已经遮去。标点、空格要和网页上一样。")
            context |= {"thing": thing, "found": found, "seen": covers.seen_of(found)}
            context["others"] = PublicText.objects.found_by(given["words"])[:MOST_OTHERS]
        except Refused as refused:
            form.add_error(None, refused.reason)
    return render(request, "publicity/covers.html", context, status=422 if form.errors else 200)


@require_POST
def lift(request: PersonRequest, pk: int) -> HttpResponse:
    """Show a passage again that was covered in error."""
    places = request.user.places_as(Role.PUBLICITY)
    if not places:
        raise Refused("恢复遮去的文字由宣传报道组办理")
    covers.lift(get_object_or_404(covers.covers_of(places), pk=pk), by=request.user)
    messages.success(request, "已恢复，网页最多半分钟后更新。")
    return redirect("cover_words")
