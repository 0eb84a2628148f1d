"""The original's pages as pictures, with what was read of a task lit on them."""

import io
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from PIL import Image

from tests.browser.test_path import PLAN
from tests.world import World
from zhenggai.core.reading import libreoffice, scan
from zhenggai.core.tests.documents import TABLE, ofd_with_table, pdf_with_table
from zhenggai.core.tests.rendering import as_docx
from zhenggai.intake.actions import propose
from zhenggai.intake.models import Proposal
from zhenggai.intake.originals import NoPicture, Written, opened_original
from zhenggai.intake.page_image import LIT, _lines_of, in_box
from zhenggai.intake.passage import pages_of
from zhenggai.intake.reading import page_image, pages_shown

SCAN = Path(__file__).parents[2] / "core" / "tests" / "data" / "scan.jpg"


@pytest.fixture(autouse=True)
def pages_of_its_own(settings: Any, tmp_path: Path) -> None:
    settings.PREVIEW_ROOT = tmp_path / "previews"


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


def picture_of(proposal: Proposal, position: int, page: int) -> Image.Image:
    png = page_image(proposal.items.select_related("proposal__file").get(position=position), page)
    assert png is not None
    return Image.open(io.BytesIO(png)).convert("RGB")


def test_what_was_read_is_lit_on_each_of_its_pages(proposal: Proposal) -> None:
    first = proposal.items.get(position=1)
    assert pages_of(first.data) == [1, 2]
    assert lit(picture_of(proposal, 1, 1)) > 100_000
    assert 3_000 < lit(picture_of(proposal, 1, 2)) < 20_000


def test_the_page_is_shown_to_who_may_see_the_import(world: World, proposal: Proposal, login: Any) -> None:
    address = f"/intake/{proposal.pk}/1/page/1/"
    shown = login(world.office).get(address)
    assert shown.headers["Content-Type"] == "image/png"
    assert Image.open(io.BytesIO(shown.content)).size == (1012, 1432)
    for closed in (address, f"/intake/{proposal.pk}/1/pages/"):
        assert login(world.south_liaison).get(closed).status_code in (403, 404)
    client = login(world.office)
    page = client.get(f"/intake/{proposal.pk}/1/").content.decode()
    assert "正在生成原件页面" in page
    assert "雨天有污水入湖" in page, "the text is there at once"
    assert f'src="{address}"' in client.get(f"/intake/{proposal.pk}/1/pages/").content.decode()
    assert "hx-get" not in client.get(f"/intake/{proposal.pk}/1/?view=text").content.decode()


@pytest.mark.parametrize("number", [0, 99])
def test_a_page_that_is_not_there_is_not_found(world: World, proposal: Proposal, login: Any, number: int) -> None:
    assert login(world.office).get(f"/intake/{proposal.pk}/1/page/{number}/").status_code == 404


def test_a_file_that_is_no_pdf_has_no_picture(tmp_path: Path) -> None:
    path = tmp_path / "x.pdf"
    path.write_bytes(b"%PDF-1.7 broken")
    with pytest.raises(NoPicture):
        opened_original(path, path.name, tmp_path)


# ── Word, OFD, scans ─────────────────────────────────────────────────────────
def proposed(world: World, name: str, data: bytes) -> Proposal:
    assert world.inspection is not None
    return propose(ContentFile(data, name=name), name, world.inspection, by=world.office)


@pytest.mark.skipif(libreoffice.program() is None, reason="LibreOffice is not installed")
def test_a_word_plan_is_shown_as_it_is_laid_out_with_the_right_one_of_like_passages_lit(world: World) -> None:
    found = proposed(world, "方案.docx", as_docx(PLAN + "\n" * 2))
    item = found.items.select_related("proposal__file").get(position=1)
    assert pages_shown(item) == [1]
    assert lit(picture_of(found, 1, 1)) > 3_000
    kept = list(Path(settings.PREVIEW_ROOT).rglob("original.pdf"))
    assert len(kept) == 1
    made = kept[0].stat().st_mtime_ns
    assert pages_shown(item) == [1]
    assert kept[0].stat().st_mtime_ns == made, "laid out once"


