"""App configuration."""

from django.apps import AppConfig


class CampaignConfig(AppConfig):
    """The editors' pages: the home page and landing pages."""

    name = "campaign"
    verbose_name = "Campaign"
    default_auto_field = "django.db.models.BigAutoField"
