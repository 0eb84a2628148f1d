from argparse import ArgumentParser
from itertools import count
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from zhenggai.accounts.decisions import Refused
from zhenggai.accounts.models import Person, Unit
from zhenggai.accounts.roles import Role
from zhenggai.intake.actions import NewInspection, import_file
from zhenggai.ledger.models import Inspection

KINDS = (("中央", "央督", Inspection.Kind.CENTRAL), ("省", "省督", Inspection.Kind.PROVINCIAL))


class Command(BaseCommand):
    help = "导入一份整改方案，成为待核对的提案；台账不变"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, help="方案文件：docx、doc、wps、pdf、html、txt")
        parser.add_argument("--by", help="以哪个账号的名义导入（默认第一个综合协调组账号）")

    def handle(self, *args: Any, path: Path, by: str | None, **options: Any) -> None:
        try:
            person = self._person(by)
            proposal = import_file(path, self._inspection(path.stem, person), by=person)
        except Refused as refused:
            raise CommandError(refused.reason) from refused
        except OSError as error:
            raise CommandError(f"{path} 打不开：{error.strerror}") from error
        counted = proposal.items.count()
        self.stdout.write(f"读出{counted}项任务，等{person}在“导入”里核对；采纳之前不进台账")

    def _person(self, username: str | None) -> Person:
        rows = Person.objects.filter(is_active=True, grants__role=Role.COORDINATION, grants__ended_at__isnull=True)
        person = (rows.filter(username=username) if username else rows).order_by("pk").select_related("unit").first()
        if person is None:
            raise CommandError("没有能导入方案的账号：要有综合协调组的角色")
        found: Person = person
        return found

    def _inspection(self, name: str, person: Person) -> NewInspection:
        """An inspection named after the document, with a prefix that is still free."""
        place = Unit.objects.get(pk=person.places_as(Role.COORDINATION)[0])
        _, stem, kind = next((row for row in KINDS if row[0] in name), ("", "督", Inspection.Kind.SPECIAL))
        taken = set(Inspection.objects.filter(place=place).values_list("prefix", flat=True))
        names = set(Inspection.objects.filter(place=place).values_list("name", flat=True))
        prefix = next(one for number in count(1) if (one := stem + (str(number) if number > 1 else "")) not in taken)
        title = next(
            one for number in count(1) if (one := name[:100] + (f"（{number}）" if number > 1 else "")) not in names
        )
        return NewInspection(place, title, prefix, kind)
