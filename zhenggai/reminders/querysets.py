from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

from zhenggai.accounts.roles import Role

if TYPE_CHECKING:
    from zhenggai.accounts.models import Person


class ChannelQuerySet(models.QuerySet[Any]):
    def visible_to(self, person: Person) -> ChannelQuerySet:
        """Channels belong to the coordination team of their place."""
        return self.filter(place__in=person.places_as(Role.COORDINATION))
