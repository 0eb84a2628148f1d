"""The demonstration's public column: articles that the publicity team wrote, checked, released, and once corrected."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import partial
from typing import Any

from zhenggai.accounts.models import Person, Unit
from zhenggai.audit import clock
from zhenggai.audit.clock import at
from zhenggai.demo.dates import Shift
from zhenggai.publicity.articles import draft_article, edit_article, release
from zhenggai.publicity.models import Article
from zhenggai.publicity.offers import offers_for

Story = Mapping[str, Any]
Happening = tuple[date, Callable[[], object]]


class Column:
    """Turns the rows of column.toml into happenings, each with its day."""

    def __init__(self, story: Story, shift: Shift, units: Mapping[str, Unit], people: Mapping[str, Person]) -> None:
        self.story, self.shift = story, shift
        self.place, self.by = units[story["city"]["place"]], people["city-publicity"]
        self.made: dict[str, Article] = {}

    def happenings(self) -> Iterator[Happening]:
        """Everything, in no order."""
        for row in self.story["article"]:
            day = self.shift.day(row["released_on"])
            yield day, partial(self._publish, row, day)
            if "corrected_on" in row:
                again = self.shift.day(row["corrected_on"])
                yield again, partial(self._correct, row, again)

    def _publish(self, row: Story, day: date) -> None:
        with clock.pretend(at(day, 15)):
            given, source = self._given(row), ""
            if row.get("paper"):
                offer = offers_for(self.by)[0]
                given |= {"title": offer.title, "body": offer.text, "document_number": offer.number}
                source = offer.key
            if "wrong" in row:
                given["body"] = given["body"].replace(*row["wrong"])
            made = draft_article(self.place, kind=row["kind"], by=self.by, source=source, **given)
            release(made, by=self.by, reasons={})
            self.made[given["title"]] = made

    def _correct(self, row: Story, day: date) -> None:
        with clock.pretend(at(day, 10)):
            given = self._given(row)
            edited = edit_article(self.made[given["title"]], by=self.by, **given)
            release(edited, by=self.by, reasons={}, note=row["correction"])

    def _given(self, row: Story) -> dict[str, Any]:
        return {
            "title": row.get("title", ""), "body": self.shift.text(row.get("body", "").strip()), "document_number": "",
            "issuer": f"{self.place.name}生态环境保护督察整改工作领导小组办公室", "counts": row.get("counts", {}),
        }  # fmt: skip
