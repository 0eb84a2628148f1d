import os

import pytest

from zhenggai.ui import assets


@pytest.fixture
def workshop(tmp_path, monkeypatch, capsys):
    """A repository of its own with one source, built once; `ran` lists the npm commands."""
    sources, dist = tmp_path / "static_src", tmp_path / "dist"
    for folder in (sources, dist, tmp_path / "node_modules"):
        folder.mkdir()
    places = {"ROOT": tmp_path, "SOURCES": sources, "DIST": dist, "MADE": [dist / "app.css", dist / "main.js"]}
    places |= {"PACKAGE": tmp_path / "package.json", "LOCK": tmp_path / "package-lock.json"}
    places["STAMP"] = tmp_path / "node_modules" / ".zhenggai-lock"
    for name, place in places.items():
        monkeypatch.setattr(assets, name, place)
    for file in (assets.PACKAGE, assets.LOCK, sources / "app.css"):
        file.write_text("1")
        os.utime(file, (1, 1))

    ran = []

    def npm(*arguments):
        ran.append(arguments[0])
        if arguments[0] == "run":
            for made in assets.MADE:
                made.write_text("built")

    monkeypatch.setattr(assets, "_npm", npm)
    assets.build()
    assert ran == ["ci", "run"]
    ran.clear()
    capsys.readouterr()
    return ran


def test_nothing_is_done_or_said_twice(workshop, capsys):
    assert not assets.build()
    assert workshop == []
    assert capsys.readouterr().out == ""
    assert assets.main() == 0
    assert capsys.readouterr().out == "样式和脚本：没有变化\n"


def test_a_newer_source_is_built(workshop, capsys):
    os.utime(assets.SOURCES / "app.css")
    os.utime(assets.MADE[0], (2, 2))
    assert assets.build()
    assert workshop == ["run"]
    assert capsys.readouterr().out.startswith("样式和脚本：已生成")


def test_a_changed_lock_installs_again(workshop):
    assets.LOCK.write_text("2")
    assets.build()
    assert workshop == ["ci", "run"]


def test_an_installed_wheel_has_nothing_to_build(workshop):
    assets.LOCK.unlink()
    assert not assets.build()
    assert workshop == []


def test_without_node_a_person_is_told_what_to_do(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(assets.sys, "executable", str(tmp_path / "python"))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(assets.AssetsError, match="uv sync --group assets"):
        assets.find("node")
    monkeypatch.setattr(assets, "build", lambda: assets.find("npm"))
    assert assets.main() == 1
    assert "没有找到 Node.js" in capsys.readouterr().err
