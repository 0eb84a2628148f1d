"""Rulebooks to begin from, one TOML file a practice: what is left out has its usual value (rules.py)."""

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


@lru_cache(maxsize=1)
def shipped() -> dict[str, dict[str, Any]]:
    """Key → {"title", "told", "rules"} of every shipped rulebook, in the order of their keys."""
    return {path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(HERE.glob("*.toml"))}
