"""Scores the extraction against our own answers: precision, recall and F1 for each field and each format.

Reads every sample of zhenggai/core/tests/samples as it is, and built as Word, HTML, PDF, CSV and Excel where its answer asks for
that. A field counts only where an answer names it. Prints the tables and what fails; `--write` puts the tables into docs/measured.md.
"""

import re
import sys
from collections import Counter, defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from zhenggai.core.extract import extract, to_json  # noqa: E402
from zhenggai.core.tests.comparing import compare  # noqa: E402
from zhenggai.core.tests.gold import samples  # noqa: E402
from zhenggai.core.tests.rendering import RENDERINGS  # noqa: E402

PAGE = ROOT / "docs" / "measured.md"
BEGIN, END = "<!-- score:begin -->", "<!-- score:end -->"


def measure() -> tuple[dict[str, Counter[str]], dict[str, Counter[str]], dict[str, int], list[str]]:
    """Outcomes by field and by format, documents by format, and the names of what fails."""
    by_field: dict[str, Counter[str]] = defaultdict(Counter)
    by_format: dict[str, Counter[str]] = defaultdict(Counter)
    documents: Counter[str] = Counter()
    failures = []
    for sample in samples():
        text = sample.path.read_text("utf-8")
        written = "html" if sample.path.suffix == ".html" else "text"
        files = [(written, sample.path.name, sample.path.read_bytes())]
        files += [(name, f"{sample.path.stem}.{name}", RENDERINGS[name](text)) for name in sample.formats]
        for name, file, data in files:
            documents[name] += 1
            outcomes = list(compare(sample.gold, to_json(extract(data, file))))
            for one in outcomes:
                by_field[one.field][one.sort] += 1
                by_format[name][one.sort] += 1
            failed = sorted({one.field for one in outcomes if one.sort != "right"})
            failures += [f"{file}: {', '.join(failed)}"] if failed else []
    return by_field, by_format, documents, failures


def row(name: str, counts: Counter[str]) -> str:
    """One line of a table."""
    right, wrong, missed = counts["right"], counts["wrong"], counts["missed"]
    precision = right / (right + wrong) if right + wrong else 1.0
    recall = right / (right + missed) if right + missed else 1.0
    harmonic = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return f"| {name} | {right + missed} | {precision:.3f} | {recall:.3f} | {harmonic:.3f} |"


def tables() -> tuple[str, list[str], float]:
    """The two tables in Markdown, the failures, and the overall share of right values."""
    by_field, by_format, documents, failures = measure()
    total: Counter[str] = sum(by_format.values(), Counter())
    lines = ["| 格式 | 份数 | 值 | 准确率 | 召回率 | F1 |", "| --- | --- | --- | --- | --- | --- |"]
    for name, counts in by_format.items():
        lines.append(row(f"{name} | {documents[name]}", counts))
    lines.append(row(f"合计 | {sum(documents.values())}", total))
    lines += ["", "| 字段 | 值 | 准确率 | 召回率 | F1 |", "| --- | --- | --- | --- | --- |"]
    lines += [row(f"`{name}`", by_field[name]) for name in sorted(by_field)]
    return "\n".join(lines), failures, total["right"] / max(total.total(), 1)


def write(table: str) -> None:
    """Puts the tables between their marks in docs/measured.md."""
    page = PAGE.read_text("utf-8") if PAGE.exists() else ""
    if BEGIN not in page:
        page += f"{'' if not page else chr(10)}## Extraction\n\n{INTRODUCTION}\n\n{BEGIN}\n{END}\n"
    block = f"{BEGIN}\n{table}\n{END}"
    PAGE.write_text(re.sub(f"{BEGIN}.*?{END}", lambda _: block, page, flags=re.DOTALL), "utf-8")


INTRODUCTION = (
    "用自己写的文件检验提取：每份文件的答案由人写定，只比较答案里写明的字段；同一份文件再生成 Word、HTML、PDF、CSV、Excel 各读一遍，有的再按公文格式排成 PDF、按每行 38 字断行。"
    "这些文件是开发时用的，没见过的文件会低于这里的数字，见“新文件第一次读”。"
    "重新计算：`make score`。"
)


def main() -> int:
    """0 when nine in ten values are right."""
    table, failures, share = tables()
    sys.stdout.write(f"{table}\n")
    for line in failures:
        sys.stdout.write(f"未通过 {line}\n")
    if "--write" in sys.argv[1:]:
        write(table)
    return 0 if share >= 0.9 else 1


if __name__ == "__main__":
    sys.exit(main())
