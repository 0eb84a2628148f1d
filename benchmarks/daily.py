"""The day's work over a large ledger: `.venv/bin/python benchmarks/daily.py`, after generate.py on the same $ZHENGGAI_VAR.

    ZHENGGAI_VAR=/tmp/big .venv/bin/python benchmarks/generate.py --scale tasks --seed 7
    ZHENGGAI_VAR=/tmp/big .venv/bin/python benchmarks/daily.py

The first time it makes every task public, by one statement as the owner of the tables, so that the copies are as many as the
tasks. Then it does the day's work as the website's role, as `zhenggai manage daily` does it: for a new day that opens
rounds, filings and yearly checks, and twice more; prints what each part took, and says so when a further run wrote anything.
"""

import argparse
import sys
import time
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from zhenggai.serve.database import opened
from zhenggai.serve.environment import prepare_folders, tell_django, var_folder
from zhenggai.serve.prepare import migrate

PUBLISH = """
INSERT INTO publicity_publishedtask (task_id, number, inspection, place_id, headline, issue, goal, measures, units, due,
    due_words, schedule, state_words, struck_off_on, result, passed, published_at, refreshed_at)
SELECT t.id, t.number, i.name, t.place_id, t.headline, t.issue, t.goal,
    coalesce((SELECT jsonb_agg(m.text ORDER BY m.no) FROM ledger_measure m WHERE m.task_id = t.id), '[]'),
    coalesce((SELECT jsonb_agg(DISTINCT d.raw) FROM ledger_duty d WHERE d.task_id = t.id AND d.part = 'lead'), '[]'),
    t.due, coalesce(t.due::text, ''), 'N', '', t.struck_off_on, '', '[]', now(), now()
FROM ledger_task t JOIN ledger_inspection i ON i.id = t.inspection_id
ON CONFLICT (task_id) DO NOTHING
"""


def main() -> int:
    """Measure; 1 when a run that should find nothing to do has done something."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--day", type=date.fromisoformat, default=None, help="the day of the work (default: today)")
    day = parser.parse_args().day
    var = var_folder()
    prepare_folders(var)
    with opened(var, to_the_end=False) as database:
        tell_django(database_url=database.owner_url, var=var)
        migrate(database.owner_url, var / "log" / "migrate.log")
        _publish()
        from django.db import connection

        connection.close()
        connection.settings_dict.update(_of(database.app_url))
        return _measure(day)


def _of(url: str) -> dict[str, object]:
    """Whom to sign in as: the website's own role."""
    import dj_database_url

    told = dict(dj_database_url.parse(url))
    return {name: told[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")}


def _publish() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute(PUBLISH)
        made = cursor.rowcount
        if made:
            cursor.execute("VACUUM ANALYZE publicity_publishedtask")
    print(f"向社会公开{made:,}项")


def _measure(day: date | None) -> int:
    from django.db import connection

    from zhenggai.audit import clock
    from zhenggai.ledger.models import Task
    from zhenggai.pages import daily, each_day

    print(f"任务{Task.objects.count():,}项，连接的角色：{connection.settings_dict['USER']}")
    print("| 次 | 任务、调度、报备、公开副本（秒） | 其他每日事务（秒） | 做了什么 |\n|---|---:|---:|---|")
    again = 0
    with clock.pretend(clock.at(day or clock.today())):
        for time_no in range(1, 4):
            began = time.perf_counter()
            done = daily.run()
            middle = time.perf_counter()
            lines = each_day.run_each_day()
            ended = time.perf_counter()
            told = "，".join([f"{name} {number:,}" for name, number in done.items()] + lines)
            print(f"| {time_no} | {middle - began:.1f} | {ended - middle:.1f} | {told} |", flush=True)
            again = done["rounds"] + done["owed"] + done["filed"]
    return 1 if again else 0


if __name__ == "__main__":
    sys.exit(main())
