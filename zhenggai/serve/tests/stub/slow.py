"""An application that takes its time and says which worker it is."""

import os
import time
from collections.abc import Callable
from typing import Any

from zhenggai.serve.spread import Spread


def _answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    time.sleep(0.1)
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [str(os.getpid()).encode()]


application = Spread(_answer)
