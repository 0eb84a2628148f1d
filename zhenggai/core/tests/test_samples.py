"""Documents of our own wording in many layouts and formats, each with the answer that must come out."""

from pathlib import Path

import pytest

from zhenggai.core.reading import clean, read
from zhenggai.core.tests.gold import Sample, assert_reads, samples
from zhenggai.core.tests.rendering import RENDERINGS

ALL = samples()
RENDERED = [(sample, name) for sample in ALL for name in sample.formats]


@pytest.mark.parametrize("sample", ALL, ids=lambda sample: sample.path.stem)
def test_a_document_is_read_as_its_answer_says(sample: Sample):
    assert_reads(sample.path.read_bytes(), sample.path.name, sample.gold)


@pytest.mark.parametrize(("sample", "name"), RENDERED, ids=[f"{one.path.stem}.{name}" for one, name in RENDERED])
def test_the_same_document_in_another_format(sample: Sample, name: str):
    data = RENDERINGS[name](sample.path.read_text("utf-8"))
    assert_reads(data, f"{sample.path.stem}.{name}", sample.gold)


@pytest.mark.parametrize("charset", ["gb18030", "utf-16", "utf-16-le", "utf-8-sig"])
def test_the_character_set_makes_no_difference(charset):
    text = ALL[0].path.read_text("utf-8")
    assert_reads(text.encode(charset), "方案.txt", ALL[0].gold)


def test_line_ends_of_windows_make_no_difference():
    text = ALL[0].path.read_text("utf-8")
    assert read(text.replace("\n", "\r\n").encode(), "a.txt").blocks == read(text.encode(), "a.txt").blocks


def test_a_list_of_sixty_tasks_is_read_whole():
    tasks = [
        f"{number}.第{number}类问题整改不到位。\n整改目标：完成率达到{40 + number % 60}%。\n整改措施：（1）开展排查。（2）建立台账。\n"
        f"整改时限：{2021 + number % 3}年{number % 12 + 1}月底前\n责任单位：市水务局、市城管局\n"
        for number in range(1, 61)
    ]
    gold = {
        "kind": "plan",
        "tasks": [{"serial": str(n), "measures": [{"no": "1"}, {"no": "2"}], "lead_units": []} for n in range(1, 61)],
        "warnings": [],
    }
    assert_reads(f"某市整改任务清单\n{''.join(tasks)}".encode(), "清单.txt", gold)


@pytest.mark.shared
def test_no_sample_copies_a_seed():
    seeds = sorted((Path(__file__).resolve().parents[4] / "shared").glob("seeds/*.txt"))
    if not seeds:
        pytest.skip("the reference documents are not here")
    known = _runs("".join(seed.read_text("utf-8") for seed in seeds))
    for sample in ALL:
        written = clean(read(sample.path.read_bytes(), sample.path.name)).text
        assert not known & _runs(written), sample.path.name


def _runs(text: str) -> set[str]:
    """Every run of 22 characters of a text, whatever its spaces and lines."""
    joined = "".join(text.split())
    return {joined[at : at + 22] for at in range(len(joined) - 21)}
