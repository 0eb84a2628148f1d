"""What must be in place before the website serves: tables, assets, static files, the demonstration city."""

import contextlib
import hashlib
import importlib
import io
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from zhenggai.serve.environment import ROOT, LaunchError, open_log
from zhenggai.serve.progress import Echo

# Loaded only when their step comes.
ASSETS = "zhenggai.ui.assets"
DEMONSTRATION = "zhenggai.demo.load"
DAILY = "daily"


class Account(Protocol):
    """A person of the demonstration who can sign in. `password` is empty when it is not known any more."""

    role: str
    username: str
    password: str


def migrate(owner_url: str, log: Path) -> int:
    """Bring the tables up to date as their owner; how many migrations were applied. Raises LaunchError, with nothing
    changed, for tables that another version of the product has made."""
    import django

    django.setup()
    unknown, waiting = _migrations()
    if unknown:
        raise LaunchError(
            f"数据库是另一个版本的程序建立的（多出 {'、'.join(unknown[:3])}{'等' if len(unknown) > 3 else ''}），什么也没有改动。\n"
            "请用建立它的那个版本打开；里面只有演示数据时，先运行 make clean-data SURE=yes，再启动。"
        )
    if not waiting:
        return 0
    done = subprocess.run(
        [sys.executable, "-m", "django", "migrate", "--no-input", "--no-color"], cwd=ROOT, stdin=subprocess.DEVNULL,
        env={**os.environ, "DATABASE_URL": owner_url}, capture_output=True, text=True,
    )  # fmt: skip
    with open_log(log) as file:
        file.write((done.stdout + done.stderr).encode())
    if done.returncode:
        raise LaunchError(f"建表没有成功：\n{(done.stdout + done.stderr)[-1500:].strip()}\n（全部记录：{log}）")
    return done.stdout.count("... OK")


def _migrations() -> tuple[list[str], bool]:
    """Migrations that the database has and this program does not know, and whether others are still to come."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    loader = executor.loader
    apps = {app for app, _ in loader.disk_migrations}
    unknown = [row for row in loader.applied_migrations if row not in loader.disk_migrations and row[0] in apps]
    return sorted(map(".".join, unknown)), bool(executor.migration_plan(loader.graph.leaf_nodes()))


def build_assets() -> str:
    """Build style sheets and scripts, and what the builder said; it skips what is up to date and then says nothing."""
    with contextlib.redirect_stdout(io.StringIO()) as said:
        importlib.import_module(ASSETS).build()
    return said.getvalue().strip() or "没有变化"


def collect_static(var: Path) -> bool:
    """Gather the static files of all apps into `var/static`; False when nothing changed since the last time."""
    from django.core.management import call_command

    stamp, now = var / "run" / "static.digest", _static_digest()
    if stamp.exists() and stamp.read_text() == now:
        return False
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    stamp.write_text(now)
    return True


def _static_digest() -> str:
    from django.contrib.staticfiles.finders import get_finders

    digest = hashlib.sha256(str(ROOT).encode())
    for finder in get_finders():
        for path, storage in finder.list([]):
            facts = (path, storage.size(path), storage.get_modified_time(path))
            digest.update(repr(facts).encode())
    return digest.hexdigest()


def is_new() -> bool:
    """Whether nobody can sign in yet: then the demonstration city may move in. Never true again for a used one."""
    from django.contrib.auth import get_user_model
    from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX

    people = get_user_model().objects
    return not people.exclude(password="").exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX).exists()


def load_demonstration(echo: Echo) -> Sequence[Account]:
    """The demonstration city, by the real import of a sample plan; its accounts with their new passwords."""
    accounts: Sequence[Account] = _demonstration().load(echo)
    return accounts


def known_accounts() -> Sequence[Account]:
    """One account a role of a demonstration loaded earlier, without passwords."""
    accounts: Sequence[Account] = _demonstration().accounts()
    return accounts


def renew_passwords() -> Sequence[Account]:
    """New passwords for the accounts of the demonstration."""
    accounts: Sequence[Account] = _demonstration().renew_passwords()
    return accounts


def daily() -> str:
    """What only time brings (a new month's round, a notice that ended): idempotent; what was done."""
    from django.core.management import call_command

    said = io.StringIO()
    call_command(DAILY, stdout=said)
    return said.getvalue().strip()


def _demonstration() -> Any:
    return importlib.import_module(DEMONSTRATION)


def import_plan(path: Path, echo: Echo) -> bool:
    """Read the user's own document as a proposal that waits for review; False when it was refused, with the reason."""
    from django.core.management import CommandError, call_command

    said = io.StringIO()
    try:
        call_command("import_plan", str(path), stdout=said)
    except CommandError as error:
        echo(f"“{path.name}”没有导入：{error}")
        return False
    for line in said.getvalue().splitlines():
        echo(line)
    return True
