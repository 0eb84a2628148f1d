"""`zhenggai audit`: check the audit chain, in the database or in an exported file."""

import argparse
import contextlib
import importlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

from zhenggai.serve.database import opened
from zhenggai.serve.environment import LaunchError, prepare_folders, tell_django, var_folder
from zhenggai.serve.progress import report_failure

NOWHERE = "postgresql://nobody@127.0.0.1:1/nothing"


def main(argv: list[str]) -> int:
    """The exit code of the check (0: every link holds), or 1 with the reason when it could not be made."""
    options = _options(argv)
    is_offline = options.command == "verify" and options.file is not None
    try:
        with _without_database() if is_offline else _with_database(options.database):
            return _call([options.command, *([str(options.file)] if options.file else [])])
    except LaunchError as error:
        report_failure(str(error))
        return 1


def _options(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="zhenggai audit", description="审计链的验证与导出。")
    commands = parser.add_subparsers(dest="command", required=True, metavar="verify|export")
    verify = commands.add_parser("verify", help="逐条验证；给出文件时验证导出的副本，不需要数据库")
    verify.add_argument("file", nargs="?", type=Path, help="导出的副本")
    export = commands.add_parser("export", help="导出可离线验证的副本")
    export.add_argument("file", type=Path, help="写到哪里")
    for command in (verify, export):
        command.add_argument("--database", metavar="URL", help="PostgreSQL 地址（默认本系统的数据库）")
    return parser.parse_args(argv)


@contextlib.contextmanager
def _with_database(address: str | None) -> Iterator[None]:
    if address:
        os.environ["DATABASE_URL"] = address
    var = var_folder()
    prepare_folders(var)
    with opened(var, to_the_end=False) as database:
        tell_django(database_url=database.app_url, var=var)
        yield


@contextlib.contextmanager
def _without_database() -> Iterator[None]:
    """An auditor's machine has the file and the program only: the settings get an address that is never used."""
    os.environ["DATABASE_URL"] = NOWHERE
    os.environ.setdefault("ZHENGGAI_SECRET_KEY", secrets.token_urlsafe(64))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    yield


def _call(words: list[str]) -> int:
    import django

    django.setup()
    commands = importlib.import_module("zhenggai.audit.commands")
    return int(commands.main(words))
