from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest

from zhenggai.core import workdays
from zhenggai.ui.templatetags.ui import cn_date, iso, weekday_cn

TODAY = date(2026, 11, 22)


# ── icons ────────────────────────────────────────────────────────────────────
def test_icon_is_inlined_and_hidden_from_screen_readers(shown):
    assert shown('{% icon "check" %}') == (
        '<svg class="zg-i" viewBox="0 0 24 24" aria-hidden="true"><path d="m4.5 12.5 5 5 10-11"/></svg>'
    )
    assert 'class="zg-i zg-i--lg"' in shown('{% icon "check" "lg" %}')


@pytest.mark.parametrize("name", ["nothing", "../icons/check", ""])
def test_an_icon_that_does_not_exist_is_an_error(shown, name):
    with pytest.raises(ValueError, match="no icon"):
        shown("{% icon name %}", name=name)


# ── status words and days ────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("code", "word"),
    [
        ("N", "尚未启动"),
        ("B", "未达到序时进度"),
        ("O", "未达到序时进度"),
        ("T", "达到序时进度"),
        ("P", "超过序时进度"),
        ("D", "完成整改"),
        ("X", "完成交账销号"),
    ],
)
def test_status_says_the_official_word(shown, code, word):
    assert shown("{% status code %}", code=code) == f'<span class="zg-st zg-st--{code}">{word}</span>'


def test_status_takes_a_word_of_the_page(shown):
    assert shown('{% status "X" "按期完成" %}') == '<span class="zg-st zg-st--X zg-st--word">按期完成</span>'


def test_an_unknown_status_is_an_error(shown):
    with pytest.raises(ValueError):
        shown('{% status "Z" %}')


@pytest.mark.parametrize(
    ("due", "expected"),
    [
        (date(2026, 10, 31), '<span class="zg-days zg-days--over">已逾期22天</span>'),
        (date(2026, 11, 22), '<span class="zg-days zg-days--soon">今天到期</span>'),
        (date(2026, 12, 22), '<span class="zg-days zg-days--soon">剩30天</span>'),
        (date(2026, 12, 31), '<span class="zg-days">剩39天</span>'),
        (None, '<span class="zg-days zg-muted">没有时限</span>'),
    ],
)
def test_days_left_in_words(shown, due, expected):
    assert shown("{% days due %}", due=due, today=TODAY) == expected
    assert shown("{% days due day %}", due=due, day=TODAY) == expected


def test_days_of_long_term_and_finished_tasks(shown):
    assert "长期坚持" in shown("{% days due today long_term=True %}", due=None, today=TODAY)
    overdue = shown('{% days due today step="公示中" %}', due=date(2026, 10, 31), today=TODAY)
    assert overdue == '<span class="zg-days zg-muted">公示中</span>'


def test_days_are_bold_from_a_limit_of_the_page(shown):
    assert shown("{% days due soon=7 %}", due=date(2026, 11, 30), today=TODAY) == '<span class="zg-days">剩8天</span>'


# ── drawings ─────────────────────────────────────────────────────────────────
def test_nodes_draws_each_milestone_and_says_the_figures(shown):
    strip = shown("{% nodes 4 2 7 %}")
    assert strip.count('class="is-done"') == 4
    assert strip.count('class="is-late"') == 2
    assert strip.count("<rect") == 7
    assert "</svg>4/7" in strip
    assert "滑期2" in strip


def test_many_nodes_become_stretches(shown):
    assert shown("{% nodes 20 4 40 %}").count("<rect") == 3


def test_no_nodes_is_a_dot(shown):
    assert shown("{% nodes 0 0 0 %}") == '<span class="zg-muted">·</span>\n'


def test_strip_counts_working_days_one_by_one(shown):
    strip = shown("{% strip period today %}", period=workdays.add(date(2026, 11, 12), 10), today=TODAY)
    assert strip.count("<li") == 14
    assert '<li class="is-past" title="2026年11月12日，第1日"><span>四</span><b>12</b><em>第1日</em></li>' in strip
    assert '<li class="is-off" aria-current="date"' in strip
    assert "<span>今天</span><b>22</b><em>不计</em>" in strip
    assert '<li class="is-next is-end"' in strip


def test_strip_names_holidays_and_makeup_days(shown):
    strip = shown("{% strip period %}", period=workdays.add(date(2026, 9, 28), 10), today=TODAY)
    assert "<em>国庆</em>" in strip
    assert "is-makeup" in strip
    assert "六·班" in strip


def test_strip_of_the_portal_has_weekdays_below(shown):
    strip = shown("{% strip period public=True %}", period=workdays.add(date(2026, 11, 12), 10), today=TODAY)
    assert 'class="zg-strip zg-strip--pub"' in strip
    assert "<b>12</b>四" in strip
    assert "<b>22</b>今" in strip


