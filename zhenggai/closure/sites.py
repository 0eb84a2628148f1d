"""Site verification: what an acceptor saw, taken in once however often the phone sends it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from zhenggai.accounts.decisions import Refused, Stale
from zhenggai.accounts.models import Person
from zhenggai.audit import clock
from zhenggai.audit.actions import record
from zhenggai.audit.verbs import register
from zhenggai.closure.models import SiteCheck, SitePhoto, Verdict
from zhenggai.closure.permissions import can_decide, next_verdict
from zhenggai.documents.actions import keep
from zhenggai.documents.forms import Upload
from zhenggai.ledger.models import Task

CHECKED = register("closure.site_checked", "现场核查", "green")
FAST_CLOCK = timedelta(minutes=10)


@dataclass(frozen=True)
class Seen:
    """What a phone sends. `client_id` is made on the phone, once a visit; time and place are the phone's own and may be
    missing."""

    client_id: UUID
    found: str
    text: str
    made_at: datetime | None = None
    latitude: Decimal | None = None
    longitude: Decimal | None = None
    accuracy: int | None = None


@transaction.atomic
def check_site(verdict: Verdict, seen: Seen, photos: Sequence[Upload], *, by: Person) -> SiteCheck:
    """Take in one visit for the level whose turn it is; one that is known already is returned as it is.

    Raises Refused when it is not for `by`, Stale when the level has been decided meanwhile.
    """
    task = Task.objects.select_for_update(of=("self",)).select_related("place").get(applications__verdicts=verdict)
    if known := SiteCheck.objects.filter(client_id=seen.client_id).first():
        if known.by_id != by.pk:
            raise Refused("这个编号的核查是别人报的，请重新填写")
        return known
    following = next_verdict(task)
    if following is None or following.pk != verdict.pk:
        raise Stale(f"{verdict.name}的结论已经作出或申请已经退回，这次核查没有收下")
    if not (allowed := can_decide(task, by)):
        raise Refused(allowed.reason)
    has_place = seen.latitude is not None and seen.longitude is not None
    made = SiteCheck.objects.create(
        client_id=seen.client_id, task=task, verdict=verdict, unit=verdict.unit, by=by, found=seen.found,
        text=seen.text.strip(), made_at=seen.made_at or clock.now(), received_at=clock.now(),
        latitude=seen.latitude if has_place else None, longitude=seen.longitude if has_place else None,
        accuracy=seen.accuracy if has_place else None,
    )  # fmt: skip
    kept = [(keep(photo.content, media_type=photo.media_type), photo.name) for photo in photos]
    SitePhoto.objects.bulk_create(SitePhoto(check_made=made, stored=stored, name=name) for stored, name in kept)
    record(
        CHECKED, by=by, target=made, task_id=task.pk,
        after={
            "level": verdict.name, "found": made.found, "text": made.text, "made_at": made.made_at.isoformat(),
            "place": made.place_words, "photos": [stored.sha256 for stored, _ in kept],
        },
        note=f"{verdict.name}，{made.get_found_display()}，照片{len(kept)}张，{made.place_words}",
    )  # fmt: skip
    return made


def remark_on(check: SiteCheck) -> str:
    """What a reader should notice about a visit's time; empty when nothing. Phones' clocks go wrong: a remark, no verdict."""
    return "手机时间比收到时间晚" if check.made_at > check.received_at + FAST_CLOCK else ""
