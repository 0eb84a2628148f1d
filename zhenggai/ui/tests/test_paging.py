"""Pages by key: nothing is left out, and a token that was not made here gives the first page."""

import base64
import json
from typing import Any

import pytest
from django.core.signing import Signer

from tests.world import UnitFactory
from zhenggai.accounts.models import Unit
from zhenggai.ui.paging import Key, page_of

BY_NAME, BY_PK = [Key("name"), Key("pk")], [Key("pk", down=True)]


@pytest.fixture
def units(db: None) -> list[Unit]:
    return sorted((UnitFactory(name=f"单位{number:02d}") for number in range(7)), key=lambda unit: str(unit.name))


def page(keys: list[Key], token: str) -> Any:
    names = [("-" if key.down else "") + key.name for key in keys]
    return page_of(Unit.objects.order_by(*names), keys, token, size=3)


@pytest.mark.parametrize("keys", [BY_NAME, BY_PK])
def test_the_pages_together_are_all_rows_in_order(units: list[Unit], keys: list[Key]) -> None:
    found, token = [], ""
    while True:
        part = page(keys, token)
        found += part.rows
        if not (token := part.after):
            break
    assert found == (units if keys is BY_NAME else units[::-1])


def plain(values: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "token",
    [plain(["\x00", 1]), plain(["\ud800", 1]), plain([10**30, "x"]), plain([[], {}]), plain(7), "[" * 9000, "\x00", "é",
     Signer(salt="page pk").sign_object([1]), Signer().sign_object(["a", 1])],
)  # fmt: skip
def test_a_token_made_elsewhere_gives_the_first_page(units: list[Unit], token: str) -> None:
    assert page(BY_NAME, token).rows == units[:3]


def test_a_token_of_another_list_gives_the_first_page(units: list[Unit]) -> None:
    assert page(BY_PK, page(BY_NAME, "").after).rows == units[:-4:-1]
