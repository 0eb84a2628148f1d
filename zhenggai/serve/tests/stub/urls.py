"""One page: how many people there are, read as the role of the running product."""

import os

from django.contrib.auth import get_user_model
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path


def home(_request: HttpRequest) -> HttpResponse:
    """People in the database, the role that asks, the process that answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        role = cursor.fetchone()[0]
    return HttpResponse(f"{get_user_model().objects.count()} {role} {os.getpid()}")


urlpatterns = [path("", home)]
