"""`zhenggai extract`: JSON and nothing else on standard output, exit statuses 0, 1 and 2."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from zhenggai.core.extract import main

SAMPLES = Path(__file__).parent / "samples"
PLAN = str(SAMPLES / "01_prose_list.txt")
UPLOADED = str(SAMPLES / "02_upload_site.txt")
KEYS = [
    "format", "kind", "title", "document_number", "issuer", "date", "tasks", "notice", "complaints", "work_plan", "duties", "bodies", "warnings", "unread",
]  # fmt: skip
TASK_KEYS = {
    "serial", "category", "issue", "goal", "measures", "deadline", "lead_units", "responsible_units", "responsible_persons", "cooperating_units",
    "supervising_units", "acceptance_units", "leaders", "status", "progress", "place",
}  # fmt: skip


def test_a_plan_comes_out_as_one_json_object_with_status_0(capsys):
    assert main([PLAN]) == 0
    out, err = capsys.readouterr()
    result = json.loads(out)
    assert list(result) == KEYS
    assert set(result["tasks"][0]) >= TASK_KEYS
    assert set(result["tasks"][0]["measures"][0]) >= {"no", "text", "deadlines", "quantities", "place"}
    assert set(result["tasks"][0]["deadline"]) == {"raw", "kind", "due", "then_long_term", "place"}
    assert set(result["tasks"][0]["measures"][0]["quantities"][0]) == {
        "raw",
        "value",
        "unit",
        "comparator",
        "of",
        "place",
    }
    assert set(result["duties"][0]) == {"text", "who", "to", "every", "day", "count", "place"}
    assert set(result["bodies"][0]) == {"name", "lead", "duty", "place"}
    assert err == ""


def test_places_point_into_the_text_that_text_prints(capsys):
    main([UPLOADED, "--text"])
    text = capsys.readouterr().out
    main([UPLOADED, "--json"])
    task = json.loads(capsys.readouterr().out)["tasks"][0]
    place = task["places"]["goal"][0]
    assert text[place["start"] : place["end"]] == task["goal"]


def test_what_was_removed_can_be_listed(capsys):
    assert main([UPLOADED, "--show-removed"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert {line.split("\t")[0] for line in lines} == {"upload_site", "page_number", "upload_fragment"}
    assert all(len(line.split("\t")) == 3 for line in lines)


def test_a_summary_for_people(capsys):
    assert main([PLAN, "--summary"]) == 0
    assert "任务 4 项" in capsys.readouterr().out


def test_an_unknown_kind_has_status_1(tmp_path, capsys):
    (tmp_path / "a.txt").write_text("今天天气很好。", "utf-8")
    assert main([str(tmp_path / "a.txt")]) == 1
    assert json.loads(capsys.readouterr().out)["kind"] == "unknown"


def test_an_empty_file_is_unknown_with_a_warning(tmp_path, capsys):
    (tmp_path / "a.docx").write_bytes(b"")
    assert main([str(tmp_path / "a.docx")]) == 1
    result = json.loads(capsys.readouterr().out)
    assert result["kind"] == "unknown"
    assert [one["code"] for one in result["warnings"]] == ["empty_file"]


@pytest.mark.parametrize("arguments", [["没有.txt"], [], [PLAN, PLAN], [PLAN, "--colour"], [PLAN, "--text", "--json"]])
def test_a_mistake_has_status_2_and_one_line_on_standard_error(arguments, capsys):
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1


def test_a_file_that_cannot_be_read_has_status_2(tmp_path, capsys):
    (tmp_path / "a.docx").write_bytes(b"MZ\x90\0" + b"\0" * 50)
    assert main([str(tmp_path / "a.docx")]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert "这是程序文件" in err


def test_a_folder_in_another_form_is_read_file_by_file(tmp_path, capsys):
    (tmp_path / "1.txt").write_text("天气", "utf-8")
    (tmp_path / "2.docx").write_bytes(b"MZ\x90\0")
    assert main([str(tmp_path), "--text"]) == 2
    out, err = capsys.readouterr()
    assert out == "天气\n"
    assert err.count("\n") == 1


def test_help_is_on_standard_output(capsys):
    assert main(["--help"]) == 0
    assert "用法" in capsys.readouterr().out


def test_the_command_loads_neither_django_nor_the_heavy_readers():
    code = (
        "import sys\nfrom zhenggai.cli import main\nstatus = main(['extract', sys.argv[1], '--summary'])\n"
        "heavy = {'django', 'lxml', 'docx', 'pypdfium2', 'pdfplumber', 'doc2docx', 'psycopg', 'zipfile', 'tempfile'}\n"
        "print(sorted(heavy & set(sys.modules)))\nsys.exit(status)"
    )
    done = subprocess.run([sys.executable, "-c", code, PLAN], capture_output=True, check=True, encoding="utf-8")
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_text_of_a_megabyte_takes_seconds():
    from zhenggai.core.extract import extract

    text = Path(PLAN).read_text("utf-8")
    data = (text * (1_000_000 // len(text.encode()))).encode()
    start = time.process_time()
    extract(data, "大.txt")
    assert time.process_time() - start < 15


@pytest.mark.parametrize(
    "piece",
    [
        "整改",
        "1、",
        "（",
        "：",
        " ",
        "\n",
        "一",
        "2024",
        "、",
        "责任单位",
        "每月",
        "- 1 -",
        "\t",
        "|",
        "“",
        "-",
        "1.",
        "组",
        "，向",
        "责任单位：",
        "1.责任单位：甲",
        "每月报告每周通报",
        "2024年底，立行立改，",
        "由甲任组长的领导小组",
        "（1）整改措施：",
        "序号\n",
        "等有关",
    ],
)
def test_the_same_piece_over_and_over_costs_no_more_than_its_length(piece):
    from zhenggai.core.extract import extract

    start = time.process_time()
    extract((piece * (60_000 // len(piece))).encode(), "怪.txt")
    assert time.process_time() - start < 8


@pytest.mark.parametrize(
    ("head", "piece"),
    [
        ("关于整改情况的公示\n", "如有异议，"),
        ("关于整改情况的公示\n", "联系电话："),
        ("关于整改情况的公示\n", "2024年1月1日至"),
        ("第一批信访举报件5件\n", "甲区5件、"),
        ("第一批信访举报件5件\n", "受理编号：甲\n"),
        ("某县2020年度工作计划\n", "年底，"),
        ("某县2020年度工作计划\n", "按照《"),
        ("整改进展情况的报告\n", "一、任务1：甲\n"),
    ],
)
def test_nor_does_it_in_documents_of_another_kind(head, piece):
    from zhenggai.core.extract import extract

    start = time.process_time()
    extract((head + piece * (30_000 // len(piece))).encode(), "怪.txt")
    assert time.process_time() - start < 8
