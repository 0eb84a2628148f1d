from django.apps import AppConfig


class RulebookConfig(AppConfig):
    name = "zhenggai.rulebook"
    label = "rulebook"
    verbose_name = "制度"
