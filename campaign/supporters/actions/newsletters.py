"""Sending newsletters: a test to oneself, to supporters, and pausing, resuming and stopping."""

from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from campaign.choices import SupporterStatus
from campaign.supporters import emails, permissions
from campaign.supporters.actions.supporters import mark_unreached
from campaign.supporters.newsletters import Newsletter
from network.models import Refused
from portal.links import absolute
from portal.mail import bulk
from portal.models import Mailing, User

TO_SUPPORTERS = bulk.BulkMail(
    emails.NEWSLETTER,
    audience=Newsletter.audience,
    unsubscribe=lambda supporter: absolute("campaign:unsubscribe", supporter.unsubscribe_token),
    stop=lambda supporter, why: mark_unreached(supporter, SupporterStatus(why)),
)


@transaction.atomic
def send_test(newsletter: Newsletter, *, by: User) -> None:
    """Send a newsletter to oneself alone. Its links open nothing.

    Raises:
        PermissionDenied: If they may not write newsletters.
    """
    permissions.require(permissions.can_write(by))
    emails.TEST.post(by.email, newsletter.pk, timezone.now().isoformat(), newsletter=newsletter)


@transaction.atomic
def send(newsletter: Newsletter, *, by: User, recipients: int) -> Mailing:
    """Begin to send a newsletter to its audience.

    Args:
        recipients: How many people they were told get it.

    Raises:
        PermissionDenied: If they may not send newsletters.
        Refused: If it was sent before, nobody gets it, or it is another number of people.
    """
    permissions.require(permissions.can_send(by))
    locked = Newsletter.objects.select_for_update().get(pk=newsletter.pk)
    if locked.mailing:
        raise Refused("This newsletter was sent before.")
    found = locked.audience().count()
    if not found:
        raise Refused("Nobody would get this newsletter. Choose other topics or councils.")
    if found != recipients:
        raise Refused(f"It would now go to {found:,} people. Check the number and send it again.")
    mailing = bulk.start(TO_SUPPORTERS, locked, by=by)
    log(locked, "campaign.newsletter_sent", user=by)
    return mailing


def pause(newsletter: Newsletter, *, by: User) -> None:
    """Send no more of it for now.

    Raises:
        PermissionDenied: If they may not send newsletters.
        Refused: If it is not being sent.
    """
    _move(newsletter, Mailing.Status.PAUSED, by=by)


def resume(newsletter: Newsletter, *, by: User) -> None:
    """Go on sending.

    Raises:
        PermissionDenied: If they may not send newsletters.
        Refused: If it is not paused.
    """
    _move(newsletter, Mailing.Status.SENDING, by=by)


def stop(newsletter: Newsletter, *, by: User) -> None:
    """End the sending for good.

    Raises:
        PermissionDenied: If they may not send newsletters.
        Refused: If it has ended.
    """
    _move(newsletter, Mailing.Status.STOPPED, by=by)


@transaction.atomic
def _move(newsletter: Newsletter, status: str, *, by: User) -> None:
    permissions.require(permissions.can_send(by))
    mailing = newsletter.mailing
    if mailing is None or not bulk.move(mailing, status):
        raise Refused("This is not possible any more. Look at how the sending goes.")
    log(newsletter, f"campaign.newsletter_{status}", user=by)
