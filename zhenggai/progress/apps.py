from django.apps import AppConfig


class ProgressConfig(AppConfig):
    name = "zhenggai.progress"
    label = "progress"
    verbose_name = "调度"
