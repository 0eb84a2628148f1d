"""The release check on what is about to become public. What the check finds either is not in the public copy any more, or
somebody changes it, or who releases says why it may stand: that reason is kept and stays visible inside."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files import File
from django.db import transaction
from django.db.models import Q

from zhenggai.accounts.decisions import Refused
from zhenggai.accounts.models import Person, Unit
from zhenggai.audit import clock
from zhenggai.audit.actions import record
from zhenggai.audit.verbs import register
from zhenggai.documents import apart
from zhenggai.documents.actions import keep_bytes, on_disk
from zhenggai.documents.models import StoredFile
from zhenggai.publicity.models import PublicName, Release
from zhenggai.publicity.permissions import can_publish_tasks
from zhenggai.publicity.release.copies import Names
from zhenggai.publicity.release.findings import Finding

WORKER = "zhenggai.publicity.release.worker"
LISTED = register("public_name.added", "列入公开名单", "blue")
UNLISTED = register("public_name.ended", "移出公开名单", "amber")
SHORTEST_REASON = 4
# Names of accounts are posts or people: these look like people.
_PERSON = re.compile("[\u4e00-\u9fff]{2,4}")
_POST = re.compile("[市县区局办组处科室员长]$|管理|督察|整改")


def names_for(place: Unit, phones: Sequence[str] = ()) -> Names:
    """What the check of something of `place` knows: accounts that carry a person's name, and the public list."""
    above = PublicName.objects.filter(place__down__descendant=place, ended_at__isnull=True)
    people = Person.objects.order_by("pk").values_list("name", flat=True)
    known = {name for name in people if _PERSON.fullmatch(name) and not _POST.search(name)}
    return Names(known, set(above.values_list("name", flat=True)), [phone for phone in phones if phone])


def check_words(words: Mapping[str, str], names: Names) -> list[Finding]:
    """The findings in several texts, by what people call each."""
    return [finding for where, text in words.items() for finding in names.check(text, where)]


@dataclass(frozen=True)
class CheckedFile:
    """A file's public copy, kept, and what the check found."""

    copy: StoredFile
    findings: list[Finding]


def check_file(content: File[Any], name: str, names: Names, media_type: str) -> CheckedFile:
    """Check a file and keep its public copy. Raises Refused, with what to do, when none can be made of it."""
    with on_disk(content) as path, tempfile.TemporaryDirectory(dir=settings.FILE_UPLOAD_TEMP_DIR) as folder:
        out = Path(folder) / "copy"
        told = {
            "path": str(path), "name": name, "out": str(out), "known": sorted(names.known),
            "allowed": sorted(names.allowed), "phones": list(names.phones),
        }  # fmt: skip
        try:
            done = apart.run(WORKER, told=json.dumps(told))
        except apart.TooSlow as error:
            raise Refused(f"“{name}”太大或太复杂，检查不完，没有收下。请拆成几份再传。") from error
        if done.returncode:
            raise Refused(f"“{name}”检查不了，没有收下。请另存为PDF再传。")
        answer = json.loads(done.stdout)
        if "refused" in answer:
            raise Refused(f"“{name}”：{answer['refused']}")
        findings = [Finding(**finding) for finding in answer["findings"]]
        return CheckedFile(keep_bytes(out.read_bytes(), media_type=media_type), findings)


def unanswered(findings: Sequence[Finding], reasons: Mapping[str, str]) -> list[Finding]:
    """What stands in the public copy and nobody has said why."""
    answered = {key for key, reason in reasons.items() if len(reason.strip()) >= SHORTEST_REASON}
    return [finding for finding in findings if not finding.removed and finding.key not in answered]


def let_through(findings: Sequence[Finding], reasons: Mapping[str, str]) -> list[dict[str, object]]:
    """The findings as a Release keeps them. Raises Refused while any is unanswered: nothing unsafe goes out silently."""
    if left := unanswered(findings, reasons):
        lines = "；".join(f"{finding.where}有{finding.label}“{finding.shown}”" for finding in left[:5])
        more = f"等{len(left)}处" if len(left) > 5 else ""
        raise Refused(
            f"发布前检查没有通过：{lines}{more}。逐条改掉，或者写明为什么可以公开（至少{SHORTEST_REASON}个字）。"
        )
    return [
        finding.as_json() | {"removed": finding.removed, "reason": reasons.get(finding.key, "").strip()}
        for finding in findings
    ]


def refuse_unfit(what: str, text: str, place: Unit, phones: Sequence[str] = ()) -> None:
    """Raises Refused for a reason or a note that the public reads as it stands, when the release check finds anything in it:
    it is changed, there is nothing to let through."""
    if found := check_words({what: text}, names_for(place, phones)):
        told = "、".join(dict.fromkeys(f"{finding.label}“{finding.shown}”" for finding in found))
        raise Refused(f"{what}会在公开网站上显示，里面有{told}，请改掉再办。")


def overrides(kept: Sequence[Mapping[str, object]]) -> list[Mapping[str, object]]:
    """Those findings of a Release that went out all the same, each with its reason."""
    return [finding for finding in kept if finding["reason"]]


def list_name(place: Unit, *, name: str, post: str, by: Person) -> PublicName:
    """Put a name on the list of those that may be public. Raises Refused when it stands there."""
    _may_list(place, by)
    with transaction.atomic():
        if PublicName.objects.filter(Q(place=place, name=name, ended_at__isnull=True)).exists():
            raise Refused(f"{name}已在{place}的公开名单里。")
        made = PublicName.objects.create(place=place, name=name, post=post, added_by=by, added_at=clock.now())
        record(LISTED, by=by, target=made, after={"post": post}, note=str(made))
    return made


@transaction.atomic
def unlist_name(listed: PublicName, *, by: Person) -> None:
    """Take a name off the list; what was released before stays as it is."""
    _may_list(listed.place, by)
    if listed.ended_at is None:
        listed.ended_at = clock.now()
        listed.save(update_fields=["ended_at"])
        record(UNLISTED, by=by, target=listed, note=str(listed))


def _may_list(place: Unit, by: Person) -> None:
    if not (allowed := can_publish_tasks(by, place)):
        raise Refused(allowed.reason)


def keep_release(kept: list[dict[str, object]], *, by: Person, **subject: object) -> Release:
    """Keep the check with what it was made for (notice=… or plan=…); told on the trail by the caller's own row."""
    return Release.objects.create(findings=kept, released_by=by, released_at=clock.now(), **subject)
