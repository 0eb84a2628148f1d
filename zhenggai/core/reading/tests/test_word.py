"""Word documents are read as they are seen: numbers, changes, boxes, notes, merged and nested tables."""

import io
import zipfile

from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from zhenggai.core.reading import Table, read
from zhenggai.core.tests.documents import add_change, add_list, fill, numbered, saved, word_of

V = 'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'


def texts(word):
    return [block.text for block in read(saved(word), "a.docx").blocks if not isinstance(block, Table) and block.text]


def test_automatic_numbers_become_text():
    word = word_of()
    add_list(word, 60, ("chineseCounting", "%1、"), ("chineseCounting", "（%2）"), ("decimalEnclosedCircle", "%3"))
    for text, depth in (("甲", 0), ("乙", 1), ("丙", 1), ("丁", 2), ("戊", 0), ("己", 1)):
        numbered(word.add_paragraph(text), 60, depth)
    assert texts(word) == ["一、甲", "（一）乙", "（二）丙", "①丁", "二、戊", "（一）己"]


def test_numbers_of_a_style_and_bullets():
    word = word_of()
    for text, style in (("甲", "List Number"), ("乙", "List Number"), ("丙", "List Bullet")):
        word.add_paragraph(text, style=style)
    assert texts(word) == ["1.甲", "2.乙", "丙"]


def test_an_outline_number_shows_its_parents():
    word = word_of()
    add_list(word, 61, ("decimal", "%1"), ("decimal", "%1.%2"))
    for text, depth in (("甲", 0), ("乙", 1), ("丙", 1)):
        numbered(word.add_paragraph(text), 61, depth)
    assert texts(word) == ["1甲", "1.1乙", "1.2丙"]


def test_tracked_changes_are_accepted_and_told():
    word = word_of("整改时限：")
    add_change(word.paragraphs[0], "del", "2022年底")
    add_change(word.paragraphs[0], "ins", "2023年底")
    document = read(saved(word), "a.docx")
    assert document.blocks[0].text == "整改时限：2023年底"
    assert [one.text for one in document.dropped] == ["2022年底"]
    assert [remark.code for remark in document.remarks] == ["tracked_changes"]


def test_hidden_text_is_left_out_and_told():
    word = word_of("看得见")
    word.paragraphs[0].add_run("看不见").font.hidden = True
    document = read(saved(word), "a.docx")
    assert document.blocks[0].text == "看得见"
    assert [one.rule for one in document.dropped] == ["hidden_text"]


def test_a_text_box_follows_its_paragraph_once():
    box = "<w:txbxContent><w:p><w:r><w:t>框内</w:t></w:r></w:p></w:txbxContent>"
    word = word_of("框前", "框后")
    word.paragraphs[0]._p.append(
        parse_xml(
            f'<w:r {nsdecls("w")} {V}><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing>{box}</w:drawing></mc:Choice>'
            f"<mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
        )
    )
    assert texts(word) == ["框前", "框内", "框后"]


def test_headers_and_footers_stay_apart():
    word = word_of("正文")
    word.sections[0].header.paragraphs[0].text = "内部资料"
    word.sections[0].footer.paragraphs[0].text = "第1页"
    document = read(saved(word), "a.docx")
    assert [block.text for block in document.blocks] == ["正文"]
    assert set(document.headers) == {"内部资料", "第1页"}


def test_footnotes_stay_apart():
    note = "<w:footnote><w:p><w:r><w:t>见附件。</w:t></w:r></w:p></w:footnote>"
    body = "<w:body><w:p><w:r><w:t>正文</w:t><w:footnoteReference/></w:r></w:p></w:body>"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("word/document.xml", f"<w:document {nsdecls('w')}>{body}</w:document>")
        archive.writestr("word/footnotes.xml", f"<w:footnotes {nsdecls('w')}>{note}</w:footnotes>")
    document = read(buffer.getvalue(), "a.docx")
    assert [block.text for block in document.blocks] == ["正文"]
    assert document.footnotes == ("见附件。",)


