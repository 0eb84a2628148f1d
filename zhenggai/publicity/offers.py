"""Papers of other apps that may be chosen for the public site. Whoever keeps them registers here; this app imports none."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from zhenggai.accounts.models import Person


@dataclass(frozen=True)
class Offer:
    """A paper as it could be published: `key` names it for good; its text is copied, checked, and edited before release."""

    key: str
    title: str
    number: str
    issuer: str
    issued_on: date
    text: str


Source = Callable[[Person], Iterable[Offer]]
_sources: list[Source] = []


def offers(source: Source) -> Source:
    """Register who gives the papers that a person may choose from."""
    _sources.append(source)
    return source


def offers_for(person: Person) -> list[Offer]:
    """The papers that the person may choose from, newest first."""
    found = [offer for source in _sources for offer in source(person)]
    return sorted(found, key=lambda offer: offer.issued_on, reverse=True)
