from time import time
from typing import Any, cast

from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.views import LoginView, LogoutView
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zhenggai.accounts import actions
from zhenggai.accounts.decisions import Refused
from zhenggai.accounts.forms import AliasForm, EmailForm, GrantForm, LoginForm, PasswordForm, PersonForm, UnitForm
from zhenggai.accounts.middleware import BEGAN, GIVEN, LAST_SEEN
from zhenggai.accounts.models import Grant, Person, Unit
from zhenggai.accounts.permissions import can_manage_people, can_manage_units
from zhenggai.accounts.requests import PersonRequest
from zhenggai.accounts.roles import Role
from zhenggai.ui import asked
from zhenggai.ui.paging import Key, page_of


class Login(LoginView):
    """Logging in, with the count of tries that are left."""

    form_class = LoginForm
    template_name = "accounts/login.html"
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        del context["site"]  # Django's own, which would hide the place's names
        return context

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        person = cast(Person, self.request.user)
        self.request.session[BEGAN] = self.request.session[LAST_SEEN] = int(time())
        if actions.was_given(person):
            self.request.session[GIVEN] = True
        actions.note_session(actions.LOGGED_IN, person)
        return response

    def form_invalid(self, form: Any) -> HttpResponse:
        name = form.cleaned_data.get("username", "")  # as the form reads it: the name that was tried
        failures = AxesProxyHandler.get_failures(self.request, {"username": name})
        left = settings.AXES_FAILURE_LIMIT - failures
        person = Person.objects.filter(username=name).first()
        if person and left >= 0:  # what is tried on a locked account does not fill the trail
            actions.note_session(actions.LOGIN_FAILED, person)
        tried = bool(form.data.get("username"))
        return self.render_to_response(self.get_context_data(form=form, left=max(left, 0), tried=tried))


class Logout(LogoutView):
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if isinstance(request.user, Person):
            actions.note_session(actions.LOGGED_OUT, request.user)
        return super().post(request, *args, **kwargs)


