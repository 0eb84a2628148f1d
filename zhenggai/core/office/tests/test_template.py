from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from docx import Document
from docx.opc.constants import RELATIONSHIP_TYPE

from zhenggai.core.office import Paper, TemplateError, render_template, template_names
from zhenggai.core.office import template as module
from zhenggai.core.office.tests.reading import check_xml, opened, parts, texts

DAY = date(2025, 1, 9)


def template(*lines: str) -> bytes:
    paper = Paper(created=DAY)
    for line in lines:
        paper.paragraph(line)
    return paper.to_bytes()


def saved(document) -> bytes:
    stream = BytesIO()
    document.save(stream)
    return stream.getvalue()


def filled(line: str, **context) -> str:
    return texts(render_template(template(line), context))[0]


class TestFilling:
    def test_it_fills_text_numbers_dates_and_nothing(self):
        line = "{{ unit }}应于{{ due }}前完成{{ share }}%，{{ count }}项，{{ done }}{{ note }}。"
        context = {"unit": "某局", "due": DAY, "share": Decimal("12.50"), "count": 3, "done": False, "note": None}
        assert filled(line, **context) == "某局应于2025年1月9日前完成12.50%，3项，否。"

    def test_it_reads_nested_data(self):
        task = {"title": "黑臭水体", "units": [{"name": "水务局"}], "items": "三项"}
        assert filled("{{ task.title }} {{ task.units[0].name }} {{ task.items }}", task=task) == "黑臭水体 水务局 三项"

    def test_it_knows_conditions_loops_and_a_few_filters(self):
        line = (
            "{% for unit in units if unit %}{{ loop.index }}.{{ unit }}{% if not loop.last %}；{% endif %}{% endfor %}"
        )
        assert filled(line, units=["甲", "", "乙"]) == "1.甲；2.乙"
        assert (
            filled("{{ units|join }}共{{ units|length }}个，首为{{ units|first }}", units=["甲", "乙"])
            == "甲、乙共2个，首为甲"
        )
        assert filled("{{ days|join('；') }}", days=[DAY, DAY]) == "2025年1月9日；2025年1月9日"
        assert filled("{{ x|default('无') }}{% if x is not defined %}！{% endif %}") == "无！"
        assert filled("{{ '甲' if n > 1 and n + 1 == 3 else '乙' }}", n=2) == "甲"

    def test_rows_of_a_table_repeat(self):
        paper = Paper(created=DAY).table(
            ("序号", "任务"),
            [("{%tr for task in tasks %}", ""), ("{{ loop.index }}", "{{ task }}"), ("{%tr endfor %}", "")],
        )
        made = render_template(paper.to_bytes(), {"tasks": ["黑臭水体", "管网修复"]})
        (table,) = opened(made).tables
        assert [[cell.text for cell in row.cells] for row in table.rows] == [
            ["序号", "任务"],
            ["1", "黑臭水体"],
            ["2", "管网修复"],
        ]

    def test_headers_and_footers_are_filled_too(self):
        document = Document()
        document.sections[0].header.paragraphs[0].text = "{{ unit }}"
        made = render_template(saved(document), {"unit": "某局"})
        assert opened(made).sections[0].header.paragraphs[0].text == "某局"

    def test_a_tag_that_word_split_into_runs_still_works(self):
        document = Document()
        paragraph = document.add_paragraph("{{ un")
        paragraph.add_run("it }}").bold = True
        assert texts(render_template(saved(document), {"unit": "某局"})) == ["某局"]

    def test_a_template_may_be_a_file(self, tmp_path):
        file = Path(tmp_path, "函.docx")
        file.write_bytes(template("{{ unit }}"))
        assert texts(render_template(file, {"unit": "某局"})) == ["某局"]


class TestText:
    @pytest.mark.parametrize("text", ["<w:p/> & \"甲\" '乙' ]]>", "{{ secret }} {% if %}", "&lt;"])
    def test_data_stay_text(self, text):
        made = render_template(template("{{ text }}", "{{ texts|join }}"), {"text": text, "texts": [text, text]})
        check_xml(made)
        assert texts(made) == [text, f"{text}、{text}"]

    def test_control_characters_are_dropped_and_lines_kept(self):
        made = render_template(template("{{ text }}"), {"text": "第\x00一\x07行\x0c\r\n第二行\ud800"})
        check_xml(made)
        assert texts(made) == ["第一行\n第二行"]


class TestFile:
    def test_no_person_and_no_program_of_the_template_stays(self):
        document = Document()
        document.core_properties.author = document.core_properties.last_modified_by = "张三"
        document.core_properties.comments = "草稿"
        made = render_template(saved(document), {}, created=DAY, title="督办函")
        properties = opened(made).core_properties
        assert (properties.author, properties.last_modified_by, properties.comments) == ("", "", "")
        assert (properties.title, properties.created.date()) == ("督办函", DAY)
        assert b"Macintosh" not in parts(made)["docProps/app.xml"]

    def test_the_same_data_make_the_same_bytes(self):
        given = template("{{ unit }}")
        assert render_template(given, {"unit": "某局"}) == render_template(given, {"unit": "某局"})

    def test_without_a_date_the_file_names_neither_now_nor_the_time_of_the_template(self):
        document = Document()
        document.core_properties.created = datetime(2020, 5, 6)
        properties = opened(render_template(saved(document), {})).core_properties
        assert properties.created.year == properties.modified.year == 1980


