"""What a document says about itself: title, number (发文字号), issuer, date."""

import re
from collections import Counter
from datetime import date
from typing import NamedTuple

from zhenggai.core.grammar.dates import find_dates
from zhenggai.core.grammar.labels import field_of
from zhenggai.core.grammar.objects import Warning
from zhenggai.core.grammar.places import Span, place_of, trimmed
from zhenggai.core.reading import CleanText, Region
from zhenggai.core.reading.folding import HAN, fold
from zhenggai.core.reading.signs import metadata_labels

_HEAD_LINES = 30
_HEAD = re.compile(rf"(?:[^\n]*\n){{{_HEAD_LINES}}}")
_LONGEST_NAME = 300
_TITLE_ENDS = (
    "方案", "通知", "公示", "公告", "通报", "报告", "计划", "清单", "办法", "意见", "情况", "措施", "细则", "规定", "要点", "台账", "函", "一览表", "分解表", "简报",
    "专报", "说明", "部署", "总结", "公开表", "公示表", "统计表", "汇总表", "情况表", "任务表", "通知书", "年报", "规划", "公开", "进展", "时限表", "责任表", "进度表", "销号表", "登记表", "明细表", "任务书", "交办单", "督办单", "目录", "汇报",
)  # fmt: skip
_NO_TITLE_STARTS = ("现将", "根据", "按照", "为", "经", "附件")
_AFTER_RUN_TITLE = re.compile(r" ?(?:\d{4} ?年|为|根据|按照|一`|近期|各)")
_TITLE_LABELS = ("标题", "名称", "信息名称")
_SITE_AFTER = re.compile(r" *[-_|] *[^-_|]{2,30}$")
_EXTENSION = re.compile(r"\.(?:docx?|wps|pdf|txt|html?)$", re.IGNORECASE)
_NUMBER = re.compile(rf"{HAN}{{1,16}} ?[\[(] ?(?:19|20)\d\d ?[\])] ?第? ?\d{{1,5}} ?号")
_YEAR_AND_NUMBER = re.compile(r"[\[(] ?(?:19|20)\d\d ?[\])] ?第? ?\d{1,5} ?号")
_OFFICE_BEFORE = re.compile(rf"{HAN}{{1,16}} ?$")
_ISSUERS = ("发文机关", "制发机关", "发文单位", "发布机构", "发布单位", "公开机构", "信息来源", "来源")
_DATES = ("成文日期", "发文日期", "发布日期", "发布时间", "发表时间", "公开日期", "生成日期", "日期")
_NUMBERS = ("发文字号", "文号", "文件编号")
_SIGNED_DATE = re.compile(
    r"^(?P<by>[^\n!;,]{0,40}?) *(?P<date>(?:20\d\d|二零\w\w) ?年 ?\w{1,3} ?月 ?\w{1,3} ?日|20\d{6}|20\d\d[-./]\d{1,2}[-./]\d{1,2})[ \t]*$",
    re.MULTILINE,
)
_END_OF_DATE_LINE = re.compile(r"\n(?<=[日\d \t]\n)")
_RUN_IN_SIGNATURE = re.compile(
    r"[!;:)\d] *(?P<by>[^!;:,\n\d]{3,30}?) *(?P<date>20\d\d ?年 ?\d{1,2} ?月 ?\d{1,2} ?日) *\Z"
)
_FILLED_IN = re.compile(
    r"(?:(?:填报|填表|报送|制表|统计)(?:日期|时间) ?:? ?|^ *\()(?P<date>20\d\d ?[年./-] ?\d{1,2} ?[月./-] ?\d{1,2} ?日?)(?=[\s)]|$)",
    re.MULTILINE,
)
"""The day on which a form was filled in, or the date in brackets below a title."""
_SIGNERS = (
    "局", "委", "委员会", "办公室", "办公厅", "厅", "部", "政府", "府", "领导小组", "中心", "指挥部", "整改办", "环委办", "环委会", "督察办", "督查办", "协调组", "工作组", "管委会", "院", "会", "公司", "大队", "小组", "处", "站",
)  # fmt: skip
_WIDE = 2  # columns that a cell above a whole table covers at least
_LEAST_PROSE = 40  # characters of a paragraph below which no title stands
_BY_TITLE = re.compile(r"(?P<by>[^,;:!<>\n]{4,60}?)关于")
_HEADLINE_WITHIN = 400
_HEADLINES = 3
_LONGEST_HEADLINE = 50
_MATTERS = ("督察", "整改", "信访", "举报", "环境", "生态", "环保", "污染")
_OPENS_ITEM = re.compile(rf"\(?(?:\d|{HAN}){{1,3}}[)`.]|第{HAN}{{1,3}}[章节条]")
_ITEM_NUMBER = re.compile(rf"^\(?(?:\d|{HAN}){{1,3}}[)`.]+ ?")
_EMPTY = frozenset({"", "无", "-", "—", "/"})

