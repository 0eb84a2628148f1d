"""Finding tasks by their words: the index gives candidates, the words decide."""

import re
from typing import Any

import pytest
from django.db import connection

from tests.world import World
from zhenggai.audit import clock
from zhenggai.ledger.filters import Filters
from zhenggai.ledger.models import Task, TaskText


def found(world: World, words: str) -> set[str]:
    rows = Filters(view="all", q=words).apply(Task.objects.visible_to(world.office), clock.today())
    return {task.issue for task in rows}


@pytest.fixture
def two(world: World) -> World:
    world.task(issue="雨天生活污水从检查井冒出，COD超标1.5倍。")
    world.task(issue="排口标志牌缺失。")
    return world


@pytest.mark.parametrize(
    ("words", "hits"),
    [
        ("检查井", 1), ("井", 1), ("cod", 1), ("COD超标1.5", 1), ("。", 2), ("查检", 0), ("检查井 超标", 1), ("超标 检查井", 1),
        ("检查井 标志牌", 0), ("5倍。", 1), ("%", 0), ("_", 0), ("'", 0), ("检%井", 0), ("没有", 0),
    ],
)  # fmt: skip
def test_any_piece_of_a_task_s_words_finds_it(two: World, words: str, hits: int) -> None:
    assert len(found(two, words)) == hits


def test_pairs_in_another_order_do_not_find(world: World) -> None:
    world.task(issue="查井，检查")
    assert found(world, "检查井") == set(), "it has both pairs, but not the word"


def test_words_that_changed_are_found_and_the_old_ones_are_not(world: World) -> None:
    task = world.task(issue="南湖溢流")
    Task.objects.filter(pk=task.pk).update(issue="北塘超标", headline="北塘超标")
    assert (found(world, "南湖溢流"), found(world, "北塘超标")) == (set(), {"北塘超标"})


def test_its_number_finds_a_task(world: World) -> None:
    task = world.task(issue="南湖溢流")
    assert found(world, task.number) == {"南湖溢流"}


def test_every_task_has_its_words(two: World) -> None:
    assert TaskText.objects.count() == Task.objects.count()


def test_the_index_answers(two: World) -> None:
    rows = TaskText.objects.filter(pairs__contains=["检查", "查井"]).values("pk")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        assert re.search("task_text_pairs", rows.explain())


def test_each_word_looked_for_is_marked(two: World, login: Any) -> None:
    page = login(two.office).get("/ledger/?view=all&q=检查井+超标").content.decode()
    assert "<mark>检查井</mark>" in page
    assert "<mark>超标</mark>" in page
