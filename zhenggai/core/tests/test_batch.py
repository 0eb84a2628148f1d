"""Whole folders: one line a document whatever happens, runs that can be broken off, bounded time for each file."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from zhenggai.core import batch, child, extract
from zhenggai.core.bounds import apart
from zhenggai.core.extract import main
from zhenggai.core.reading import Unreadable, limits

PLAN = (Path(__file__).parent / "samples" / "01_prose_list.txt").read_bytes()


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "文件"
    (place / "below").mkdir(parents=True)
    (place / "1.txt").write_bytes(PLAN)
    (place / "2.docx").write_bytes(b"MZ\x90\0")
    (place / "below" / "3.txt").write_text("天气", "utf-8")
    (place / ".hidden.txt").write_text("x", "utf-8")
    return place


def lines_of(path):
    return [json.loads(line) for line in Path(path).read_text("utf-8").splitlines()]


def by_name(lines):
    return {Path(one["file"]).name: one for one in lines}


def test_each_document_has_one_line_and_a_bad_one_stops_nothing(folder, capsys):
    assert main([str(folder), "--jsonl", "-j", "2"]) == 2
    out, err = capsys.readouterr()
    found = by_name(map(json.loads, out.splitlines()))
    assert {name: one.get("kind") for name, one in found.items()} == {
        "1.txt": "plan",
        "2.docx": None,
        "3.txt": "unknown",
    }
    assert "这是程序文件" in found["2.docx"]["error"]
    assert "2.docx：这是程序文件" in err
    assert err.splitlines()[-1].startswith("完成：读出 2 份，读不了 1 份")


def test_with_one_process_lines_come_in_order(folder, capsys):
    main([str(folder), "-j", "1"])
    names = [Path(json.loads(line)["file"]).name for line in capsys.readouterr().out.splitlines()]
    assert names == ["1.txt", "2.docx", "3.txt"]


def test_a_second_run_leaves_out_what_the_output_has(folder, tmp_path, capsys):
    out = tmp_path / "结果.jsonl"
    main([str(folder), "--out", str(out)])
    before = out.read_bytes()
    (folder / "4.txt").write_bytes(PLAN)
    assert main([str(folder), "--out", str(out)]) == 0
    assert out.read_bytes().startswith(before)
    assert sorted(by_name(lines_of(out))) == ["1.txt", "2.docx", "3.txt", "4.txt"]
    assert "跳过已有的 3 份" in capsys.readouterr().err


def test_a_line_that_a_killed_run_left_half_written_is_read_again(folder, tmp_path):
    out = tmp_path / "结果.jsonl"
    main([str(folder), "--out", str(out)])
    whole = out.read_bytes()
    out.write_bytes(whole[:-20])
    main([str(folder), "--out", str(out)])
    assert sorted(by_name(lines_of(out))) == ["1.txt", "2.docx", "3.txt"]
    assert len(lines_of(out)) == 3


def test_a_file_that_is_no_output_is_not_touched(folder, tmp_path, capsys):
    (tmp_path / "报告.txt").write_text("我的报告\n", "utf-8")
    assert main([str(folder), "--out", str(tmp_path / "报告.txt")]) == 2
    assert (tmp_path / "报告.txt").read_text("utf-8") == "我的报告\n"
    assert "不是批量提取的结果" in capsys.readouterr().err


def test_two_runs_never_write_the_same_output(folder, tmp_path, capsys):
    out = str(tmp_path / "结果.jsonl")
    with batch._output(out):
        assert main([str(folder), "--out", out]) == 2
    assert "另一个进程正在写" in capsys.readouterr().err


def test_the_output_inside_the_folder_is_not_read_as_a_document(folder):
    main([str(folder), "--out", str(folder / "结果.jsonl")])
    main([str(folder), "--out", str(folder / "结果.jsonl")])
    assert sorted(by_name(lines_of(folder / "结果.jsonl"))) == ["1.txt", "2.docx", "3.txt"]


def test_a_killed_run_goes_on_where_it_stopped(folder, tmp_path):
    for number in range(40):
        (folder / f"多{number}.txt").write_bytes(PLAN)
    out = tmp_path / "结果.jsonl"
    command = [sys.executable, "-m", "zhenggai.cli", "extract", str(folder), "-j", "1", "--out", str(out)]
    running = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    while running.poll() is None and not (out.exists() and out.read_bytes().count(b"\n") >= 5):
        time.sleep(0.01)
    running.kill()
    running.wait()
    half = out.read_bytes().count(b"\n")
    assert 5 <= half < 43
    subprocess.run(command, stderr=subprocess.DEVNULL, check=False)
    names = [one["file"] for one in lines_of(out)]
    assert len(names) == len(set(names)) == 43


@pytest.fixture
def reader(tmp_path, monkeypatch):
    """A child process that does what the name of the document says."""
    (tmp_path / "strange.py").write_text(
        "import os, sys, time\n"
        "for line in sys.stdin:\n"
        "    if 'hang' in line: time.sleep(60)\n"
        "    if 'crash' in line: os.abort()\n"
        "    print('0\\t{}', flush=True)\n"
    )
    real = subprocess.Popen

    def started(command, **options):
        return real([sys.executable, str(tmp_path / "strange.py")], **options)

    monkeypatch.setattr(child.subprocess, "Popen", started)


@pytest.mark.parametrize(("name", "word"), [("hang.txt", "超过 1 秒"), ("crash.txt", "进程中止")])
def test_a_document_that_hangs_or_crashes_its_reader_costs_only_itself(reader, name, word):
    start = time.monotonic()
    answers = list(batch.local_answers(["a.txt", name, "b.txt", "c.txt"], processes=1, seconds=1))
    assert [answer.status for answer in answers] == [0, 2, 0, 0]
    assert word in json.loads(answers[1].line)["error"]
    assert time.monotonic() - start < 20


def test_a_mistake_of_the_program_is_a_line_too(monkeypatch):
    def broken(data, name):
        raise RuntimeError("因故")

    monkeypatch.setattr("zhenggai.core.extract.read_all", broken)
    answer = child._read(str(Path(__file__)))
    assert answer.status == 2
    assert "RuntimeError：因故" in json.loads(answer.line)["error"]


def hang():
    time.sleep(60)


def crash():
    os.kill(os.getpid(), signal.SIGKILL)


def swell():
    return 0, str(len(bytearray(limits.MAX_MEMORY * 2)))


def stumble():
    raise RuntimeError("因故")


@pytest.mark.parametrize(
    ("work", "word"), [(hang, "超过 1 秒"), (crash, "进程中止"), (swell, "进程中止"), (stumble, "RuntimeError：因故")]
)
def test_a_single_document_that_hangs_or_crashes_its_reader_is_refused(work, word):
    with pytest.raises(Unreadable, match=word):
        apart(work, 1)


def test_a_crash_is_one_line_and_status_2(monkeypatch, capsys, tmp_path):
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.4")
    monkeypatch.setattr(extract, "read_all", lambda data, name: crash())
    assert main([str(tmp_path / "a.pdf")]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert "进程中止" in err


@pytest.mark.parametrize(
    "words",
    [["-j", "0"], ["-j"], ["-j", "x"], ["--timeout", "-1"], ["--engine", "spark"], ["--engine", "dask"], ["--scheduler", "tcp://x:1"]],
)  # fmt: skip
def test_a_mistake_in_the_arguments_is_one_line(folder, words, capsys):
    assert main([str(folder), *words]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1


def test_an_empty_folder_has_status_1(tmp_path):
    assert main([str(tmp_path)]) == 1


@pytest.mark.skipif(os.name != "posix", reason="paths of Unix")
def test_a_name_that_is_no_text_is_read_all_the_same(tmp_path):
    try:
        (tmp_path / os.fsdecode(b"\xd5\xfb.txt")).write_bytes(PLAN)
    except OSError:
        pytest.skip("this file system takes no such name")
    out = tmp_path / "结果.jsonl"
    assert main([str(tmp_path), "--out", str(out)]) == 0
    assert main([str(tmp_path), "--out", str(out)]) == 0
    assert out.read_bytes().count(b"\n") == 1