_IN_BRACKETS = re.compile(r"\([^()]*\)")  # 某问题（整改编号：12）整改情况公示


class FrontMatter(NamedTuple):
    """Title, number and issuer as they are written, the date as ISO text; ``spans`` where they stand."""

    title: str | None
    document_number: str | None
    issuer: str | None
    date: str | None
    spans: dict[str, Span]
    warnings: tuple[Warning, ...]

    @property
    def year(self) -> int | None:
        """The year of the document."""
        return int(self.date[:4]) if self.date else None


def read_front_matter(source: CleanText) -> FrontMatter:
    """What the document says about itself.

    >>> from zhenggai.core.reading import clean, read
    >>> text = "某环发〔2024〕7号\\n某市整改工作方案\\n为抓好整改，制定本方案。\\n某市人民政府\\n2024年3月5日"
    >>> matter = read_front_matter(clean(read(text.encode(), "a.txt")))
    >>> matter.title, matter.document_number, matter.issuer, matter.date
    ('某市整改工作方案', '某环发〔2024〕7号', '某市人民政府', '2024-03-05')
    """
    described = _metadata(source)
    signature = _signature(source)
    title = _title(source, described)
    spans = {
        "title": title,
        "document_number": _number(source, described),
        "issuer": _issuer(source, described, signature, title),
    }
    day, warnings = _date(source, described, signature)
    texts = {name: source.text[slice(*span)] if span else None for name, span in spans.items()}
    return FrontMatter(
        title=texts["title"],
        document_number=texts["document_number"],
        issuer=texts["issuer"],
        date=day.isoformat() if day else None,
        spans={name: span for name, span in spans.items() if span},
        warnings=warnings,
    )


def _metadata(source: CleanText) -> dict[str, Span]:
    """The values that metadata labels give, the first of each; labels are looked for only at the head."""
    end = _head_end(source.text)
    marked = [region for region in source.regions if region.metadata]
    end = max([end, *(region.end for region in marked)])
    labels = metadata_labels(source.text[:end])
    found: dict[str, Span] = {}
    for label, following in zip(labels, [*(one.start for one in labels[1:]), end], strict=False):
        value = _line_value(source.text, label.end, following)
        if source.text[slice(*value)].strip() not in _EMPTY:
            found.setdefault(label.name, value)
    return found


def _line_value(text: str, start: int, stop: int) -> Span:
    """The rest of the line, or the next line where the label stands alone."""
    while start < stop and text[start] in " \t\n|｜:：":
        start += 1
    end = text.find("\n", start, stop)
    return trimmed(text, (start, stop if end < 0 else end), " \t\n|｜【[")


def _head_end(text: str) -> int:
    """Where the lines end that say what a document is."""
    head = _HEAD.match(text)
    return head.end() if head else len(text)


def _title(source: CleanText, described: dict[str, Span]) -> Span | None:
    """The document's own title: a known name where the text repeats it, else the first line that reads like one."""
    for name in source.titles:
        span = _repeated(source.text, _bare_name(name))
        if span:
            return span
    line = _title_line(source)
    if line:
        return line
    for label in _TITLE_LABELS:
        if label in described:
            return described[label]
    return _run_in_title(source.folded[:400]) or _opening_line(source)


def _opening_line(source: CleanText) -> Span | None:
    """A headline without a word for a document: one of the first lines, short, no sentence, about the matter at hand."""
    lines = [match.span() for match in re.finditer(r"[^\n]+", source.folded[:_HEADLINE_WITHIN])]
    for start, end in lines[:-1][:_HEADLINES]:
        line = source.folded[start:end].strip()
        region = source.region_at(start)
        described = region is not None and (region.metadata or region.table is not None)
        fits = 10 <= len(line) <= _LONGEST_HEADLINE and not set("!;?:,|>") & set(line)
        if fits and not described and not _OPENS_ITEM.match(line) and any(word in line for word in _MATTERS):
            return trimmed(source.text, (start, end))
    return None


