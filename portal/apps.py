"""App configuration."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """The shell that every page shares, and its jobs and receivers."""

    name = "portal"
    verbose_name = "Portal"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the portal's own jobs and receivers."""
        from allauth.mfa.signals import authenticator_added, authenticator_used
        from anymail.signals import tracking
        from django.core.signals import got_request_exception
        from django.db.models.signals import m2m_changed, post_delete, post_save

        from portal import (
            account_history,
            faults,
            health,
            page_cache,
            pictures,
            retention,
            site_checks,
        )
        from portal.backups import nightly
        from portal.jobs import cleanup, publishing, tick
        from portal.mail import bounces, bulk, outbox
        from portal.personal_data import declared, registry
        from portal.security.second_factor import count_set_up, note_given
        from portal.signals import bridge_wagtail, public_changed

        bridge_wagtail()
        account_history.listen()
        got_request_exception.connect(faults.note_outage, dispatch_uid="portal.faults")
        outbox.register([account_history.ACCOUNT_CHANGED])
        authenticator_added.connect(count_set_up, dispatch_uid="portal.second_factor")
        authenticator_used.connect(note_given, dispatch_uid="portal.second_factor")
        public_changed.connect(page_cache.note_change, dispatch_uid="portal.page_cache")
        for signal in (post_save, post_delete, m2m_changed):
            signal.connect(page_cache.note_saved, dispatch_uid="portal.page_cache.saved")
        tracking.connect(bounces.handle_tracking_event, dispatch_uid="portal.mail.bounces")
        health.register(health.PARTS)
        for topic, look in site_checks.CHECKS.items():
            site_checks.register_check(topic, look)
        tick.register(
            {
                "pages published or taken down on schedule": publishing.publish_scheduled,
                "unconfirmed accounts swept": cleanup.delete_unconfirmed,
                "bulk emails that go on": bulk.wake,
                "sizes of pictures drawn": pictures.draw_missing,
                "backups made": nightly.back_up,
                "old sessions and finished tasks swept": cleanup.delete_finished,
                "mailings reduced to their numbers": cleanup.delete_deliveries,
                "addresses of old emails forgotten": cleanup.forget_recipients,
            },
            on_time={"pages published or taken down on schedule"},
        )
        retention.register(cleanup.PERIODS)
        registry.register(declared.HELD)
