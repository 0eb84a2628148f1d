"""The same grammar on Word, old Word, PDF and web pages."""

from pathlib import Path

import pytest

from zhenggai.core.tests.documents import (
    TABLE,
    TABLE_GOLD,
    add_list,
    fill,
    numbered,
    ofd_with_table,
    pdf_with_table,
    saved,
    word_of,
    word_with_table,
    workbook_with_table,
)
from zhenggai.core.tests.gold import assert_reads

DATA = Path(__file__).parent / "data"


def test_a_word_table_with_merged_cells():
    reading = assert_reads(word_with_table(), "清单.docx", TABLE_GOLD)
    place = reading.extraction.tasks[0].places["issue"][0]
    assert (place.table, place.row, place.column) == (1, 3, 2)


@pytest.mark.parametrize("name", ["清单.doc", "清单.wps"])
def test_the_same_table_in_an_old_word_file(name):
    assert_reads((DATA / "table.doc").read_bytes(), name, TABLE_GOLD)


def test_the_same_table_in_a_workbook():
    gold = {**TABLE_GOLD, "warnings": [{"code": "hidden_sheets"}]}
    place = assert_reads(workbook_with_table(), "清单.xlsx", gold).extraction.tasks[0].places["issue"][0]
    assert (place.table, place.row, place.column) == (1, 3, 2)


@pytest.mark.parametrize("name", ["清单.xls", "清单.et"])
def test_the_same_table_in_an_old_workbook(name):
    gold = {**TABLE_GOLD, "warnings": [{"code": "hidden_sheets"}]}
    assert_reads((DATA / "table.xls").read_bytes(), name, gold)


def test_one_table_for_each_task():
    word = word_of("某市整改任务表")
    for number, due in (("一", "2023年底前"), ("二", "长期坚持")):
        word.add_paragraph(f"任务{number}：规范第{number}类企业排污")
        table = word.add_table(5, 2)
        fill(
            table,
            [
                ["存在问题", f"第{number}类企业超标排放。"],
                ["整改目标", "稳定达标排放。"],
                ["整改措施", "1.限期治理。\n2.每季度监测1次。"],
                ["牵头单位/责任单位", "市生态环境局"],
                ["完成时限", due],
            ],
        )
        table.cell(3, 0).text = "责任单位"
    task = {
        "goal": "稳定达标排放。",
        "measures": [{"no": "1"}, {"no": "2", "quantities": [{"value": 1, "unit": "次"}]}],
        "responsible_units": ["市生态环境局"],
    }
    gold = {
        "kind": "plan",
        "tasks": [
            {
                **task,
                "serial": "1",
                "heading": "规范第一类企业排污",
                "issue": "第一类企业超标排放。",
                "deadline": {"due": "2023-12-31"},
            },
            {**task, "serial": "2", "issue": "第二类企业超标排放。", "deadline": {"kind": "long_term"}},
        ],
    }
    assert_reads(saved(word), "任务表.docx", gold)


def test_automatic_numbering_gives_serials_and_measures():
    word = word_of("某县整改方案")
    add_list(word, 70, ("chineseCounting", "%1、"), ("decimal", "%2."), ("decimal", "（%3）"))
    for text, depth in (
        ("水环境问题", 0),
        ("河道垃圾多。", 1),
        ("整改目标：河道整洁。", None),
        ("整改措施：", None),
        ("开展清理。", 2),
        ("落实河长制。", 2),
        ("整改时限：2022年5月底前", None),
        ("责任单位：县水利局", None),
        ("排口未封堵。", 1),
        ("整改措施：", None),
        ("封堵排口6个。", 2),
        ("整改时限：2022年8月底前", None),
        ("责任单位：县住建局", None),
    ):
        paragraph = word.add_paragraph(text)
        if depth is not None:
            numbered(paragraph, 70, depth)
    gold = {
        "kind": "plan",
        "tasks": [
            {
                "serial": "1",
                "category": ["水环境问题"],
                "issue": "河道垃圾多。",
                "measures": [{"no": "1", "text": "开展清理。"}, {"no": "2", "text": "落实河长制。"}],
                "deadline": {"due": "2022-05-31"},
            },
            {"serial": "2", "category": ["水环境问题"], "issue": "排口未封堵。", "measures": [{"no": "1"}]},
        ],
        "warnings": [{"code": "missing_goal"}],
    }
    assert_reads(saved(word), "方案.docx", gold)