def _run_in_title(folded: str) -> Span | None:
    """A title that a flattened text runs into its first sentence: up to the first word that ends titles.

    >>> _run_in_title("某市整改方案2018年7月至8月,督察组进驻!")
    (0, 6)
    """
    for match in re.finditer("|".join(_TITLE_ENDS), folded):
        if set("!,;:\n") & set(folded[: match.end()]):
            break
        if match.end() >= 6 and _AFTER_RUN_TITLE.match(folded, match.end()):
            return (0, match.end())
    return None


def _bare_name(name: str) -> str:
    """A name without file extension and the site's name behind it.

    >>> _bare_name("某市整改方案-某市人民政府"), _bare_name("整改方案.doc")
    ('某市整改方案', '整改方案')
    """
    bare = _EXTENSION.sub("", name.strip()[:_LONGEST_NAME])
    shorter = _SITE_AFTER.sub("", bare)
    return shorter if shorter.endswith(_TITLE_ENDS) else bare


def _repeated(text: str, name: str) -> Span | None:
    start = text.find(name) if len(name) >= 6 else -1
    return (start, start + len(name)) if 0 <= start < 3_000 else None


def _title_line(source: CleanText) -> Span | None:
    folded = source.folded
    start = 0
    for _ in range(_HEAD_LINES):
        end = source.text.find("\n", start)
        end = len(source.text) if end < 0 else end
        region = source.region_at(start)
        line = folded[start:end].strip()
        if line.startswith(("一`", "第一章", "第一条")):
            break
        described = region is not None and (
            region.metadata or (region.table is not None and not _heads_table(source, region))
        )
        if not described and _reads_as_title(line) and not metadata_labels(source.text[start:end]):
            return trimmed(source.text, (start, end))
        if end >= len(source.text) or (not described and len(line) > _LEAST_PROSE and "!" in line):
            break
        start = end + 1
    return None


def _heads_table(source: CleanText, cell: Region) -> bool:
    """A first row of one cell over all columns: a sheet's title."""
    alone = not any(one.table == cell.table and one.row == 1 and one is not cell for one in source.regions)
    return cell.row == 1 and cell.columns >= _WIDE and alone


def _reads_as_title(line: str) -> bool:
    """A line without the signs of a sentence that ends in a word for a document; a note in brackets may follow."""
    bare = _without_note(line).rstrip("- ")
    if not 4 <= len(line) <= 120 or line.startswith(_NO_TITLE_STARTS):
        return False
    if set("!;?:") & set(_IN_BRACKETS.sub("", line)):
        return False
    return bare.endswith(_TITLE_ENDS)


def _without_note(line: str) -> str:
    return line[: line.rfind("(")] if line.endswith(")") and "(" in line else line


def _number(source: CleanText, described: dict[str, Span]) -> Span | None:
    folded = source.folded
    for label in _NUMBERS:
        match = _NUMBER.search(folded, *described[label]) if label in described else None
        if match:
            return match.span()
    for match in _YEAR_AND_NUMBER.finditer(folded, 0, _head_end(folded)):
        office = _OFFICE_BEFORE.search(folded, max(0, match.start() - 17), match.start())
        if office is None or folded[match.end() : match.end() + 1] not in {"", "\n", " ", ")", "]"}:
            continue
        if not folded[folded.rfind("\n", 0, office.start()) + 1 : office.start()].strip(" (["):
            return office.start(), match.end()
    return None


def _signature(source: CleanText) -> tuple[Span | None, Span] | None:
    """The last line that holds nothing but a date, with the signing body before it or on the line above."""
    folded = source.folded
    found = None
    ends: dict[int, int] = {}
    for end in (*(line.start() for line in _END_OF_DATE_LINE.finditer(folded)), len(folded)):
        match = _SIGNED_DATE.match(folded, folded.rfind("\n", 0, end) + 1)
        if match is None:
            continue
        region = source.region_at(match.start())
        if region is None or not (region.metadata or (region.table and not _below_table(source, region, ends))):
            by = trimmed(source.text, match.span("by"))
            if _is_limit(folded, match.start()):
                continue
            if by[0] < by[1] and not _signs(folded[slice(*by)]):
                continue
            if by[0] >= by[1]:
                by = _line_above(source, folded, match.start())
            found = ((by if by[0] < by[1] else None), match.span("date"))
    return found or _run_in_signature(folded)


