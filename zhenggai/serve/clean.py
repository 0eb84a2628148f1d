"""`make clean-data`: forget everything that was stored. Asks nothing, so it wants the word."""

import shutil
import sys

from zhenggai.serve.database import own_cluster
from zhenggai.serve.environment import FOLDERS, LaunchError, prepare_folders, var_folder
from zhenggai.serve.locks import Claim
from zhenggai.serve.progress import explain, report_failure, say
from zhenggai.serve.website import Website


def main(argv: list[str]) -> int:
    """Delete the database, the files, the keys and the logs of this checkout; 1 when not sure or still running."""
    try:
        return _clean(is_sure=argv == ["yes"])
    except (LaunchError, OSError) as error:
        report_failure(explain(error) or str(error))
        return 1


def _clean(*, is_sure: bool) -> int:
    var = var_folder()
    cluster = own_cluster(var)
    doomed = [cluster.home, *(var / name for name in FOLDERS)]
    if not is_sure:
        say("将删除（无法恢复）：\n" + "\n".join(f"  {path}" for path in doomed if path.exists()))
        say("DATABASE_URL 指定的数据库不受影响。确定的话：make clean-data SURE=yes")
        return 1
    prepare_folders(var)
    if not Claim(var / "run" / "launch.lock").take({}):
        raise LaunchError("系统正在运行，请先在它的终端按 Ctrl-C。")
    Website(var, 0).clear_leftovers()
    cluster.stop()
    for path in doomed:
        shutil.rmtree(path, ignore_errors=True)
    say("已删除。")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
