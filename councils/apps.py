"""App configuration."""

from django.apps import AppConfig


class CouncilsConfig(AppConfig):
    """The register of councils, which knows nothing of the network."""

    name = "councils"
    verbose_name = "Register of councils"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the job."""
        from councils import register
        from portal.jobs import tick

        tick.register({"councils that began or ended": register.tell_of_dates})
