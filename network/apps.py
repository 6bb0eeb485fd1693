from django.apps import AppConfig


class NetworkConfig(AppConfig):
    name = "network"
    verbose_name = "Network"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from network import emails, ticks  # noqa: F401, PLC0415 (they register)
