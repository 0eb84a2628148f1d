"""Plans of our own wording in many layouts, each with the answer that must come out."""

import json
from pathlib import Path

import pytest

from zhenggai.core.reading import read
from zhenggai.core.tests.gold import assert_reads

SAMPLES = Path(__file__).parent / "samples"
ANSWERS = sorted(SAMPLES.glob("*.json"))


def sample_of(answer: Path) -> Path:
    return next(path for path in SAMPLES.glob(f"{answer.stem}.*") if path.suffix != ".json")


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda path: path.stem)
def test_a_plan_is_read_as_its_answer_says(answer):
    sample = sample_of(answer)
    assert_reads(sample.read_bytes(), sample.name, json.loads(answer.read_text("utf-8")))


@pytest.mark.parametrize("charset", ["gb18030", "utf-16", "utf-16-le", "utf-8-sig"])
def test_the_character_set_makes_no_difference(charset):
    answer = ANSWERS[0]
    text = sample_of(answer).read_text("utf-8")
    assert_reads(text.encode(charset), "方案.txt", json.loads(answer.read_text("utf-8")))


def test_line_ends_of_windows_make_no_difference():
    sample = sample_of(ANSWERS[0])
    text = sample.read_text("utf-8")
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
