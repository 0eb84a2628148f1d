"""What a month's round says of each unit, for whoever draws up a meeting or a bulletin (ledger/figures.py)."""

from datetime import date

from django.db.models import Count, Q

from zhenggai.accounts.models import Unit
from zhenggai.ledger.figures import MonthReports, UnitReports, keeps_reports
from zhenggai.ledger.models import Task
from zhenggai.progress.models import Owed, Round
from zhenggai.progress.rounds import FIGURES


@keeps_reports
def month_reports(place: Unit, month: date, today: date) -> MonthReports | None:
    """The round of `month` in `place`, or in the place above whose round covers it; of the latter only the tasks below
    `place`. In time and late are what the round's own page calls so, by the first version, whatever became of it since;
    missing is what is owed once the limit has passed."""
    rounds = Round.objects.filter(place__down__descendant=place, month=month)
    found = rounds.order_by("place__down__depth").first()
    if found is None:
        return None
    owed = Owed.objects.filter(month=month, round=found, task__in=Task.objects.under([place.pk]).values("pk"))
    rows = owed.exclude(state=Owed.State.EXCUSED).order_by().values("unit").annotate(
        owed=Count("pk"),
        in_time=Count("pk", filter=FIGURES["in_time"]),
        late=Count("pk", filter=FIGURES["late"]),
        returned=Count("pk", filter=FIGURES["returned"]),
        missing=Count("pk", filter=FIGURES["missing"] & Q(due_on__lt=today)),
    )  # fmt: skip
    units = {row.pop("unit"): UnitReports(**row) for row in rows}
    return MonthReports(month, found.due_on, units)