def test_steps_mark_the_current_one(shown):
    items = [{"name": "整改", "note": "2026-10-20", "state": "done"}, {"name": "公示", "state": "current"}]
    drawn = shown("{% steps items %}", items=items)
    assert '<li class="is-done">整改<br><span class="zg-note">2026-10-20</span></li>' in drawn
    assert '<li aria-current="step">公示</li>' in drawn
    assert "zg-steps--v" in shown("{% steps items vertical=True %}", items=items)


def test_percent_bar_starts_at_zero_and_has_a_name(shown):
    bar = shown('{% percent_bar 16 22 "已核对16项，共22项" %}')
    assert 'aria-label="已核对16项，共22项"' in bar
    assert '<rect width="72.7" height="6"/>' in bar
    assert '<rect width="0.0"' in shown('{% percent_bar 0 0 "没有" %}')


@pytest.mark.parametrize(
    ("used", "css"),
    [(6, "zg-use"), (15, "zg-use zg-use--near"), (20, "zg-use zg-use--near"), (23, "zg-use zg-use--over")],
)
def test_a_limit_turns_amber_near_and_red_only_beyond(shown, used, css):
    assert f'class="{css}"' in shown('{% percent_bar used 20 "x" "use" %}', used=used)


# ── filters ──────────────────────────────────────────────────────────────────
def test_cn_date_omits_this_year(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_: TODAY)
    assert cn_date(date(2026, 11, 25)) == "11月25日"
    assert cn_date(date(2027, 1, 9)) == "2027年1月9日"
    assert cn_date(date(2026, 11, 25), "year") == "2026年11月25日"
    assert cn_date(None) == ""


def test_moments_are_shown_in_chinese_time():
    late = datetime(2026, 11, 24, 18, 2, tzinfo=UTC)
    assert iso(late) == "2026-11-25 02:02"
    assert cn_date(late, "year") == "2026年11月25日"
    assert weekday_cn(late) == "星期三"


def test_weekday_takes_other_words_before_it():
    assert [weekday_cn(TODAY), weekday_cn(TODAY, "周"), weekday_cn(TODAY, ""), weekday_cn(None)] == [
        "星期日",
        "周日",
        "日",
        "",
    ]


# ── blocks with a slot ───────────────────────────────────────────────────────
def test_head_keeps_the_markup_of_its_slot_and_escapes_its_words(shown):
    page = shown("{% head title %}<a href='#'>去办</a>{% endhead %}", title="<公示>")
    assert "<h1>&lt;公示&gt;</h1>" in page
    assert "<div class=\"zg-head__act\"><a href='#'>去办</a></div>" in page
    assert "zg-head__act" not in shown('{% head "公示" %}{% endhead %}')


def test_say_escapes_values_inside_its_slot(shown):
    remark = shown('{% say "red" %}{{ words }} <a href="#">看</a>{% endsay %}', words="<b>")
    assert 'class="zg-say zg-say--red"' in remark
    assert '&lt;b&gt; <a href="#">看</a>' in remark


# ── fragments ────────────────────────────────────────────────────────────────
def test_an_allowed_action_says_who_gets_it(shown):
    decision = SimpleNamespace(allowed=True, reason="")
    shows = shown('{% include "ui/_do.html" with label="提交" url="/x" to="交市整改办" %}', decision=decision)
    assert '<a class="btn btn-primary" href="/x">提交</a>' in shows
    assert "→ 交市整改办" in shows


def test_an_action_submits_the_form_it_names(shown):
    shows = shown('{% include "ui/_do.html" with label="采纳" form="item" name="step" value="accept" %}')
    assert 'type="submit" form="item" name="step" value="accept">采纳' in shows


def test_a_refused_action_stays_and_says_why(shown):
    decision = SimpleNamespace(allowed=False, reason="还差2项")
    shows = shown('{% include "ui/_do.html" with label="提交" url="/x" %}', decision=decision)
    assert 'aria-disabled="true" aria-describedby="do-why"' in shows
    assert 'id="do-why">还差2项' in shows
    assert "/x" not in shows


def test_pager_links_only_where_there_is_more(shown):
    assert 'rel="prev"' not in shown('{% include "ui/_pager.html" with next="?after=9" only %}')
    assert shown('{% include "ui/_pager.html" only %}').strip() == ""


def test_small_fragments_show_what_they_are_given(shown):
    assert "<dt>牵头</dt><dd>市水务局</dd>" in shown('{% include "ui/_kv.html" %}', items=[("牵头", "市水务局")])
    tabs = shown('{% include "ui/_tabs.html" with label="视图" %}', items=[{"label": "全部", "url": "?", "count": 0}])
    assert '<span class="zg-cnt">0</span>' in tabs
    assert "看报送" in shown('{% include "ui/_empty.html" with title="没有" url="/r" link="看报送" only %}')
    toast = shown('{% include "ui/_toast.html" with tone="error" text="太大" only %}')
    assert 'class="zg-toast zg-toast--red" role="alert"' in toast
