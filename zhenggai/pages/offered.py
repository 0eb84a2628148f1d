"""Which of the office's papers may be chosen for the public site: special reports that were issued."""

from collections.abc import Iterable

from zhenggai.accounts.models import Person
from zhenggai.publicity.offers import Offer, offers
from zhenggai.supervision.models import Paper

MOST = 20


@offers
def special_reports(person: Person) -> Iterable[Offer]:
    """The newest special reports (专报) that the person may read, as text without their tables."""
    rows = Paper.objects.visible_to(person).filter(kind=Paper.Kind.SPECIAL, state=Paper.State.ISSUED)
    for paper in rows.order_by("-issued_on", "-pk")[:MOST]:
        text = "\n".join(part for block in paper.blocks for part in (block["heading"], block["text"]) if part)
        assert paper.issued_on is not None
        yield Offer(f"paper-{paper.pk}", paper.title, paper.number_words, paper.issuer, paper.issued_on, text)
