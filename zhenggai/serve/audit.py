"""`zhenggai audit`: check the audit chain, in the database or in an exported file."""

import argparse
import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from zhenggai.audit import commands
from zhenggai.serve.database import opened
from zhenggai.serve.environment import LaunchError, prepare_folders, tell_django, var_folder
from zhenggai.serve.progress import report_failure


def main(argv: list[str]) -> int:
    """The exit code of the check (0: every link holds), or 1 with the reason when it could not be made."""
    options = _options(argv)
    words = [options.command, *([str(options.file)] if options.file else [])]
    if options.command == "verify" and options.file:
        return commands.main(words)  # an auditor's machine has the file and this program, nothing else
    try:
        with _with_database(options.database):
            return commands.main(words)
    except LaunchError as error:
        report_failure(str(error))
        return 1


def _options(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="zhenggai audit", description="审计链的验证与导出。")
    subcommands = parser.add_subparsers(dest="command", required=True, metavar="verify|export")
    verify = subcommands.add_parser("verify", help="逐条验证；给出文件时验证导出的副本，不需要数据库")
    verify.add_argument("file", nargs="?", type=Path, help="导出的副本")
    export = subcommands.add_parser("export", help="导出可离线验证的副本")
    export.add_argument("file", type=Path, help="写到哪里")
    for subcommand in (verify, export):
        subcommand.add_argument("--database", metavar="URL", help="PostgreSQL 地址（默认本系统的数据库）")
    return parser.parse_args(argv)


@contextlib.contextmanager
def _with_database(address: str | None) -> Iterator[None]:
    if address:
        os.environ["DATABASE_URL"] = address
    var = var_folder()
    prepare_folders(var)
    with opened(var, to_the_end=False) as database:
        tell_django(database_url=database.app_url, var=var)
        import django

        django.setup()
        yield
