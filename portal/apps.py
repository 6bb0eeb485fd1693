from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "portal"
    verbose_name = "Portal"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from portal import bounces, publishing, sweeping  # noqa: F401, PLC0415 (they register)
        from portal.signals import bridge_wagtail  # noqa: PLC0415 (needs loaded apps)

        bridge_wagtail()
