from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "zhenggai.ui"
    label = "ui"
    verbose_name = "界面"
