"""Plain text and web pages."""

import pytest

from zhenggai.core.reading import Table, read

PLAN = "某市整改方案\n一、扬尘治理不到位\n整改时限：2024年6月底前\n"


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be"])
def test_the_character_set_is_found_out(charset):
    blocks = read(PLAN.encode(charset), "方案.txt").blocks
    assert "\n".join(block.text for block in blocks) == PLAN


def test_a_text_cut_within_a_character_is_read():
    assert read("整改方案".encode()[:-1], "a.txt").blocks[0].text == "整改方"


def test_a_broken_byte_does_not_spoil_a_gb_text():
    data = ("整改方案，\n" * 200).encode("gb18030")
    assert read(data[:604] + b"\xff" + data[604:], "a.txt").blocks[0].text.splitlines()[-1] == "整改方案，"


def test_tabs_and_bars_draw_tables():
    table = next(b for b in read("序号\t问题\t时限\n1\t甲\t2024年\n".encode(), "a.txt").blocks if isinstance(b, Table))
    assert [(cell.text, cell.row, cell.column) for cell in table.cells][3:] == [
        ("1", 2, 1),
        ("甲", 2, 2),
        ("2024年", 2, 3),
    ]
    table = next(b for b in read("|目标|时限|\n|--|--|\n|甲|乙|\n".encode(), "a.md").blocks if isinstance(b, Table))
    assert [cell.text for cell in table.cells] == ["目标", "时限", "甲", "乙"]


def test_a_label_and_its_value_with_a_tab_are_no_table():
    blocks = read("责任单位\t市水务局\n整改时限\t2024年\n".encode(), "a.txt").blocks
    assert not any(isinstance(block, Table) for block in blocks)


def test_a_csv_is_a_table_below_its_title():
    text = '某市整改清单,,\n序号,整改措施,时限\n1,"排查，\n建立台账",2024年\n'
    title, table = read(text.encode("gb18030"), "a.csv").blocks
    assert title.text == "某市整改清单"
    assert [cell.text for cell in table.cells][3:] == ["1", "排查，\n建立台账", "2024年"]


def test_headings_of_markdown_lose_their_marks():
    assert read("# 方案\n\n**整改目标**：达标".encode(), "a.md").blocks[0].text == "方案\n\n整改目标：达标"


def page(body: str, head: str = "") -> list[str]:
    data = f"<html><head><title>某市整改方案_某市政府网</title>{head}</head><body>{body}</body></html>".encode()
    return [block.text for block in read(data, "a.html").blocks]


ARTICLE = "<p>为抓好督察反馈问题整改，切实改善生态环境质量，制定本方案。</p><p>一、总体要求</p><p>坚持问题导向。</p>"


def test_the_article_is_kept_and_navigation_left_out():
    body = f'<ul><li><a>首页</a></li><li><a>公开</a></li><li><a>互动</a></li></ul><div id="a">{ARTICLE}</div><script>var x</script>'
    assert page(body) == [
        "为抓好督察反馈问题整改，切实改善生态环境质量，制定本方案。",
        "一、总体要求",
        "坚持问题导向。",
    ]


def test_a_heading_outside_the_article_comes_first():
    assert page(f"<div><h1>某市整改方案</h1></div><div><div>{ARTICLE * 30}</div></div>")[0] == "某市整改方案"


def test_hidden_parts_and_forms_are_left_out():
    assert page(f'<div>{ARTICLE}<p style="display:none">看不见</p><button>提交</button></div>')[-1] == "坚持问题导向。"


def test_line_breaks_lists_and_entities():
    assert page("<p>甲<br>乙&nbsp;&amp;丙</p><ol><li>丁</li><li>戊</li></ol><pre>己\n庚</pre>") == [
        "甲",
        "乙\xa0&丙",
        "1.丁",
        "2.戊",
        "己",
        "庚",
    ]


def test_a_table_for_layout_is_read_as_text():
    long = "整改" * 300
    assert page(f"<table><tr><td>{long}</td><td></td></tr><tr><td>甲</td><td></td></tr></table>")[0] == long


def test_names_and_dates_out_of_sight_are_known():
    data = f'<html><head><title>甲方案</title><meta name="PubDate" content="2024-05-06"></head><body>{ARTICLE}</body></html>'
    document = read(data.encode(), "a.html")
    assert document.titles == ("甲方案",)
    assert document.published == "2024-05-06"


def test_a_page_that_lies_about_its_character_set_is_read():
    data = f'<html><head><meta charset="utf-8"></head><body>{ARTICLE}</body></html>'.encode("gb18030")
    assert read(data, "a.html").blocks[1].text == "一、总体要求"


def test_a_text_that_mentions_a_tag_stays_text():
    assert read("正文里写到 <table> 标签，不是网页。".encode(), "a.txt").kind == "text"


def test_a_title_above_the_table_that_holds_nearly_all_words_is_kept():
    rows = "".join(f"<tr><td>{n}</td><td>{'问题突出，群众反映强烈。' * 9}</td></tr>" for n in range(20))
    menu = "<div class='nav'><a>首页</a><a>公开</a><a>互动</a></div>"
    page = f"<html><body>{menu}<p>某市整改任务清单</p><table>{rows}</table><p>某市整改办</p></body></html>"
    blocks = read(page.encode(), "a.html").blocks
    assert [block.text for block in blocks if not isinstance(block, Table)] == ["某市整改任务清单", "某市整改办"]
