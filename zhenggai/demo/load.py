"""Loading the demonstration city: its plans through the real import, its story through the real steps, as on the days
on which they happened. All of it in one transaction: a city that was not loaded whole is not there at all."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from docx import Document

from zhenggai.accounts.actions import issue_password
from zhenggai.accounts.models import Person, Unit
from zhenggai.accounts.roles import Role
from zhenggai.audit import clock
from zhenggai.audit.clock import at
from zhenggai.demo.city import found_city, lay_down_rules
from zhenggai.demo.closing import look_back
from zhenggai.demo.dates import Shift
from zhenggai.demo.story import tell
from zhenggai.intake.actions import accept, propose
from zhenggai.ledger.actions import add_inspection
from zhenggai.ledger.models import Plan
from zhenggai.pages import daily
from zhenggai.publicity.actions import publish_plan

HERE = Path(__file__).parent
# One account a role, and a county's office beside the city's.
SHOWN = (
    "city-office", "city-acceptance", "city-leader", "city-supervision", "city-case", "city-publicity",
    "nanhu-liaison", "beitang-liaison", "nanhu-office", "beitang-office",
    "system-admin", "security-admin", "audit-admin",
)  # fmt: skip


@dataclass(frozen=True)
class Account:
    """An account that the launcher shows; the password is empty when it is not known any more."""

    role: str
    username: str
    password: str


def read_story() -> Mapping[str, Any]:
    """The city's directory and tasks (city.toml), its year (year.toml), the rules that failed it (gaps.toml) and its public
    column (column.toml),
    its visits and help (visits.toml), as data."""
    return {
        name: rows
        for file in ("city.toml", "year.toml", "gaps.toml", "column.toml", "visits.toml")
        for name, rows in tomllib.loads((HERE / file).read_text(encoding="utf-8")).items()
    }


@transaction.atomic
def load(echo: Callable[[str], None] = print) -> list[Account]:
    """Load the city and return the accounts with the passwords made now."""
    story, today = read_story(), clock.today()
    shift = Shift(story["as_of"], today)
    entered = [shift.day(row["entered_on"]) for row in story["inspection"] if "entered_on" in row]
    since = min(entered) - timedelta(days=30)
    units, people = found_city(story, since)
    lay_down_rules(story, units, people, since)
    echo(f"单位{len(units)}个、人员{len(people)}名")
    for row in story["inspection"]:
        _import(row, story, shift, units, people, echo)
    steps = tell(story, shift, units, people)
    look_back(units[story["city"]["place"]], people["city-supervision"])
    daily.run()
    echo(f"故事{steps}步，到{today:%Y年%-m月%-d日}")
    return renew_passwords()


def _import(
    row: Mapping[str, Any],
    story: Mapping[str, Any],
    shift: Shift,
    units: Mapping[str, Unit],
    people: Mapping[str, Person],
    echo: Callable[[str], None],
) -> None:
    office, day = people["city-office"], shift.day(row.get("entered_on") or row["received_on"])
    name = f"{shift.text(row['title'])}.docx"
    with clock.pretend(at(day, 9)):
        inspection = add_inspection(
            by=office, place=units[row["place"]], name=shift.text(row["name"]), prefix=row["prefix"], kind=row["kind"],
            feedback_on=shift.day(row["feedback_on"]),
        )  # fmt: skip
        text = shift.text((HERE / "plans" / row["file"]).read_text(encoding="utf-8"))
        proposal = propose(ContentFile(as_docx(text), name=name), name, inspection, by=office)
        items = list(proposal.items.order_by("position"))
        echo(f"《{proposal}》读出{len(items)}项")
        if row["status"] != "entered":
            return
        places = {task["number"]: units[task["place"]] for task in story["task"]}
        for item in items:
            accept(item, by=office, place=places[f"{row['prefix']}-{item.serial:02d}"])
        plan = Plan.objects.get(inspection=inspection)
        Plan.objects.filter(pk=plan.pk).update(document_number=row["document_number"])
        publish_plan(plan, by=people["city-publicity"])


def as_docx(text: str) -> bytes:
    """A plan's text as a Word document, one paragraph a line, as an office would send it."""
    document = Document()
    for line in text.splitlines():
        document.add_paragraph(line)
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def accounts() -> list[Account]:
    """The shown accounts, without passwords: they were shown once."""
    people = Person.objects.filter(username__in=SHOWN).prefetch_related("grants")
    return [Account(_role(person), person.username, "") for person in sorted(people, key=_order)]


def renew_passwords() -> list[Account]:
    """New passwords for the shown accounts."""
    people = Person.objects.filter(username__in=SHOWN).prefetch_related("grants", "unit")
    made = []
    with transaction.atomic():
        for person in sorted(people, key=_order):
            made.append(Account(_role(person), person.username, issue_password(person)))
    return made


def _order(person: Person) -> int:
    return SHOWN.index(person.username)


def _role(person: Person) -> str:
    words = "、".join(Role(grant.role).words for grant in person.grants.all() if grant.ended_at is None)
    return f"{words}（{person.name}）"
