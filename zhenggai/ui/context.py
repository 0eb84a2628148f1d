"""What every page knows: whose site this is and what day it is."""

import os
from datetime import date
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

CHINA = ZoneInfo("Asia/Shanghai")

# The invented city of the demonstration. A real place sets SITE in the settings or ZHENGGAI_SITE_<KEY>.
DEMO_CITY = {
    "city": "临江市",
    "name": "临江市生态环境保护督察整改",
    "short": "临江市督察整改",
    "host": "临江市生态环境保护督察整改工作领导小组办公室",
    "phone": "0000-1234567",
    "hours": "工作日8:30至12:00、14:00至17:30",
}


def place() -> dict[str, str]:
    """The names of the place, without a request: error pages need them too."""
    from_environment = {key: os.environ.get(f"ZHENGGAI_SITE_{key.upper()}", words) for key, words in DEMO_CITY.items()}
    return from_environment | getattr(settings, "SITE", {})


def today() -> date:
    return timezone.localdate(timezone=CHINA)


def _search_url() -> str | None:
    try:
        return reverse("search")
    except NoReverseMatch:
        return None


def site(request: HttpRequest) -> dict[str, object]:
    return {"site": place(), "today": today(), "search_url": _search_url()}
