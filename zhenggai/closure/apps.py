from django.apps import AppConfig


class ClosureConfig(AppConfig):
    name = "zhenggai.closure"
    label = "closure"
    verbose_name = "销号"

    def ready(self) -> None:
        from zhenggai.closure import gate, seen, signs, steps  # noqa: F401  registers what this app performs and knows
