"""The life of a process that reads one file which somebody has sent, within limits: `python -m MODULE PATH NAME SECONDS BYTES`.

It loads no Django: a hostile file meets neither the database nor the secrets.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from zhenggai.core.limited import limit
from zhenggai.core.reading import Unreadable


def answer(read: Callable[[bytes, str], dict[str, Any]], too_large: str) -> int:
    """Print what `read` makes of the file as one JSON object, or {"error"} with why it cannot be read."""
    path, name, seconds, memory = sys.argv[1:]
    limit(int(seconds), int(memory))
    try:
        told = read(Path(path).read_bytes(), name)
    except Unreadable as error:
        told = {"error": str(error)}
    except MemoryError:
        told = {"error": too_large}
    json.dump(told, sys.stdout, ensure_ascii=False)
    return 0
