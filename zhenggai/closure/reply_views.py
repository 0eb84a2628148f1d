"""The complainant's link: made inside, answered outside without a login, reviewed inside."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from zhenggai.accounts.decisions import Refused
from zhenggai.accounts.requests import PersonRequest
from zhenggai.closure import replies
from zhenggai.closure.forms import ReplyForm, ReviewForm
from zhenggai.closure.models import Reply
from zhenggai.ledger.acts import act
from zhenggai.ledger.models import Task
from zhenggai.publicity.models import PublishedTask
from zhenggai.publicity.public_page import page as portal_page

page = require_http_methods(["GET", "POST"])


@page
@never_cache
def make_link(request: PersonRequest, pk: int) -> HttpResponse:
    """Make the link and show it, this once."""
    task = get_object_or_404(Task.objects.visible_to(request.user).select_related("place", "inspection"), pk=pk)
    if not (allowed := replies.can_link(task, request.user)):
        raise Refused(allowed.reason)
    link = ""
    if request.method == "POST":
        link = settings.BASE_URL + reverse("reply", args=[replies.make_link(task, by=request.user)])
    return render(request, "closure/reply_link.html", {"task": task, "link": link})


@login_not_required
@page
@never_cache
def reply(request: HttpRequest, token: str) -> HttpResponse:
    """The complainant's page: one question, one answer."""
    form = ReplyForm(request.POST or None, label_suffix="")
    try:
        row = replies.reply_of(token)
        if request.method == "POST" and form.is_valid():
            replies.reply(token, **form.cleaned_data)
            context = {"task": row.task, "done": True, "opinion": form.cleaned_data["opinion"]}
            return portal_page(request, "closure/reply.html", "", context)
    except Refused as refused:
        return portal_page(request, "closure/reply.html", "", {"refused": refused.reason}, status=404)
    status = 422 if form.errors else 200
    public = PublishedTask.objects.filter(task=row.task).exists() and reverse("portal_task", args=[row.task_id])
    return portal_page(request, "closure/reply.html", "", {"task": row.task, "form": form, "public": public}, status)


@page
def review_reply(request: PersonRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(Reply.objects.select_related("task__place"), pk=pk)
    task = get_object_or_404(Task.objects.visible_to(request.user), pk=row.task_id)
    allowed, form = replies.can_review(row, request.user), ReviewForm(request.POST or None, label_suffix="")
    facts = [("信访人", row.get_opinion_display()), ("说明", row.text if allowed else "")]
    return act(
        request, "核查信访人评价", form, lambda: replies.review(row, by=request.user, **form.cleaned_data) and task,
        allowed=allowed, task=task, facts=facts, to="没有解决的重新挂账，并告知原验收单位",
    )  # fmt: skip
