"""The visual language is tested alone: its own context, no other app's, no collected static files."""

import copy
from collections.abc import Callable
from typing import Any

import pytest
from django.template import Context, Engine, engines


@pytest.fixture(autouse=True)
def alone(settings: Any) -> None:
    templates = copy.deepcopy(settings.TEMPLATES)
    templates[0]["OPTIONS"]["context_processors"] = [
        "django.template.context_processors.request",
        "django.contrib.messages.context_processors.messages",
        "zhenggai.ui.context.site",
    ]
    settings.TEMPLATES = templates
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture
def shown() -> Callable[..., str]:
    """Render a piece of template source."""

    def render(source: str, **context: Any) -> str:
        engine: Engine = engines["django"].engine
        return engine.from_string(source).render(Context(context))

    return render
