"""App configuration."""

from django.apps import AppConfig


class CampaignConfig(AppConfig):
    """The editors' pages: the home page and landing pages."""

    name = "campaign"
    verbose_name = "Campaign"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the jobs, and the emails to supporters."""
        from campaign import cards
        from campaign.supporters import emails
        from campaign.supporters.actions import asks, newsletters, supporters
        from portal.jobs import tick
        from portal.mail import bulk, outbox

        tick.register(
            {
                "sharing pictures drawn": cards.draw_missing,
                "supporters erased": supporters.erase_old,
                "requests to councils erased": asks.erase_unconfirmed,
            }
        )
        outbox.register(emails.MAILS)
        outbox.register_bounce_handlers({emails.CONFIRM.kind: supporters.handle_bounce})
        bulk.register(newsletters.TO_SUPPORTERS)