def test_a_pdf_with_a_ruled_table():
    assert_reads(pdf_with_table(TABLE), "清单.pdf", TABLE_GOLD)


def test_an_ofd_with_a_ruled_table():
    assert_reads(ofd_with_table(TABLE), "清单.ofd", TABLE_GOLD)


def test_an_ofd_table_over_several_pages_is_one_table():
    rows = [[str(n), f"第{n}类问题突出。", "全面整改。", "限期整改。", "市水务局", "2025年底前"] for n in range(1, 61)]
    gold = {"tasks": [{"serial": str(n), "issue": f"第{n}类问题突出。"} for n in range(1, 61)], "warnings": []}
    reading = assert_reads(ofd_with_table([TABLE[0], *rows]), "清单.ofd", gold)
    assert (reading.extraction.tasks[-1].place.page or 0) > 1


def test_a_pdf_table_over_several_pages_is_one_table():
    rows = [
        [
            str(n),
            f"第{n}类问题突出，群众反映强烈，亟待解决。" * 2,
            "全面完成整改。",
            "1.开展排查。\n2.限期整改，确保达标排放，不留死角。",
            "市水务局、市生态环境局",
            f"202{n % 5}年底前",
        ]
        for n in range(1, 31)
    ]
    gold = {
        "tasks": [
            {
                "serial": str(n),
                "issue": f"第{n}类问题突出，群众反映强烈，亟待解决。" * 2,
                "measures": [
                    {"no": "1", "text": "开展排查。"},
                    {"no": "2", "text": "限期整改，确保达标排放，不留死角。"},
                ],
                "responsible_units": ["市水务局", "市生态环境局"],
                "deadline": {"due": f"202{n % 5}-12-31"},
            }
            for n in range(1, 31)
        ],
        "warnings": [],
    }
    reading = assert_reads(pdf_with_table([TABLE[0], *rows], filler=3), "清单.pdf", gold)
    assert "- 2 -" not in reading.source.text
    last = reading.extraction.tasks[-1].place
    assert (last.page or 0) > 1
    assert last.table == 1
    assert any(one.rule == "repeated_table_header" for one in reading.source.removed)


PAGE = """<!DOCTYPE html><html><head><meta charset="{charset}">
<title>某市生态环境问题整改清单-某市人民政府门户网站</title><script>var words = "整改目标：无";</script></head><body>
<div class="nav"><ul><li><a href="/">首页</a></li><li><a>政务公开</a></li><li><a>互动交流</a></li></ul></div>
<div class="crumbs">当前位置：<a>首页</a> &gt; <a>公告</a></div>
<table><tr><td>索引号：</td><td>X1/2023-1</td><td>发文机关：</td><td>某市环委办</td></tr>
<tr><td>发文字号：</td><td>某环委办〔2023〕5号</td><td>发布日期：</td><td>2023年3月6日</td></tr></table>
<div class="article"><h1>某市生态环境问题整改清单</h1>
<p>　　来源：某市生态环境局　浏览次数：<span id="n">33</span></p><div>{body}</div></div>
<div class="footer">版权所有：某市人民政府 某ICP备00000000号</div></body></html>"""


def html_table() -> str:
    rows = []
    for index, row in enumerate(TABLE):
        if index in {1, 5}:
            rows.append(f'<tr><td colspan="6">{row[0]}</td></tr>')
            continue
        spans = [f' rowspan="{2 if index == 2 else 1}"'] * 3 + [""] * 3
        texts = list(zip(row, spans, strict=True))[3 if index == 3 else 0 :]
        rows.append(f"<tr>{''.join(f'<td{span}><p>{text}</p></td>' for text, span in texts)}</tr>")
    return f"<table>{''.join(rows)}</table>"


@pytest.mark.parametrize("charset", ["utf-8", "gb2312"])
def test_a_government_page(charset):
    data = PAGE.format(charset=charset, body=html_table()).encode("utf-8" if charset == "utf-8" else "gb18030")
    gold = {**TABLE_GOLD, "document_number": "某环委办〔2023〕5号", "issuer": "某市环委办", "date": "2023-03-06"}
    reading = assert_reads(data, "page.html", gold)
    assert "政务公开" not in reading.source.text
    assert "版权所有" not in reading.source.text


