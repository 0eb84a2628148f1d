"""Filling a .docx template that people edit in Word or WPS.

A template holds data only: ``{{ task.title }}``, ``{% if %}``, ``{% for %}`` (``{%tr for %}`` for table rows) and
a few filters. It is uploaded by an administrator, so it is treated as untrusted: whatever is not listed here is
refused when the template is read, before anything is filled in.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, Template, nodes
from jinja2.exceptions import TemplateError as JinjaError
from jinja2.exceptions import UndefinedError
from jinja2.runtime import LoopContext
from jinja2.sandbox import SandboxedEnvironment
from lxml import etree

from zhenggai.core.office.finish import finished
from zhenggai.core.office.text import as_text, clean

LARGEST_TEMPLATE = 50_000_000
# The first day that an archive can name: a file says rather this than the moment when it was made.
NO_DATE = date(1980, 1, 1)
FILTERS = ("default", "first", "last", "length")
TESTS = ("defined", "none", "even", "odd")
LOOP_FIELDS = ("index", "index0", "first", "last", "length")
ALLOWED = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.For, nodes.If),
    *(nodes.Name, nodes.Const, nodes.List, nodes.Tuple, nodes.Getattr, nodes.Getitem, nodes.Filter, nodes.Test),
    *(nodes.CondExpr, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.Add, nodes.Sub),
)


class TemplateError(Exception):
    """A template that cannot be filled; the message tells the administrator why."""


class _DataOnly(SandboxedEnvironment):
    """Jinja cut down to data: the sandbox stays underneath as a second wall."""

    def __init__(self) -> None:
        super().__init__(autoescape=True, undefined=StrictUndefined, finalize=as_text)
        self.globals.clear()
        self.filters = {name: self.filters[name] for name in FILTERS} | {"join": _join}
        self.tests = {name: self.tests[name] for name in TESTS}

    def parse(self, source: str, name: str | None = None, filename: str | None = None) -> nodes.Template:
        parsed = super().parse(source, name, filename)
        _refuse_code(parsed)
        return parsed

    def from_string(self, source: Any, *args: Any, **kwargs: Any) -> Template:
        self.parse(source)
        return super().from_string(source, *args, **kwargs)

    def getattr(self, obj: Any, attribute: str) -> Any:
        """``task.items`` is the entry "items" of the data, never a method of the dictionary."""
        if isinstance(obj, LoopContext) and attribute in LOOP_FIELDS:
            return getattr(obj, attribute)
        return self.getitem(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        try:
            return obj[argument] if isinstance(obj, (dict, list)) else self.undefined(obj=obj, name=argument)
        except (LookupError, TypeError):
            return self.undefined(obj=obj, name=argument)


class _Docx(DocxTemplate):  # type: ignore[misc]  # docxtpl brings no types that mypy may read
    def fix_tables(self, xml: str) -> Any:
        # docxtpl would repair broken XML in silence, and lose what it cannot place.
        etree.fromstring(xml.encode(), etree.XMLParser(resolve_entities=False))
        return super().fix_tables(xml)


def render_template(
    template: bytes | Path, context: Mapping[str, object], *, created: date = NO_DATE, title: str = ""
) -> bytes:
    """The template filled with ``context``: texts, numbers, dates, lists and dictionaries of them.

    Dates print as 2025年1月9日, ``True`` as 是, ``None`` as nothing. Data that the template names and the context
    lacks are an error. ``created`` is the date that the file carries.
    """
    docx = _opened(template)
    data = _plain(context)
    with _explained():
        docx.render(data, _DataOnly(), autoescape=True)
    return finished(docx.docx, title=title, created=created)


def template_names(template: bytes | Path) -> frozenset[str]:
    """The data that a template asks for: what a page shows when a template is uploaded. Refuses what
    ``render_template`` would refuse.
    """
    with _explained():
        return frozenset(_opened(template).get_undeclared_template_variables(_DataOnly()))


def _opened(template: bytes | Path) -> _Docx:
    content = template.read_bytes() if isinstance(template, Path) else template
    try:
        with ZipFile(BytesIO(content)) as package:
            if sum(entry.file_size for entry in package.infolist()) > LARGEST_TEMPLATE:
                raise TemplateError("模板过大")
        docx = _Docx(BytesIO(content))
        docx.init_docx()
    except (BadZipFile, KeyError, ValueError, etree.XMLSyntaxError) as reason:
        raise TemplateError("模板不是可以打开的 .docx 文件") from reason
    _refuse_outside_links(docx.docx)
    return docx


def _refuse_outside_links(document: Document) -> None:
    """A remote template or picture would call home from every paper made with this template."""
    for part in document.part.package.iter_parts():
        for link in part.rels.values():
            if link.is_external and link.reltype != RELATIONSHIP_TYPE.HYPERLINK:
                raise TemplateError(f"模板不能引用外部文件：{link.target_ref}")


def _refuse_code(template: nodes.Template) -> None:
    for node in template.find_all(nodes.Node):
        if isinstance(node, nodes.Call):
            raise TemplateError("模板只能填写数据，不能调用函数")
        if not isinstance(node, (*ALLOWED, nodes.Keyword)):
            raise TemplateError(f"模板只能填写数据，不能使用 {type(node).__name__}")
        if isinstance(node, nodes.Getattr) and node.attr.startswith("_"):
            raise TemplateError(f"模板只能填写数据，不能访问 {node.attr}")


@contextmanager
def _explained() -> Iterator[None]:
    """Turns the errors of the engine into sentences."""
    try:
        yield
    except UndefinedError as reason:
        raise TemplateError(f"模板用到了没有提供的数据：{_last_quoted(str(reason))}") from reason
    except JinjaError as reason:
        raise TemplateError(f"模板写法有误：{reason}") from reason
    except etree.XMLSyntaxError as reason:
        raise TemplateError("模板填写后结构不完整，请检查 if、for 的开头和结尾是否在同一段落、同一表格") from reason
    except TypeError as reason:
        raise TemplateError(f"模板中的比较或相加不成立：{reason}") from reason


def _last_quoted(message: str) -> str:
    quoted = re.findall(r"'([^']*)'", message)
    return quoted[-1] if quoted else message


def _plain(value: object) -> Any:
    """The context as plain data, cleaned, so that nothing with behaviour reaches a template."""
    if value is None or isinstance(value, (bool, int, float, Decimal, date)):
        return value
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, (bytes, bytearray)):
        return [_plain(item) for item in value]
    raise TypeError(f"模板的数据只能是文字、数字、日期、列表和字典，不能是 {type(value).__name__}")


def _join(items: Sequence[object], separator: str = "、") -> str:
    return separator.join(as_text(item) for item in items)
