from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from zhenggai.documents.checking import SECONDS, check_files
from zhenggai.documents.models import FileAlarm


class Command(BaseCommand):
    help = "重读收到的文件，比大小和SHA-256；不见了、变了的告警。到时间就停，下次接着做"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seconds", type=float, default=SECONDS, help=f"最多做多少秒（默认{SECONDS}）")

    def handle(self, *args: Any, seconds: float, **options: Any) -> None:
        done = check_files(seconds=seconds)
        self.stdout.write(
            f"核对{done.read}个文件，新告警{done.alarmed}个，恢复{done.mended}个，今天还有{done.left}个没有核对"
        )
        if alarms := FileAlarm.objects.open().count():
            raise CommandError(f"有{alarms}个文件不见了或变了：系统管理员在“管理”的“文件”里看是哪些，从备份拷回")
