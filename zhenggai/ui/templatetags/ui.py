"""Tags and filters of every page. They are builtins of the template engine: no {% load %} is needed."""

import re
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import template
from django.db.models import TextChoices
from django.forms import BaseForm, BoundField, CheckboxInput, RadioSelect, Select, Widget
from django.template.loader import get_template, render_to_string
from django.utils import timezone
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from zhenggai.ui import icons

register = template.Library()


@register.simple_tag(takes_context=True)
def drawn(context: template.Context, name: str) -> SafeString:
    """{% drawn "ledger/rows.html" %}: a part of the page from a compiled template, which sees what the page sees."""
    seen: dict[str, Any] = {str(key): value for key, value in context.flatten().items()}
    return mark_safe(get_template(name, using="compiled").render(seen))  # noqa: S308 - it escapes


# ── icons, status words, days ────────────────────────────────────────────────
@register.simple_tag
@lru_cache(maxsize=256)
def icon(name: str, size: str = "") -> SafeString:
    """{% icon "check" %} or {% icon "check" "lg" %}: one of our drawings, hidden from screen readers."""
    css = f"zg-i zg-i--{size}" if size else "zg-i"
    return format_html(
        '<svg class="{}" viewBox="0 0 24 24" aria-hidden="true">{}</svg>',
        css,
        icons.drawing(name),
    )


class Status(TextChoices):
    """The official words. O is B with its deadline passed: same words, another mark."""

    NOT_STARTED = "N", "尚未启动"
    BEHIND = "B", "未达到序时进度"
    ON_SCHEDULE = "T", "达到序时进度"
    AHEAD = "P", "超过序时进度"
    DONE = "D", "完成整改"
    STRUCK_OFF = "X", "完成交账销号"
    OVERDUE = "O", "未达到序时进度"


@register.simple_tag
@lru_cache(maxsize=256)
def status(code: str, word: str = "") -> SafeString:
    """{% status task.status %}: the mark and its official word.

    With a word of the page's own the mark keeps its meaning: {% status "X" "按期完成" %}.
    """
    mark = Status(code)
    css = f"zg-st zg-st--{mark.value}" + (" zg-st--word" if word else "")
    return format_html('<span class="{}">{}</span>', css, word or mark.label)


SOON = 30


@register.simple_tag(takes_context=True)
def days(
    context: template.Context,
    due: date | None,
    today: date | None = None,
    *,
    step: str = "",
    long_term: bool = False,
    soon: int = SOON,
) -> SafeString:
    """{% days task.due today step=task.step long_term=task.long_term %}: how long is left, in words.

    Once the work is done the step (公示中) takes the place of the days. `soon`: bold from so many days on.
    """
    if long_term and not step:
        return _days_mark("", "长期坚持")
    return days_of(due, today or context.get("today") or timezone.localdate(), step, soon)


def days_of(due: date | None, today: date, step: str = "", soon: int = SOON) -> SafeString:
    """What `{% days %}` shows, for a compiled template: days(task.due, today, task.step)."""
    return _days_mark(" zg-muted", step) if step else _days_mark(*_days_left(due, today, soon))


@lru_cache(maxsize=4096)
def _days_mark(css: str, words: str) -> SafeString:
    return format_html('<span class="zg-days{}">{}</span>', css, words)


def _days_left(due: date | None, today: date, soon: int) -> tuple[str, str]:
    if not due:
        return " zg-muted", "没有时限"
    left = (due - today).days
    if left < 0:
        return " zg-days--over", f"已逾期{-left}天"
    return " zg-days--soon" if left <= soon else "", f"剩{left}天" if left else "今天到期"


# ── drawings: milestones, notice period, steps, bars ─────────────────────────
GAP = 1.5
DENSE = 24  # more milestones than this are drawn as three stretches, not one by one


@register.simple_tag
@lru_cache(maxsize=4096)
def nodes(done: int, late: int, total: int, width: int = 40) -> SafeString:
    """{% nodes task.done task.late task.total %}: milestones as a strip (green done, amber late, hollow not yet
    due) and, always beside it, 4/7. `width` in pixels."""
    counts = [("is-done", done), ("is-late", late), ("", max(total - done - late, 0))]
    if total > DENSE:
        cells = _stretches(counts, total, width)
    else:
        kinds = [css for css, count in counts for _ in range(count)]
        pitch = width / (len(kinds) or 1)
        cells = [_cell(css, place * pitch, pitch - GAP) for place, css in enumerate(kinds)]
    strip = {"cells": cells, "done": done, "late": late, "total": total, "width": width}
    return render_to_string("ui/_nodes.html", strip)


def _stretches(counts: list[tuple[str, int]], total: int, width: int) -> list[dict[str, str]]:
    cells, start = [], 0.0
    for css, count in counts:
        if count:
            length = width * count / total
            cells.append(_cell(css, start, length))
            start += length
    return cells


