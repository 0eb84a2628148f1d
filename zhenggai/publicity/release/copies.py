"""A public copy: made anew from what may be seen, with a line for everything that was left behind."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from zhenggai.publicity.release.findings import Finding
from zhenggai.publicity.release.words import findings_in


@dataclass(frozen=True)
class Names:
    """What the text check knows: people the product knows, names that may be public, telephones that may stand."""

    known: Collection[str] = ()
    allowed: Collection[str] = ()
    phones: Collection[str] = ()

    def check(self, text: str, where: str) -> list[Finding]:
        return findings_in(text, where, known=self.known, allowed=self.allowed, phones=self.phones)


@dataclass
class Copy:
    """The bytes of the copy, its text to be checked, and what the original had that the copy has not: (kind, what)."""

    data: bytes = b""
    text: str = ""
    left: list[tuple[str, str]] = field(default_factory=list)

    def leave(self, kind: str, what: str = "") -> None:
        if (kind, what) not in self.left:
            self.left.append((kind, what))


Maker = Callable[[bytes], Copy]
