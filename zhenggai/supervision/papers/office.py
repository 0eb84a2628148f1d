"""A paper as a .docx (GB/T 9704): the head of its kind, its blocks, who signs."""

from datetime import date
from typing import Any

from zhenggai.core.office import Paper as Document
from zhenggai.core.office.text import width
from zhenggai.supervision.models import Paper

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
# Papers with a masthead of their own (简报报头); the others are letters of the office.
ONE_LINE = 22  # characters, beside the number of the heading and the indent of two
MASTHEAD = {
    Paper.Kind.BULLETIN: "生态环境保护督察整改工作简报",
    Paper.Kind.CIRCULAR: "生态环境保护督察整改工作通报",
    Paper.Kind.SPECIAL: "生态环境保护督察整改工作专报",
    Paper.Kind.VISIT: "生态环境保护督察整改督查通报",
    Paper.Kind.MINUTES: "生态环境保护督察整改工作会议纪要",
}


def render(paper: Paper, *, on: date, signed_by: str = "") -> bytes:
    """The .docx as of the day `on`. Short blocks under a heading run on behind it (会议时间：…); blocks with a table or
    more than one line stand below it."""
    document = Document(created=on)
    mark = MASTHEAD.get(Paper.Kind(paper.kind), paper.issuer)
    document.letterhead(mark, paper.number_words, approver=signed_by)
    document.title(paper.title)
    if paper.addressee:
        document.addressee(paper.addressee)
    for block in paper.blocks:
        if _runs_on(block):
            document.heading(f"{block['heading']}：{block['text']}")
            continue
        if block["heading"]:
            document.heading(block["heading"])
        document.paragraph(block["text"])
        if found := block["table"]:
            document.table(
                found["header"], found["rows"], widths=found["widths"], align=found["align"], caption=found["caption"]
            )
    document.signature(paper.issuer, on)
    return document.to_bytes()


def _runs_on(block: dict[str, Any]) -> bool:
    """Whether heading and text make one line: 一、会议地点：市政府第二会议室."""
    line = f"{block['heading']}：{block['text']}"
    return bool(block["heading"]) and not block["table"] and "\n" not in line and width(line) <= ONE_LINE


def file_name(paper: Paper) -> str:
    """What the file is called when it is saved."""
    number = f"{paper.number_words}" if paper.number else "（草稿）"
    return f"{paper.title}{number}.docx"
