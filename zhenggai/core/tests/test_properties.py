"""Whatever the bytes are: a result whose places hold, or one refusal with a message. Never another exception."""

import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zhenggai.core.extract import read_all, to_json
from zhenggai.core.reading import Unreadable, libreoffice, scan
from zhenggai.core.tests.documents import TABLE, ofd_with_table, pdf_with_table, word_with_table, workbook_with_table
from zhenggai.core.tests.gold import assert_slices

SAMPLES = [path.read_text("utf-8") for path in sorted((Path(__file__).parent / "samples").glob("*.txt"))]
NAMES = st.sampled_from(
    ["方案.txt", "方案.md", "方案.docx", "方案.doc", "方案.pdf", "方案.html", "清单.csv", "方案", ""]
)
PIECES = [
    "一、", "（一）", "1.", "1、", "(1)", "①", "第一项", "问题1：", "整改目标：", "整改措施：", "整改时限：", "责任单位", "责任人：", "【整改目标】", "\n", "\n\n", "\t", " ",
    "　", "：", "、", "，", "。", "；", "（", "）", "“", "”", "2024年", "6月底前", "年底", "202591日", "90%", "达到", "市水务局", "各区", "党委", "政府", "主要负责人", "江岸、", "和",
    "每月", "15日前", "向市整改办报告", "一季度一报备", "由市委书记任组长", "领导小组", "- 5 -", "序号", "|", "整改方案", "附件", "2024年6月30日", "十二", "万", "个", "≥", "公示",
]  # fmt: skip
quick = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(autouse=True, scope="module")
def only_what_is_always_installed():
    """Neither text recognition nor an office program: seconds for each broken file."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scan, "available", lambda: False)
        patch.setattr(libreoffice, "program", lambda: None)
        yield


def holds(data: bytes, name: str) -> None:
    """The reading holds, or was refused with one line; any other exception fails the test."""
    refusal = None
    try:
        reading = read_all(data, name)
    except Unreadable as error:
        refusal = str(error)
    if refusal is not None:
        assert refusal
        assert "\n" not in refusal
        return
    assert_slices(reading)
    assert to_json(reading.extraction)["format"] == "zhenggai/1"


@quick
@given(st.binary(max_size=600), NAMES)
def test_random_bytes(data, name):
    holds(data, name)


@quick
@given(
    st.sampled_from([b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"%PDF-1.4\n", b"<html>", b"\xff\xfe"]),
    st.binary(max_size=400),
    NAMES,
)
def test_random_bytes_behind_a_known_beginning(magic, data, name):
    holds(magic + data, name)


@quick
@given(st.text(max_size=400))
def test_random_characters(text):
    holds(text.encode("utf-8", "surrogatepass"), "a.txt")


@quick
@given(st.lists(st.sampled_from(PIECES), max_size=60).map("".join))
def test_random_rows_of_the_pieces_plans_are_made_of(text):
    holds(text.encode(), "a.txt")


@quick
@given(
    st.sampled_from(SAMPLES),
    st.integers(0, 3_000),
    st.integers(0, 400),
    st.sampled_from(["", "\n", "、", "：", "1.", "（", "\t|"]),
)
def test_samples_with_a_piece_cut_out(text, start, length, instead):
    holds((text[:start] + instead + text[start + length :]).encode(), "a.txt")


HEADS = ["关于整改情况的公示\n", "第一批信访举报件5件\n", "某县2020年度工作计划\n", "整改进展情况的报告\n"]
MORE = [
    "公示期：", "2024年3月1日至", "即日起", "5个工作日", "联系电话：", "0571-8888xxxx", "如有异议，", "向县水务局", "反馈问题", "整改情况：", "甲区5件、", "各1件", "累计", "截至6月底，",
    "属实3件", "大气2个", "受理编号：X1", "是否属实：", "第二批", "附件：1.", "按照《办法》（某发〔2020〕3号）", "县创建办印发", "已完成", "（一）", "\n", "。", "，", "；", "序号", "问题",
]  # fmt: skip


@quick
@given(st.sampled_from(HEADS), st.lists(st.sampled_from([*PIECES, *MORE]), max_size=60))
def test_pieces_of_the_other_kinds_in_any_order(head, pieces):
    holds((head + "".join(pieces)).encode(), "a.txt")


@quick
@given(st.sampled_from(SAMPLES), st.integers(0, 40), st.integers(0, 40))
def test_samples_with_two_lines_exchanged(text, first, second):
    lines = text.split("\n")
    first, second = first % len(lines), second % len(lines)
    lines[first], lines[second] = lines[second], lines[first]
    holds("\n".join(lines).encode(), "a.txt")


FILES = {
    "清单.xlsx": workbook_with_table(),
    "清单.xls": (Path(__file__).parent / "data" / "table.xls").read_bytes(),
    "清单.ofd": ofd_with_table(TABLE),
    "清单.csv": "\n".join(",".join(row) for row in TABLE).encode("gb18030"),
    "清单.docx": word_with_table(),
    "清单.doc": (Path(__file__).parent / "data" / "table.doc").read_bytes(),
    "清单.pdf": pdf_with_table(TABLE),
    "清单.html": "<html><body><table><tr><td>序号</td><td>整改目标</td><td>整改时限</td></tr><tr><td>1</td><td>甲</td><td>2024年</td></tr></table></body></html>".encode(),
}


@pytest.mark.parametrize("name", FILES)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    changes=st.lists(st.tuples(st.integers(0, 60_000), st.integers(0, 255)), min_size=1, max_size=12),
    cut=st.integers(0, 60_000),
)
def test_files_with_wrong_bytes(name, changes, cut):
    data = bytearray(FILES[name])
    for position, byte in changes:
        data[position % len(data)] = byte
    if cut % 3 == 0:
        del data[cut % len(data) :]
    holds(bytes(data), name)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(
        st.tuples(st.integers(0, 4_000), st.sampled_from(["<w:tbl>", "</w:p>", "w:", '"', "<", "整", "9", "-"])),
        min_size=1,
        max_size=6,
    )
)
def test_word_files_with_wrong_markup(changes):
    import zipfile

    source = zipfile.ZipFile(io.BytesIO(FILES["清单.docx"]))
    text = source.read("word/document.xml").decode()
    for position, piece in changes:
        position %= len(text)
        text = text[:position] + piece + text[position + 1 :]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as target:
        for name in source.namelist():
            target.writestr(name, text if name == "word/document.xml" else source.read(name))
    holds(buffer.getvalue(), "清单.docx")
