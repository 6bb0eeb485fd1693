"""App configuration."""

from django.apps import AppConfig


class CasestudiesConfig(AppConfig):
    """Case studies: what a council did, the results, and the sources."""

    name = "casestudies"
    verbose_name = "Case studies"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the emails of case studies, what waits for whom, and Wagtail's signals."""
        from casestudies import emails, to_do
        from network import desk, member_area
        from portal.mail import declarations, outbox

        outbox.register(declarations.declared_in(emails))
        member_area.register(to_do.case_studies_sent_back)
        desk.register("case_studies", to_do.SENT_BY_MEMBERS)
        to_do.listen_to_wagtail()
