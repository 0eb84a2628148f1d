"""Old Office files that our own readers give up: LibreOffice tries, where it is installed, for a limited time."""

import random
import stat
import time
from pathlib import Path

import pytest

from zhenggai.core.reading import Damaged, Unreadable, libreoffice, read
from zhenggai.core.reading.xls import WrongKind

DATA = Path(__file__).parents[2] / "tests" / "data"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
needs_office = pytest.mark.skipif(libreoffice.program() is None, reason="LibreOffice is not installed")


@pytest.fixture(scope="module")
def broken():
    """A .doc with some wrong bytes, which our own reader refuses."""
    whole, chance = (DATA / "table.doc").read_bytes(), random.Random(3)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(libreoffice, "program", lambda: None)
        for _ in range(60):
            data = bytearray(whole)
            for _ in range(6):
                data[chance.randrange(len(data))] = chance.randrange(256)
            try:
                read(bytes(data), "a.doc")
            except Damaged:
                return bytes(data)
    raise AssertionError("nothing breaks it")


@needs_office
def test_a_broken_doc_is_read_by_libreoffice_with_a_warning(broken):
    document = read(broken, "a.doc")
    assert document.kind == "doc"
    assert document.blocks[0].text == "某市生态环境问题整改清单"
    assert [remark.code for remark in document.remarks] == ["second_reader"]


@needs_office
def test_rubbish_is_not_taken_for_a_document():
    with pytest.raises(Unreadable):
        read(OLE + random.Random(1).randbytes(5_000) + "WordDocument".encode("utf-16-le"), "a.doc")


def test_without_libreoffice_it_is_refused(broken, monkeypatch):
    monkeypatch.setattr(libreoffice, "program", lambda: None)
    with pytest.raises(Damaged):
        read(broken, "a.doc")


def test_a_workbook_of_excel_95_is_refused_with_what_to_do(monkeypatch):
    monkeypatch.setattr(libreoffice, "program", lambda: None)
    old = (DATA / "table.xls").read_bytes().replace("Workbook".encode("utf-16-le"), "Book\0\0\0\0".encode("utf-16-le"))
    with pytest.raises(WrongKind, match="Excel 95"):
        read(old, "a.xls")


@pytest.fixture
def office(tmp_path, monkeypatch):
    """A LibreOffice that does as it is told."""

    def told(script):
        program = tmp_path / "soffice"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setattr(libreoffice, "program", lambda: str(program))

    return told


def test_a_conversion_that_hangs_is_ended_with_all_its_processes(office, monkeypatch, tmp_path):
    monkeypatch.setattr(libreoffice, "_SECONDS", 0.3)
    office(f"sleep 60 & echo $! > {tmp_path}/pid; wait")
    start = time.monotonic()
    assert libreoffice.converted(b"x", ".doc", reads="MS Word 97", to="docx") is None
    assert time.monotonic() - start < 20
    stat_line = Path("/proc", (tmp_path / "pid").read_text().strip(), "stat")
    until = time.monotonic() + 10
    while stat_line.exists() and ") Z" not in stat_line.read_text() and time.monotonic() < until:
        time.sleep(0.05)
    assert not stat_line.exists() or ") Z" in stat_line.read_text()


def test_a_conversion_without_a_result_is_none(office):
    office("exit 1")
    assert libreoffice.converted(b"x", ".xls", reads="MS Excel 97", to="xlsx") is None


def test_the_workbook_that_libreoffice_made_is_read(office, tmp_path):
    from zhenggai.core.tests.documents import workbook_with_table

    (tmp_path / "made.xlsx").write_bytes(workbook_with_table())
    office(f'while [ "$1" != --outdir ]; do shift; done; cp {tmp_path}/made.xlsx "$2/source.xlsx"')
    document = read(OLE + b"\0" * 600 + "Workbook".encode("utf-16-le"), "a.xls")
    assert (document.kind, document.name) == ("xls", "a.xls")
    assert document.blocks[0].text == "某市生态环境问题整改清单"