def test_a_web_page_named_doc_is_read_with_a_warning():
    gold = {**TABLE_GOLD, "warnings": [{"code": "wrong_extension"}]}
    assert_reads(PAGE.format(charset="utf-8", body=html_table()).encode(), "清单.doc", gold)


def word_table(rows: list[list[str]], merges: list[tuple[int, int, int, int]]) -> bytes:
    word = word_of("某市整改任务清单")
    table = word.add_table(len(rows), len(rows[0]))
    fill(table, rows)
    for top, left, bottom, right in merges:
        table.cell(top, left).merge(table.cell(bottom, right))
    return saved(word)


def test_column_names_on_two_rows():
    rows = [
        ["序号", "存在问题", "整改措施", "责任单位", "", "", "完成时限"],
        ["", "", "", "牵头单位", "配合单位", "督导单位", ""],
        ["1", "问题一。", "措施一。", "市水务局", "市城管局、各区政府", "市政府督查室", "2024年6月底"],
    ]
    merges = [(0, 3, 0, 5), *((0, column, 1, column) for column in (0, 1, 2, 6))]
    task = {
        "serial": "1",
        "lead_units": ["市水务局"],
        "cooperating_units": ["市城管局", "各区政府"],
        "supervising_units": ["市政府督查室"],
        "deadline": {"due": "2024-06-30"},
    }
    assert_reads(word_table(rows, merges), "a.docx", {"tasks": [task]})


def test_labels_inside_cells_say_more_than_the_column():
    rows = [
        ["序号", "反馈问题", "整改目标及措施", "责任单位及完成时限"],
        [
            "1",
            "问题一。",
            "整改目标：达标。\n整改措施：\n1.甲。\n2.乙。",
            "牵头单位：市水务局\n责任单位：各区政府\n完成时限：2024年底",
        ],
    ]
    task = {
        "goal": "达标。",
        "measures": [{"no": "1", "text": "甲。"}, {"no": "2", "text": "乙。"}],
        "lead_units": ["市水务局"],
        "responsible_units": ["各区政府"],
        "deadline": {"due": "2024-12-31"},
    }
    assert_reads(word_table(rows, []), "a.docx", {"tasks": [task]})


def test_a_label_beside_several_rows():
    rows = [
        ["问题序号", "3", "问题类型", "水"],
        ["反馈问题", "问题三。", "", ""],
        ["整改措施", "1.甲。", "", ""],
        ["", "2.乙。", "", ""],
        ["牵头单位", "市水务局", "配合单位", "各区政府"],
        ["整改时限", "2024年底", "验收单位", "市整改办"],
    ]
    merges = [*((row, 1, row, 3) for row in (1, 2, 3)), (2, 0, 3, 0)]
    task = {
        "serial": "3",
        "category": ["水"],
        "issue": "问题三。",
        "measures": [{"no": "1", "text": "甲。"}, {"no": "2", "text": "乙。"}],
        "lead_units": ["市水务局"],
        "cooperating_units": ["各区政府"],
        "acceptance_units": ["市整改办"],
    }
    assert_reads(word_table(rows, merges), "a.docx", {"tasks": [task]})


def test_headings_between_tables_and_a_table_that_goes_on_without_names():
    word = word_of("某市整改任务清单")
    names = ["序号", "反馈问题", "整改措施", "整改时限"]
    for heading, rows in (
        ("一、大气类", [names, ["1", "问题一。", "措施。", "2024年"]]),
        ("二、水类", [names, ["2", "问题二。", "措施。", "2025年"]]),
        ("", [["3", "问题三。", "措施。", "2026年"], ["4", "问题四。", "措施。", "2026年"]]),
    ):
        word.add_paragraph(heading)
        fill(word.add_table(len(rows), 4), rows)
    tasks = [
        {"serial": str(number), "category": [category], "issue": f"问题{word}。"}
        for number, category, word in ((1, "大气类", "一"), (2, "水类", "二"), (3, "水类", "三"), (4, "水类", "四"))
    ]
    assert_reads(saved(word), "a.docx", {"tasks": tasks})
