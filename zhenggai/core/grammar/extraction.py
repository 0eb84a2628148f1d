"""Everything one cleaned text says: kind, front matter, tasks, duties, bodies, and what is doubtful."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from zhenggai.core.grammar.bodies import find_bodies
from zhenggai.core.grammar.duties import find_duties
from zhenggai.core.grammar.front_matter import FrontMatter, read_front_matter
from zhenggai.core.grammar.kinds import kind_of
from zhenggai.core.grammar.objects import Body, Complaints, Duty, Extraction, Kind, Notice, Task, Warning, WorkPlan
from zhenggai.core.grammar.outline import Outline, outline
from zhenggai.core.grammar.places import place_of
from zhenggai.core.grammar.plan import read_tasks
from zhenggai.core.grammar.unread import Part, parts_of, unread_of
from zhenggai.core.reading import CleanText, Remark, Spans

FORMAT = "zhenggai/1"


class _Content(NamedTuple):
    """What a document of its kind says, and what is doubtful about it."""

    tasks: tuple[Task, ...] = ()
    notice: Notice | None = None
    complaints: Complaints | None = None
    work_plan: WorkPlan | None = None
    doubts: Sequence[Warning] = ()


def extract_text(source: CleanText, remarks: tuple[Remark, ...] = ()) -> Extraction:
    """What a text that was read and cleaned says; ``remarks`` are the reader's and become warnings."""
    matter = read_front_matter(source)
    skeleton = outline(source)
    tasks, doubts = read_tasks(skeleton, matter.year)
    kind = kind_of(source, matter.title, tasks)
    content = _content(kind, skeleton, matter, _Content(tasks=tasks, doubts=doubts))
    found = Extraction(
        format=FORMAT,
        kind=kind,
        title=matter.title,
        document_number=matter.document_number,
        issuer=matter.issuer,
        date=matter.date,
        tasks=content.tasks,
        notice=content.notice,
        complaints=content.complaints,
        work_plan=content.work_plan,
        duties=_duties(source, content.tasks),
        bodies=_bodies(source),
        warnings=(*_document_warnings(source, remarks, matter, kind, content.tasks), *content.doubts),
    )
    return found._replace(unread=unread_of(skeleton, matter, found))


def told_apart(source: CleanText, found: Extraction) -> list[Part]:
    """The whole text in parts, each with its role, as the extraction accounts for it."""
    return parts_of(outline(source), read_front_matter(source), found)


def _content(kind: Kind, skeleton: Outline, matter: FrontMatter, found: _Content) -> _Content:
    """What the kind's own grammar makes of the text; ``found`` holds the tasks that were found in it.

    Each grammar is loaded only for its kind: compiling its patterns takes longer than reading a page.
    """
    source = skeleton.source
    match kind:
        case "plan":
            from zhenggai.core.grammar.plan_quality import plan_doubts

            tasks = tuple(
                task._replace(status=None, progress=None) if task.status or task.progress else task
                for task in found.tasks or _assigned(skeleton, matter)
            )
            return _Content(tasks=tasks, doubts=[*found.doubts, *plan_doubts(source, tasks, matter.year)])
        case "progress":
            from zhenggai.core.grammar.named_tasks import tasks_called_by_number
            from zhenggai.core.grammar.progress import with_progress, with_status
            from zhenggai.core.grammar.state_lists import tasks_by_question, tasks_by_state

            ways = (tasks_by_state, tasks_by_question, tasks_called_by_number)
            tasks = found.tasks or next(filter(None, (read(skeleton, matter.year) for read in ways)), ())
            tasks = _with_others(tasks, tasks_by_state(skeleton, matter.year)) if found.tasks else tasks
            return found._replace(tasks=tuple(with_status(source, with_progress(source, task)) for task in tasks))
        case "notice":
            from zhenggai.core.grammar.notice import read_notice, told_apart

            several = told_apart(found.tasks)
            in_tables = tuple(task for task in found.tasks if task.place.table)
            notice, doubts = read_notice(skeleton, matter, several or in_tables)
            return _Content(tasks=several, notice=notice, doubts=doubts)
        case "complaints":
            from zhenggai.core.grammar.complaints import read_complaints

            complaints, doubts = read_complaints(skeleton)
            return _Content(complaints=complaints, doubts=doubts)
        case "work_plan":
            from zhenggai.core.grammar.work_plans import read_work_plan

            return _Content(work_plan=read_work_plan(skeleton, matter, found.tasks), doubts=found.doubts)
        case "unknown":
            return _Content()


def _with_others(tasks: tuple[Task, ...], listed: tuple[Task, ...]) -> tuple[Task, ...]:
    """The tasks with those of a list that stand apart from them: some tell no more than how far they are."""
    taken = Spans.joined(sorted((task.place.start, task.place.end) for task in tasks))
    others = [task for task in listed if task.progress and task.place.start not in taken]
    return tuple(sorted([*tasks, *others], key=lambda task: task.place.start)) if others else tasks


def _assigned(skeleton: Outline, matter: FrontMatter) -> tuple[Task, ...]:
    from zhenggai.core.grammar.named_tasks import tasks_against, tasks_assigned

    return tasks_against(skeleton, matter.year) or tasks_assigned(skeleton, matter.year)


def _duties(source: CleanText, tasks: tuple[Task, ...]) -> tuple[Duty, ...]:
    """The duties of the text, outside the issues: what an issue says was done each month is no duty."""
    issues = Spans.joined(sorted((place.start, place.end) for task in tasks for place in task.places.get("issue", ())))
    found = [duty for duty in find_duties(source.text, source.folded) if duty.place.start not in issues]
    if not source.regions:
        return tuple(found)
    return tuple(duty._replace(place=place_of(source, duty.place[:2])) for duty in found)


def _bodies(source: CleanText) -> tuple[Body, ...]:
    found = find_bodies(source.text, source.folded)
    if not source.regions:
        return tuple(found)
    return tuple(body._replace(place=place_of(source, body.place[:2])) for body in found)


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
