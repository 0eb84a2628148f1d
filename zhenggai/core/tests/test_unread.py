"""Every character of a document is a value, has a known role, or is told as unread."""

from pathlib import Path

import pytest

from zhenggai.core.extract import read_all
from zhenggai.core.grammar.extraction import told_apart
from zhenggai.core.tests.gold import Sample, samples

LEFT_OUT = "另有三家砖瓦厂烟气治理设施老旧，请属地一并纳入整改范围。"


@pytest.mark.parametrize("sample", samples(), ids=lambda sample: sample.path.stem)
def test_the_parts_account_for_all_of_a_document(sample: Sample):
    reading = read_all(sample.path.read_bytes(), sample.path.name)
    parts = told_apart(reading.source, reading.extraction)
    assert "".join(reading.source.text[part.start : part.end] for part in parts) == reading.source.text
    unread = {(one.place.start, one.place.end) for one in reading.extraction.unread}
    for part in parts:
        if part.role == "unread":
            words = reading.source.text[part.start : part.end].strip()
            assert any(words in reading.source.text[start:end] for start, end in unread)


def test_what_goes_into_no_value_is_told_with_its_place():
    text = f"某市整改方案\n1.扬尘突出。\n整改措施：覆盖裸土。\n整改时限：2024年底\n2.污水直排。\n整改措施：截污。\n整改时限：2024年底\n{LEFT_OUT}\n"
    (passage,) = read_all(text.encode(), "方案.txt").extraction.unread
    assert passage.text == LEFT_OUT
    assert text[passage.place.start : passage.place.end] == LEFT_OUT


def test_titles_openings_labels_and_signatures_are_not_told():
    text = "某市整改方案\n为抓好整改，制定本方案。\n1.扬尘突出。\n整改措施：覆盖裸土。\n整改时限：2024年底\n某市人民政府\n2024年3月5日\n"
    assert read_all(text.encode(), "方案.txt").extraction.unread == ()


@pytest.mark.shared
def test_little_of_the_reference_documents_is_unread():
    """Half of it is the general part of a plan; a grammar that loses a field shows here at once."""
    pages = sorted((Path(__file__).resolve().parents[4] / "shared").glob("seeds/*.txt"))
    if not pages:
        pytest.skip("the reference documents are not here")
    readings = [read_all(page.read_bytes(), page.name) for page in pages]
    unread = sum(len(one.text) for reading in readings for one in reading.extraction.unread)
    assert unread < 0.05 * sum(len(reading.source.text) for reading in readings)
