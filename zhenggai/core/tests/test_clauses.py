import time

from hypothesis import given
from hypothesis import strategies as st

from zhenggai.core.clauses import compare

TEXTS = st.text(alphabet="改造完成，。；\n1,，", max_size=60)


def test_a_text_that_repeats_the_last_one_is_all_kept() -> None:
    text = "本月完成2处排口改造；剩余1处，正在施工。"
    assert compare(text, text).kept == 100
    assert compare(text, text.replace("，", "； ").replace("。", "")).after[0].same


def test_what_is_new_and_what_is_left_out_are_told_apart() -> None:
    found = compare("完成排查。正在设计。", "完成排查。已经开工，完成12%。")
    assert [(piece.text, piece.same) for piece in found.before] == [("完成排查。", True), ("正在设计。", False)]
    assert [(piece.text, piece.same) for piece in found.after] == [("完成排查。", True), ("已经开工，完成12%。", False)]


def test_without_an_earlier_text_all_is_new() -> None:
    assert compare("", "完成排查。").kept == 0
    assert compare("", "").after == ()


@given(TEXTS, TEXTS)
def test_the_pieces_are_the_texts(before: str, after: str) -> None:
    found = compare(before, after)
    assert "".join(piece.text for piece in found.before) == before
    assert "".join(piece.text for piece in found.after) == after
    assert 0 <= found.kept <= 100


def test_long_texts_are_compared_at_once() -> None:
    before, after = "，".join(["甲"] * 50_000), "，".join(["甲", "乙"] * 25_000)
    started = time.process_time()
    compare(before, after)
    assert time.process_time() - started < 5