def _cell(css: str, x: float, length: float) -> dict[str, str]:
    """Hollow cells are drawn by their outline, half a pixel inside."""
    inset = 0.0 if css else 0.5
    return {
        "css": css,
        "x": f"{x + inset:.1f}",
        "y": f"{1 + inset:g}",
        "width": f"{max(length - 2 * inset, 0.4):.1f}",
        "height": f"{8 - 2 * inset:g}",
    }


@register.inclusion_tag("ui/_strip.html", takes_context=True)
def strip(context: template.Context, period: Any, today: date | None = None, *, public: bool = False) -> dict[str, Any]:
    """{% strip notice.period %}: a notice period day by day, from `.days` of core.workdays (each with date, counted,
    number, kind, name). `public=True` is the portal's form: weekday below the day, no numbers."""
    now = today or context.get("today") or timezone.localdate()
    last = max((day.date for day in period.days if day.counted), default=None)
    return {"cells": [_day_cell(day, now, last) for day in period.days], "public": public}


def _day_cell(day: Any, today: date, last: date | None) -> dict[str, Any]:
    css = ["is-off" if not day.counted else "is-past" if day.date < today else "is-next"]
    makeup = day.counted and day.kind == "makeup"
    if makeup:
        css.append("is-makeup")
    if day.date == last:
        css.append("is-end")
    weekday = WEEKDAYS[day.date.weekday()]
    return {
        "css": " ".join(css),
        "date": day.date,
        "today": day.date == today,
        "weekday": f"{weekday}·班" if makeup else weekday,
        "note": f"第{day.number}日" if day.counted else _why_not_counted(day),
    }


def _why_not_counted(day: Any) -> str:
    name = day.name if day.kind == "holiday" else ""
    return (name if len(name) < 3 else name.removesuffix("节")) if name else "不计"


@register.inclusion_tag("ui/_steps.html")
def steps(items: Iterable[Any], label: str = "办理环节", *, vertical: bool = False) -> dict[str, Any]:
    """{% steps items %}: the life of a task. Each item has name, note and state: "done", "current" or ""."""
    return {"items": items, "label": label, "vertical": vertical}


NEAR = 0.75


@register.simple_tag
def percent_bar(value: float, maximum: float, label: str, kind: str = "prog", width: int = 160) -> SafeString:
    """{% percent_bar 16 22 "已核对16项，共22项" %}: a bar that starts at 0; a number always stands beside it.

    kind="use": working days used of a limit, 48 wide; amber past three quarters, red only beyond the limit.
    """
    share = value / maximum if maximum else 0
    css, height = "zg-prog", 6
    if kind == "use":
        tone = " zg-use--over" if share > 1 else " zg-use--near" if share >= NEAR else ""
        css, width, height = f"zg-use{tone}", 48, 8
    return format_html(
        '<svg class="{}" width="{}" height="{}" viewBox="0 0 100 {}" preserveAspectRatio="none" role="img"'
        ' aria-label="{}"><rect width="100" height="{}"/><rect width="{}" height="{}"/></svg>',
        *(css, width, height, height, label, height, f"{min(max(share, 0), 1) * 100:.1f}", height),
    )


# ── blocks with a slot ───────────────────────────────────────────────────────
def _ready(content: str) -> SafeString:
    """What stood between the tags: rendered by the template, so already escaped."""
    return mark_safe(content.strip())  # noqa: S308


@register.simple_block_tag
def head(content: str, title: str, subtitle: str = "") -> SafeString:
    """{% head "公示" "正在公示3件" %}buttons, the primary action last{% endhead %}: page title with its double rule."""
    return render_to_string("ui/_head.html", {"title": title, "subtitle": subtitle, "actions": _ready(content)})


@register.simple_block_tag
def say(content: str, tone: str = "", role: str = "") -> SafeString:
    """{% say "amber" %}words, links{% endsay %}: a remark in the page. Tones: amber, red, blue, green or none."""
    return render_to_string("ui/_say.html", {"tone": tone, "role": role, "text": _ready(content)})


# ── forms ────────────────────────────────────────────────────────────────────
@register.filter
def field_kind(field: BoundField) -> str:
    """How _field.html lays a field out: hidden, check (one box), options (a group) or control."""
    widget = field.field.widget
    if field.is_hidden:
        return "hidden"
    if isinstance(widget, RadioSelect):  # the group of check boxes is a subclass
        return "options"
    return "check" if isinstance(widget, CheckboxInput) else "control"


@register.filter
def wrong_fields(form: BaseForm) -> list[BoundField]:
    """The visible fields with errors, in the form's order: _errors.html links to them."""
    return [field for field in form.visible_fields() if field.errors]


def _control_css(widget: Widget) -> str:
    if isinstance(widget, (RadioSelect, CheckboxInput)):
        return "form-check-input"
    return "form-select" if isinstance(widget, Select) else "form-control"