@require_http_methods(["GET", "POST"])
def password(request: PersonRequest) -> HttpResponse:
    """One's own password."""
    form = PasswordForm(request.POST or None, person=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_password(request.user, form.cleaned_data["new"])
        except ValidationError as error:
            form.add_error("new", error)
        else:
            request.session.pop(GIVEN, None)
            update_session_auth_hash(request, request.user)
            messages.success(request, "密码已改，下次用新密码登录")
            return redirect("my_work")
    context = {"form": form, "given": request.session.get(GIVEN, False)}
    return render(request, "accounts/password.html", context, status=422 if form.errors else 200)


@require_safe
def people(request: PersonRequest) -> HttpResponse:
    """The accounts, for the security administrator."""
    _require(can_manage_people(request.user))
    q = asked.words(request.GET.get("q"))
    rows = Person.objects.visible_to(request.user).select_related("unit").order_by("username", "pk")
    if q:
        rows = rows.filter(Q(username__icontains=q) | Q(name__icontains=q) | Q(unit__short_name__icontains=q))
    rows = rows.prefetch_related("grants__unit")
    page = page_of(rows, [Key("username"), Key("pk")], request.GET.get("after", ""))
    for person in page.rows:
        person.shown_grants = [
            (Role(grant.role).words, grant.unit) for grant in person.grants.all() if grant.ended_at is None
        ]
    return render(request, "accounts/people.html", {"people": page.rows, "after": page.after, "q": q})


@require_http_methods(["GET", "POST"])
def add_person(request: PersonRequest) -> HttpResponse:
    """A new account; its first password is shown once, on the page that answers."""
    _require(can_manage_people(request.user))
    form = PersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            person = actions.add_person(by=request.user, **form.cleaned_data)
            first = actions.reset_password(person, by=request.user)
        except Refused as refused:
            form.add_error(None, refused.reason)
        else:
            return render(request, "accounts/password_shown.html", {"person": person, "password": first})
    context = {"form": form, "title": "建账号", "units": _suggested(request)}
    return render(request, "accounts/form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def person(request: PersonRequest, pk: int) -> HttpResponse:
    """One account with its grants; a POST grants a role."""
    _require(can_manage_people(request.user))
    found = get_object_or_404(Person.objects.visible_to(request.user).select_related("unit"), pk=pk)
    form = GrantForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.grant(found, Role(form.cleaned_data["role"]), form.cleaned_data["unit"], by=request.user)
        except Refused as refused:
            form.add_error(None, refused.reason)
        else:
            messages.success(request, "已授权")
            return redirect("person", pk)
    grants = [
        {"row": grant, "words": Role(grant.role).words}
        for grant in found.grants.select_related("unit", "granted_by", "ended_by").order_by("pk")
    ]
    context = {"person": found, "grants": grants, "form": form, "units": _suggested(request),
               "email": EmailForm(initial={"email": found.email})}  # fmt: skip
    return render(request, "accounts/person.html", context, status=422 if form.errors else 200)


@require_POST
def end_grant(request: PersonRequest, pk: int) -> HttpResponse:
    _require(can_manage_people(request.user))
    given = get_object_or_404(Grant.objects.select_related("person", "unit"), pk=pk)
    actions.end_grant(given, by=request.user)
    messages.success(request, "已收回")
    return redirect("person", given.person_id)


@require_POST
def switch_person(request: PersonRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Person.objects.visible_to(request.user), pk=pk)
    actions.switch_person(found, active=not found.is_active, by=request.user)
    messages.success(request, f"{found}已{'停用' if found.is_active else '启用'}")
    return redirect("person", pk)


@require_POST
def set_email(request: PersonRequest, pk: int) -> HttpResponse:
    """The address of another person's letters, for the security administrator."""
    _require(can_manage_people(request.user))
    found = get_object_or_404(Person.objects.visible_to(request.user), pk=pk)
    form = EmailForm(request.POST)
    if form.is_valid():
        actions.set_email(found, form.cleaned_data["email"], by=request.user)
        messages.success(request, "邮箱已改")
    else:
        messages.error(request, "没有改：邮箱的写法不对")
    return redirect("person", pk)


@require_POST
def reset_password(request: PersonRequest, pk: int) -> HttpResponse:
    _require(can_manage_people(request.user))
    found = get_object_or_404(Person.objects.visible_to(request.user), pk=pk)
    new = actions.reset_password(found, by=request.user)
    return render(request, "accounts/password_shown.html", {"person": found, "password": new})


@require_safe
def units(request: PersonRequest) -> HttpResponse:
    """The directory: a unit with what stands directly below it, or what a search finds."""
    q = asked.words(request.GET.get("q"))
    above = Unit.objects.filter(pk=asked.number(request.GET.get("unit")) or 0).first()
    rows = Unit.objects.visible_to(request.user).prefetch_related("aliases").order_by("position", "pk")
    if q:
        rows = rows.filter(Q(name__icontains=q) | Q(short_name__icontains=q) | Q(aliases__name__icontains=q)).distinct()
    else:
        rows = rows.filter(parent=above)
    page = page_of(rows, [Key("position"), Key("pk")], request.GET.get("after", ""))
    path = Unit.objects.filter(down__descendant=above).order_by("-down__depth") if above else []
    context = {
        "units": page.rows, "after": page.after, "q": q, "above": above, "path": path,
        "can_manage": can_manage_units(request.user),
    }  # fmt: skip
    return render(request, "accounts/units.html", context)


@require_http_methods(["GET", "POST"])
def add_unit(request: PersonRequest) -> HttpResponse:
    _require(can_manage_units(request.user))
    form = UnitForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            unit = actions.add_unit(by=request.user, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, refused.reason)
        else:
            messages.success(request, f"已新建{unit}")
            return redirect("unit", unit.pk)
    context = {"form": form, "title": "新建单位", "units": _suggested(request)}
    return render(request, "accounts/form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def unit(request: PersonRequest, pk: int) -> HttpResponse:
    """One unit with its names; a POST adds an alias."""
    found = get_object_or_404(Unit.objects.visible_to(request.user).select_related("parent", "place"), pk=pk)
    form = AliasForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.add_alias(found, form.cleaned_data["name"], by=request.user)
        messages.success(request, "已增加别名")
        return redirect("unit", pk)
    context = {"unit": found, "form": form, "can_manage": can_manage_units(request.user)}
    return render(request, "accounts/unit.html", context, status=422 if form.errors else 200)


@require_safe
def suggest_units(request: PersonRequest) -> HttpResponse:
    """Names for a unit field while it is typed into."""
    return render(request, "accounts/_unit_options.html", {"units": _suggested(request)})


def _suggested(request: PersonRequest) -> list[Unit]:
    typed = asked.words(request.GET.get("unit") or request.GET.get("parent"))
    rows = Unit.objects.visible_to(request.user).order_by("position", "pk")
    return list(rows.filter(Q(name__icontains=typed) | Q(short_name__icontains=typed))[:20]) if typed else []


def _require(decision: Any) -> None:
    if not decision:
        raise Refused(decision.reason)
