"""From lines and tables to files, through the accidents that happen to text on its way."""

import html
import re
from random import Random
from typing import Any, NamedTuple

from zhenggai.core.tests.rendering import RENDERINGS


class Variation(NamedTuple):
    """A document, its answer, and its kinds of variation by name."""

    name: str
    data: bytes
    answer: dict[str, Any]
    kinds: dict[str, str]
    text: str
    number: int = 0


class Table(NamedTuple):
    """Rows of cells; a cell is its words, or its words with the rows and columns that it covers."""

    rows: list[list[str | tuple[str, int, int]]]


Block = str | Table
WRAPS = ("none", "none", "none", "none", "wrapped")
SPACES = ("none", "none", "none", "around figures", "in labels")
SIGNS = ("full", "full", "full", "half", "mixed", "wide digits")
BLANKS = ("none", "none", "between all", "indented")


def as_page(blocks: list[Block]) -> str:
    """The blocks as a page of HTML, which the other formats are made from."""
    parts = []
    for block in blocks:
        if isinstance(block, str):
            parts += [f"<p>{html.escape(line)}</p>" for line in block.split("\n")]
            continue
        lines = []
        for row in block.rows:
            cells = [one if isinstance(one, tuple) else (one, 1, 1) for one in row]
            lines.append("".join(f'<td rowspan="{rows}" colspan="{columns}">{html.escape(words)}</td>'.replace("\n", "<br>") for words, rows, columns in cells))  # fmt: skip
        parts.append(f"<table>{''.join(f'<tr>{line}</tr>' for line in lines)}</table>")
    return f"<!DOCTYPE html><html><head><meta charset='utf-8'></head><body>{''.join(parts)}</body></html>"


NAVIGATION = (
    "<div class='top'><a href='/'>首页</a><a href='/zw'>政务公开</a><a href='/hd'>互动交流</a><a href='/fw'>办事服务</a></div>"
    "<div class='crumb'>当前位置：<a href='/'>首页</a> &gt; <a href='/zw'>政务公开</a> &gt; 环境保护</div>"
)
FOOTER = "<div class='foot'><p>主办：云川市人民政府办公室</p><p>网站标识码：0000000000 ICP备00000000号</p><a href='/map'>网站地图</a></div><script>var a=1;</script>"


def with_navigation(page: str) -> str:
    """The page with a site around it."""
    return page.replace("<body>", f"<body>{NAVIGATION}<div class='article'>").replace(
        "</body>", f"</div>{FOOTER}</body>"
    )


def as_file(rng: Random, blocks: list[Block], kinds: dict[str, str]) -> tuple[str, bytes, str]:
    """(name, bytes, text to look at) of the document in a format drawn at random."""
    tables = any(isinstance(block, Table) for block in blocks)
    spread = any(isinstance(one, tuple) for block in blocks if isinstance(block, Table) for row in block.rows for one in row)  # fmt: skip
    formats = ("html", "docx", "site", "xlsx") if tables else ("txt", "txt", "docx", "html", "site")
    if tables and not spread:
        broken = any("\n" in one for block in blocks if isinstance(block, Table) for row in block.rows for one in row)
        formats = (*formats, "csv") if broken else (*formats, "csv", "tabs", "bars")
    if kinds.get("mark") == "bold":
        formats = ("txt",)
    kinds["format"] = form = rng.choice(formats)
    page = as_page(blocks)
    if form == "txt":
        text = accidents(rng, "\n".join(str(block) for block in blocks), kinds)
        return "文件.txt", text.encode(), text
    if form == "site":
        return "文件.html", with_navigation(page).encode(), page
    if form in {"tabs", "bars"}:
        text = "\n".join(_lines(block, form) if isinstance(block, Table) else block for block in blocks)
        return "文件.txt", text.encode(), text
    return f"文件.{form}", page.encode() if form == "html" else RENDERINGS[form](page), page


def _lines(table: Table, form: str) -> str:
    rows = [[str(one) for one in row] for row in table.rows]
    return "\n".join("\t".join(row) if form == "tabs" else f"| {' | '.join(row)} |" for row in rows)


def accidents(rng: Random, text: str, kinds: dict[str, str]) -> str:
    """Plain text as it arrives: spaces, blank lines, hard wraps with page numbers."""
    kinds["spaces"] = rng.choice(SPACES)
    kinds["signs"] = rng.choice(SIGNS)
    text = exchanged(rng, text, kinds["signs"])
    kinds["blank lines"] = rng.choice(BLANKS)
    kinds["wrap"] = rng.choice(WRAPS)
    if kinds["blank lines"] == "between all" or kinds.get("mark") == "bold":
        kinds["wrap"] = "none"
    if kinds["spaces"] == "around figures":
        text = re.sub(r"(?<=[\u4e00-\u9fff])(?=\d)|(?<=\d)(?=[\u4e00-\u9fff])", " ", text)
    if kinds["spaces"] == "in labels":
        text = re.sub(
            r"(?m)^([\u4e00-\u9fff])([\u4e00-\u9fff])([\u4e00-\u9fff])([\u4e00-\u9fff])(?=：)", r"\1 \2 \3 \4", text
        )
    if kinds["blank lines"] == "between all":
        text = text.replace("\n", "\n\n")
    if kinds["blank lines"] == "indented" or kinds["wrap"] == "wrapped":
        first, *rest = text.split("\n")
        text = "\n".join([first, *(f"　　{line}" if line.strip() else line for line in rest)])
    return wrapped(rng, text) if kinds["wrap"] == "wrapped" else text


HALF = str.maketrans("，：；（）", ",:;()")
WIDE = str.maketrans("0123456789", "０１２３４５６７８９")


def exchanged(rng: Random, text: str, signs: str) -> str:
    """The text with half-width signs for full-width ones, all or some, or with full-width digits."""
    if signs == "half":
        return text.translate(HALF)
    if signs == "mixed":
        return "".join(one.translate(HALF) if rng.random() < 0.4 else one for one in text)
    return text.translate(WIDE) if signs == "wide digits" else text


def wrapped(rng: Random, text: str) -> str:
    """The text broken at so many characters, with a page number now and then."""
    width, lines, height, page = rng.randint(24, 40), [], rng.randint(18, 30), 1
    for line in text.split("\n"):
        for start in range(0, max(len(line), 1), width):
            lines.append(line[start : start + width])
            if len(lines) % height == 0:
                lines += [f"- {page} -"]
                page += 1
    return "\n".join(lines)