@register.simple_tag
def control(field: BoundField) -> SafeString:
    """{% control form.name %}: the bare input with our classes, tied to its hint and error. _field.html uses it."""
    widget = field.field.widget
    own = widget.attrs.get("class", "").split()
    mine = [_control_css(widget)] + (["is-invalid"] if field.errors else [])
    css = " ".join(dict.fromkeys(mine + own))
    if field_kind(field) == "options":
        widget.attrs["class"] = css
        return render_to_string("ui/_options.html", {"options": field.subwidgets})
    return field.as_widget(attrs={"class": css, "aria-describedby": field.aria_describedby or False})


# ── filters ──────────────────────────────────────────────────────────────────
WEEKDAYS = "一二三四五六日"


def _day(value: date | datetime) -> date:
    if isinstance(value, datetime):
        return timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    return value


@register.filter
def cn_date(value: date | datetime | None, year: str = "") -> str:
    """11月25日 within this year, else 2026年11月25日; {{ day|cn_date:"year" }} always with the year.

    >>> cn_date(date(2025, 1, 9), "year")
    '2025年1月9日'
    """
    if not value:
        return ""
    day = _day(value)
    short = f"{day.month}月{day.day}日"
    return short if not year and day.year == timezone.localdate().year else f"{day.year}年{short}"


@register.filter
def iso(value: date | datetime | None) -> str:
    """2026-11-25 for a day, 2026-11-25 14:02 for a moment (in Chinese time): dates of tables.

    >>> iso(date(2026, 11, 25)), iso(None)
    ('2026-11-25', '')
    """
    if not value:
        return ""
    if not isinstance(value, datetime):
        return value.isoformat()
    return (timezone.localtime(value) if timezone.is_aware(value) else value).strftime("%Y-%m-%d %H:%M")


@register.filter
def weekday_cn(value: date | datetime | None, before: str = "星期") -> str:
    """星期三; {{ day|weekday_cn:"周" }} gives 周三, {{ day|weekday_cn:"" }} gives 三.

    >>> weekday_cn(date(2026, 11, 25)), weekday_cn(date(2026, 11, 22), "周")
    ('星期三', '周日')
    """
    return f"{before}{WEEKDAYS[_day(value).weekday()]}" if value else ""


@register.filter
def filesize_cn(size: int | None) -> str:
    """A file's size in words.

    >>> filesize_cn(28 * 1024 * 1024), filesize_cn(1_600_000), filesize_cn(300_000), filesize_cn(812)
    ('28兆字节', '1.5兆字节', '293千字节', '812字节')
    """
    if size is None:
        return ""
    for unit, name in ((1024**3, "吉字节"), (1024**2, "兆字节")):
        if size >= unit:
            return f"{size / unit:.1f}".removesuffix(".0") + name
    return f"{round(size / 1024)}千字节" if size >= 1024 else f"{size}字节"


@register.filter
def lit(words: str, sought: str) -> SafeString:
    """The words with each of those looked for marked, whatever its case.

    >>> lit("A<b>排口，入河", "排口 入河")
    'A&lt;b&gt;<mark>排口</mark>，<mark>入河</mark>'
    """
    if not sought.strip():
        return conditional_escape(words)
    parts = re.split(f"({'|'.join(map(re.escape, sought.split()))})", words, flags=re.IGNORECASE)
    return format_html_join(
        "", "{}", ((format_html("<mark>{}</mark>", part) if place % 2 else part,) for place, part in enumerate(parts))
    )


BEFORE, BEHIND = 5, 40  # a cell is narrow: what was found stands near its beginning


@register.filter
def around(words: str, sought: str) -> str:
    """The first place where one of the words `sought` stands, with some text on both sides; empty where none does.

    >>> around("甲" * 9 + "排口" + "乙" * 9, "排口")
    '…甲甲甲甲甲排口乙乙乙乙乙乙乙乙乙'
    """
    found = re.search("|".join(map(re.escape, sought.split())), words, flags=re.IGNORECASE) if sought.strip() else None
    if not found:
        return ""
    start, end = max(found.start() - BEFORE, 0), found.end() + BEHIND
    return "…" * (start > 0) + " ".join(words[start:end].split()) + "…" * (end < len(words))


@register.filter
def dot_zero(value: Any) -> Any:
    """In a matrix nothing is a dot: 0 and None → ·

    >>> dot_zero(0), dot_zero(None), dot_zero(3)
    ('·', '·', 3)
    """
    return value or "·"


@register.filter
def plain(value: Decimal | None) -> str:
    """A number without zeros at its end, in digits.

    >>> plain(Decimal("90.0000")), plain(Decimal("0.0500")), plain(Decimal("1200"))
    ('90', '0.05', '1200')
    """
    return "" if value is None else f"{round(value, 4).normalize():f}"


@register.filter
def share(value: Decimal) -> str:
    """A share of one as a percentage.

    >>> share(Decimal("0.5")), share(Decimal(1))
    ('50%', '100%')
    """
    return f"{plain(round(value * 100, 1))}%"


@register.filter
def add_px(value: float, more: float) -> float:
    """A length in a drawing, moved.

    >>> add_px(12.5, -7)
    5.5
    """
    return round(value + more, 1)
