from django.apps import AppConfig


class SupervisionConfig(AppConfig):
    name = "zhenggai.supervision"
    label = "supervision"
    verbose_name = "督办"

    def ready(self) -> None:
        from zhenggai.supervision import signs  # noqa: F401  registers what makes a task a hard one
