"""`zhenggai manage <command>`: a Django command on this checkout's database, running or not."""

import signal

from zhenggai.serve.database import opened
from zhenggai.serve.environment import LaunchError, prepare_folders, tell_django, var_folder
from zhenggai.serve.progress import explain, report_failure
from zhenggai.serve.stopping import Stopped, hear_stop_signals

# Commands that change tables rather than rows.
OWNER_COMMANDS = {"migrate", "flush"}


def main(argv: list[str]) -> int:
    """Run the command; its own exit code, or 1 with the reason when there is no database to run it on."""
    # Ctrl-C belongs to the command: an interactive shell goes on after it.
    hear_stop_signals((signal.SIGTERM, signal.SIGHUP))
    try:
        return _manage(argv)
    except Stopped:
        return 143
    except (LaunchError, OSError) as error:
        report_failure(explain(error) or str(error))
        return 1


def _manage(argv: list[str]) -> int:
    var = var_folder()
    prepare_folders(var)
    with opened(var, to_the_end=False) as database:
        as_owner = bool(OWNER_COMMANDS.intersection(argv[:1]))
        tell_django(database_url=database.owner_url if as_owner else database.app_url, var=var)
        from django.core.management import execute_from_command_line

        execute_from_command_line(["zhenggai manage", *argv])
    return 0
