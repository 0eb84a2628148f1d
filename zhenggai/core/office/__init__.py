"""Writing official documents (.docx): built in code (``Paper``) or from a template (``render_template``)."""

from zhenggai.core.office.paper import Paper
from zhenggai.core.office.template import TemplateError, render_template, template_names
from zhenggai.core.office.text import as_text, chinese_date, chinese_number, clean

__all__ = [
    "Paper",
    "TemplateError",
    "as_text",
    "chinese_date",
    "chinese_number",
    "clean",
    "render_template",
    "template_names",
]
