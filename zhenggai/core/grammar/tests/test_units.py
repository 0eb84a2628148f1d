"""Lists of units and persons, written out."""

import pytest

from zhenggai.core.grammar.unit_lists import parse_units


def names(text: str, role: str = "responsible") -> list[str]:
    return [name.text for name in getattr(parse_units(text, role), role)]


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("市水务局、市城管局", ["市水务局", "市城管局"]),
        ("市水务局，市城管局；市住建局/市园林局", ["市水务局", "市城管局", "市住建局", "市园林局"]),
        ("市交通运输局 市公安局", ["市交通运输局", "市公安局"]),
        ("市水务局\n市城管局。", ["市水务局", "市城管局"]),
        ("市住房和城乡建设局", ["市住房和城乡建设局"]),
        ("市发展和改革委员会和市经济和信息化局", ["市发展和改革委员会", "市经济和信息化局"]),
        ("市自然资源和规划局及各区政府", ["市自然资源和规划局", "各区政府"]),
        ("江岸、硚口、武昌区党委、政府", ["江岸区党委", "江岸区政府", "硚口区党委", "硚口区政府", "武昌区党委", "武昌区政府"]),
        ("各区党委(工委) 、政府(管委会)", ["各区党委(工委)", "各区政府(管委会)"]),
        ("各区党委（工委）、政府（管委会）", ["各区党委（工委）", "各区政府（管委会）"]),
        ("各新城区党委、政府,南川高新技术产业园区工委(南湖区委)、管委会(政府)", ["各新城区党委", "各新城区政府", "南川高新技术产业园区工委(南湖区委)", "南川高新技术产业园区管委会(政府)"]),
        ("各县（市、区）党委和政府", ["各县（市、区）党委", "各县（市、区）政府"]),
        ("江岸区党委政府", ["江岸区党委", "江岸区政府"]),
        ("甲区委、区政府", ["甲区委", "甲区政府"]),
        ("各区委、区政府", ["各区委", "各区政府"]),
        ("市委、市政府", ["市委", "市政府"]),
        ("市委市政府", ["市委", "市政府"]),
        ("县委、县政府，县水利局", ["县委", "县政府", "县水利局"]),
        ("江岸、硚口区", ["江岸区", "硚口区"]),
        ("江岸区、硚口区，市水务局", ["江岸区", "硚口区", "市水务局"]),
        ("江岸、硚口区水务局", ["江岸区水务局", "硚口区水务局"]),
        ("甲、乙县政府", ["甲县政府", "乙县政府"]),
        ("东湖高新区、武昌区政府", ["东湖高新区政府", "武昌区政府"]),
        ("市水务、城管、生态环境局", ["市水务局", "市城管局", "市生态环境局"]),
        ("宿马园区党工委、管委会", ["宿马园区党工委", "宿马园区管委会"]),
        ("江岸区硚口区汉阳区党委、政府", ["江岸区党委", "江岸区政府", "硚口区党委", "硚口区政府", "汉阳区党委", "汉阳区政府"]),
        ("荆州市沙市区政府", ["荆州市沙市区政府"]),
        ("石首、公安、洪湖县（市）人民政府", ["石首市人民政府", "公安县人民政府", "洪湖市人民政府"]),
        ("甲山、乙山县（市）政府", ["甲山县（市）政府", "乙山县（市）政府"]),
        ("各县（市）人民政府", ["各县（市）人民政府"]),
        ("某某环保有限公司、某某镇人民政府", ["某某环保有限公司", "某某镇人民政府"]),
        ("市水务局、市城管局等部门", ["市水务局", "市城管局"]),
        ("各区政府、开发区管委会按职责分工负责", ["各区政府", "开发区管委会"]),
        ("1.市水务局；2.市城管局", ["市水务局", "市城管局"]),
        ("市水务局、市水务局", ["市水务局"]),
        ("无", []),
        ("/", []),
        ("", []),
    ],
)  # fmt: skip
def test_units_are_written_out(text, units):
    assert names(text) == units


@pytest.mark.parametrize(
    ("text", "persons"),
    [
        ("市委办公厅、市政府办公厅，各区党委(工委)、政府(管委会)主要负责人", ["市委办公厅主要负责人", "市政府办公厅主要负责人", "各区党委(工委)主要负责人", "各区政府(管委会)主要负责人"]),
        ("市水务局主要负责人、市城管局分管负责人", ["市水务局主要负责人", "市城管局分管负责人"]),
        ("市水务局、市城管局主要负责同志", ["市水务局主要负责同志", "市城管局主要负责同志"]),
        ("甲区区长，市水务局局长", ["甲区区长", "市水务局局长"]),
        ("张某、李某", ["张某", "李某"]),
        ("张某（市水务局局长）", ["张某（市水务局局长）"]),
    ],
)  # fmt: skip
def test_persons_are_named_for_each_unit(text, persons):
    assert names(text, "persons") == persons


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        ("市水务局（牵头）、市城管局", {"lead": ["市水务局"], "responsible": ["市城管局"]}),
        ("市水务局牵头，市城管局、各区政府配合", {"lead": ["市水务局"], "cooperating": ["市城管局", "各区政府"]}),
        ("牵头单位：市水务局；配合单位：市城管局", {"lead": ["市水务局"], "cooperating": ["市城管局"]}),
        ("牵头单位：甲区政府\n责任单位：各街道办事处\n督导单位：市督查室", {"lead": ["甲区政府"], "responsible": ["各街道办事处"], "supervising": ["市督查室"]}),
        ("市水务局、市城管局主要负责人", {"persons": ["市水务局主要负责人", "市城管局主要负责人"]}),
    ],
)  # fmt: skip
def test_the_list_itself_may_say_who_leads(text, roles):
    units = parse_units(text)
    found = {role: [name.text for name in getattr(units, role)] for role in units._fields if getattr(units, role)}
    assert found == roles


def test_a_name_that_was_not_completed_stands_where_its_place_says():
    text = "市水务局，江岸、武昌区政府"
    units = parse_units(text).responsible
    assert text[units[0].start : units[0].end] == "市水务局"
    assert text[units[1].start : units[1].end] == "江岸、武昌区政府"


def test_a_bracket_stands_for_its_own_unit_or_for_its_whole_group():
    units = parse_units("市城管委（牵头），市水务局、市园林局（配合）")
    assert [name.text for name in units.lead] == ["市城管委"]
    assert [name.text for name in units.cooperating] == ["市水务局", "市园林局"]
    units = parse_units("市水务局（牵头）、市生态环境局，青山镇人民政府")
    assert [name.text for name in units.lead] == ["市水务局"]
    assert [name.text for name in units.responsible] == ["市生态环境局", "青山镇人民政府"]
