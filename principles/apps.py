"""App configuration."""

from django.apps import AppConfig


class PrinciplesConfig(AppConfig):
    """The six principles and their pages."""

    name = "principles"
    verbose_name = "Principles"
    default_auto_field = "django.db.models.BigAutoField"