class TestRefusals:
    @pytest.mark.parametrize(
        "line",
        [
            "{{ ''.__class__ }}",
            "{{ ''.__class__.__mro__[1].__subclasses__() }}",
            "{{ task.__init__ }}",
            "{{ task._private }}",
            "{{ task.title.upper() }}",
            "{{ range(3) }}",
            "{% for i in range(9) %}{% endfor %}",
            "{% if false %}{{ cycler.__init__.__globals__.os.popen('id').read() }}{% endif %}",
            "{{ lipsum() }}",
            "{{ 'a' * 1000000000 }}",
            "{{ 9 ** 9 ** 9 }}",
            "{% set x = 1 %}",
            "{% include 'a' %}",
            "{% import 'a' as b %}",
            "{% extends 'a' %}",
            "{% macro a() %}{% endmacro %}",
            "{% autoescape false %}{{ title }}{% endautoescape %}",
            "{{ title|safe }}",
            "{{ title|attr('__class__') }}",
            "{{ title|format(1) }}",
            "{{ {'a': 1} }}",
        ],
    )
    def test_whatever_is_not_data_is_refused_before_anything_is_filled(self, line):
        for read in (template_names, lambda given: render_template(given, {"task": {"title": ""}, "title": ""})):
            with pytest.raises(TemplateError, match="模板"):
                read(template(line))

    def test_the_refusal_says_why(self):
        with pytest.raises(TemplateError, match="不能访问 __class__"):
            filled("{{ ''.__class__ }}")
        with pytest.raises(TemplateError, match="不能调用函数"):
            filled("{{ title.upper() }}", title="")
        with pytest.raises(TemplateError, match="不能使用 Mul"):
            filled("{{ 'a' * 9 }}")

    @pytest.mark.parametrize(
        "line", ["{{ ''['__class__'] }}", "{{ title['upper'] }}", "{{ units.append }}", "{{ loop }}", "{{ task.keys }}"]
    )
    def test_nothing_but_the_data_is_reachable(self, line):
        with pytest.raises(TemplateError, match="没有提供的数据"):
            filled(line, title="甲", units=["甲"], task={})

    @pytest.mark.parametrize(
        "line", ["{{ unit.name }}", "{{ missing }}", "{% if missing %}{% endif %}", "{{ units[3] }}"]
    )
    def test_missing_data_are_named(self, line):
        with pytest.raises(TemplateError, match=r"没有提供的数据：.+"):
            filled(line, unit={}, units=[])

    @pytest.mark.parametrize("line", ["{% if a %}", "{{ a", "{{ a b }}", "{% endfor %}", "{{ a|nosuch }}"])
    def test_a_slip_of_the_pen_is_explained(self, line):
        with pytest.raises(TemplateError, match="模板写法有误"):
            filled(line, a=1)

    def test_a_comparison_that_makes_no_sense_is_explained(self):
        with pytest.raises(TemplateError, match="比较或相加不成立"):
            filled("{% if due > 3 %}{% endif %}", due="明天")

    def test_a_condition_that_tears_the_document_is_explained(self):
        paper = Paper(created=DAY).paragraph("{% if a %}甲").table(("乙",), [("{% endif %}丙",)])
        with pytest.raises(TemplateError, match="结构不完整"):
            render_template(paper.to_bytes(), {"a": False})

    @pytest.mark.parametrize("value", [object(), b"bytes", {"a": {1, 2}}, [lambda: 1]])
    def test_only_data_may_be_given(self, value):
        with pytest.raises(TypeError, match="模板的数据只能是"):
            filled("{{ a }}", a=value)

    @pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x05\x06" + b"\x00" * 18])
    def test_a_file_that_is_no_docx_is_refused(self, content):
        with pytest.raises(TemplateError, match=r"不是可以打开的 \.docx"):
            render_template(content, {})

    def test_a_docx_with_broken_xml_is_refused(self):
        stream = BytesIO()
        with ZipFile(stream, "w") as package:
            for name, content in parts(template("甲")).items():
                package.writestr(name, content[:-9] if name == "word/document.xml" else content)
        with pytest.raises(TemplateError, match=r"不是可以打开的 \.docx"):
            render_template(stream.getvalue(), {})

    def test_a_workbook_is_refused(self):
        made = parts(template("甲"))
        kinds = made["[Content_Types].xml"].replace(b"document.main", b"sheet.main")
        stream = BytesIO()
        with ZipFile(stream, "w") as package:
            for name, content in (made | {"[Content_Types].xml": kinds}).items():
                package.writestr(name, content)
        with pytest.raises(TemplateError, match=r"不是可以打开的 \.docx"):
            render_template(stream.getvalue(), {})

    def test_a_file_that_unpacks_too_far_is_refused(self, monkeypatch):
        monkeypatch.setattr(module, "LARGEST_TEMPLATE", 10_000)
        stream = BytesIO()
        with ZipFile(stream, "w", ZIP_DEFLATED) as package:
            package.writestr("word/document.xml", b" " * 10_001)
        with pytest.raises(TemplateError, match="模板过大"):
            render_template(stream.getvalue(), {})

    def test_a_template_that_calls_home_is_refused_and_an_ordinary_link_is_not(self):
        document = Document()
        document.part.relate_to("https://example.org/", RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
        render_template(saved(document), {})
        attached = RELATIONSHIP_TYPE.HYPERLINK.replace("hyperlink", "attachedTemplate")
        document.part.relate_to("https://example.org/a.dotm", attached, is_external=True)
        with pytest.raises(TemplateError, match=r"不能引用外部文件：https://example\.org/a\.dotm"):
            render_template(saved(document), {})


def test_the_names_that_a_template_asks_for_are_known_before_it_is_used():
    assert template_names(template("{{ unit.name }}", "{% for task in tasks %}{{ task }}{% endfor %}")) == {
        "unit",
        "tasks",
    }
