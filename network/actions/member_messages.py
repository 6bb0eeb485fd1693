"""Messages to members: written by staff, tried on oneself, sent once, paused and stopped."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from network import permissions
from network.choices import MessageAbout, MessageTo, OptionalMail
from network.emails import member_messages as emails
from network.models import Event, MailOptOut, MemberMessage, Membership, Refused
from network.models.member_messages import fingerprint, roles_of
from portal.mail import bulk
from portal.models import Mailing, User


@transaction.atomic
def write(
    *,
    by: User,
    memberships: Iterable[Membership],
    to: MessageTo,
    about: MessageAbout,
    subject: str,
    text: str,
) -> MemberMessage:
    """Write a message to the people of some members. Nothing is sent yet.

    Raises:
        PermissionDenied: If they are not a network manager.
        Refused: If it is for no public member.
    """
    permissions.require(permissions.can_write_to_members(by))
    members = [each for each in memberships if each.is_public_and_live]
    if not members:
        raise Refused("Choose at least one member.")
    made = MemberMessage.objects.create(subject=subject, text=text, about=about, to=to, by=by)
    made.memberships.set(members)
    return made


@transaction.atomic
def rewrite(
    message: MemberMessage,
    *,
    by: User,
    to: MessageTo,
    about: MessageAbout,
    subject: str,
    text: str,
) -> None:
    """Change a message that was not sent. Whoever changes it is whom people can reply to.

    Raises:
        PermissionDenied: If they are not a network manager.
        Refused: If it was sent.
    """
    message = _unsent(message, by)
    message.to, message.about = to, about
    message.subject, message.text, message.by = subject, text, by
    message.save()


@transaction.atomic
def discard(message: MemberMessage, *, by: User) -> None:
    """Delete a message that was not sent.

    Raises:
        PermissionDenied: If they are not a network manager.
        Refused: If it was sent.
    """
    _unsent(message, by).delete()


@transaction.atomic
def send_test(message: MemberMessage, *, by: User) -> None:
    """Send a message to oneself alone. Its links open nothing.

    Raises:
        PermissionDenied: If they are not a network manager.
    """
    permissions.require(permissions.can_write_to_members(by))
    emails.TEST.post(by.email, message.pk, timezone.now().isoformat(), message=message)


@transaction.atomic
def send(message: MemberMessage, *, by: User, shown: str) -> Mailing:
    """Begin to send a message, and write into each council's history that we wrote to it.

    Args:
        shown: `fingerprint` of the people they were told get it.

    Raises:
        PermissionDenied: If they are not a network manager.
        Refused: If it was sent before, nobody gets it, or other people would get it now.
    """
    message = _unsent(message, by)
    people = list(message.audience().order_by("pk"))
    if not people:
        raise Refused("Nobody would get this message. Choose other members.")
    if fingerprint(people) != shown:
        raise Refused(
            f"Other people would get it now: {len(people):,} in all. Check who gets it, and send "
            "it again."
        )
    mailing = bulk.start(BULK[MessageAbout(message.about)], message, by=by)
    reached = {role.membership for person in people for role in roles_of(person)}
    Event.objects.record_for(reached, "membership.message_sent", by=by, why=message.subject)
    return mailing


def pause(message: MemberMessage, *, by: User) -> None:
    """Send no more of it for now.

    Raises:
        PermissionDenied: If they are not a network manager.
        Refused: If it is not being sent.
    """
    _move(message, Mailing.Status.PAUSED, by)


def resume(message: MemberMessage, *, by: User) -> None:
    """Continue to send it.

    Raises:
        PermissionDenied: If they are not a network manager.
        Refused: If it is not paused.
    """
    _move(message, Mailing.Status.SENDING, by)


def stop(message: MemberMessage, *, by: User) -> None:
    """End the sending for good.

    Raises:
        PermissionDenied: If they are not a network manager.
        Refused: If it has ended.
    """
    _move(message, Mailing.Status.STOPPED, by)


def _unsent(message: MemberMessage, by: User) -> MemberMessage:
    permissions.require(permissions.can_write_to_members(by))
    locked = MemberMessage.objects.select_for_update(no_key=True).get(pk=message.pk)
    if locked.mailing:
        raise Refused("This message has been sent, so you cannot change or send it again.")
    return locked


def _move(message: MemberMessage, status: str, by: User) -> None:
    permissions.require(permissions.can_write_to_members(by))
    mailing = message.mailing
    if mailing is None or not bulk.move(mailing, status):
        raise Refused("This is not possible any more. Check how the sending goes.")


@transaction.atomic
def choose_emails(user: User, *, by: User, wanted: Iterable[str]) -> None:
    """Keep which of the optional emails a person wants.

    Args:
        wanted: Kinds of `OptionalMail`.

    Raises:
        PermissionDenied: If it is someone else's account.
    """
    permissions.require(permissions.can_choose_emails(by, user))
    off = set(OptionalMail.values) - set(wanted)
    user.mail_opt_outs.exclude(kind__in=off).delete()
    for kind in off:
        MailOptOut.objects.get_or_create(user=user, kind=kind)


def stop_emails(user: User, kind: OptionalMail) -> None:
    """Stop one kind of optional email, as the link in each of them does. Idempotent."""
    MailOptOut.objects.get_or_create(user=user, kind=kind)


def stop_news(recipient: int, why: bulk.Why) -> None:
    """Stop news to someone who told the mail provider so. An address that fails stays."""
    user = User.objects.filter(pk=recipient).first()
    if user is not None and why != bulk.Why.BOUNCED:
        stop_emails(user, OptionalMail.NEWS)


BULK = {
    MessageAbout.MEMBERSHIP: bulk.BulkMail(
        emails.ABOUT_MEMBERSHIP,
        audience=MemberMessage.audience,
        unsubscribe=None,
        stop=lambda recipient, why: None,  # staff see on its page what came back
    ),
    MessageAbout.NEWS: bulk.BulkMail(
        emails.NEWS,
        audience=MemberMessage.audience,
        unsubscribe=lambda person: emails.stop_link(person.pk, OptionalMail.NEWS),
        stop=stop_news,
    ),
}
