"""Which of the office's papers may be chosen for the public site: special reports that were issued."""

from collections.abc import Iterable
from typing import Any

from zhenggai.accounts.models import Person
from zhenggai.publicity.bodies import HEADING, table_lines
from zhenggai.publicity.offers import Offer, offers
from zhenggai.supervision.models import Paper

MOST = 20


@offers
def special_reports(person: Person) -> Iterable[Offer]:
    """The newest special reports (专报) that the person may read, as text with their tables."""
    rows = Paper.objects.visible_to(person).filter(kind=Paper.Kind.SPECIAL, state=Paper.State.ISSUED)
    for paper in rows.order_by("-issued_on", "-pk")[:MOST]:
        text = "\n".join(part for block in paper.blocks for part in _parts(block) if part)
        assert paper.issued_on is not None
        yield Offer(f"paper-{paper.pk}", paper.title, paper.number_words, paper.issuer, paper.issued_on, text)


def _parts(block: dict[str, Any]) -> tuple[str, str, str]:
    """A block's heading, words and table, whose name is the heading's where it has none of its own."""
    table = block["table"]
    lines = table_lines(table["caption"] or block["heading"], table["header"], table["rows"]) if table else ""
    return f"{HEADING}{block['heading']}" if block["heading"] else "", block["text"], lines
