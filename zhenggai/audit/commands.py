"""What `zhenggai audit` says: verify the trail (of the database, or an exported file), or export it."""

import os
from pathlib import Path

from zhenggai.audit.chain import Verification, read_export, verify

BROKEN, UNREADABLE = 1, 2


def main(words: list[str]) -> int:
    """`verify [FILE]` or `export FILE`; 0 when the chain holds, 1 when it is broken, 2 when the file cannot be read."""
    command, path = words[0], Path(words[1]) if len(words) > 1 else None
    if command == "export" and path is not None:
        return _export(path)
    if path is None:
        from zhenggai.audit.trail import verify_database

        return _tell(verify_database())
    return _verify_file(path)


def _verify_file(path: Path) -> int:
    try:
        with path.open(encoding="utf-8") as lines:
            rows, head = read_export(lines)
            return _tell(verify(rows, head))
    except (OSError, ValueError, KeyError) as error:
        print(f"{path} 读不出来：{error}。请用 zhenggai audit export 重新导出。")  # noqa: T201
        return UNREADABLE


def _export(path: Path) -> int:
    from zhenggai.audit.trail import export

    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
        count = export(out)
    print(f"已导出{count}条到 {path}；任何人用 zhenggai audit verify {path} 都能验证，不需要数据库。")  # noqa: T201
    return 0


def _tell(found: Verification) -> int:
    if found.holds:
        print(f"链完整：逐条验证{found.rows}条，摘要相符。末条摘要 {found.head}")  # noqa: T201
        return 0
    print(f"第{found.broken}条不成立：{found.reason}。它之前的{found.rows}条相符。")  # noqa: T201
    return BROKEN
