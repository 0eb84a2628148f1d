from typing import Any

from django.apps import AppConfig
from django.db.backends.signals import connection_created

PLANS_KEPT = 300  # for each connection: more than the statements that people's pages are made of


class UiConfig(AppConfig):
    name = "zhenggai.ui"
    label = "ui"
    verbose_name = "界面"

    def ready(self) -> None:
        connection_created.connect(_keep_plans)


def _keep_plans(sender: object, connection: Any, **_: object) -> None:
    """psycopg keeps a hundred prepared statements of a connection unless told otherwise."""
    connection.connection.prepared_max = PLANS_KEPT
