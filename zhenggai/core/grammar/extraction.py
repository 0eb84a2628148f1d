"""Everything one cleaned text says: kind, front matter, tasks, duties, bodies, and what is doubtful."""

from collections.abc import Iterator
from dataclasses import replace

from zhenggai.core.grammar.bodies import find_bodies
from zhenggai.core.grammar.complaints import read_complaints
from zhenggai.core.grammar.duties import find_duties
from zhenggai.core.grammar.front_matter import FrontMatter, read_front_matter
from zhenggai.core.grammar.kinds import kind_of
from zhenggai.core.grammar.notice import read_notice
from zhenggai.core.grammar.objects import Body, Complaints, Duty, Extraction, Kind, Notice, Task, Warning
from zhenggai.core.grammar.outline import outline
from zhenggai.core.grammar.places import place_of
from zhenggai.core.grammar.plan import read_tasks
from zhenggai.core.reading import CleanText, Remark, Spans

FORMAT = "zhenggai/1"

# Kinds that are recognised by now, but whose own fields are not read yet.
_NOT_YET_READ: dict[Kind, str] = {"work_plan": "工作计划"}


def extract_text(source: CleanText, remarks: tuple[Remark, ...] = ()) -> Extraction:
    """What a text that was read and cleaned says; ``remarks`` are the reader's and become warnings."""
    matter = read_front_matter(source)
    skeleton = outline(source)
    tasks, doubts = read_tasks(skeleton, matter.year)
    kind = kind_of(source, matter.title, tasks)
    notice: Notice | None = None
    if kind == "notice":
        in_tables = tuple(task for task in tasks if task.place.table)
        notice, doubts = read_notice(skeleton, matter, in_tables)
        tasks = ()
    complaints: Complaints | None = None
    if kind == "complaints":
        complaints, doubts = read_complaints(skeleton)
        tasks = ()
    if kind not in {"plan", "progress"}:
        tasks, doubts = (), doubts if kind in ("notice", "complaints") else []
    if kind == "plan":
        tasks = tuple(replace(task, status=None, progress=None) for task in tasks)
    return Extraction(
        format=FORMAT,
        kind=kind,
        title=matter.title,
        document_number=matter.document_number,
        issuer=matter.issuer,
        date=matter.date,
        tasks=tasks,
        notice=notice,
        complaints=complaints,
        work_plan=None,
        duties=_duties(source, tasks),
        bodies=_bodies(source),
        warnings=(*_document_warnings(source, remarks, matter, kind, tasks), *doubts),
    )


def _duties(source: CleanText, tasks: tuple[Task, ...]) -> tuple[Duty, ...]:
    """The duties of the text, outside the issues: what an issue says was done each month is no duty."""
    issues = Spans.joined(sorted((place.start, place.end) for task in tasks for place in task.places.get("issue", ())))
    return tuple(
        replace(duty, place=place_of(source, (duty.place.start, duty.place.end)))
        for duty in find_duties(source.text, source.folded)
        if duty.place.start not in issues
    )


def _bodies(source: CleanText) -> tuple[Body, ...]:
    found = find_bodies(source.text, source.folded)
    return tuple(replace(body, place=place_of(source, (body.place.start, body.place.end))) for body in found)


def _document_warnings(
    source: CleanText, remarks: tuple[Remark, ...], matter: FrontMatter, kind: Kind, tasks: tuple[Task, ...]
) -> Iterator[Warning]:
    """Doubts about the document as a whole; they stand at its title, or at its start."""
    whole = place_of(source, matter.spans.get("title", (0, 0)))
    for remark in remarks:
        yield Warning(remark.code, remark.message, whole)
    yield from matter.warnings
    if not source.text.strip():
        yield Warning("empty_file", "文件里没有内容。", whole)
    elif kind == "plan" and not tasks:
        yield Warning("no_tasks", "认出是整改方案，但没有找到整改任务；任务清单可能在另一份附件里。", whole)
    elif kind in _NOT_YET_READ:
        yield Warning("fields_not_read", f"认出是{_NOT_YET_READ[kind]}，它的各项内容本版本还不能提取。", whole)
