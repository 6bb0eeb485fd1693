"""App configuration."""

from django.apps import AppConfig


class CasestudiesConfig(AppConfig):
    """Case studies: what a council did, the results, and the sources."""

    name = "casestudies"
    verbose_name = "Case studies"
    default_auto_field = "django.db.models.BigAutoField"
