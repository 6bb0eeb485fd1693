"""Scheduled publishing: `tick` publishes and unpublishes pages at the times editors set."""

from django.db import transaction
from django.utils import timezone
from wagtail.models import Page, Revision

from portal.jobs.tick import one_by_one


def publish_scheduled() -> int:
    """Unpublish expired pages, publish scheduled ones, and return how many changed.

    Wagtail's `publish_scheduled` does the same. Here each page has its own transaction, so that
    search drops a page in the same moment, and a broken page does not stop the others.
    """
    now = timezone.now()
    expired = Page.objects.filter(live=True, expire_at__lt=now).order_by("expire_at")
    scheduled = Revision.page_revisions.filter(approved_go_live_at__lt=now)
    return one_by_one(expired, _unpublish) + one_by_one(
        scheduled.order_by("approved_go_live_at"), _publish
    )


@transaction.atomic
def _unpublish(pk: int) -> bool:
    page = Page.objects.get(pk=pk).specific
    page.unpublish(set_expired=True, log_action="wagtail.unpublish.scheduled")
    return True


@transaction.atomic
def _publish(pk: int) -> bool:
    Revision.objects.get(pk=pk).publish(log_action="wagtail.publish.scheduled")
    return True