def test_without_libreoffice_the_text_stays_and_says_so(
    world: World, login: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = proposed(world, "方案.docx", as_docx(PLAN))
    monkeypatch.setenv("PATH", "/nowhere")
    answer = login(world.office).get(f"/intake/{found.pk}/1/pages/")
    assert answer.status_code == 200
    assert answer.headers["HX-Retarget"] == "#doctool"
    assert "显示不成页面" in answer.content.decode()


@pytest.mark.skipif(not scan.available(), reason="the extra ocr is not installed")
def test_a_scan_is_shown_with_its_lines_lit(world: World) -> None:
    found = proposed(world, "扫描.jpg", SCAN.read_bytes())
    item = found.items.select_related("proposal__file").get(position=1)
    assert pages_shown(item) == [1]
    assert lit(picture_of(found, 1, 1)) > 5_000


def test_an_ofd_is_drawn(world: World) -> None:
    found = proposed(world, "清单.ofd", ofd_with_table(TABLE))
    item = found.items.select_related("proposal__file").get(position=1)
    assert pages_shown(item) == [1]
    assert lit(picture_of(found, 1, 1)) > 3_000


def test_a_table_of_figures_has_no_pages(world: World, login: Any) -> None:
    found = proposed(world, "清单.txt", PLAN.encode())
    assert "正在生成" not in login(world.office).get(f"/intake/{found.pk}/1/").content.decode()


def test_of_like_rows_in_a_scanned_table_one_is_lit() -> None:
    rows = ["消除污水直排", "全面完成整改", "南湖3处排口溢流", "全面完成整改", "全面完成整改"]
    lines = [sum(map(len, rows[:at])) for at in range(len(rows))]
    tops = [0.1, 0.2, 0.3, 0.31, 0.5]
    boxes = [(0.1, top, 0.2, top + 0.01) for row, top in zip(rows, tops, strict=True) for _ in row]
    page = Written("".join(rows), boxes, lines)
    lit_lines = _lines_of(page, ["全面完成整改", "南湖3处排口溢流"])
    assert [page.text[start:end] for start, end in lit_lines] == ["南湖3处排口溢流", "全面完成整改"]
    assert page.boxes[lit_lines[1][0]][1] == 0.31


SAME = [
    ["序号", "存在问题", "整改目标", "整改时限"],
    *([str(at), "排口溢流。", "全面完成整改。", "2024年底"] for at in range(1, 5)),
]


def lit_rows(picture: Image.Image) -> tuple[int, int]:
    """The first and last row of pixels that carry the colour of a lit passage."""
    lines = (picture.crop((0, row, picture.width, row + 1)) for row in range(picture.height))
    rows = [row for row, line in enumerate(lines) if lit(line)]
    return rows[0], rows[-1]


@pytest.mark.parametrize("name", ["清单.pdf", "清单.ofd"])
def test_of_rows_that_say_the_same_the_tasks_own_is_lit(world: World, name: str) -> None:
    found = proposed(world, name, pdf_with_table(SAME) if name.endswith("pdf") else ofd_with_table(SAME))
    assert found.items.count() == 4
    lit_in = [lit_rows(picture_of(found, position, 1)) for position in range(1, 5)]
    assert all(last < following for (_, last), (following, _) in pairwise(lit_in))


def test_in_a_cell_of_a_scan_its_own_lines_are_lit_whatever_others_say() -> None:
    rows = ["1", "全面完成整改", "2", "全面完成", "整改"]
    places = [(0.1, 0.2), (0.5, 0.2), (0.1, 0.4), (0.5, 0.4), (0.5, 0.43)]
    boxes = [(x, y, x + 0.05, y + 0.02) for row, (x, y) in zip(rows, places, strict=True) for _ in row]
    page = Written("".join(rows), boxes, [])
    assert in_box(page, "全面完成整改", (0.4, 0.38, 0.9, 0.5)) == [(8, 14)]
    assert in_box(page, "读成别的字", (0.4, 0.18, 0.9, 0.3)) == [(1, 7)], "all of the cell"