def _below_table(source: CleanText, cell: Region, ends: dict[int, int]) -> bool:
    """A cell in a row of its own below all rows with several cells: on a sheet, what stands under the table.

    ``ends`` keeps the last row with several cells of each table asked about.
    """
    table = cell.table or 0
    if table not in ends:
        rows = Counter(one.row or 0 for one in source.regions if one.table == table and one.start < one.end)
        ends[table] = max((row for row, cells in rows.items() if cells > 1), default=0)
    return (cell.row or 0) > ends[table] > 0


def _run_in_signature(folded: str) -> tuple[Span | None, Span] | None:
    """A signature that lost its line: body and date right at the end of the text."""
    match = _RUN_IN_SIGNATURE.search(folded, max(0, len(folded.rstrip()) - 60))
    return (match.span("by"), match.span("date")) if match and _signs(match["by"]) else None


def _is_limit(folded: str, start: int) -> bool:
    """Whether the line above is a label that the date is the value of: 完成时限."""
    above = folded.rfind("\n", 0, max(start - 1, 0)) + 1
    words = _ITEM_NUMBER.sub("", folded[above : max(start - 1, above)].strip())
    return field_of(words.strip(" []<>:")) == "deadline"


def _line_above(source: CleanText, folded: str, start: int) -> Span:
    above = folded.rfind("\n", 0, max(start - 1, 0)) + 1
    span = trimmed(source.text, (above, max(start - 1, above)))
    if _signs(folded[slice(*span)]):
        return span
    tail = trimmed(source.text, (folded.rfind("!", *span) + 1 or span[1], span[1]))  # run into the last sentence
    return tail if _signs(folded[slice(*tail)]) else (start, start)


def _signs(line: str) -> bool:
    """Whether a line may be the body that signs."""
    return 3 <= len(line) <= 40 and line.endswith(_SIGNERS) and not set("!,;:") & set(line)


def _issuer(
    source: CleanText, described: dict[str, Span], signature: tuple[Span | None, Span] | None, title: Span | None
) -> Span | None:
    named = next((described[label] for label in _ISSUERS[:4] if label in described), None)
    if named:
        return named
    if signature and signature[0]:
        return signature[0]
    for label in _ISSUERS[4:]:
        if label in described and _signs(fold(source.text[slice(*described[label])])):
            return described[label]
    return _issuer_in_title(source.folded, title)


def _issuer_in_title(folded: str, title: Span | None) -> Span | None:
    """The body that a title opens with: `某市人民政府关于…的通知` (GB/T 9704: 发文机关名称、事由和文种)."""
    match = _BY_TITLE.match(folded, *title) if title else None
    return match.span("by") if match and match["by"].strip().endswith(_SIGNERS) else None


def _beside_source(source: CleanText, described: dict[str, Span]) -> list[Span]:
    """The words before 来源 on its line, where sites set the date of publication without a label."""
    if "来源" not in described:
        return []
    end = described["来源"][0]
    return [(source.text.rfind("\n", 0, end) + 1, end)]


def _date(
    source: CleanText, described: dict[str, Span], signature: tuple[Span | None, Span] | None
) -> tuple[date | None, tuple[Warning, ...]]:
    """The date of the signature, else of the metadata, else what the page carries out of sight."""
    spans = [signature[1]] if signature else []
    spans += [described[label] for label in _DATES if label in described]
    spans += _beside_source(source, described)
    spans += [match.span("date") for match in _FILLED_IN.finditer(source.folded, 0, _head_end(source.folded))]
    for span in spans:
        points = find_dates(source.text[slice(*span)])
        if points and points[0].due:
            doubt = points[0].doubt
            return points[0].due, (Warning("uncertain_date", doubt, place_of(source, span)),) if doubt else ()
    points = find_dates(source.published) if source.published else []
    return (points[0].due if points else None), ()
