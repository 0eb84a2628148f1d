"""How fast documents are read: `.venv/bin/python -m benchmarks.extraction [--runs 5] [--write]`.

Whole processes are timed from outside, the best and the middle of several runs; memory is the most that a process
held. `--write` puts the table into docs/measured.md.
"""

import argparse
import io
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from zhenggai.core.extract import extract
from zhenggai.core.grammar.deadlines import _judged_once
from zhenggai.core.grammar.extraction import extract_text
from zhenggai.core.grammar.labels import field_of
from zhenggai.core.grammar.unit_lists import _parse_once
from zhenggai.core.reading import clean, read
from zhenggai.core.tests.documents import (
    ofd_with_table,
    pdf_with_table,
    saved,
    word_of,
    workbook_of,
)
from zhenggai.core.tests.gold import samples
from zhenggai.core.tests.rendering import as_pdf

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT / "zhenggai" / "core" / "tests" / "samples"
SEED = next((ROOT.parent / "shared" / "seeds").glob("002_*.txt"), SAMPLES / "02_upload_site.txt")
MEASURED, HEADING = ROOT / "docs" / "measured.md", "## Extraction: speed"
PLAN = (SAMPLES / "01_prose_list.txt").read_text("utf-8")
PARAGRAPH = "为抓好督察反馈问题整改，压实各级各部门责任，确保按期完成任务，结合我市实际制定本方案。" * 4


def rows(count: int) -> list[list[str]]:
    """The rows of a table of tasks, its column names first."""
    names = ["序号", "反馈问题", "整改目标", "整改措施", "责任单位", "整改时限"]
    return [names, *([str(n), f"第{n}类问题突出，群众反映强烈。" * 2, "全面完成整改。", "1.开展排查。\n2.限期整改，确保达标排放。", "市水务局、各区政府", f"202{n % 5}年底前"] for n in range(1, count + 1))]  # fmt: skip


def word_of_300_pages() -> bytes:
    """About 600 characters a page: 220 pages of text, and a table of 300 tasks."""
    word = word_of("某省整改方案", *([PARAGRAPH] * 800))
    table = rows(300)
    grid = word.add_table(len(table), len(table[0]))
    for line, texts in zip(grid.rows, table, strict=True):  # table.cell() would look through all rows each time
        for cell, text in zip(line.cells, texts, strict=True):
            cell.text = text
    return saved(word)


def workbook_of_300_tasks() -> bytes:
    def fill_in(book: object) -> None:
        sheet = book.add_worksheet()  # type: ignore[attr-defined]
        for number, texts in enumerate(rows(300)):
            sheet.write_row(number, 0, texts)

    return workbook_of(fill_in)


CONVERTERS = {"markitdown": "markitdown[docx]"}
WITHOUT = "docling 没有测：它要 torch，PyPI 上 Linux 的 torch 连同 CUDA 有几个 GB，只用处理器的版本不在 PyPI 上，测试的机器取不到。"

# Runs a command and tells seconds, processor seconds and memory: a small process of its own, since a child begins with its parent's size.
LAUNCHER = """
import os, resource, subprocess, sys, time
start = time.perf_counter()
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
taken, usage = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
print(taken, usage.ru_utime + usage.ru_stime, usage.ru_maxrss)
"""


@dataclass
class Timing:
    """Seconds by the clock and of the processor, one of each a run, and the most megabytes that were held."""

    seconds: list[float]
    processor: list[float]
    memory: float = 0


def process(words: list[str], runs: int) -> Timing:
    """A command, run several times; what its children take counts too."""
    found = Timing([], [])
    for _ in range(runs):
        told = subprocess.run([sys.executable, "-S", "-c", LAUNCHER, *words], cwd=ROOT, capture_output=True, check=True)
        taken, processor, memory = map(float, told.stdout.split())
        found.seconds.append(taken)
        found.processor.append(processor)
        found.memory = max(found.memory, memory / (1024 * 1024 if sys.platform == "darwin" else 1024))
    return found


