"""The app, its jobs and the signals it listens to."""

from django.apps import AppConfig
from django.db.models.signals import post_delete, post_save


class SearchConfig(AppConfig):
    """One search over everything."""

    name = "search"
    verbose_name = "Search"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the jobs and connect the signals."""
        from portal import health
        from portal.jobs import tick
        from portal.signals import public_changed
        from search.documents import indexing
        from search.models import QuestionCount
        from search.views import staff

        health.register({"search": staff.PART})
        tick.register(
            {
                "search entries caught up": indexing.catch_up_late,
                "counts of questions forgotten": QuestionCount.objects.forget,
            }
        )
        public_changed.connect(indexing.note_change, dispatch_uid="search.documents.entries")
        for signal in (post_save, post_delete):
            signal.connect(
                indexing.note_change, sender="search.AskedAs", dispatch_uid="search.asked_as"
            )
        # A glossary is published without the terms that an editor took out.
        post_delete.connect(
            indexing.note_change, sender="campaign.GlossaryTerm", dispatch_uid="search.terms"
        )
        # Nothing of ours deletes a council, but a deleted one must leave search.
        post_delete.connect(
            indexing.note_change, sender="councils.Council", dispatch_uid="search.documents.entries"
        )
