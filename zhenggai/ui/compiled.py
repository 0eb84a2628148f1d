"""Templates compiled to Python (Jinja2) for the parts of a page that repeat: rows of long tables, cells, chips.

Django's own templates are interpreted, at some 20 microseconds a variable: a list of 50 rows took longer to draw than
to find. Pages stay Django's; `{% drawn "ledger/rows.html" %}` puts a compiled part into one. Both know the same tags.
"""

from typing import Any

from django.template.defaultfilters import floatformat
from jinja2 import Environment, StrictUndefined

from zhenggai.ui.paths import path_to
from zhenggai.ui.templatetags import ui


def environment(**options: Any) -> Environment:
    """The environment of every `jinja2/` folder: what is not known is an error, and everything is escaped. Of
    Django's `options` it needs where the folders are."""
    found = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, loader=options["loader"])
    found.globals |= {"url": path_to, "icon": ui.icon, "status": ui.status, "nodes": ui.nodes, "days": ui.days_of}
    found.filters |= {
        "iso": ui.iso,
        "cn_date": ui.cn_date,
        "floatformat": floatformat,
        "lit": ui.lit,
        "around": ui.around,
    }
    return found
