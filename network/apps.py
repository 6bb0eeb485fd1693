from django.apps import AppConfig


class NetworkConfig(AppConfig):
    name = "network"
    verbose_name = "Network"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the network's jobs and mails."""
        from network import actions, emails  # noqa: F401, PLC0415 (needs loaded apps)
        from portal.jobs import tick  # noqa: PLC0415

        tick.register(
            {
                "links ended": actions.expire_links,
                "endorsers reminded": actions.chase_due,
                "members announced": actions.announce_due,
                "files without a row swept": actions.sweep_orphans,
                "invitations ended": actions.expire_invitations,
                "idle sign-ups reminded": actions.remind_idle,
                "idle sign-ups ended": actions.expire_idle,
                "requests to be let in that staff were told of": actions.tell_staff_who_waits,
                "members that left": actions.leave_due,
                "leavings that nobody confirmed": actions.expire_leavings,
                "links to new office holders ended": actions.expire_again_links,
                "leads reminded of offices that changed hands": actions.remind_of_offices,
            }
        )
