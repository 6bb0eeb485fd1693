"""Memberships: announcement, and records of those that began before this site."""

from datetime import date

from django.db import IntegrityError, transaction
from django.utils import timezone

from councils.models import Council
from network import permissions
from network.actions.locks import locked_membership
from network.choices import DateMeans
from network.emails import reviews as reviews_emails
from network.models import Event, Membership, Refused, SignUp
from network.models.events import Actor
from network.models.moves import AlreadyMember, AlreadyUnderWay
from portal.jobs.tick import one_by_one
from portal.models import User
from portal.signals import public_changed


@transaction.atomic
def announce(membership: Membership, *, by: Actor) -> None:
    """Make a membership public, once. For acceptance and for the tick."""
    made_public = Membership.objects.filter(pk=membership.pk, announced_at=None).update(
        announced_at=timezone.now()
    )
    if not made_public:
        return
    membership.refresh_from_db()
    membership.next_check_in_on = membership.check_in_after(timezone.localdate())
    membership.save(update_fields=["next_check_in_on"])
    Event.objects.record(
        "membership.announced",
        by=by,
        membership=membership,
        sign_up=membership.sign_up,
    )
    reviews_emails.membership_announced(membership)
    public_changed.send(sender=Council, instance=membership.council)


def announce_due(*, by: str = "tick") -> int:
    """Announce memberships whose date has come, and return a count. For the tick.

    If the endorsement has become doubtful, tell managers and wait.
    """
    due = Membership.objects.due_for_announcement(timezone.localdate())
    return one_by_one(due, lambda pk: _announce_on_its_day(pk, by))


@transaction.atomic
def _announce_on_its_day(pk: int, by: str) -> bool:
    membership = locked_membership(pk)
    if not Membership.objects.due_for_announcement(timezone.localdate()).filter(pk=pk).exists():
        return False
    if membership.sign_up and membership.sign_up.doubts():
        reviews_emails.announcement_waits(membership.sign_up)
        return False
    _joined_no_sooner_than_signed(membership)
    announce(membership, by=by)
    return True


def _joined_no_sooner_than_signed(membership: Membership) -> None:
    """Move the joining date to today if the last signature is newer."""
    if membership.sign_up is None or membership.joined_on is None:
        return
    signed = membership.sign_up.counting_endorsements().order_by("-signed_at").first()
    if signed and timezone.localdate(signed.signed_at) > membership.joined_on:
        membership.joined_on = timezone.localdate()
        membership.save(update_fields=["joined_on"])


@transaction.atomic
def postpone(membership: Membership, *, by: User, announce_on: date | None, why: str) -> None:
    """Announce on another day; None holds it until staff say when.

    Everyone with a part in the sign-up is told. If the new day is today, it is announced at
    once, unless its endorsement is in doubt.

    Raises:
        PermissionDenied: If they may not look after this member.
        Refused: If it is public or has ended, or the council wants no publicity yet.
    """
    membership = locked_membership(membership.pk)
    sign_up = membership.sign_up
    permissions.require(permissions.can_look_after(by, membership))
    if membership.announced_at or sign_up is None or not membership.is_live:
        raise Refused(
            "You cannot move the announcement. The membership is already public, or has ended."
        )
    if reason := sign_up.reason_not_to_announce_on(announce_on):
        raise Refused(f"{reason}.")
    membership.announce_on = announce_on
    if announce_on:
        membership.joined_on = announce_on
    membership.save(update_fields=["announce_on", "joined_on"])
    event = Event.objects.record(
        "membership.postponed" if announce_on else "membership.held",
        by=by,
        why=why,
        membership=membership,
        sign_up=sign_up,
    )
    if announce_on == timezone.localdate() and not sign_up.doubts():
        announce(membership, by=by)
    else:
        reviews_emails.announcement_moved(sign_up, event)


def record_existing_membership(
    council: Council,
    *,
    by: Actor,
    joined_on: date | None,
    joined_precision: str,
    date_means: str = DateMeans.JOINED,
    cohort: str = "",
    source_title: str = "",
    source_url: str = "",
    source_date: str = "",
    note: str = "",
) -> Membership:
    """Record a member that joined before this site, as a source gives it.

    Args:
        by: A network manager; or a label such as "seed_content", for commands.

    Raises:
        PermissionDenied: If a user is not a network manager.
        AlreadyMember: If the council has a live membership, even one made at this moment.
        AlreadyUnderWay: If it has an open sign-up.
    """
    if isinstance(by, User):
        permissions.require(permissions.can_review(by))
    if SignUp.objects.open().filter(council=council).exists():
        raise AlreadyUnderWay(f"{council.name} has an open application. End that first.")
    try:
        with transaction.atomic():
            membership = Membership.objects.create(
                council=council,
                joined_on=joined_on,
                joined_precision=joined_precision,
                date_means=date_means,
                cohort=cohort,
                source_title=source_title,
                source_url=source_url,
                source_date=source_date,
                note=note,
                announced_at=timezone.now(),
            )
            Event.objects.record(
                "membership.recorded", by=by, membership=membership, why=source_title
            )
            public_changed.send(sender=Council, instance=council)
    except IntegrityError as clash:
        if Membership.objects.live_of(council):
            raise AlreadyMember(f"{council.name} is already a member.") from clash
        raise
    return membership
