"""`zhenggai case FILE`: verify a case file (closure/casefile.py) without a database: no file changed, missing or put in; no row
of its audit extract changed. FILE is the zip as it was filed."""

import hashlib
import json
import sys
import zipfile
from collections.abc import Iterator
from pathlib import PurePosixPath

from zhenggai.audit.chain import digest

BROKEN, UNREADABLE = 1, 2
MANIFEST, TAGS, TRAIL = "manifest-sha256.txt", "tagmanifest-sha256.txt", "data/审计.jsonl"
CHUNK = 1 << 20


def main(words: list[str]) -> int:
    """0 when the case is whole, 1 when something was changed, 2 when the file cannot be read."""
    if len(words) != 1 or words[0].startswith("-"):
        print("用法：zhenggai case 案卷.zip", file=sys.stderr)  # noqa: T201
        return UNREADABLE
    try:
        with zipfile.ZipFile(words[0]) as archive:
            wrong = list(problems(archive))
            count = len(archive.namelist())
    except (OSError, zipfile.BadZipFile, KeyError, ValueError) as error:
        print(f"{words[0]} 读不出来：{error}")  # noqa: T201
        return UNREADABLE
    for line in wrong:
        print(line)  # noqa: T201
    print(f"案卷不完整：{len(wrong)}处不符。" if wrong else f"案卷完整：{count}个文件和全部审计记录都与摘要相符。")  # noqa: T201
    return BROKEN if wrong else 0


def problems(archive: zipfile.ZipFile) -> Iterator[str]:
    """What does not hold, a line each. Raises KeyError when it is no case file."""
    names = {_within(name): name for name in archive.namelist() if not name.endswith("/")}
    listed: dict[str, str] = {}
    for manifest in (MANIFEST, TAGS):
        listed |= dict(_listed(archive.read(names[manifest]).decode()))
    for path, expected in sorted(listed.items()):
        if path not in names:
            yield f"缺少：{path}"
        elif _digest(archive, names[path]) != expected:
            yield f"改动过：{path}"
    for path in sorted(set(names) - set(listed) - {TAGS}):
        if path.startswith("data/"):
            yield f"清单外的文件：{path}"
    if TRAIL in names:
        for line in archive.read(names[TRAIL]).decode().splitlines():
            row = json.loads(line)
            if digest(row) != row["digest"]:
                yield f"审计第{row['seq']}条改动过"


def _within(name: str) -> str:
    """The path inside the bag: its own folder comes first."""
    return str(PurePosixPath(*PurePosixPath(name).parts[1:]))


def _listed(manifest: str) -> Iterator[tuple[str, str]]:
    for line in manifest.splitlines():
        expected, path = line.split(maxsplit=1)
        yield path, expected


def _digest(archive: zipfile.ZipFile, name: str) -> str:
    found = hashlib.sha256()
    with archive.open(name) as content:
        while chunk := content.read(CHUNK):
            found.update(chunk)
    return found.hexdigest()
