from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zhenggai.accounts.actions import set_email
from zhenggai.accounts.decisions import Refused
from zhenggai.accounts.requests import PersonRequest
from zhenggai.audit import clock
from zhenggai.pages.queues import grouped, marked_todos_of, marks_of
from zhenggai.reminders import actions
from zhenggai.reminders.context import forget_seen, seen_by
from zhenggai.reminders.forms import ChannelForm, SettingsForm
from zhenggai.reminders.models import Channel, ChannelPost, Digest, Habit
from zhenggai.reminders.permissions import can_keep_channels
from zhenggai.reminders.sending import is_set_up

BETWEEN = "|"  # the marks travel in one field: of fields, a form may have a thousand


@require_safe
def reminders(request: PersonRequest) -> HttpResponse:
    """What has come to wait for this person since one last looked."""
    known = set(seen_by(request.user))
    new = [(mark, todo) for mark, todo in marked_todos_of(request.user) if mark not in known]
    fresh = sorted(
        (todo for _, todo in new), key=lambda row: (row.due is None, row.due or clock.today(), not row.review)
    )
    habit = Habit.objects.filter(person=request.user).first()
    context = {
        "groups": grouped(fresh, clock.today()), "first": fresh[0] if fresh else None, "count": len(fresh),
        "marks": BETWEEN.join(mark for mark, _ in new), "seen_at": habit.seen_at if habit else None,
    }  # fmt: skip
    return render(request, "reminders/reminders.html", context)


@require_POST
def seen(request: PersonRequest) -> HttpResponse:
    """What the page showed has been seen, as what was seen before it; what came since is still new."""
    known = {*request.POST.get("marks", "").split(BETWEEN), *seen_by(request.user)}
    waiting = [mark for found in marks_of(request.user).values() for mark in found]
    actions.note_seen(request.user, [mark for mark in waiting if mark in known])
    forget_seen(request.user)
    return redirect("reminders")


@require_http_methods(["GET", "POST"])
def settings_page(request: PersonRequest) -> HttpResponse:
    """Where one's letters go, and on which days."""
    habit = Habit.objects.filter(person=request.user).first()
    initial = {"email": request.user.email, "days": habit.days if habit else Habit.Days.WORKDAYS}
    form = SettingsForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        set_email(request.user, form.cleaned_data["email"], by=request.user)
        actions.set_days(request.user, form.cleaned_data["days"])
        messages.success(request, "提醒设置已保存")
        return redirect("my_work")
    context = {
        "form": form, "is_set_up": is_set_up(),
        "letters": Digest.objects.filter(person=request.user).order_by("-day")[:10],
    }  # fmt: skip
    return render(request, "reminders/settings.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def channels(request: PersonRequest) -> HttpResponse:
    """The groups that hear of the places that this person coordinates; a POST adds one."""
    if not (allowed := can_keep_channels(request.user)):
        raise Refused(allowed.reason)
    form = ChannelForm(request.POST or None, by=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_channel(by=request.user, **form.cleaned_data)
        except Refused as refused:
            form.add_error("given", refused.reason)
        else:
            messages.success(request, "群通知已设置，点“试发”看看通不通")
            return redirect("channels")
    rows = list(Channel.objects.visible_to(request.user).select_related("place", "added_by").order_by("pk"))
    posts = ChannelPost.objects.filter(channel__in=rows).order_by("channel_id", "-day").distinct("channel_id")
    last = {post.channel_id: post for post in posts}
    context = {"form": form, "lines": [{"channel": channel, "last": last.get(channel.pk)} for channel in rows]}
    return render(request, "reminders/channels.html", context, status=422 if form.errors else 200)


def _channel(request: PersonRequest, pk: int) -> Channel:
    found: Channel = get_object_or_404(Channel.objects.visible_to(request.user).select_related("place"), pk=pk)
    return found


@require_POST
def try_channel(request: PersonRequest, pk: int) -> HttpResponse:
    if error := actions.try_channel(_channel(request, pk), by=request.user):
        messages.error(request, f"没有发成：{error}")
    else:
        messages.success(request, "试发成功，到群里看看")
    return redirect("channels")


@require_POST
def switch_channel(request: PersonRequest, pk: int) -> HttpResponse:
    found = _channel(request, pk)
    actions.switch_channel(found, on=not found.is_on, by=request.user)
    messages.success(request, f"{found}已{'停用' if found.is_on else '启用'}")
    return redirect("channels")


@require_POST
def remove_channel(request: PersonRequest, pk: int) -> HttpResponse:
    found = _channel(request, pk)
    actions.remove_channel(found, by=request.user)
    messages.success(request, f"{found}已删除")
    return redirect("channels")
