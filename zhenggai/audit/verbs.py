"""The verbs of the audit trail, each with the words that people read. An app registers its own beside its actions."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Verb:
    """`tone` colours the timeline: green done, amber a word is needed, red refused or sent back, blue information."""

    name: str
    text: str
    tone: str = ""


VERBS: dict[str, Verb] = {}


def register(name: str, text: str, tone: str = "") -> str:
    """Register a verb and return its name, so that a module can keep it as a constant.

    Raises ValueError when the name is taken by other words.
    """
    verb = Verb(name, text, tone)
    if VERBS.setdefault(name, verb) != verb:
        raise ValueError(f"audit verb {name} is registered twice with different words")
    return name


def words(name: str) -> Verb:
    """The verb of a stored row; one that is no longer registered is shown by its name."""
    return VERBS.get(name, Verb(name, name))
