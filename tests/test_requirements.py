"""docs/requirements.md says what the tests say, for every one of the ninety-four."""

import importlib.util
from types import ModuleType

import pytest
from django.conf import settings


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("requirements_tool", settings.ROOT / "tools" / "requirements.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_current(tool: ModuleType) -> None:
    assert tool.PAGE.read_text(encoding="utf-8") == tool.render(), "run `make requirements`"


def test_every_requirement_has_one_row(tool: ModuleType) -> None:
    rows = [line.split(" | ")[0] for line in tool.render().splitlines() if line.startswith("| R") and line[3].isdigit()]
    assert rows == [f"| R{number:02}" for number in range(1, 95)]


def test_a_place_without_a_test_is_refused(tool: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    tests = tool.shown()
    monkeypatch.setattr(tool, "shown", lambda: {key: names for key, names in tests.items() if key != "R17"})
    with pytest.raises(ValueError, match="R17"):
        tool.render()


def test_a_mark_for_an_unknown_requirement_is_refused(tool: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tool, "shown", lambda: {"R95": ["test_nothing"]})
    with pytest.raises(ValueError, match="R95"):
        tool.render()
