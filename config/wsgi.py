"""The WSGI entry that granian serves."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from zhenggai.serve.spread import Spread

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = Spread(get_wsgi_application())
# What is loaded by now, the pages' modules among it, stays: the collector need not walk through it in the middle of a
# request. A request makes tens of thousands of objects that go with it: the collector looks less often than it usually does.
get_resolver().reverse_dict  # noqa: B018 - reading it loads every page
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 20)
