"""Signal `public_changed`, our only one (DESIGN section 2), connected to Wagtail's."""

from django.db.models.signals import post_delete, post_save
from django.dispatch import Signal
from wagtail.models import Page, PageViewRestriction
from wagtail.signals import (
    page_published,
    page_slug_changed,
    page_unpublished,
    post_page_move,
)

# Sent with `sender` (a model class) and `instance` when something public appears, changes or
# disappears, in the same transaction. If the instance has no live row, it has disappeared.
public_changed = Signal()


def _page_changed(sender, instance: Page, **kwargs) -> None:
    page = instance.specific_deferred
    public_changed.send(sender=type(page), instance=page)


def _branch_changed(sender, instance: Page, **kwargs) -> None:
    """Send the signal for every page below too, because their addresses change."""
    for page in instance.get_descendants(inclusive=True).specific(defer=True):
        public_changed.send(sender=type(page), instance=page)


def _page_deleted(sender, instance, **kwargs) -> None:
    if isinstance(instance, Page) and sender is not Page:
        public_changed.send(sender=sender, instance=instance)


def _privacy_changed(sender, instance: PageViewRestriction, **kwargs) -> None:
    if page := Page.objects.filter(pk=instance.page_id).first():
        _branch_changed(sender, page)


def bridge_wagtail() -> None:
    """Connect Wagtail's signals to ours; called once, when the app is ready."""
    page_published.connect(_page_changed)
    page_unpublished.connect(_page_changed)
    page_slug_changed.connect(_branch_changed)
    post_page_move.connect(_branch_changed)
    post_delete.connect(_page_deleted)
    post_save.connect(_privacy_changed, sender=PageViewRestriction)
    post_delete.connect(_privacy_changed, sender=PageViewRestriction)
