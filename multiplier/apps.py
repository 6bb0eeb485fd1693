from django.apps import AppConfig


class MultiplierConfig(AppConfig):
    name = "multiplier"
    default_auto_field = "django.db.models.BigAutoField"
