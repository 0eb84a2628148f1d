"""Workbooks that were sent: the ledger's own with changes, and older ledgers."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zhenggai.accounts.decisions import Refused, Stale
from zhenggai.accounts.requests import PersonRequest
from zhenggai.accounts.roles import Role
from zhenggai.audit import clock
from zhenggai.documents.forms import UploadField
from zhenggai.documents.kinds import OLE, TEXT, ZIP
from zhenggai.ledger import loading, returned
from zhenggai.ledger.history import BY_KEY, FIELDS, addressed
from zhenggai.ledger.models import Inspection, Workbook, WorkbookRow
from zhenggai.ui.asked import number
from zhenggai.ui.paging import Key, page_of

PER_PAGE = 100
MOST_ERRORS = 200


class UploadForm(forms.Form):
    """A workbook and what it is."""

    kind = forms.ChoiceField(
        label="这是什么表", choices=Workbook.Kind.choices, initial=Workbook.Kind.CHANGES, widget=forms.RadioSelect,
        help_text="改过的台账：用“导出所见”的表改好交回。历史台账：启用本系统以前的台账，列名可以是自己的",
    )  # fmt: skip
    file = UploadField(
        label="表格", limit=settings.PLAN_FILE_LIMIT, kinds=(ZIP, OLE, TEXT), help_text=".xlsx，也可以是.xls .et .csv",
        error_messages={"required": "请选择表格"},
    )  # fmt: skip


class LoadForm(forms.Form):
    """Under which inspection an older ledger enters, and on which day it was known so."""

    inspection = forms.ModelChoiceField(label="哪次督察", queryset=Inspection.objects.none())
    title = forms.CharField(label="方案名称", max_length=200, help_text="这些任务挂在这份方案下")
    known_on = forms.DateField(
        label="截至日期", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="表里的情况截至哪一天；每项任务都会标明",
    )  # fmt: skip

    def __init__(self, *args: Any, by: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["inspection"].queryset = Inspection.objects.kept_by(by).order_by("-pk")  # type: ignore[attr-defined]

    def clean_known_on(self) -> Any:
        if self.cleaned_data["known_on"] > clock.today():
            raise forms.ValidationError("截至日期不能在今天之后")
        return self.cleaned_data["known_on"]


def _require_office(request: PersonRequest) -> None:
    if not request.user.holds(Role.COORDINATION):
        raise Refused("由综合协调组导入")


@require_http_methods(["GET", "POST"])
def workbooks(request: PersonRequest) -> HttpResponse:
    """What the person has sent, and the form for another workbook."""
    _require_office(request)
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        receive = returned.receive_changes
        if form.cleaned_data["kind"] == Workbook.Kind.HISTORY:
            receive = loading.receive_history
        try:
            book = receive(form.cleaned_data["file"], by=request.user)
        except Refused as refused:
            form.add_error("file", refused.reason)
        else:
            return redirect("workbook", book.pk)
    books = Workbook.objects.filter(by=request.user).select_related("plan").order_by("-pk")[:30]
    context = {"form": form, "books": books}
    return render(request, "ledger/workbooks.html", context, status=422 if form.errors else 200)


def _book(request: PersonRequest, pk: int) -> Workbook:
    _require_office(request)
    return get_object_or_404(Workbook.objects.filter(by=request.user).select_related("plan"), pk=pk)


@require_safe
def workbook(request: PersonRequest, pk: int) -> HttpResponse:
    """What a workbook would change, row by row; an older ledger's columns and what is wrong in its rows."""
    book = _book(request, pk)
    if book.kind == Workbook.Kind.HISTORY:
        return _history(request, book)
    status = request.GET.get("status", "")
    rows = book.rows.select_related("task")
    if status in WorkbookRow.Status.values:
        rows = rows.filter(status=status)
    page = page_of(rows.order_by("row"), [Key("row")], request.GET.get("after", ""), PER_PAGE)
    counts = returned.counts_of(book)
    tabs = [{"label": "全部", "url": "?", "current": status == "", "count": sum(counts.values())}]
    tabs += [
        {"label": label, "url": f"?status={code}", "current": status == code, "count": counts[code], "alarm": False}
        for code, label in WorkbookRow.Status.choices
    ]
    context = {"book": book, "rows": page.rows, "after": page.after, "status": status, "tabs": tabs, "counts": counts}
    return render(request, "ledger/workbook.html", context)


