"""Which unit of the directory a document means by a name. Exact names first, then the usual ways of writing; a name
that stays unknown is left as text, never guessed."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from zhenggai.accounts.models import Unit, UnitAlias, UnitGroup

# Usual ways of writing one and the same body; each pair is tried on the whole name.
WRITINGS = (
    ("党委", "委"),
    ("区委区政府", "区政府"),
    ("人民政府", "政府"),
    ("党工委", "工委"),
    ("党委(工委)", "委"),
    ("政府(管委会)", "政府"),
    ("中共", ""),
)


@dataclass(frozen=True)
class Named:
    """A name with what it stands for: one unit, a group of units, or nothing known."""

    raw: str
    unit: Unit | None = None
    group: UnitGroup | None = None

    @property
    def known(self) -> bool:
        return self.unit is not None or self.group is not None

    @property
    def meant(self) -> str:
        """The unit's present name where the document writes another (市环保局 for 市生态环境局), to be shown beside it."""
        unit = self.unit
        return "" if unit is None or self.raw in (unit.name, unit.short_name) else str(unit)


def writings(name: str) -> list[str]:
    """`name` and the other ways in which the same body is written.

    >>> writings("南湖区党委")
    ['南湖区党委', '南湖区委']
    """
    plain = name.replace("（", "(").replace("）", ")").replace(" ", "")
    return list(dict.fromkeys([name, plain, *(plain.replace(old, new) for old, new in WRITINGS if old in plain)]))


def look_up(names: Iterable[str], place: Unit) -> dict[str, Named]:
    """Each of `names` as the directory of `place` (what is below it and above it) knows it; three statements in all."""
    wanted = {name: writings(name) for name in names}
    every = {writing for options in wanted.values() for writing in options}
    near = Q(up__ancestor=place) | Q(down__descendant=place)
    units: dict[str, Unit] = {}
    for unit in Unit.objects.filter(near, Q(name__in=every) | Q(short_name__in=every)).distinct():
        units.setdefault(unit.name, unit)
        units.setdefault(unit.short_name, unit)
    aliases = UnitAlias.objects.filter(name__in=every).filter(
        Q(unit__up__ancestor=place) | Q(unit__down__descendant=place)
    )
    for alias in aliases.select_related("unit").order_by("pk").distinct():
        units.setdefault(alias.name, alias.unit)
    groups = {
        group.name: group
        for group in UnitGroup.objects.filter(name__in=every, place__down__descendant=place).order_by("pk")
    }
    return {name: _choose(name, options, units, groups) for name, options in wanted.items()}


def _choose(name: str, options: list[str], units: dict[str, Unit], groups: dict[str, UnitGroup]) -> Named:
    for option in options:
        if option in units:
            return Named(name, unit=units[option])
        if option in groups:
            return Named(name, group=groups[option])
    return Named(name)
