from django.apps import AppConfig


class RemindersConfig(AppConfig):
    name = "zhenggai.reminders"
    label = "reminders"
    verbose_name = "提醒"

    def ready(self) -> None:
        from zhenggai.reminders import daily  # noqa: F401  registers the day's letters
