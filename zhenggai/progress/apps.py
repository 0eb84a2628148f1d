from django.apps import AppConfig


class ProgressConfig(AppConfig):
    name = "zhenggai.progress"
    label = "progress"
    verbose_name = "调度"

    def ready(self) -> None:
        from zhenggai.progress import steps  # noqa: F401  registers what follows the steps of a task