def test_breaks_and_tabs_inside_a_paragraph():
    word = word_of()
    run = word.add_paragraph().add_run("甲")
    run.add_break()
    run.add_text("乙")
    run.add_tab()
    run.add_text("丙")
    assert texts(word) == ["甲\n乙\t丙"]


def test_merged_cells_are_listed_once_with_what_they_cover():
    word = word_of()
    table = word.add_table(3, 3)
    fill(table, [["甲", "乙", "丙"], ["丁", "戊", "己"], ["", "庚", ""]])
    table.cell(1, 0).merge(table.cell(2, 0))
    table.cell(2, 1).merge(table.cell(2, 2))
    cells = next(block for block in read(saved(word), "a.docx").blocks if isinstance(block, Table)).cells
    assert [(cell.text, cell.row, cell.column, cell.rows, cell.columns) for cell in cells] == [
        ("甲", 1, 1, 1, 1),
        ("乙", 1, 2, 1, 1),
        ("丙", 1, 3, 1, 1),
        ("丁", 2, 1, 2, 1),
        ("戊", 2, 2, 1, 1),
        ("己", 2, 3, 1, 1),
        ("庚", 3, 2, 1, 2),
    ]


def test_a_table_inside_a_cell_keeps_its_words():
    word = word_of()
    outer = word.add_table(1, 1).cell(0, 0)
    fill(outer.add_table(1, 2), [["甲", "乙"]])
    table = next(block for block in read(saved(word), "a.docx").blocks if isinstance(block, Table))
    assert table.cells[0].text == "甲 乙"


def test_the_title_property_is_a_name_of_the_document():
    word = word_of("正文")
    word.core_properties.title = "某市整改方案"
    assert read(saved(word), "a.docx").titles == ("某市整改方案",)


def rewritten(data, change):
    """A container with its parts changed: change(name, content) -> (name, content)."""
    source, buffer = zipfile.ZipFile(io.BytesIO(data)), io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as target:
        for name in source.namelist():
            target.writestr(*change(name, source.read(name)))
    return buffer.getvalue()


def test_strict_open_xml_is_read_like_the_usual_kind():
    usual = b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    strict = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
    word = word_of("某市整改方案")
    add_list(word, 60, ("decimal", "%1."))
    numbered(word.add_paragraph("甲"), 60, 0)
    data = rewritten(saved(word), lambda name, content: (name, content.replace(usual, strict)))
    assert [block.text for block in read(data, "a.docx").blocks] == ["某市整改方案", "1.甲"]


def test_the_main_part_may_have_another_name():
    def change(name, content):
        return name.replace("document.xml", "document2.xml"), content.replace(b"document.xml", b"document2.xml")

    assert read(rewritten(saved(word_of("整改方案")), change), "a.docx").blocks[0].text == "整改方案"


def test_macros_are_told_and_never_run():
    buffer = io.BytesIO(saved(word_of("整改方案")))
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("word/vbaProject.bin", b"macro")
    document = read(buffer.getvalue(), "a.docm")
    assert [remark.code for remark in document.remarks] == ["macros"]


def test_reading_aids_above_characters_are_left_out():
    word = word_of("整改")
    word.paragraphs[0]._p.append(
        parse_xml(
            f"<w:r {nsdecls('w')}><w:ruby><w:rt><w:r><w:t>qiào</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>硚</w:t></w:r>"
            "</w:rubyBase></w:ruby></w:r>"
        )
    )
    assert texts(word) == ["整改硚"]


def test_a_deleted_row_is_gone():
    word = word_of()
    table = word.add_table(2, 2)
    fill(table, [["序号", "目标"], ["1", "达标"]])
    table.rows[1]._tr.get_or_add_trPr().append(parse_xml(f'<w:del {nsdecls("w")} w:id="1" w:author="x"/>'))
    found = next(block for block in read(saved(word), "a.docx").blocks if isinstance(block, Table))
    assert [cell.text for cell in found.cells] == ["序号", "目标"]