def grammar(texts: list[bytes], runs: int, *, alone: bool = False) -> Timing:
    """A megabyte of text: cleaning and grammar, or the grammar `alone`; no process start, nothing remembered from the run
    before."""
    found = Timing([], [])
    size = sum(map(len, texts)) / 1e6
    extract(texts[0], "方案.txt")  # loads the grammar of the kind
    cleaned = [clean(read(text, "方案.txt")) for text in texts] if alone else []
    for _ in range(runs):
        for remembering in (field_of, _judged_once, _parse_once):
            remembering.cache_clear()
        start, clock = time.process_time(), time.perf_counter()
        for source in cleaned:
            extract_text(source)
        for text in texts if not alone else ():
            extract(text, "方案.txt")
        found.processor.append((time.process_time() - start) / size)
        found.seconds.append((time.perf_counter() - clock) / size)
    return found


def plans() -> list[bytes]:
    """The plans among our own samples that are running text, no two alike."""
    return [one.path.read_bytes() for one in samples() if one.gold.get("kind") == "plan" and one.path.suffix == ".txt"]


def tables(runs: int, folder: Path) -> dict[str, Timing]:
    """All measurements by what they measure."""
    command = str(ROOT / ".venv" / "bin" / "zhenggai")
    found = {"启动（`zhenggai extract` 一份三行的文本，整个进程）": process([command, "extract", written(folder, "短.txt", "整改方案\n1.扬尘。\n整改时限：2024年底".encode())], runs)}  # fmt: skip
    found["被上传网站弄乱的方案（15 kB）（整个进程）"] = process([command, "extract", str(SEED)], runs)
    various, much = plans(), PLAN * (500_000 // len(PLAN.encode()))
    found["文本清理和语法，每 1 MB（一份方案重复成 0.5 MB）"] = grammar([much.encode()], runs)
    found["只是语法，每 1 MB（同一份）"] = grammar([much.encode()], runs, alone=True)
    found[f"只是语法，每 1 MB（{SEED.name[:3]} 号方案，{SEED.stat().st_size / 1000:.0f} kB）"] = grammar([SEED.read_bytes()] * 20, runs, alone=True)  # fmt: skip
    size = sum(map(len, various)) / 1000
    found[f"文本清理和语法，每 1 MB（{len(various)} 份各不相同的短方案，共 {size:.0f} kB，逐份读）"] = grammar(
        various, runs
    )
    makers: dict[str, tuple[str, Callable[[], bytes]]] = {
        "Word 文件，约 300 页（整个进程）": ("方案.docx", word_of_300_pages),
        "PDF，300 项任务的表（整个进程）": ("清单.pdf", lambda: pdf_with_table(rows(300))),
        "OFD，300 项任务的表（整个进程）": ("清单.ofd", lambda: ofd_with_table(rows(300))),
        "Excel，300 项任务的表（整个进程）": ("清单.xlsx", workbook_of_300_tasks),
    }
    for title, (name, make) in makers.items():
        found[title] = process([command, "extract", written(folder, name, make())], runs)
    found |= beside_converters(runs, folder)
    found |= scans(runs, folder)
    several = folder / "多"
    several.mkdir()
    for number in range(200):
        (several / f"{number}.txt").write_text(PLAN, "utf-8")
    found["文件夹，200 份方案，2 个进程"] = process([command, "extract", str(several), "-j", "2"], max(runs // 2, 1))
    return found


def beside_converters(runs: int, folder: Path) -> dict[str, Timing]:
    """Converters on the same Word file, each in an environment of its own that is gone afterwards.

    They turn the file into Markdown and understand nothing of it; one that cannot be installed has no figures.
    """
    path = written(folder, "方案.docx", word_of_300_pages())
    found = {}
    for name, package in CONVERTERS.items():
        command = installed(folder / name, name, package)
        if command is None:
            found[f"同一份 Word 文件，{name}（这台机器上没有装上，没有测）"] = Timing([], [])
            continue
        version = subprocess.run([command, "--version"], capture_output=True, encoding="utf-8", check=False).stdout
        title = f"同一份 Word 文件，{' '.join(version.split()) or name}（只转成 Markdown，整个进程）"
        found[title] = process([command, path], runs)
    return found


def installed(folder: Path, name: str, package: str) -> str | None:
    """The command of a package installed into ``folder``; None where that does not work within ten minutes."""
    uv, python = shutil.which("uv", path=f"{ROOT / 'var' / 'tools' / 'uv' / 'bin'}{os.pathsep}{os.environ['PATH']}"), folder / "bin" / "python"  # fmt: skip
    if uv is None:
        return None
    try:
        for words in (["venv", "--python", sys.executable, str(folder)], ["pip", "install", "--python", str(python), package]):  # fmt: skip
            subprocess.run([uv, *words], capture_output=True, check=True, timeout=600)
    except (subprocess.SubprocessError, OSError):
        return None
    command = folder / "bin" / name
    return str(command) if command.exists() else None


def scan_of(table: bool, dots: int) -> bytes:
    """A page of A4 as a scanner gives it: grey, a little noisy, leaning by 0.4 degrees."""
    import numpy
    from PIL import Image
    from pypdfium2 import PdfDocument

    lines = as_pdf(PLAN * 3) if not table else pdf_with_table(rows(12))
    page = PdfDocument(lines)[0].render(scale=dots / 72).to_pil().convert("L")
    grey = numpy.asarray(page.rotate(0.4, fillcolor=255, resample=Image.Resampling.BICUBIC)).astype(float)
    noise = numpy.random.default_rng(1).normal(0, 8, grey.shape)
    buffer = io.BytesIO()
    Image.fromarray((grey * 0.85 + 25 + noise).clip(0, 255).astype("uint8")).save(buffer, "JPEG", quality=80)
    return buffer.getvalue()


def scans(runs: int, folder: Path) -> dict[str, Timing]:
    """A scanned page, whole process: start and loading of the models included."""
    command, found = str(ROOT / ".venv" / "bin" / "zhenggai"), {}
    for table, dots in ((False, 150), (False, 200), (False, 300), (True, 200)):
        title = f"扫描件 1 页，{'表格' if table else '文字'}，每英寸 {dots} 点（整个进程，含载入模型）"
        path = written(folder, f"扫描{dots}{table}.jpg", scan_of(table, dots))
        found[title] = process([command, "extract", path], max(runs // 2, 1))
    return found


def written(folder: Path, name: str, data: bytes) -> str:
    (folder / name).write_bytes(data)
    return str(folder / name)


def report(found: dict[str, Timing], runs: int) -> str:
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, encoding="utf-8", check=False).stdout.strip()  # fmt: skip
    load = os.getloadavg()[0]
    lines = [
        HEADING,
        "",
        f"`.venv/bin/python -m benchmarks.extraction --runs {runs} --write`，提交 {commit}，{os.cpu_count()} 个处理器，"
        f"Python {platform.python_version()}，测完时系统负载 {load:.1f}。最快是受其他程序干扰最少的一次；内存是进程（含其子进程中最大的）占用最多时的值。",
        "",
        "| 测什么 | 最快（秒） | 居中（秒） | 处理器（秒） | 内存（MB） |",
        "| --- | --- | --- | --- | --- |",
    ]
    for title, one in found.items():
        if not one.seconds:
            lines.append(f"| {title} | — | — | — | — |")
            continue
        memory = f"{one.memory:.0f}" if one.memory else "—"
        clock = f"{min(one.seconds):.2f} | {statistics.median(one.seconds):.2f}"
        lines.append(f"| {title} | {clock} | {min(one.processor):.2f} | {memory} |")
    return "\n".join([*lines, "", WITHOUT]) + "\n"


def write_section(heading: str, section: str) -> None:
    """Puts the section of docs/measured.md with this heading in the place of the old one, or at the end."""
    text = MEASURED.read_text("utf-8") if MEASURED.exists() else ""
    before, found, after = text.partition(heading + "\n")
    rest = after[after.find("\n## ") + 1 :] if "\n## " in after else ""
    before = before if found else before.rstrip("\n") + "\n\n" * bool(before)
    MEASURED.write_text(before + section + ("\n" + rest if rest else ""), "utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        section = report(tables(options.runs, Path(folder)), options.runs)
    print(section)
    if options.write:
        write_section(HEADING, section)


if __name__ == "__main__":
    main()
