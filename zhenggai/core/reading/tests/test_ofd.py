"""OFD: pages of placed characters and strokes, read as they are seen."""

import pytest

from zhenggai.core.reading import Damaged, NoText, Table, TooLarge, limits, read
from zhenggai.core.tests.documents import OFD, TABLE, ofd_of, ofd_path, ofd_text, ofd_with_table, zipped

LINES = ofd_text("某市整改方案", 80, 20, 6) + ofd_text("整改目标：水质达标。", 30, 40)


def texts(data):
    return [block.text for block in read(data, "a.ofd").blocks if not isinstance(block, Table)]


def test_lines_stand_in_the_order_of_the_page_not_of_the_file():
    assert texts(ofd_of(ofd_text("二、时限", 30, 60) + ofd_text("一、目标", 30, 40))) == ["一、目标", "二、时限"]


def test_the_title_and_the_pages_are_known():
    document = read(ofd_of(LINES, ofd_text("二、保障措施", 30, 30)), "a.ofd")
    assert document.titles == ("整改清单",)
    assert [block.page for block in document.blocks] == [1, 1, 2]
    assert document.pages == 2


def test_what_all_pages_share_is_read_on_each():
    assert texts(ofd_of(LINES, template=ofd_text("整改单位：某市", 30, 30)))[1] == "整改单位：某市"


def test_a_transformation_moves_and_turns_text():
    turned = (
        '<ofd:TextObject Boundary="100 30 50 50" CTM="0 1 -1 0 0 0" Size="4"><ofd:TextCode X="0" Y="0" DeltaX="4 4 4">'
        "竖着的字</ofd:TextCode></ofd:TextObject>"
    )
    moved = '<ofd:TextObject Boundary="20 100 80 5" CTM="2 0 0 2 10 0" Size="2"><ofd:TextCode X="0" Y="2">放大的一行字</ofd:TextCode></ofd:TextObject>'
    assert texts(ofd_of(moved + turned)) == ["竖", "着", "的", "字", "放大的一行字"]


def test_a_watermark_across_the_page_is_left_out_and_told():
    mark = '<ofd:TextObject Boundary="50 50 90 90" CTM="0.7 0.7 -0.7 0.7 0 0" Size="9"><ofd:TextCode X="0" Y="9">内部资料</ofd:TextCode></ofd:TextObject>'
    document = read(ofd_of(LINES + mark), "a.ofd")
    assert [(one.text, one.rule) for one in document.dropped] == [("内部资料", "watermark")]
    assert "内部资料" not in "".join(block.text for block in document.blocks)


def test_lines_of_single_strokes_draw_a_table_too():
    grid = "".join(ofd_path(f"M 20 {y} L 180 {y}") for y in (50, 60, 70)) + "".join(
        ofd_path(f"M {x} 50 L {x} 70 S {x} 50") for x in (20, 60, 180)
    )
    words = ofd_text("序号", 22, 52) + ofd_text("目标", 70, 52) + ofd_text("1", 22, 62) + ofd_text("水质达标。", 70, 62)
    table = next(b for b in read(ofd_of(grid + words), "a.ofd").blocks if isinstance(b, Table))
    assert [cell.text for cell in table.cells] == ["序号", "目标", "1", "水质达标。"]


def test_a_scan_is_refused():
    with pytest.raises(NoText, match="扫描件"):
        read(ofd_of('<ofd:ImageObject Boundary="0 0 210 297"/>'), "a.ofd")


@pytest.mark.parametrize(
    "parts",
    [
        {"OFD.xml": f"<ofd:OFD {OFD}/>"},
        {"OFD.xml": f"<ofd:OFD {OFD}><ofd:DocBody><ofd:DocRoot>../../x</ofd:DocRoot></ofd:DocBody></ofd:OFD>"},
        {"OFD.xml": "整改"},
    ],
)
def test_a_file_that_leads_nowhere_is_refused(parts):
    with pytest.raises(Damaged):
        read(zipped(parts), "a.ofd")


def test_too_many_pages_are_refused(monkeypatch):
    monkeypatch.setattr(limits, "MAX_PAGES", 2)
    with pytest.raises(TooLarge):
        read(ofd_of(LINES, LINES, LINES), "a.ofd")


def test_a_page_that_repeats_one_distance_without_end_costs_nothing():
    data = ofd_with_table(TABLE[:2])
    endless = ofd_of(LINES + ofd_text("整改", 30, 60).replace("g 1 4", "g 9999999 4"))
    assert read(data, "a.ofd").kind == "ofd"
    assert texts(endless)[-1] == "整改"
