"""The public site of a running server under many visitors at once: `.venv/bin/python benchmarks/portal.py --base …`.

    ZHENGGAI_VAR=/tmp/demo PORT=8160 make run                     (in another terminal)
    .venv/bin/python benchmarks/portal.py --base http://127.0.0.1:8160

Asks for each page from all visitors at once without a pause, each over one kept connection, and prints a Markdown table:
requests a second, and the time from the request to the last byte. The pages are kept by the server for half a minute: the
first requests of each visitor are left out, those that make a page anew in between are not. The client runs in processes
of its own on the same machine: run it where nothing else does. With --papers the time that one notice's .docx takes to be
made is measured too, in this process, without a server.
"""

import argparse
import http.client
import multiprocessing
import re
import statistics
import time
import urllib.parse
from datetime import date
from pathlib import Path

from zhenggai.core.office import render_template

WARM_UP = 3
PAGES = ("/", "/public/progress/", "/public/tasks/", "/public/notices/", "{notice}", "{task}", "/public/news/")


def visit(base: str, address: str, seconds: float, answers: "multiprocessing.Queue[list[float]]") -> None:
    """Ask for one page again and again; the times that each request took."""
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(base).netloc, timeout=30)
    taken: list[float] = []
    until, count = time.perf_counter() + seconds, 0
    while time.perf_counter() < until:
        began = time.perf_counter()
        connection.request("GET", address, headers={"Accept-Encoding": "gzip"})
        response = connection.getresponse()
        response.read()
        if response.status != 200:
            raise SystemExit(f"{address}: {response.status}")
        count += 1
        if count > WARM_UP:
            taken.append(time.perf_counter() - began)
    answers.put(taken)


def first_of(base: str, pattern: str, page: str) -> str:
    """The first address on a page that looks like `pattern`."""
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(base).netloc, timeout=30)
    connection.request("GET", page)
    found = re.search(pattern, connection.getresponse().read().decode())
    if found is None:
        raise SystemExit(f"{base}{page} has no {pattern}: is the demonstration city loaded?")
    return found[1]


def measure(base: str, address: str, visitors: int, seconds: float) -> tuple[float, float, float]:
    """Requests a second, median and 95th percentile in milliseconds."""
    answers: multiprocessing.Queue[list[float]] = multiprocessing.Queue()
    running = [multiprocessing.Process(target=visit, args=(base, address, seconds, answers)) for _ in range(visitors)]
    for process in running:
        process.start()
    taken = sorted(one for _ in running for one in answers.get(timeout=seconds + 60))
    for process in running:
        process.join()
    return len(taken) / seconds, statistics.median(taken) * 1000, taken[int(len(taken) * 0.95)] * 1000


def papers(count: int) -> float:
    """Milliseconds that a notice of one task takes as .docx, the median of `count`."""
    template = Path(__file__).resolve().parent.parent / "zhenggai/publicity/papers/notice.docx"
    line = {
        "number": "省督-24",
        "issue": "问题" * 100,
        "goal": "目标" * 30,
        "measures": ["措施" * 40] * 4,
        "result": ["情况" * 60] * 3,
    }
    context = {
        "title": "关于整改情况的公示", "items": [line], "issuer": "区人民政府", "date": "2026年11月12日",
        "period": {"start": "2026年11月12日", "end": "2026年11月25日", "length": "10个工作日", "counting": "发布当日计第1日",
                   "provisional": False},
        "contact": {"unit": "整改办", "phone": "0000-1234567", "address": "塘西路1号"},
    }  # fmt: skip
    taken = []
    for _ in range(count):
        began = time.perf_counter()
        render_template(template, context, created=date(2026, 11, 12))
        taken.append(time.perf_counter() - began)
    return statistics.median(taken) * 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", default="http://127.0.0.1:8000")
    parser.add_argument("--visitors", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--papers", action="store_true")
    given = parser.parse_args()
    if given.papers:
        print(f"公示文稿（.docx）：每份{papers(30):.0f}毫秒（30份的中位数）")
        return
    own = {
        "{notice}": first_of(given.base, r'href="(/public/notices/\d+/)"', "/public/notices/"),
        "{task}": first_of(given.base, r'href="(/public/tasks/\d+/)"', "/public/tasks/"),
    }
    print(f"| 公开页面，{given.visitors}个同时 | 每秒次数 | 中位数（毫秒） | p95（毫秒） |\n|---|---:|---:|---:|")
    for page in PAGES:
        address = own.get(page, page)
        rate, median, late = measure(given.base, address, given.visitors, given.seconds)
        print(f"| {address} | {rate:.0f} | {median:.1f} | {late:.1f} |")


if __name__ == "__main__":
    main()
