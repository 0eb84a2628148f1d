from django.apps import AppConfig


class PublicityConfig(AppConfig):
    name = "zhenggai.publicity"
    label = "publicity"
    verbose_name = "公示"

    def ready(self) -> None:
        from zhenggai.publicity import steps  # noqa: F401  registers the steps that this app performs
