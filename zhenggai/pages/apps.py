from django.apps import AppConfig


class PagesConfig(AppConfig):
    name = "zhenggai.pages"
    label = "pages"
    verbose_name = "首页"
