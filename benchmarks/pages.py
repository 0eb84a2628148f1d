"""Queries and milliseconds of each main page, on the demonstration city: `.venv/bin/python benchmarks/pages.py`.

Uses the database of `make run` (started when it is not running), in one process without a network: what is measured is
the page itself, from the request to the last byte. Prints a Markdown table.
"""

import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from zhenggai.serve.database import opened
from zhenggai.serve.environment import tell_django, var_folder

REPEATS = 40


@contextmanager
def django_ready() -> Iterator[None]:
    """Django, on the database of this checkout."""
    var = var_folder()
    with opened(var, to_the_end=False) as database:
        tell_django(database_url=database.app_url, var=var)
        import django

        django.setup()
        yield


def addresses() -> list[tuple[str, str, str]]:
    """(screen, who, address); an empty name is the public."""
    from zhenggai.intake.models import Proposal
    from zhenggai.ledger.models import Task
    from zhenggai.publicity.models import Notice

    def task(number: str) -> str:
        return Task.objects.get(number=number).get_absolute_url()

    proposal = Proposal.objects.order_by("-pk").values_list("pk", flat=True)[0]
    notice = Notice.objects.get(items__task__number="省督-24").get_absolute_url()
    return [
        ("1 我的工作", "city-office", "/work/"),
        ("3 台账", "city-office", "/ledger/"),
        ("3 台账导出 .xlsx", "city-office", "/ledger/export/"),
        ("4 任务", "nanhu-liaison", task("省督-17")),
        ("5 导入核对", "city-office", f"/intake/{proposal}/"),
        ("6 月报告", "city-office", "/reports/"),
        ("6 写月报告", "nanhu-liaison", f"{task('省督-17')}report/"),
        ("9 销号", "city-office", "/closure/"),
        ("9 验收", "city-acceptance", f"{task('省督-15')}accept/"),
        ("10 公示", "city-publicity", "/notices/"),
        ("15 公开首页", "", "/"),
        ("15 公开任务", "", "/public/tasks/"),
        ("15 公示页", "", notice),
        ("15 公示文稿 .docx", "", f"{notice}paper/"),
        ("17 人员和授权", "security-admin", "/desk/people/"),
        ("17 审计", "audit-admin", "/desk/audit/"),
    ]


def measure(client: Any, address: str) -> tuple[int, list[float]]:
    """(queries, milliseconds of each repeat) of one page; the first two calls only warm up, after which the counts beside
    the index come from the cache, as they do for a minute in daily use."""
    from django.db import connection

    queries = 0

    def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal queries
        queries += 1
        return execute(sql, params, many, context)

    times = []
    for turn in range(REPEATS + 2):
        queries, start = 0, time.perf_counter()
        with connection.execute_wrapper(count):
            answer = client.get(address)
            b"".join(answer.streaming_content) if answer.streaming else answer.content
        if answer.status_code != 200:
            raise SystemExit(f"{address}: {answer.status_code}")
        if turn >= 2:
            times.append((time.perf_counter() - start) * 1000)
    return queries, times


def main() -> None:
    """Print the table."""
    with django_ready():
        from django.test import Client

        from zhenggai.accounts.models import Person

        print("| Screen | Who | Queries | Median ms | p95 ms |\n|---|---|---:|---:|---:|")
        for screen, who, address in addresses():
            client = Client(headers={"host": "127.0.0.1"})
            if who:
                person = Person.objects.get(username=who)
                client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
            queries, times = measure(client, address)
            median, p95 = statistics.median(times), statistics.quantiles(times, n=20)[-1]
            print(f"| {screen} | {who or 'public'} | {queries} | {median:.0f} | {p95:.0f} |")


if __name__ == "__main__":
    main()
