from django.apps import AppConfig


class CouncilsConfig(AppConfig):
    name = "councils"
    verbose_name = "Register of councils"
    default_auto_field = "django.db.models.BigAutoField"
