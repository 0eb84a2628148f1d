from typing import Any

from django.core.management.base import BaseCommand

from zhenggai.pages import daily
from zhenggai.pages.each_day import run_each_day


class Command(BaseCommand):
    help = "每天一次：开当月调度、列出应报和季度报备，更新公开台账的进展；重复运行结果相同"

    def handle(self, *args: Any, **options: Any) -> None:
        done = daily.run()
        self.stdout.write(
            f"新开调度{done['rounds']}个，新列应报{done['owed']}份，列入季度报备{done['filed']}项，更新公开任务{done['copies']}项"
        )
        for line in run_each_day():
            self.stdout.write(line)
