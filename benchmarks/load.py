"""Pages of a running server under several requests at once: `.venv/bin/python benchmarks/load.py --password …`.

    ZHENGGAI_VAR=/tmp/big .venv/bin/python benchmarks/generate.py --scale province
    ZHENGGAI_VAR=/tmp/big make run PORT=8150                      (in another terminal)
    .venv/bin/python benchmarks/load.py --base http://127.0.0.1:8150 --user office-1 --password …

Signs in once a worker, asks for each page from all workers at once without a pause, and prints a Markdown table: what is
measured is the time from the request to the last byte, sign-in and the first two of each worker left out. The client
shares the machine with the server and the database; its own share is small. With --cpu PID (several times: the website's
process, the database's) it also prints the processor time that these and their children took for each request, which does
not grow when others use the machine. With --change-every something is written meanwhile.
"""

import argparse
import http.client
import re
import statistics
import sys
import threading
import time
import urllib.parse
from concurrent.futures import ThreadPoolExecutor

import psutil

PAGES = (
    ("1 我的工作", "/work/"),
    ("2 总览", "/overview/"),
    ("2 总览，存量", "/overview/?stock=0"),
    ("3 台账", "/ledger/"),
    ("3 台账，一个状态", "/ledger/?view=all&status=B"),
    ("3 台账，查找", "/ledger/?view=all&q=排口"),
    ("4 任务", "{task}"),
    ("6 月度调度", "{round}"),
    ("7 挂图作战", "/map/"),
    ("7 挂图作战，按牵头单位", "/map/?by=lead"),
)
WARM_UP = 2


class Visitor:
    """One signed-in browser over one kept connection."""

    def __init__(self, base: str, user: str, password: str) -> None:
        self._connection = http.client.HTTPConnection(urllib.parse.urlsplit(base).netloc, timeout=60)
        self._cookies: dict[str, str] = {}
        self._sent_to = self.came_to = ""
        page = self.get("/login/")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        if token is None:
            raise SystemExit(f"{base}: no login page")
        form = {"csrfmiddlewaretoken": token[1], "username": user, "password": password}
        status, _ = self._ask("POST", "/login/", urllib.parse.urlencode(form))
        if status != 302:
            raise SystemExit(f"{user}: not signed in ({status})")

    def get(self, address: str) -> str:
        """The page's text; SystemExit when it is not there."""
        status, text = self._ask("GET", urllib.parse.quote(address, safe="/?=&%"))
        if status == 302:
            return self.get(self._sent_to)
        self.came_to = address
        if status != 200:
            raise SystemExit(f"{address}: {status}")
        return text

    def _ask(self, method: str, address: str, body: str | None = None) -> tuple[int, str]:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self._connection.request(method, address, body, headers)
        answer = self._connection.getresponse()
        text = answer.read().decode(errors="replace")
        self._sent_to = answer.headers.get("Location", "")
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.split(";", 1)[0].partition("=")
            self._cookies[name] = value
        return answer.status, text


def measure(visitors: list[Visitor], address: str, repeats: int) -> list[float]:
    """Milliseconds of each request, all visitors asking at once."""

    def ask(visitor: Visitor) -> list[float]:
        times = []
        for turn in range(repeats + WARM_UP):
            start = time.perf_counter()
            visitor.get(address)
            if turn >= WARM_UP:
                times.append((time.perf_counter() - start) * 1000)
        return times

    with ThreadPoolExecutor(len(visitors)) as pool:
        return [one for times in pool.map(ask, visitors) for one in times]


def addresses(visitor: Visitor) -> list[tuple[str, str]]:
    """The pages, with a task and a round that the person sees."""
    task = re.search(r'href="(/tasks/\d+/)"', visitor.get("/ledger/"))
    visitor.get("/rounds/")  # leads to the latest month
    round_ = visitor.came_to
    found = {"task": task and task[1], "round": round_}
    return [(name, address.format(**found)) for name, address in PAGES if "None" not in address.format(**found)]


def change(visitor: Visitor, seconds: float) -> None:
    """Adds a row to the trail every few seconds, until the process ends, by taking out an empty list: figures that are kept
    until something changes are counted again."""

    def go_on() -> None:
        while True:
            visitor.get("/ledger/export/?view=all&q=%E6%B2%A1%E6%9C%89%E8%BF%99%E6%A0%B7%E7%9A%84%E5%AD%97")
            time.sleep(seconds)

    threading.Thread(target=go_on, daemon=True).start()


def processor_seconds(pids: list[int]) -> float:
    """What these processes and those below them have used so far."""
    total = 0.0
    for pid in pids:
        process = psutil.Process(pid)
        for one in (process, *process.children(recursive=True)):
            used = one.cpu_times()
            total += (
                used.user + used.system + used.children_user + used.children_system
            )  # children: those that have ended
    return total


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="p50 and p95 of the main pages at several requests at once.")
    parser.add_argument("--base", default="http://127.0.0.1:8000")
    parser.add_argument("--user", default="office-1")
    parser.add_argument("--password", required=True)
    parser.add_argument("--at-once", type=int, default=4)
    parser.add_argument("--repeats", type=int, default=25, help="requests of each visitor for each page")
    parser.add_argument("--cpu", type=int, action="append", default=[], help="a process whose time is told")
    parser.add_argument("--change-every", type=float, default=0, help="seconds after which the trail gets one more row")
    options = parser.parse_args()
    visitors = [Visitor(options.base, options.user, options.password) for _ in range(options.at_once)]
    if options.change_every:
        change(Visitor(options.base, options.user, options.password), options.change_every)
    print(f"| Screen ({options.user}, {options.at_once} at once) | p50 ms | p95 ms | a second | processor ms |")
    print("|---|---:|---:|---:|---:|")
    for name, address in addresses(visitors[0]):
        start, used = time.perf_counter(), processor_seconds(options.cpu)
        times = measure(visitors, address, options.repeats)
        requests = options.at_once * (options.repeats + WARM_UP)
        each = requests / (time.perf_counter() - start)
        took = (processor_seconds(options.cpu) - used) * 1000 / requests
        p95 = statistics.quantiles(times, n=20)[-1]
        print(f"| {name} | {statistics.median(times):.0f} | {p95:.0f} | {each:.1f} | {took:.0f} |")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
