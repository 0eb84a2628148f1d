"""`zhenggai audit` on a file needs no database; on a database it says what it could not reach."""

import pytest

from zhenggai.serve import audit


def test_a_file_is_verified_without_a_database(monkeypatch, tmp_path, capsys) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")
    unreadable = tmp_path / "副本.jsonl"
    unreadable.write_text("不是审计记录\n")
    assert audit.main(["verify", str(unreadable)]) == 2
    assert "读不出来" in capsys.readouterr().out


def test_a_database_that_does_not_answer_is_named(monkeypatch, tmp_path, capsys) -> None:
    monkeypatch.setenv("ZHENGGAI_VAR", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", "")
    assert audit.main(["verify", "--database", "postgresql://nobody@127.0.0.1:1/nothing"]) == 1
    assert "连不上" in capsys.readouterr().err


def test_export_wants_a_file() -> None:
    with pytest.raises(SystemExit):
        audit.main(["export"])
