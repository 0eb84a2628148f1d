"""How well the same content is read in any layout: `.venv/bin/python -m benchmarks.variations [--documents 3000] [--write]`.

The documents are put together from a seed (zhenggai/core/tests/variations), so their answers are known. Precision,
recall and F1 by kind of document and by kind of variation; `--write` puts the tables into docs/measured.md.
"""

import argparse
from collections import Counter, defaultdict

from benchmarks.extraction import write_section
from zhenggai.core.extract import extract, to_json
from zhenggai.core.tests.comparing import compare, folded, share_right
from zhenggai.core.tests.variations import MAKERS, documents

HEADING = "## Extraction: the same content in any layout"
SEED = 20261122
LEAST = 200  # values of a variation below which its figures say little


def measure(count: int) -> tuple[dict[str, Counter[str]], dict[tuple[str, str], Counter[str]], dict[str, int]]:
    """Outcomes by kind of document and by variation, and the documents that were read without a fault."""
    by_kind: dict[str, Counter[str]] = defaultdict(Counter)
    by_variation: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    whole: Counter[str] = Counter()
    for kind in MAKERS:
        for one in documents(SEED, count, kind):
            found = Counter(
                outcome.sort for outcome in compare(folded(one.answer), folded(to_json(extract(one.data, one.name))))
            )
            by_kind[kind] += found
            whole[kind] += not found["wrong"] and not found["missed"]
            for name, value in one.kinds.items():
                by_variation[name, value] += found
    return by_kind, by_variation, whole


def row(name: str, counts: Counter[str]) -> str:
    """One line of a table."""
    right, wrong, missed = counts["right"], counts["wrong"], counts["missed"]
    precision, recall = right / max(right + wrong, 1), right / max(right + missed, 1)
    return f"| {name} | {right + missed} | {precision:.3f} | {recall:.3f} | {share_right(counts):.3f} |"


def report(count: int) -> str:
    """The section in Markdown."""
    by_kind, by_variation, whole = measure(count)
    total = sum(by_kind.values(), Counter())
    lines = [
        HEADING,
        "",
        f"`.venv/bin/python -m benchmarks.variations --documents {count} --write`。同样的内容由程序按种子排成各种版式（标签的说法、编号、次序、表格、缺项、断行、标点、格式），"
        "答案由内容得出，读出后逐值比较（全角半角算一样）。版式是我们想到的那些；没有想到的，看“新文件第一次读”。",
        "",
        "| 种类 | 份数 | 全对的份数 | 值 | 准确率 | 召回率 | F1 |",
        "| --- | --- | --- | --- | --- | --- | --- |",
        *(row(f"{kind} | {count} | {whole[kind]}", counts) for kind, counts in by_kind.items()),
        row(f"合计 | {count * len(by_kind)} | {whole.total()}", total),
        "",
        "最低的二十种版式：",
        "",
        "| 版式 | 值 | 准确率 | 召回率 | F1 |",
        "| --- | --- | --- | --- | --- |",
    ]
    told = [(name, counts) for name, counts in by_variation.items() if counts.total() >= LEAST]
    for (name, value), counts in sorted(told, key=lambda one: share_right(one[1]))[:20]:
        lines.append(row(f"{name}：{value.replace(chr(10), '换行')}", counts))
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=600, help="of each kind")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    section = report(options.documents)
    print(section)
    if options.write:
        write_section(HEADING, section)


if __name__ == "__main__":
    main()
