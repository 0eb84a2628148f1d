"""What the reading left out: the passages of the document that went into no value, each to be looked at."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from zhenggai.accounts.requests import PersonRequest
from zhenggai.intake.models import Item
from zhenggai.intake.passage import CONTEXT, Piece, pieces
from zhenggai.intake.views import visible_proposal

Span = tuple[int, int]
NEARBY = 2 * CONTEXT  # characters between two passages that are shown in one stretch


@dataclass(frozen=True)
class Passage:
    """A passage that was left out, and the task in whose stretch it stands, if any."""

    text: str
    start: int
    end: int
    item: Item | None


@require_safe
def unread(request: PersonRequest, pk: int) -> HttpResponse:
    """The passages that were left out beside the text around them."""
    found = visible_proposal(request, pk)
    items = list(found.items.exclude(decision=Item.Decision.MERGED).order_by("position"))
    spans = [(start, end) for start, end in found.unread]
    passages = [Passage(found.text[start:end], start, end, _holds(items, start)) for start, end in spans]
    context = {"proposal": found, "passages": passages, "stretches": stretches(found.text, spans)}
    return render(request, "intake/unread.html", context)


def _holds(items: list[Item], at: int) -> Item | None:
    return next((item for item in items if item.start <= at < item.end), None)


def stretches(text: str, spans: list[Span]) -> list[list[Piece]]:
    """The text around the passages, those near one another in one stretch, the passages apart from what is around them.

    >>> [[piece.text + "*" * bool(piece.field) for piece in one] for one in stretches("甲乙丙丁", [(1, 2), (3, 4)])]
    [['甲', '乙*', '丙', '丁*']]
    """
    groups: list[list[Span]] = []
    for span in spans:
        if groups and span[0] - groups[-1][-1][1] <= NEARBY:
            groups[-1].append(span)
        else:
            groups.append([span])
    found = []
    for group in groups:
        start, end = max(group[0][0] - CONTEXT, 0), min(group[-1][1] + CONTEXT, len(text))
        found.append(pieces(text, start, end, [(first, last, "unread") for first, last in group]))
    return found
