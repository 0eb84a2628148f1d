"""The cells of a table and what they add to a task: texts by field, measures by their items, limits and units of a row."""

from zhenggai.core.grammar.label_words import SHORT_FIELDS
from zhenggai.core.grammar.labels import field_of, labels_in
from zhenggai.core.grammar.measures import items_of, lines_of, split_measures
from zhenggai.core.grammar.outline import Outline
from zhenggai.core.grammar.places import Span
from zhenggai.core.grammar.task_values import TaskValues
from zhenggai.core.reading import Region


class CellReader:
    """Reads cells of the tables of one document."""

    def __init__(self, outline: Outline) -> None:
        self._outline = outline

    def _fill(self, values: TaskValues, by_field: dict[str, list[Region]]) -> None:
        rows_before = len(values.measures)
        earlier = {name: list(values.fields.get(name, [])) for name in ("deadline", "responsible_units")}
        for column, cells in by_field.items():
            for cell in cells:
                for name, span in self._parts(column, self._span(cell)):
                    self._add_value(values, name, span)
        if rows_before and len(values.measures) > rows_before:
            self._own_fields(values, by_field, rows_before, earlier)

    def _parts(self, column: str, span: Span) -> list[tuple[str, Span]]:
        """A cell's text by field: labels that open its lines say more exactly than the column what it holds."""
        labels = [
            label
            for line in lines_of(self._outline.folded, span)
            for label in labels_in(self._outline.folded, *line, flattened=False)
            if label.opens_line or column in SHORT_FIELDS
        ]
        starts = [span[0], *(label.end for label in labels)]
        ends = [*(label.start for label in labels), span[1]]
        names = [column, *(label.field for label in labels)]
        parts = zip(names, zip(starts, ends, strict=True), strict=True)
        return [(name, part) for name, part in parts if self._outline.folded[slice(*part)].strip() and name != "other"]

    def _add_value(self, values: TaskValues, name: str, span: Span) -> None:
        if name == "measures":
            values.measures += split_measures(self._outline.folded, span, items_of(self._outline.folded, span))
        elif name == "category":
            values.category.append(span)
        elif name == "issue" and values.serial is None and not {"serial", "issue"} & values.fields.keys():
            values.add(name, self._behind_number(values, span))
        else:
            values.add(name, span)

    def _behind_number(self, values: TaskValues, span: Span) -> Span:
        """The words of an issue behind the one number that opens it, which is the task's where no column has one."""
        items = items_of(self._outline.folded, span)
        if len(items) != 1 or self._outline.folded[span[0] : items[0].start].strip():
            return span
        values.serial = items[0].number
        return items[0].end, span[1]

    def _own_fields(
        self, values: TaskValues, by_field: dict[str, list[Region]], rows_before: int, earlier: dict[str, list[Span]]
    ) -> None:
        """A further row of measures with its own limit or units: they are those measures', and the first row's were its own."""
        limits = tuple(self._span(cell) for cell in by_field.get("deadline", []))
        units = tuple(self._span(cell) for cell in by_field.get("responsible_units", []))
        for index, one in enumerate(values.measures):
            first = index < rows_before
            own_limits = tuple(earlier["deadline"]) if first else limits
            own_units = tuple(earlier["responsible_units"]) if first else units
            values.measures[index] = one._replace(
                deadlines=one.deadlines or (own_limits if limits else ()),
                units=one.units or (own_units if units else ()),
            )

    def _label_field(self, cell: Region) -> str | None:
        return field_of(self._text(cell).strip(" :："))

    def _text(self, cell: Region) -> str:
        return self._outline.source.text[cell.start : cell.end]

    def _span(self, cell: Region) -> Span:
        return cell.start, cell.end
