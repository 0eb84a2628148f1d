"""The release check of one file in a process of its own, without Django (documents/apart.py).

`python -m zhenggai.publicity.release.worker SECONDS BYTES` takes a JSON object on standard input: "path", "name", "out" (where
the copy goes), "known", "allowed", "phones"; answers with one line of JSON: {"findings": […]} or {"refused": words}.
"""

import json
import sys
from pathlib import Path

from zhenggai.core.limited import limit
from zhenggai.core.reading.errors import Unreadable
from zhenggai.publicity.release.copies import Names
from zhenggai.publicity.release.remake import remake


def main(seconds: str, memory: str) -> int:
    limit(int(seconds), int(memory))
    told = json.load(sys.stdin)
    names = Names(told["known"], told["allowed"], told["phones"])
    try:
        made = remake(Path(told["path"]).read_bytes(), told["name"], names)
    except Unreadable as error:
        answer: dict[str, object] = {"refused": str(error)}
    else:
        Path(told["out"]).write_bytes(made.data)
        answer = {"findings": [finding.as_json() for finding in made.findings]}
    sys.stdout.write(json.dumps(answer) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
