from django.apps import AppConfig


class ProgressConfig(AppConfig):
    name = "zhenggai.progress"
    label = "progress"
    verbose_name = "调度"

    def ready(self) -> None:
        # registers how to ask for frozen months and for reports, and what follows the steps of a task
        from zhenggai.progress import figures, frozen, reported, steps  # noqa: F401
