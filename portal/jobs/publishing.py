"""Timed pages: Wagtail keeps the times, `tick` publishes and takes down."""

from django.db import transaction
from django.utils import timezone
from wagtail.models import Page, Revision

from portal.jobs.tick import one_by_one


def publish_scheduled() -> int:
    """Take down expired pages, publish scheduled ones, and return how many changed.

    Wagtail's `publish_scheduled` does the same. Here each page has a transaction of its own, so
    search drops a page the moment it goes, and a broken page does not hold up the others.
    """
    now = timezone.now()
    expired = Page.objects.filter(live=True, expire_at__lt=now).order_by("expire_at")
    scheduled = Revision.page_revisions.filter(approved_go_live_at__lt=now)
    return one_by_one(expired, _take_down) + one_by_one(
        scheduled.order_by("approved_go_live_at"), _publish
    )


@transaction.atomic
def _take_down(pk: int) -> bool:
    page = Page.objects.get(pk=pk).specific
    page.unpublish(set_expired=True, log_action="wagtail.unpublish.scheduled")
    return True


@transaction.atomic
def _publish(pk: int) -> bool:
    Revision.objects.get(pk=pk).publish(log_action="wagtail.publish.scheduled")
    return True
