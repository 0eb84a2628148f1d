from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q

from zhenggai.accounts.roles import Role

if TYPE_CHECKING:
    from zhenggai.accounts.models import Person


class UnitQuerySet(models.QuerySet[Any]):
    def below(self, *units: int) -> UnitQuerySet:
        """`units` and everything below them (closure table)."""
        return self.filter(up__ancestor__in=units).distinct()

    def named(self, name: str) -> UnitQuerySet:
        """Units that a document may mean by `name`: full name, short name or an alias, to the letter."""
        return self.filter(Q(name=name) | Q(short_name=name) | Q(aliases__name=name)).distinct()

    def visible_to(self, person: Person) -> UnitQuerySet:
        """The directory of units is open to everyone who has an account."""
        return self if person.is_authenticated else self.none()


class PersonQuerySet(models.QuerySet[Any]):
    def visible_to(self, person: Person) -> PersonQuerySet:
        """Accounts are the security administrator's; others see their own."""
        if person.holds(Role.SECURITY_ADMIN):
            return self
        return self.filter(pk=person.pk)


class GrantQuerySet(models.QuerySet[Any]):
    def current(self) -> GrantQuerySet:
        """Grants that have not been ended."""
        return self.filter(ended_at__isnull=True)
