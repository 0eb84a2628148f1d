from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

if TYPE_CHECKING:
    from zhenggai.documents.models import FileAlarm


class FileAlarmQuerySet(models.QuerySet[Any]):
    def open(self) -> FileAlarmQuerySet:
        return self.filter(mended_at__isnull=True)

    def by_file(self, stored: list[int]) -> dict[int, FileAlarm]:
        """The open alarm of each of the stored files (ids) that has one."""
        return {alarm.stored_id: alarm for alarm in self.open().filter(stored__in=stored)}
