from django.apps import AppConfig


class PagesConfig(AppConfig):
    name = "zhenggai.pages"
    label = "pages"
    verbose_name = "首页"

    def ready(self) -> None:
        from zhenggai.pages import offered  # noqa: F401  registers the papers that may be chosen for the public
