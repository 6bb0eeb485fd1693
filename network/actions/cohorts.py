"""Cohorts: accepted councils that staff announce together."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from network import permissions
from network.actions.locks import locked_membership
from network.actions.memberships import announce_cohort_due, put_in_cohort, reschedule
from network.models import Cohort, Membership, Refused
from portal.models import User

PART = "You have a part in one of these councils, so another network manager must decide."


@transaction.atomic
def make_cohort(
    memberships: Iterable[Membership], *, by: User, name: str, announce_at: datetime, why: str
) -> Cohort:
    """Announce councils together, at an hour to come. Those whose hour changes are told.

    Args:
        name: What the public reads on each council's page once they are announced.
        why: What everyone in a council whose hour changes reads.

    Raises:
        PermissionDenied: If they may not look after all of them.
        Refused: If they are fewer than two, the name is taken, the hour is over, one is public
            or has ended, or wants no publicity yet.
    """
    chosen = list(memberships)
    permissions.require(permissions.can_announce_together(by, chosen), PART)
    if len(chosen) < 2:
        raise Refused("Choose at least 2 councils to announce together.")
    if announce_at <= timezone.now():
        raise Refused("Choose an hour that is still to come. You can announce them at once later.")
    is_taken = Cohort.objects.filter(name__iexact=name).exists()
    cohort, is_new = Cohort.objects.get_or_create(name=name)  # someone else may have just done so
    if is_taken or not is_new:
        raise Refused("Another cohort has that name. Choose another one.")
    _add(cohort, chosen, by=by, announce_at=announce_at, why=why)
    return cohort


@transaction.atomic
def add_to_cohort(cohort: Cohort, *, by: User, memberships: Iterable[Membership], why: str) -> None:
    """Announce more councils together with a cohort, at its hour.

    Raises:
        PermissionDenied: If they may not look after all of them, and of those in the cohort.
        Refused: If none is chosen, the cohort is public, one is public or has ended, or wants no
            publicity yet.
    """
    waiting = _locked(cohort, by)
    chosen = [each for each in memberships if each.cohort_id != cohort.pk]
    permissions.require(permissions.can_announce_together(by, chosen), PART)
    if not chosen:
        raise Refused("Choose at least one council to add.")
    _add(cohort, chosen, by=by, announce_at=waiting[0].announce_at, why=why)


def _add(
    cohort: Cohort,
    chosen: Iterable[Membership],
    *,
    by: User,
    announce_at: datetime | None,
    why: str,
) -> None:
    for pk in sorted(each.pk for each in chosen):
        membership = locked_membership(pk)
        put_in_cohort(membership, cohort, by=by)
        if membership.announced_at or membership.announce_at != announce_at:
            reschedule(membership, by=by, announce_at=announce_at, why=why)


@transaction.atomic
def move_cohort(cohort: Cohort, *, by: User, announce_at: datetime | None, why: str) -> None:
    """Announce all that wait at another hour; None holds them. Everyone with a part is told.

    Raises:
        PermissionDenied: If they may not look after all of them.
        Refused: If the hour is over, nothing waits any more, or a council wants no publicity yet.
    """
    if announce_at and announce_at <= timezone.now():
        raise Refused("Choose an hour that is still to come, or announce them at once.")
    for membership in _locked(cohort, by):
        reschedule(membership, by=by, announce_at=announce_at, why=why)


@transaction.atomic
def announce_cohort(cohort: Cohort, *, by: User) -> int:
    """Announce at once those that wait, without those that have a reason to wait.

    These keep their hour. Once it has come, they follow as soon as the reason is settled.

    Returns:
        How many were announced.

    Raises:
        PermissionDenied: If they may not look after all of them.
        Refused: If nothing waits any more, or each has a reason to wait.
    """
    waiting, now = _locked(cohort, by), timezone.now()
    ready = [each for each in waiting if not each.reasons_to_wait(now)]
    if not ready:
        raise Refused("You cannot announce any of them yet. Each has an open question.")
    for membership in ready:
        membership.announce_at, membership.joined_on = now, timezone.localdate(now)
        membership.save(update_fields=["announce_at", "joined_on"])
    return announce_cohort_due(cohort.pk, by=by)


def _locked(cohort: Cohort, by: User) -> list[Membership]:
    """Lock what waits of a cohort for someone who decides about it."""
    rows = Membership.objects.to_announce().filter(cohort=cohort).order_by("pk")
    waiting = [locked_membership(pk) for pk in rows.values_list("pk", flat=True)]
    permissions.require(permissions.can_announce_together(by, waiting), PART)
    waiting = [each for each in waiting if each.is_live and not each.announced_at]
    if not waiting:
        raise Refused("Nothing in this cohort waits to be announced any more.")
    return waiting
