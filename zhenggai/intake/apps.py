from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "zhenggai.intake"
    label = "intake"
    verbose_name = "导入"
