"""How much there is of everything."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Scale:
    """`own_tasks`: tasks of the whole place's own two inspections; `city_tasks`: of each city's own one; `months`: of
    rounds, the last one still open."""

    name: str
    cities: int
    counties: int
    own_tasks: int
    city_tasks: int
    months: int
    sweeps: int

    @property
    def tasks(self) -> int:
        return self.own_tasks + self.cities * self.city_tasks


SCALES = {
    scale.name: scale
    for scale in (
        Scale("hamlet", cities=2, counties=2, own_tasks=16, city_tasks=7, months=4, sweeps=2),
        Scale("city", cities=1, counties=8, own_tasks=0, city_tasks=600, months=24, sweeps=12),
        Scale("province", cities=21, counties=180, own_tasks=8_040, city_tasks=332, months=24, sweeps=150),
        # many tasks and a short past: for what goes through all tasks each day (benchmarks/daily.py)
        Scale("tasks", cities=21, counties=180, own_tasks=8_008, city_tasks=4_381, months=2, sweeps=150),
    )
}
