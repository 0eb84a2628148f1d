"""From which address a request came, and who may say so."""

from typing import Any

import pytest
from django.test import RequestFactory

from zhenggai.audit.middleware import address_of


@pytest.mark.parametrize(
    ("proxies", "told", "address"),
    [
        (0, "198.51.100.7", "127.0.0.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "198.51.100.7, 203.0.113.9", "203.0.113.9"),
        (2, "198.51.100.7, 203.0.113.9, 10.0.0.1", "203.0.113.9"),
        (1, "2001:db8::1", "2001:db8::1"),
        (1, "<script>", "127.0.0.1"),
        (1, "", "127.0.0.1"),
        (3, "203.0.113.9", "127.0.0.1"),
    ],
)
def test_only_what_our_own_proxies_say_counts(settings: Any, proxies: int, told: str, address: str) -> None:
    settings.PROXIES = proxies
    request = RequestFactory(headers={"X-Forwarded-For": told}).get("/", REMOTE_ADDR="127.0.0.1")
    assert address_of(request) == address
