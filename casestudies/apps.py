"""App configuration."""

from django.apps import AppConfig
from django.db.models.signals import pre_delete
from wagtail.signals import page_published, page_unpublished


class CasestudiesConfig(AppConfig):
    """Case studies: what a council did, the results, and the sources."""

    name = "casestudies"
    verbose_name = "Case studies"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register jobs, mails, what waits for whom, and what follows from Wagtail's signals."""
        from casestudies import emails, personal_data, to_do
        from casestudies.actions import confirmations, former
        from casestudies.models import CaseStudyPage
        from network import desk, member_area
        from portal.jobs import tick
        from portal.mail import declarations, outbox
        from portal.personal_data import registry

        tick.register(
            {
                "case studies asked about": confirmations.open_due,
                "case studies asked about again": confirmations.carry_on_due,
            }
        )
        outbox.register(declarations.declared_in(emails))
        outbox.register_bounce_handlers({"casestudies.confirmation": confirmations.handle_bounce})
        registry.register(personal_data.HELD)
        member_area.register(to_do.case_studies_sent_back)
        desk.register(to_do.KINDS)
        to_do.listen_to_wagtail()
        for signal, act in (
            (page_published, former.take_notice_away),
            (page_unpublished, former.leave_notice),
            (pre_delete, former.leave_notices_of_deleted),
        ):
            signal.connect(
                lambda instance, act=act, **kwargs: act(instance), CaseStudyPage, weak=False
            )
