"""A verdict is signed on what was seen: the page carries its digest, and the verdict keeps it."""

import re
from typing import Any

from tests.world import World, alter_measure
from zhenggai.closure.content import digest_of, manifest
from zhenggai.closure.models import Verdict
from zhenggai.closure.tests.test_path import level, walk
from zhenggai.documents.actions import keep_bytes
from zhenggai.ledger.lifecycle import take
from zhenggai.ledger.states import ACCEPT, State


def test_a_verdict_on_what_changed_behind_the_page_is_not_signed(world: World, login: Any) -> None:
    task = world.task()
    walk(world, task, State.IN_ACCEPTANCE)
    client, address = login(world.south_acceptor), f"/tasks/{task.pk}/accept/"
    shown = re.findall(
        r'name="(\w+)" value="([^"]+)"', client.get(address).content.decode().replace(' type="hidden"', "")
    )
    sent = dict(shown) | {"level": level(task), "result": "pass", "reason": "符合条件"}
    assert sent["content"] == digest_of(manifest(task))
    task.applications.get().files.create(stored=keep_bytes(b"%PDF-2", media_type="application/pdf"), name="换.pdf")
    answered = client.post(address, sent | {"looked": "on"})
    assert answered.status_code == 409
    assert "材料在你打开页面之后变了" in answered.content.decode()
    assert client.post(address, {**sent, "looked": "on", "content": ""}).status_code == 422
    assert client.post(address, {**sent, "looked": "on", "content": digest_of(manifest(task))}).status_code == 302


def test_a_verdict_keeps_the_digest_of_what_was_seen(world: World) -> None:
    task = world.task()
    walk(world, task, State.IN_ACCEPTANCE)
    take(ACCEPT, task, by=world.south_acceptor, level=level(task), result="pass", reason="符合条件")
    signed = Verdict.objects.get(position=1)
    assert signed.digest == digest_of(manifest(task))
    alter_measure(task, 1, text="换了说法")
    assert signed.digest != digest_of(manifest(task))
