"""Papers: drafted from figures, edited as text, submitted where a leader signs, issued with a number, then frozen."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import F

from zhenggai.accounts.decisions import Refused, Stale
from zhenggai.accounts.models import Person, Unit
from zhenggai.audit import clock
from zhenggai.audit.actions import record
from zhenggai.audit.verbs import register
from zhenggai.documents.actions import keep_bytes, next_number
from zhenggai.supervision.models import Meeting, Paper, Visit
from zhenggai.supervision.papers.drafts import Subject, drafted, office_of
from zhenggai.supervision.papers.office import DOCX, render
from zhenggai.supervision.permissions import can_edit_paper, can_issue

DRAFTED = register("paper.drafted", "起草文稿", "blue")
EDITED = register("paper.edited", "修改文稿")
SUBMITTED = register("paper.submitted", "送领导签发")
RETURNED = register("paper.returned", "退回文稿", "amber")
ISSUED = register("paper.issued", "印发文稿", "green")
DISCARDED = register("paper.discarded", "作废文稿", "red")

OF_A_MEETING = (Paper.Kind.NOTICE, Paper.Kind.MINUTES)


@transaction.atomic
def draft_paper(
    place: Unit, kind: str, *, by: Person, meeting: Meeting | None = None, visit: Visit | None = None
) -> Paper:
    """A draft of `kind` from today's figures; of a meeting or a visit, from what that holds. One draft of a kind at a time."""
    meeting = Meeting.objects.select_related("place").get(pk=meeting.pk) if meeting else None
    visit = Visit.objects.select_related("place", "body__place", "area").get(pk=visit.pk) if visit else None
    paper = Paper(place=place, kind=kind, meeting=meeting, visit=visit, drafted_by=by, figures_on=clock.today(),
                  issuer=office_of(place), drafted_at=clock.now())  # fmt: skip
    if reason := _cannot_draft(paper, by):
        raise Refused(reason)
    waiting = Paper.objects.filter(
        place=place, kind=kind, meeting=meeting, visit=visit, state__in=["draft", "submitted"]
    )
    if found := waiting.order_by("pk").first():
        raise Refused(f"已经有一份没有印发的{found.get_kind_display()}“{found}”，请接着改那一份或先作废")
    draft = drafted(kind, Subject(place, paper.figures_on, meeting, visit))
    paper.title, paper.addressee, paper.blocks = draft.title, draft.addressee, draft.blocks
    paper.save()
    record(DRAFTED, by=by, target=paper, after={"kind": kind, "figures_on": paper.figures_on.isoformat()},
           note=f"{paper.get_kind_display()}：{paper.title}")  # fmt: skip
    return paper


def _cannot_draft(paper: Paper, by: Person) -> str:
    """Why such a paper is not drafted by this person now; empty when it may be."""
    meeting, visit, words = paper.meeting, paper.visit, paper.get_kind_display()
    if paper.kind in OF_A_MEETING and (meeting is None or meeting.place_id != paper.place_id):
        return f"{words}从会议页面起草"
    if (paper.kind == Paper.Kind.VISIT) != (visit is not None and visit.place_id == paper.place_id):
        return f"{words}从督查页面起草" if visit is None else "督查只印发督查通报"
    if not (allowed := can_edit_paper(paper, by)):
        return allowed.reason
    if meeting and paper.kind == Paper.Kind.NOTICE and not meeting.is_open:
        return f"会议{meeting.get_state_display()}，不用再发通知"
    if meeting and paper.kind == Paper.Kind.MINUTES and meeting.state != Meeting.State.MINUTED:
        return "先在会议页面形成纪要，再印发"
    if visit and visit.state != Visit.State.CLOSED:
        return f"督查{visit.get_state_display()}，结束以后再起草通报"
    return ""


def _locked(paper: Paper, seen: int | None) -> Paper:
    rows = Paper.objects.select_for_update(of=("self",)).select_related(
        "place", "meeting", "visit__body__place", "visit__area"
    )
    found = rows.get(pk=paper.pk)
    if seen is not None and seen != found.version:
        raise Stale(f"“{found}”在你打开页面之后有人改过，没有保存。请看过现在的内容再改。")
    return found


def _editing(paper: Paper, seen: int | None, by: Person) -> Paper:
    found = _locked(paper, seen)
    if not (allowed := can_edit_paper(found, by)):
        raise Refused(allowed.reason)
    return found


def _save(paper: Paper, *fields: str) -> None:
    paper.save(update_fields=list(fields))
    Paper.objects.filter(pk=paper.pk).exclude(state="issued").exclude(state="discarded").update(
        version=F("version") + 1
    )


def _words(paper: Paper) -> dict[str, Any]:
    return {"title": paper.title, "addressee": paper.addressee,
            "blocks": [[row["heading"], row["text"]] for row in paper.blocks]}  # fmt: skip


