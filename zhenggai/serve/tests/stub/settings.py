"""A Django project that stands in for the product, so that the launcher's tests wait for nothing else."""

import os
from pathlib import Path

import dj_database_url

DATABASES = {"default": dj_database_url.parse(os.environ["DATABASE_URL"])}
SECRET_KEY = os.environ["ZHENGGAI_SECRET_KEY"]
ALLOWED_HOSTS = ["127.0.0.1"]
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.staticfiles"]
ROOT_URLCONF = "zhenggai.serve.tests.stub.urls"
WSGI_APPLICATION = "zhenggai.serve.tests.stub.wsgi.application"
STATIC_URL = "/static/"
STATIC_ROOT = Path(os.environ["ZHENGGAI_VAR"]) / "static"
STATICFILES_DIRS = [Path(__file__).parent / "static"]
USE_TZ = True
