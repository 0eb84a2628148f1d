"""Cleaning takes out what is not the document, and nothing else."""

import pytest

from zhenggai.core.reading import Cell, Document, Paragraph, Table, clean

PROSE = (
    "各责任单位要切实提高政治站位，压紧压实整改责任，逐项明确整改目标、整改措施和完成时限，建立问题清单、任务清单和责任清单，"
    "实行销号管理，确保督察反馈问题全面整改到位。各牵头单位要加强统筹协调，定期调度整改进展，对整改不力、进度滞后的及时督办，"
    "确保按期完成各项整改任务，切实改善区域生态环境质量，让人民群众有更多获得感。"
)


def cleaned(*lines: str, kind: str = "text") -> str:
    return clean(Document("a", kind, tuple(map(Paragraph, lines)))).text


def sliced(text: str, size: int) -> str:
    """As an upload site shows a document."""
    slices = [text[start : start + size] for start in range(0, len(text), size)]
    return "\n\n".join(f"{number}、{part}" for number, part in enumerate(slices, 1))


@pytest.mark.parametrize("size", [130, 151, 377])
def test_slices_of_an_upload_site_are_put_together(size):
    text = PROSE * 6
    assert cleaned(*sliced(text, size).split("\n")) == text


def test_slices_run_into_one_line_are_put_together():
    text = PROSE * 6
    assert cleaned(sliced(text, 150).replace("\n\n", "")) == text


def test_a_list_of_the_document_keeps_its_numbers_between_slices():
    items = "\n1、抓好部署。\n2、抓好落实。\n3、抓好督办。\n"
    text = PROSE * 2 + items + PROSE * 2
    assert cleaned(*sliced(text, 143).split("\n")).replace("\n", "") == text.replace("\n", "")


@pytest.mark.parametrize(
    "lines",
    [
        ["1、市水务局", "2、市城管局", "3、市住建局", "4、市园林局"],
        [f"{number}、{PROSE}" for number in range(1, 7)],
        ["整改措施：", "1、开展排查，建立台账；", "2、限期整改，确保达标；", "3、加强监管，防止反弹。"],
    ],
    ids=["short names", "long finished items", "items of a task"],
)
def test_a_real_list_keeps_its_numbers(lines):
    assert cleaned(*lines) == "\n".join(lines)


@pytest.mark.parametrize("form", ["- {} -", "— {} —", "－{}－", "第{}页", "第 {} 页 共 9 页", "{}/9"])
def test_page_numbers_on_their_own_lines_go(form):
    lines = [line for number in range(1, 4) for line in (PROSE, form.format(number))]
    assert cleaned(*lines) == "\n".join([PROSE] * 3)


def test_a_sentence_broken_by_a_page_number_is_whole_again():
    assert cleaned(PROSE[:60], "- 4 -", PROSE[60:]) == PROSE


def test_page_numbers_inside_sentences_go_when_they_count_up():
    halves = [PROSE[:50], PROSE[50:100], PROSE[100:]]
    assert cleaned(f"{halves[0]}- 6 -{halves[1]}- 7 -{halves[2]}") == PROSE


@pytest.mark.parametrize(
    "text",
    ["联系电话：0557-2660000-8", "2019-2023年", "规格为3-5-7的", "完成率为5/9的", "1-2-3类", "2024-05-28发布"],
)
def test_figures_with_dashes_are_no_page_numbers(text):
    assert cleaned(f"关于事项，{text}。") == f"关于事项，{text}。"


def test_bare_numbers_of_a_list_stay():
    lines = ["序号", "1", "排口未封堵。", "2", "扬尘未治理。", "3", "噪声扰民。"]
    assert cleaned(*lines) == "\n".join(lines)


def test_running_heads_at_page_breaks_go():
    lines = [line for number in range(1, 5) for line in ("某市整改方案（送审稿）", PROSE, f"- {number} -")]
    assert cleaned(*lines) == "\n".join(["某市整改方案（送审稿）", *[PROSE] * 4])


