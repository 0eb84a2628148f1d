"""Real pages that only developers have (../shared): the plan that an upload site spoilt, and every other page."""

from pathlib import Path

import pytest

from zhenggai.core.extract import read_all
from zhenggai.core.tests.gold import assert_reads, assert_slices

pytestmark = pytest.mark.shared

SHARED = Path(__file__).resolve().parents[4] / "shared"
PAGES = sorted([*SHARED.glob("seeds/*.txt"), *SHARED.glob("corpus/*/*.txt")])
SPOILT = next(SHARED.glob("seeds/002_*.txt"), None)

needs_shared = pytest.mark.skipif(not PAGES, reason="the reference documents are not here")


def persons(*units: str) -> list[str]:
    return [f"{unit}主要负责人" for unit in units]


ONE = [
    *(
        f"市{name}"
        for name in ["发改委", "经信局", "自然资源和规划局", "生态环境局", "水务局", "农业农村局", "商务局", "统计局"]
    ),
    *(f"各区{organ}" for organ in ("党委(工委)", "政府(管委会)")),
]
ZONE = "武汉经济技术开发区"
TWO = ["市农业农村局", "各新城区党委", "各新城区政府", f"{ZONE}工委(汉南区委)", f"{ZONE}管委会(政府)"]
THREE = ["市水务局", "市城建局"] + [
    f"{region}区{organ}" for region in ("江岸", "硚口", "武昌", "汉阳", "洪山", "青山") for organ in ("党委", "政府")
]
FOUR = ["各相关区党委", "各相关区政府"]
LEADS = ["市委办公厅", "市政府办公厅"]
CATEGORY = ["问题类", "统筹经济发展与环境保护不够"]

GOLD = {
    "kind": "plan",
    "document_number": None,
    "issuer": None,
    "date": None,
    "tasks": [
        {"serial": "1", "category": CATEGORY, "measures": [{"no": str(n), "deadlines": []} for n in range(1, 7)], "deadline": {"raw": "2018年底之前", "kind": "date", "due": "2018-12-31", "then_long_term": False},
         "lead_units": LEADS, "responsible_units": ONE, "responsible_persons": persons(*LEADS, *ONE), "cooperating_units": [], "leaders": []},
        {"serial": "2", "category": CATEGORY, "measures": [{"no": "1", "deadlines": [{"raw": "2020年底之前", "due": "2020-12-31"}], "quantities": []}, {"no": "2"}], "deadline": {"due": "2020-12-31"},
         "lead_units": [], "responsible_units": TWO, "responsible_persons": persons(*TWO)},
        {"serial": "3", "category": CATEGORY, "goal_quantities": [{"raw": "完成率达到90%", "value": 90, "unit": "%", "comparator": ">=", "of": "完成率"}],
         "measures": [
             {"no": "1", "deadlines": [{"due": "2020-12-31"}], "quantities": [{"value": 90, "of": "完成率"}]},
             {"no": "2", "deadlines": [], "quantities": []},
             {"no": "3", "deadlines": [{"raw": "2019年6月底之前", "due": "2019-06-30"}, {"due": "2019-12-31"}, {"due": "2018-12-31"}], "quantities": []},
             {"no": "4", "deadlines": [{"due": "2019-12-31"}, {"due": "2020-12-31"}, {"due": "2020-12-31"}]},
             {"no": "5", "deadlines": [{"due": "2019-12-31"}], "quantities": [{"value": 50, "unit": "处"}, {"value": 11, "unit": "公里"}, {"value": 80, "unit": "公顷"}]},
             {"no": "6", "deadlines": [{"due": "2018-12-31"}, {"due": "2019-12-31"}, {"due": "2020-12-31"}],
              "quantities": [{"raw": "26个居住小区", "value": 26, "unit": "个", "of": "居住小区"}, {"value": 18}, {"value": 19}, {"value": 12}]},
             {"no": "7", "deadlines": [], "quantities": [{"value": 31, "unit": "个", "of": "小区"}]},
         ],
         "deadline": {"due": "2020-12-31"}, "lead_units": [], "responsible_units": THREE, "responsible_persons": persons(*THREE)},
        {"serial": "4", "category": CATEGORY, "measures": [{"no": "1"}, {"no": "2"}], "deadline": {"due": "2018-12-31"}, "lead_units": [], "responsible_units": FOUR, "responsible_persons": persons(*FOUR)},
    ],
    "duties": [
        {"who": "各整改责任单位", "to": "市领导小组综合协调组", "every": "month", "day": 15, "count": 1},
        {"who": "市领导同志", "to": None, "every": "month", "day": None, "count": 1},
        {"who": None, "every": "quarter", "day": None, "count": 1},
        {"every": "month", "day": None, "count": 1},
    ],
    "bodies": [
        {"name": "市环境保护督察反馈意见整改工作领导小组", "lead": None},
        {"name": "综合协调组", "lead": "市政府分管副市长"},
        {"name": "案件查办组", "lead": "市纪委监委机关"},
        {"name": "整改督导组", "lead": "市委督查室、市政府督查室"},
        {"name": "宣传报道组", "lead": "市委宣传部"},
    ],
    "warnings": [],
}  # fmt: skip


@pytest.mark.skipif(SPOILT is None, reason="the reference documents are not here")
def test_the_plan_that_an_upload_site_spoilt():
    assert SPOILT is not None
    reading = assert_reads(SPOILT.read_bytes(), SPOILT.name, GOLD)
    title = reading.extraction.title
    assert title is not None
    assert title.endswith("方案")
    for foreign in ("- 5 -", "文档编号", "上传人", "展开阅读全文", "Copyright", "\n\n", "公安局备案", "相关搜索"):
        assert foreign not in reading.source.text


@needs_shared
@pytest.mark.parametrize("page", PAGES, ids=lambda path: f"{path.parent.name}/{path.stem[:12]}")
def test_values_of_every_page_stand_where_their_places_say(page):
    assert_slices(read_all(page.read_bytes(), page.name))


KINDS = {"b_notice": {"notice"}, "d_report": {"progress"}, "c_complaint": {"complaints"}, "a_plan": {"plan"}}
OTHERWISE = {  # news and rules about such papers are none of them
    "09_xiantao_2017_three_classes", "15_hunan_2019_three_phases", "16_sichuan_2018_plan_drafting", "11_jinzhou_2018_strike_off_forms_news",
    "21_pingxiang_2020_strike_off_check",
}  # fmt: skip


@needs_shared
@pytest.mark.parametrize("page", [page for page in PAGES if page.parent.name in KINDS], ids=lambda path: path.stem[:20])
def test_the_kind_of_every_page(page):
    kind = read_all(page.read_bytes(), page.name).extraction.kind
    expected = {"unknown", "progress"} if page.stem in OTHERWISE else KINDS[page.parent.name]
    assert kind in expected


@pytest.mark.parametrize("seed", ["000", "001", "003"])
@needs_shared
def test_the_notices_among_the_seeds(seed):
    page = next(SHARED.glob(f"seeds/{seed}_*.txt"))
    assert read_all(page.read_bytes(), page.name).extraction.kind == "notice"
