"""Pages that staff have timed: Wagtail keeps the times, `tick` keeps to them."""

import logging
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils import timezone
from wagtail.models import Page, Revision

from portal.ticks import due

logger = logging.getLogger("portal.publishing")


@due("pages published or taken down on schedule")
def keep_to_the_schedule() -> int:
    """Take down what has expired and publish what is to go live. Returns how many.

    What Wagtail's `publish_scheduled` does, but each in a transaction of its own: search
    forgets a page in the moment in which it goes, and one bad page keeps no other up.
    """
    now = timezone.now()
    done = 0
    for page in Page.objects.filter(live=True, expire_at__lt=now).order_by("expire_at"):
        done += _done(_take_down, page)
    timed = Revision.page_revisions.filter(approved_go_live_at__lt=now)
    for revision in timed.order_by("approved_go_live_at"):
        done += _done(_publish, revision)
    return done


def _take_down(page: Page) -> None:
    page.specific.unpublish(set_expired=True, log_action="wagtail.unpublish.scheduled")


def _publish(revision: Revision) -> None:
    revision.publish(log_action="wagtail.publish.scheduled")


def _done(act: Callable[[Any], None], what: Page | Revision) -> bool:
    try:
        with transaction.atomic():
            act(what)
    except Exception:
        logger.exception("%s %s is not as scheduled", type(what).__name__, what.pk)
        return False
    return True