@require_POST
def accept(request: PersonRequest, pk: int) -> HttpResponse:
    """Write the ticked rows, or all that are free of errors and conflicts, into the ledger."""
    book = _book(request, pk)
    rows = None
    if "free" not in request.POST:
        rows = [row for text in request.POST.getlist("row") if (row := number(text)) is not None]
        if not rows:
            raise Refused("没有选中的行。请勾选，或者用“采纳全部没有问题的行”")
    try:
        done = returned.accept_rows(book, by=request.user, rows=rows)
    except Stale as stale:
        if book.ended_at:
            raise
        returned.compare_again(book, by=request.user)
        messages.error(request, f"{stale.reason}已经重新比较，两边都改了的列在“台账也改了”。")
    else:
        messages.success(request, f"已采纳，{done}项任务有改动，每项都留了审计记录")
    return redirect("workbook", pk)


@require_POST
def drop(request: PersonRequest, pk: int) -> HttpResponse:
    returned.drop_workbook(_book(request, pk), by=request.user)
    messages.success(request, "已放弃，台账没有因它再变")
    return redirect("workbooks")


def _history(request: PersonRequest, book: Workbook, form: LoadForm | None = None) -> HttpResponse:
    """An older ledger: its columns; with an inspection and a day, what is wrong in its rows."""
    asked = request.GET if "known_on" in request.GET else None
    form = form or LoadForm(asked, by=request.user, initial={"title": book.file_name.rsplit(".", 1)[0]})
    mapping = loading.mapping_of(book)
    first = list(book.rows.order_by("row").values_list("cells", flat=True)[:3])
    context: dict[str, Any] = {
        "book": book,
        "form": form,
        "fields": FIELDS,
        "columns": [
            {
                "place": place, "label": label, "key": mapping.get(place, ""),
                "sample": [text for cells in first if (text := cells.get(str(place), ""))][:2],
            }
            for place, label in book.head
        ],
        "judged": False,
    }  # fmt: skip
    if not book.ended_at and form.is_bound and form.is_valid():
        rows = loading.judged(book, form.cleaned_data["inspection"], form.cleaned_data["known_on"])
        wrong = [row for row in rows if row.errors]
        context |= {
            "judged": True, "total": len(rows), "sound": len(rows) - len(wrong), "wrong": len(wrong),
            "errors": [line for row in wrong[:MOST_ERRORS] for line in addressed(row, mapping)],
            "shown": [row for row in rows if not row.errors][:5],
        }  # fmt: skip
    return render(request, "ledger/history.html", context, status=422 if form.errors else 200)


@require_POST
def mapping(request: PersonRequest, pk: int) -> HttpResponse:
    """Say what the columns of an older ledger are."""
    book = _book(request, pk)
    wanted = {place: request.POST.get(f"column-{place}", "") for place, _ in book.head}
    loading.map_columns(book, {place: key for place, key in wanted.items() if key in BY_KEY}, by=request.user)
    messages.success(request, "各列已确认")
    return redirect("workbook", pk)


@require_POST
def load(request: PersonRequest, pk: int) -> HttpResponse:
    """Load an older ledger as it was."""
    book = _book(request, pk)
    form = LoadForm(request.POST, by=request.user)
    if not form.is_valid():
        return _history(request, book, form)
    plan = loading.load_history(book, **form.cleaned_data, partly="partly" in request.POST, by=request.user)
    messages.success(request, f"已载入{plan.tasks.count()}项，截至{form.cleaned_data['known_on']}，任务上都有标明")
    return redirect(f"/ledger/?view=all&plan={plan.pk}")
