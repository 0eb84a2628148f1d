"""Whole folders on dask workers, one of which dies half-way."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from zhenggai.core import cluster
from zhenggai.core.extract import main

pytest.importorskip("distributed", reason="the extra dask is not installed")

PLAN = (Path(__file__).parent / "samples" / "01_prose_list.txt").read_bytes()
DOCUMENTS = 40


@pytest.fixture
def start(tmp_path):
    """Starts a part of a cluster as a process of its own; all end with the test."""
    running = []

    def started(part, *words):
        command = [sys.executable, "-m", f"distributed.cli.dask_{part}", *words]
        process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        running.append(process)
        return process

    yield started
    for process in running:
        process.kill()
    for process in running:
        process.wait()


@pytest.fixture
def scheduler(start, tmp_path):
    """The address of a scheduler on the loopback."""
    place = tmp_path / "scheduler.json"
    start("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(place))
    until = time.monotonic() + 60
    while not place.exists() or not place.read_text().endswith("}"):
        assert time.monotonic() < until
        time.sleep(0.05)
    return json.loads(place.read_text())["address"]


def start_worker(start, scheduler):
    return start(
        "worker", scheduler, "--host", "127.0.0.1", "--nthreads", "1", "--nworkers", "1", "--no-nanny", "--no-dashboard"
    )  # fmt: skip


@pytest.mark.filterwarnings("ignore")
def test_when_a_worker_dies_no_document_is_lost_or_doubled(start, scheduler, tmp_path):
    folder = tmp_path / "文件"
    folder.mkdir()
    for number in range(DOCUMENTS):
        (folder / f"{number}.txt").write_bytes(PLAN)
    (folder / "坏.docx").write_bytes(b"MZ\x90\0")
    workers = [start_worker(start, scheduler) for _ in range(2)]
    out = tmp_path / "结果.jsonl"
    words = [str(folder), "--out", str(out), "--engine", "dask", "--scheduler", scheduler]
    running = subprocess.Popen([sys.executable, "-m", "zhenggai.cli", "extract", *words], stderr=subprocess.PIPE)
    while running.poll() is None and not (out.exists() and out.read_bytes().count(b"\n") >= DOCUMENTS // 3):
        time.sleep(0.01)
    written = out.read_bytes().count(b"\n")
    workers[0].kill()
    _, err = running.communicate(timeout=120)
    assert running.returncode == 2, err.decode()  # one document cannot be read
    assert DOCUMENTS // 3 <= written < DOCUMENTS
    lines = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    names = sorted(Path(one["file"]).name for one in lines)
    assert names == sorted([*(f"{number}.txt" for number in range(DOCUMENTS)), "坏.docx"])
    assert sum("error" in one for one in lines) == 1
    assert workers[1].poll() is None


def test_a_scheduler_that_is_not_there_is_one_line(tmp_path, capsys, monkeypatch):
    (tmp_path / "a.txt").write_bytes(PLAN)
    monkeypatch.setattr(cluster, "PATIENCE", "200ms")
    assert main([str(tmp_path), "--engine", "dask", "--scheduler", "tcp://127.0.0.1:9"]) == 2
    assert "连不上调度器" in capsys.readouterr().err


def test_without_dask_the_refusal_says_what_to_install(tmp_path, capsys, monkeypatch):
    (tmp_path / "a.txt").write_bytes(PLAN)
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert main([str(tmp_path), "--engine", "dask", "--scheduler", "tcp://127.0.0.1:9"]) == 2
    assert "zhenggai[dask]" in capsys.readouterr().err
