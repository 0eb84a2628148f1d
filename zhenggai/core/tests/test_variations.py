"""The same content in thousands of layouts: what went in must come out. benchmarks/variations.py measures many more."""

from collections import Counter, defaultdict

import pytest

from zhenggai.core.extract import extract, to_json
from zhenggai.core.tests.comparing import compare, folded, share_right
from zhenggai.core.tests.variations import MAKERS, documents

SEED, OF_EACH_KIND = 11, 80


@pytest.mark.parametrize("kind", MAKERS)
def test_what_was_written_in_any_layout_is_read(kind: str):
    outcomes: Counter[str] = Counter()
    by_variation: dict[str, Counter[str]] = defaultdict(Counter)
    for one in documents(SEED, OF_EACH_KIND, kind):
        found = Counter(
            outcome.sort for outcome in compare(folded(one.answer), folded(to_json(extract(one.data, one.name))))
        )
        outcomes += found
        for name, value in one.kinds.items():
            by_variation[f"{name}: {value}"] += found
    low = {name: share_right(counts) for name, counts in by_variation.items() if share_right(counts) < 0.9}
    assert share_right(outcomes) >= 0.99
    assert low == {}


def test_the_same_seed_gives_the_same_documents():
    """Word and Excel files carry the time at which they were written; what they say is compared by their reading."""
    first, again = (
        [(one.name, one.answer, one.kinds, to_json(extract(one.data, one.name))) for one in documents(3, 12)]
        for _ in range(2)
    )
    assert first == again
