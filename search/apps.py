from django.apps import AppConfig
from django.db.models.signals import post_delete


class SearchConfig(AppConfig):
    name = "search"
    verbose_name = "Search"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from portal.jobs import tick  # noqa: PLC0415
        from portal.signals import public_changed  # noqa: PLC0415 (needs loaded apps)
        from search import ticks  # noqa: PLC0415
        from search.keeping_up import note_change  # noqa: PLC0415

        public_changed.connect(note_change, dispatch_uid="search.entries")
        # Nothing of ours deletes a council; whoever does must not leave it in search.
        post_delete.connect(note_change, sender="councils.Council", dispatch_uid="search.entries")
        tick.register(
            {
                "search entries caught up": ticks.tell_what_was_missed,
                "counts of questions forgotten": ticks.forget_questions,
            }
        )
