"""Which generation of the public pages is in force: a new one after each act that the public should see."""

from secrets import token_hex

from django.core.cache import cache

_GENERATION = "portal-generation"


def generation() -> str:
    """Part of the key under which every public page is kept."""
    return str(cache.get_or_set(_GENERATION, lambda: token_hex(8), None))


def forget_pages() -> None:
    """Make every public page anew: something was published, answered or taken back. Other processes follow within the time
    for which a page is kept (public_page.STALE)."""
    cache.set(_GENERATION, token_hex(8), None)
