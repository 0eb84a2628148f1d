"""What leaves the system as a file of its own making: the one place where it becomes an answer, and a row of the trail."""

from hashlib import sha256

from django.db import transaction
from django.http import HttpResponse
from django.utils.http import content_disposition_header

from zhenggai.accounts.models import Person
from zhenggai.audit.actions import record
from zhenggai.audit.verbs import register

EXPORTED = register("data.exported", "导出", "amber")


@transaction.atomic
def sent_out(content: bytes, name: str, media_type: str, *, by: Person, what: str) -> HttpResponse:
    """`content` as a download under `name`. Who took it, when, what it holds (`what`, in words) and its digest are recorded:
    a copy that turns up elsewhere can be told."""
    after = {"name": name, "what": what, "size": len(content), "sha256": sha256(content).hexdigest()}
    record(EXPORTED, by=by, target=by, after=after, note=f"{name}：{what}")
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = content_disposition_header(True, name)
    return response
