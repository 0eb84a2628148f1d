"""Browsers spread over the workers. Which worker a connection comes to is chance, and it stays there: two busy ones at
the same worker would wait for each other for as long as they last, while another worker has nothing to do."""

import threading
from collections.abc import Callable, Iterable
from typing import Any


class Spread:
    """Around a WSGI application: an answer that was made while its worker had others to make closes its connection, and
    the browser's next request finds a worker anew. Connections that do not disturb each other stay."""

    def __init__(self, application: Callable[..., Iterable[bytes]]) -> None:
        self._application = application
        self._lock = threading.Lock()
        self._under_way = 0

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """The application's answer."""

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            if self._under_way > 1 and environ["SERVER_PROTOCOL"] == "HTTP/1.1":
                headers = [*headers, ("Connection", "close")]
            return start_response(status, headers, *rest)

        with self._lock:
            self._under_way += 1
        try:
            return self._application(environ, start)
        finally:
            with self._lock:
                self._under_way -= 1