@transaction.atomic
def edit_paper(paper: Paper, *, by: Person, seen: int | None = None, title: str, addressee: str,
               texts: Sequence[tuple[str, str]]) -> Paper:  # fmt: skip
    """Write title, addressee and each block's heading and text, in their order; tables stay what the figures gave. A block
    whose heading and text are both empty is left out."""
    found = _editing(paper, seen, by)
    if len(texts) != len(found.blocks):
        raise Stale("文稿的段落变了，请看过现在的内容再改。")
    before = _words(found)
    found.title, found.addressee = title, addressee
    written = [
        row | {"heading": heading, "text": text} for row, (heading, text) in zip(found.blocks, texts, strict=True)
    ]
    found.blocks = [row for row in written if row["heading"] or row["text"]]
    _save(found, "title", "addressee", "blocks")
    record(EDITED, by=by, target=found, before=before, after=_words(found), note=found.title)
    return found


@transaction.atomic
def refresh_paper(paper: Paper, *, by: Person, seen: int | None = None) -> Paper:
    """Take today's figures: tables anew; text that nobody has touched anew, text that a person wrote as it stands."""
    found = _editing(paper, seen, by)
    found.figures_on = clock.today()
    fresh = drafted(found.kind, Subject(found.place, found.figures_on, found.meeting, found.visit)).blocks
    written = {row["key"]: row for row in found.blocks}
    found.blocks = [_kept(row, written.get(row["key"])) for row in fresh]
    _save(found, "figures_on", "blocks")
    record(EDITED, by=by, target=found, after=_words(found), note=f"重新取数，数据截至{found.figures_on:%Y-%m-%d}")
    return found


def _kept(fresh: dict[str, Any], written: dict[str, Any] | None) -> dict[str, Any]:
    if written is None or written["text"] == written["drafted"]:
        return fresh
    return fresh | {"heading": written["heading"], "text": written["text"]}


@transaction.atomic
def submit_paper(paper: Paper, *, by: Person, seen: int | None = None) -> Paper:
    """Hand a special report to the leaders of the place for signature."""
    found = _editing(paper, seen, by)
    if found.kind != Paper.Kind.SPECIAL:
        raise Refused("只有专报要送领导签发，其他文稿直接印发")
    found.state, found.return_reason = Paper.State.SUBMITTED, ""
    _save(found, "state", "return_reason")
    record(SUBMITTED, by=by, target=found, before={"state": "draft"}, after={"state": found.state} | _words(found),
           note=found.title)  # fmt: skip
    return found


@transaction.atomic
def return_paper(paper: Paper, *, by: Person, seen: int | None = None, reason: str) -> Paper:
    """The leader sends it back with a reason."""
    found = _locked(paper, seen)
    if not (allowed := can_issue(found, by)):
        raise Refused(allowed.reason)
    if found.state != Paper.State.SUBMITTED:
        raise Refused("只有待签发的文稿可以退回")
    found.state, found.return_reason = Paper.State.DRAFT, reason
    _save(found, "state", "return_reason")
    record(
        RETURNED, by=by, target=found, before={"state": "submitted"}, after={"state": "draft"}, note=f"理由：{reason}"
    )
    return found


@transaction.atomic
def issue_paper(paper: Paper, *, by: Person, seen: int | None = None) -> Paper:
    """Issue it: the next number of its place, kind and year, and the .docx as it stands, kept with its digest."""
    found = _locked(paper, seen)
    if not (allowed := can_issue(found, by)):
        raise Refused(allowed.reason)
    if empty := next((row["heading"] for row in found.blocks if not row["text"].strip()), None):
        raise Refused(f"“{empty}”下面还没有写，不能印发；不要的段落连标题一起删去")
    today = clock.today()
    found.year, found.state = today.year, Paper.State.ISSUED
    found.number = next_number(f"paper-{found.place_id}-{found.kind}-{today.year}")
    found.issued_by, found.issued_on, found.issued_at = by, today, clock.now()
    signed_by = by.name if found.kind == Paper.Kind.SPECIAL else ""
    found.file = keep_bytes(render(found, on=today, signed_by=signed_by), media_type=DOCX)
    found.version += 1
    found.save()
    record(ISSUED, by=by, target=found, before={"state": "draft"},
           after={"state": found.state, "number": found.number_words, "file": found.file.sha256},
           note=f"{found.get_kind_display()}{found.number_words}：{found.title}")  # fmt: skip
    return found


@transaction.atomic
def discard_paper(paper: Paper, *, by: Person, seen: int | None = None) -> Paper:
    """Give a draft up; it took no number."""
    found = _editing(paper, seen, by)
    found.state = Paper.State.DISCARDED
    _save(found, "state")
    record(DISCARDED, by=by, target=found, before={"state": "draft"}, after={"state": found.state}, note=found.title)
    return found
