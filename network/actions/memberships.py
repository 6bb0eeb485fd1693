"""Memberships: announcement, and records of those that began before this site."""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from councils.models import Council
from network import permissions
from network.actions.locks import locked_membership
from network.choices import DateMeans
from network.emails import reviews as reviews_emails
from network.models import Cohort, Event, Membership, Refused, SignUp
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
    """Announce memberships whose hour has come, and return a count. For the tick.

    A cohort becomes public in one transaction: nobody sees a part of it, and after a crash the
    next tick begins with all of it again. If the endorsement of one has become doubtful, tell
    managers and wait; the others are announced.
    """
    due = Membership.objects.due_for_announcement(timezone.now())
    cohorts = Cohort.objects.filter(memberships__in=due).distinct()
    together = one_by_one(cohorts, lambda pk: announce_cohort_due(pk, by=by))
    return together + one_by_one(due.filter(cohort=None), lambda pk: _announce_at_its_hour(pk, by))


@transaction.atomic
def announce_cohort_due(pk: int, *, by: Actor) -> int:
    """Announce what is due of a cohort, all or nothing; return how many. An error in one is logged.

    For the tick, and for staff who announce a cohort now.
    """
    due = Membership.objects.due_for_announcement(timezone.now()).filter(cohort=pk)
    return one_by_one(due.order_by("pk"), lambda pk: _announce_at_its_hour(pk, by))


@transaction.atomic
def _announce_at_its_hour(pk: int, by: Actor) -> bool:
    membership = locked_membership(pk)
    if not Membership.objects.due_for_announcement(timezone.now()).filter(pk=pk).exists():
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
def postpone(membership: Membership, *, by: User, announce_at: datetime | None, why: str) -> None:
    """Announce at another hour; None holds it until staff say when. It leaves its cohort.

    Everyone with a part in the sign-up is told. If the new hour is over today, it is announced
    at once, unless its endorsement is in doubt.

    Raises:
        PermissionDenied: If they may not look after this member.
        Refused: If it is public or has ended, or the council wants no publicity yet.
    """
    membership = locked_membership(membership.pk)
    permissions.require(permissions.can_look_after(by, membership))
    put_in_cohort(membership, None, by=by)
    reschedule(membership, by=by, announce_at=announce_at, why=why)


def put_in_cohort(membership: Membership, cohort: Cohort | None, *, by: User) -> None:
    """Put a locked membership into a cohort, or take it out of its own, which ends if empty."""
    before = membership.cohort
    if before == cohort:
        return
    membership.cohort = cohort
    membership.save(update_fields=["cohort"])
    if before:
        _record(membership, "left_cohort", by=by, why=before.name)
        Cohort.objects.filter(pk=before.pk, memberships=None).delete()
    if cohort:
        _record(membership, "joined_cohort", by=by, why=cohort.name)


def _record(membership: Membership, what: str, *, by: Actor, why: str) -> Event:
    about = membership.event_about()
    return Event.objects.record(f"membership.{what}", by=by, why=why, **about)


def reschedule(membership: Membership, *, by: User, announce_at: datetime | None, why: str) -> None:
    """Move the announcement of a locked membership, as `postpone` does.

    Raises:
        Refused: If it is public or has ended, or the council wants no publicity yet.
    """
    sign_up = membership.sign_up
    if membership.announced_at or sign_up is None or not membership.is_live:
        raise Refused(
            f"You cannot move the announcement of {membership.council}. The membership is already "
            "public, or has ended."
        )
    if reason := sign_up.reason_not_to_announce_at(announce_at):
        raise Refused(f"{membership.council}: {reason}.")
    membership.announce_at = announce_at
    if announce_at:
        membership.joined_on = timezone.localdate(announce_at)
    membership.save(update_fields=["announce_at", "joined_on"])
    what = "postponed" if announce_at else "held"
    event = _record(membership, what, by=by, why=why)
    if announce_at and announce_at <= timezone.now() and not sign_up.doubts():
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
                cohort=Cohort.objects.called(cohort),
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