@pytest.mark.parametrize(
    "line",
    ["您的位置：首页 > 政务公开 > 通知公告", "首页 走进某市 新闻中心 政务公开 互动交流", "扫一扫在手机打开当前页", "【打印】【关闭】", "字号：大 中 小",
     "浏览次数：128", "分享到：", "上一篇：没有了", "版权所有：某市人民政府办公室", "某ICP备00000000号-1 公网安备00000000000000号", "繁體", "打印本页 关闭窗口"],
)  # fmt: skip
def test_furniture_of_the_site_goes(line):
    assert cleaned(line, "某市整改方案", PROSE, line) == f"某市整改方案\n{PROSE}"


@pytest.mark.parametrize(
    "line",
    ["发文字号：某环发〔2024〕3号", "索 引 号：X1/2024 主题分类：环境", "市水务局 市城管局 市住建局 市园林局", "责任单位：市政府办公室", "来源：某市生态环境局 浏览次数：3"],
)  # fmt: skip
def test_what_the_document_says_stays(line):
    assert line in cleaned("某市整改方案", line, PROSE)


def test_spaces_of_a_conversion_go():
    assert (
        cleaned("于 2018 年 7 月底前完成 “回头看” ，共 12 处（附后） 。")
        == "于2018年7月底前完成“回头看”，共12处（附后）。"
    )
    assert cleaned("破除“唯 GDP 论英雄”思想，PM2.5 浓度下降") == "破除“唯GDP论英雄”思想，PM2.5浓度下降"


@pytest.mark.parametrize(
    "line",
    [
        "1 市水务局 2024年",
        "市水务局 市城管局",
        "发布时间:2024-12-26 来源:市政府",
        "某市人民政府 2021年1月6日",
        "抓好落实。 一、坚持政治引领",
        "甲  乙  3 处",
    ],
)
def test_spaces_that_part_things_stay(line):
    assert cleaned(line) == line


def test_hard_wraps_go_and_paragraphs_stay():
    wrapped = [("　　" + PROSE)[start : start + 32] for start in range(0, len(PROSE) + 2, 32)]
    assert cleaned(*wrapped, *wrapped, "　　一、总体要求", *wrapped).split("\n") == [
        PROSE,
        PROSE,
        "一、总体要求",
        PROSE,
    ]


def test_word_paragraphs_are_never_joined():
    lines = [PROSE[start : start + 30] for start in range(0, 150, 30)]
    assert cleaned(*lines, kind="docx") == "\n".join(lines)


def test_tables_keep_their_cells_and_regions():
    table = Table((Cell("1", 1, 1), Cell("- 5 -", 1, 2), Cell("于 2018 年", 2, 1), Cell("乙\n丙", 2, 2, page=3)), 2, 2)
    source = clean(Document("a", "docx", (Paragraph("某表"), table)))
    assert source.text == "某表\n1\t- 5 -\n于2018年\t乙\n丙"
    assert [(source.text[r.start : r.end], r.table, r.row, r.column, r.page) for r in source.regions] == [
        ("1", 1, 1, 1, None),
        ("- 5 -", 1, 1, 2, None),
        ("于2018年", 1, 2, 1, None),
        ("乙\n丙", 1, 2, 2, 3),
    ]


def test_every_character_leads_back_to_the_source_and_all_removals_are_told():
    page = ["首页 政务公开 互动交流 专题专栏", *sliced(f"- 1 -{PROSE * 3}- 2 -{PROSE}", 149).split("\n"), "打印 关闭"]
    source = clean(Document("a", "text", tuple(map(Paragraph, page))))
    assert all(source.source[source.source_offset(index)] == one for index, one in enumerate(source.text))
    kept = sorted(source.source_offset(index) for index in range(len(source.text)))
    removed = {offset for one in source.removed for offset in range(one.start, one.end)}
    assert set(range(len(source.source))) == removed | set(kept)


def test_the_file_name_on_an_upload_site_is_a_name_of_the_document():
    head = [
        "某市整改方案.docx",
        "上传人：某** 文档编号：1 上传时间：2020-01-01 格式：DOCX 页数：9 大小：20KB",
        "下载 相关 举报",
        "资源描述",
    ]
    foot = ["展开阅读全文", "相关资源", "当前位置：首页 > 文档", "Copyright © 2020", "本站文档由用户上传"]
    source = clean(Document("a", "text", tuple(map(Paragraph, [*head, *sliced(PROSE * 3, 160).split("\n"), *foot]))))
    assert source.text == PROSE * 3
    assert source.titles == ("某市整改方案",)
