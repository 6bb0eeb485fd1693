"""App configuration."""

from django.apps import AppConfig


class CampaignConfig(AppConfig):
    """The editors' pages: the home page and landing pages."""

    name = "campaign"
    verbose_name = "Campaign"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the jobs and the emails of the editors' house."""
        from campaign import cards, checks, personal_data, reviews
        from campaign.supporters import emails
        from campaign.supporters.actions import asks, newsletters, supporters
        from portal import retention
        from portal.jobs import tick
        from portal.mail import bulk, outbox
        from portal.personal_data import registry

        retention.register(personal_data.PERIODS)
        registry.register(personal_data.HELD)
        tick.register(
            {
                "sharing pictures drawn": cards.draw_missing,
                "pages checked": checks.look,
                "people told of pages to check again": reviews.send_digests,
                "supporters erased": supporters.erase_old,
                "requests to councils erased": asks.erase_unconfirmed,
            }
        )
        outbox.register([*emails.MAILS, reviews.DIGEST])
        outbox.register_bounce_handlers(
            {mail.kind: supporters.handle_bounce for mail in emails.TO_SUPPORTERS}
        )
        bulk.register(newsletters.TO_SUPPORTERS)
