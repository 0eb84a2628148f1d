"""`zhenggai run`: from a checkout to a website, and back down again."""

import argparse
import contextlib
import os
import sys
import time
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path

from zhenggai.serve import prepare
from zhenggai.serve.database import Database, opened, own_database
from zhenggai.serve.environment import (
    DEFAULT_PORT,
    LaunchError,
    open_log,
    prepare_folders,
    secret_key,
    tail,
    tell_django,
    var_folder,
)  # fmt: skip
from zhenggai.serve.locks import Claim
from zhenggai.serve.prepare import Account
from zhenggai.serve.progress import INDENT, Progress, explain, report_failure, say, table
from zhenggai.serve.stopping import Stopped, hear_stop_signals
from zhenggai.serve.website import Website, refuse_taken_port

LOOK_SECONDS = 0.5


def main(argv: list[str]) -> int:
    """Run until Ctrl-C. 0 when it was stopped or runs already, 1 with the reason when it cannot start."""
    options = _options(argv)
    farewell = "已停止：网站和数据库都已正常关闭，数据已保存。" if own_database() else "已停止：网站已正常关闭。"
    hear_stop_signals()
    try:
        return _launch(options)
    except Stopped:
        say(f"\n{farewell}")
        return 0
    except LaunchError as error:
        report_failure(f"\n{error}")
    except Exception as error:  # whatever it is, the person gets one sentence and the log the rest
        report_failure(f"\n{explain(error) or _unexpected(error)}")
    return 1


def _options(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="zhenggai run", description="启动整个系统，Ctrl-C 停止。")
    parser.add_argument(
        "--port", type=_port, default=os.environ.get("PORT") or DEFAULT_PORT, help=f"端口（默认 {DEFAULT_PORT}）"
    )
    parser.add_argument(
        "--plan",
        type=Path,
        default=os.environ.get("PLAN") or None,
        help="导入这份方案（docx、doc、pdf……），成为待核对的提案",
    )
    parser.add_argument("--passwords", action="store_true", help="给示范账号换新密码并显示；不启动网站")
    return parser.parse_args(argv)


def _port(text: str) -> int:
    number = int(text)
    if not 0 < number < 65536:
        raise ValueError(text)
    return number


def _unexpected(error: Exception) -> str:
    log = var_folder() / "log" / "run.log"
    with contextlib.suppress(OSError), open_log(log) as file:
        file.write("".join(traceback.format_exception(error)).encode())
    return f"没有成功：{type(error).__name__}：{error}\n（详细记录：{log}）"


def _launch(options: argparse.Namespace) -> int:
    var = var_folder()
    if options.plan and not options.plan.is_file():
        raise LaunchError(f"找不到文件 {options.plan}。用法：make run PLAN=方案.docx")
    prepare_folders(var)
    if options.passwords:
        return _show_new_passwords(var)
    website = Website(var, options.port)
    claim = Claim(var / "run" / "launch.lock")
    if not claim.take({"pid": os.getpid(), "address": website.address}):
        return _join_running(claim, options.plan, var)
    if website.clear_leftovers():
        say("上次的网站进程没有正常结束，已清理。")
    refuse_taken_port(options.port)
    _serve(website, options.plan, var)
    return 0


def _join_running(claim: Claim, plan: Path | None, var: Path) -> int:
    note = claim.note()
    say(f"已经在运行：{note.get('address', '正在启动')}（进程 {note.get('pid', '未知')}）。停止：在它的终端按 Ctrl-C。")
    if plan:
        with _borrowed(var):
            return 0 if prepare.import_plan(plan, say) else 1
    return 0


def _show_new_passwords(var: Path) -> int:
    with _borrowed(var):
        _show_accounts(prepare.renew_passwords())
    return 0


@contextlib.contextmanager
def _borrowed(var: Path) -> Iterator[None]:
    with opened(var, to_the_end=False) as database:
        tell_django(database_url=database.app_url, var=var)
        import django

        django.setup()
        yield


def _serve(website: Website, plan: Path | None, var: Path) -> None:
    progress = Progress(9 if plan else 8)
    with contextlib.ExitStack() as stack:
        with progress.step("密钥"):
            secret_key(var)
        with progress.step("数据库") as step:
            database = stack.enter_context(opened(var, to_the_end=True))
            step.result = database.description
        tell_django(database_url=database.app_url, var=var, port=website.port)
        accounts = _prepare(progress, database, plan, var)
        with progress.step("网站"):
            stack.callback(website.stop)
            website.start(_application())
        _show_ready(website, accounts)
        _watch(website, database)


def _prepare(progress: Progress, database: Database, plan: Path | None, var: Path) -> Sequence[Account]:
    log = var / "log" / "run.log"
    with progress.step("数据表") as step:
        applied = prepare.migrate(database.owner_url, log)
        step.result = f"执行了 {applied} 项迁移" if applied else "没有变化"
    with progress.step("界面资源") as step:
        step.result = prepare.build_assets()
    with progress.step("静态文件") as step:
        step.result = "已汇集" if prepare.collect_static(var) else "没有变化"
    with progress.step("示范城市") as step:
        is_new = prepare.is_new()
        accounts = prepare.load_demonstration(step.echo) if is_new else prepare.known_accounts()
        step.result = "" if is_new else "已有数据，原样保留"
    if plan:
        with progress.step(f"导入 {plan.name}") as step:
            prepare.import_plan(plan, step.echo)
    with progress.step("每日事务") as step:
        step.result = prepare.daily()
    _close_connections()
    return accounts


def _do_daily() -> None:
    """The daily work of a product that runs on; what goes wrong is logged and tried again at the next start."""
    from django.utils import timezone

    try:
        say(f"{timezone.localtime():%Y-%m-%d %H:%M} 每日事务：{prepare.daily()}")
    except Exception as error:  # the website goes on
        report_failure(_unexpected(error))
    _close_connections()


def _application() -> str:
    from django.conf import settings

    module, _, name = settings.WSGI_APPLICATION.rpartition(".")
    return f"{module}:{name}"


def _close_connections() -> None:
    from django.db import connections

    connections.close_all()


def _show_ready(website: Website, accounts: Sequence[Account]) -> None:
    say(f"\n整改系统已启动：{os.environ['ZHENGGAI_BASE_URL']}")
    _show_accounts(accounts)
    say(f"\n按 Ctrl-C 停止。记录在 {website.log.parent}")


def _show_accounts(accounts: Sequence[Account]) -> None:
    if not accounts:
        return
    fresh = any(account.password for account in accounts)
    say(
        "\n示范账号（密码刚刚生成，只显示这一次）："
        if fresh
        else "\n示范账号（密码同上次；忘了就另开终端运行 make passwords）："
    )
    for line in table([(account.role, account.username, account.password) for account in accounts]):
        say(INDENT + line)


def _watch(website: Website, database: Database) -> None:
    """Until a stop signal; LaunchError when the website or the database ends by itself."""
    from django.utils import timezone

    today = timezone.localdate()
    while True:
        time.sleep(LOOK_SECONDS)
        if timezone.localdate() != today:
            today = timezone.localdate()
            _do_daily()
        if not website.alive():
            raise LaunchError(f"网站进程意外退出，已把数据库正常关闭。最后的记录：\n{tail(website.log)}")
        if not database.alive():
            log = tail(website.log.with_name("postgres.log"))
            raise LaunchError(f"数据库进程意外退出，网站已停止。再运行一次会自动修复，已保存的数据不会丢。\n{log}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
