"""The original's pages as pictures, with what was read of a task lit on them."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image

from tests.browser.test_path import PLAN
from tests.world import World
from zhenggai.intake.actions import propose
from zhenggai.intake.models import Proposal
from zhenggai.intake.page_image import LIT, draw
from zhenggai.intake.passage import marks_of, pages_of
from zhenggai.intake.reading import page_image


def plan_pdf(text: str) -> bytes:
    """The plan as a PDF of A4 pages whose lines break where the page ends."""
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.platypus import Paragraph, SimpleDocTemplate

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    style = ParagraphStyle("body", fontName="STSong-Light", fontSize=12, leading=22, firstLineIndent=24, wordWrap="CJK")
    out = io.BytesIO()
    SimpleDocTemplate(out).build([Paragraph(line, style) for line in text.splitlines()])
    return out.getvalue()


@pytest.fixture(scope="module")
def long_plan() -> bytes:
    """The plan's first task goes over two pages."""
    words = "督察发现，南湖片区3处排口雨天有污水入湖，沿湖单位错接混接普遍，管网底数长期不清。"
    return plan_pdf(PLAN.replace("督察发现，南湖片区3处排口雨天有污水入湖。", words * 20))


@pytest.fixture
def proposal(world: World, long_plan: bytes) -> Proposal:
    assert world.inspection is not None
    return propose(ContentFile(long_plan, name="方案.pdf"), "方案.pdf", world.inspection, by=world.office)


def lit(picture: Image.Image) -> int:
    """How many pixels carry the colour of a lit passage over white paper."""
    colours = picture.getcolors(picture.width * picture.height) or []
    return sum(count for count, found in colours if found == LIT)


def test_what_was_read_is_lit_on_each_of_its_pages(proposal: Proposal) -> None:
    first = proposal.items.get(position=1)
    assert pages_of(first.data) == [1, 2]
    path = default_storage.path(proposal.file.path)
    passages = [proposal.text[start:end] for start, end, _ in marks_of(first.data)]
    assert lit(draw(path, 1, passages)) > 100_000
    assert 3_000 < lit(draw(path, 2, passages)) < 20_000
    assert lit(draw(path, 1, ["这句话哪里也没有出现过，所以不亮"])) == 0


def test_the_page_is_shown_to_who_may_see_the_import(world: World, proposal: Proposal, login: Any) -> None:
    address = f"/intake/{proposal.pk}/1/page/1/"
    shown = login(world.office).get(address)
    assert shown.headers["Content-Type"] == "image/png"
    assert Image.open(io.BytesIO(shown.content)).size == (1012, 1432)
    assert login(world.south_liaison).get(address).status_code in (403, 404)
    page = login(world.office).get(f"/intake/{proposal.pk}/1/?view=pages").content.decode()
    assert f'src="{address}"' in page
    assert "看文字" in page
    assert "看原页" in login(world.office).get(f"/intake/{proposal.pk}/1/").content.decode()


@pytest.mark.parametrize("number", [0, 99])
def test_a_page_that_is_not_there_is_not_found(world: World, proposal: Proposal, login: Any, number: int) -> None:
    assert login(world.office).get(f"/intake/{proposal.pk}/1/page/{number}/").status_code == 404


def test_a_file_that_is_no_pdf_has_no_picture(tmp_path: Path) -> None:
    path = tmp_path / "x.pdf"
    path.write_bytes(b"%PDF-1.7 broken")
    assert page_image(path, 1, []) is None
