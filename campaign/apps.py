"""App configuration."""

from django.apps import AppConfig


class CampaignConfig(AppConfig):
    """The editors' pages: the home page and landing pages."""

    name = "campaign"
    verbose_name = "Campaign"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the job that draws sharing pictures."""
        from campaign import cards
        from portal.jobs import tick

        tick.register({"sharing pictures drawn": cards.draw_missing})
