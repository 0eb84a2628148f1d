"""Addresses of pages by their names, each worked out once: a page prints hundreds of them."""

from functools import lru_cache

from django.urls import reverse


@lru_cache(maxsize=65536)
def path_to(name: str, *args: int | str) -> str:
    """The address of the page called `name`, as `reverse` gives it; NoReverseMatch when there is none."""
    return reverse(name, args=args)
