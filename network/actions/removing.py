"""The network ends a membership: one manager opens it, the council is heard, another decides."""

from django.db import transaction
from django.utils import timezone

from network import emails, permissions
from network.actions.leaving import end_membership
from network.actions.locks import locked_membership
from network.choices import MembershipStatus, RemovalStatus, RepresentativeRole
from network.models import Event, Membership, Refused, Removal, RemovalResponse
from network.models.removals import NOTICE, RESPONSES
from portal.models import User


@transaction.atomic
def open_removal(membership: Membership, *, by: User, grounds: str, told_how: str = "") -> Removal:
    """Begin to remove a member. Whoever leads for it is told the grounds, and until when
    they are heard first.

    Raises: Refused for a second at the same time, for one that is no member in public, and
        where nobody leads and nobody says how the council was told.
    """
    membership = locked_membership(membership.pk)
    if not membership.is_live or membership.announced_at is None:
        raise Refused("This council is no member in public, or no longer.")
    if permissions.has_acted_for(by, membership):
        raise Refused("You have a part in this council: another manager opens it.")
    if membership.removals.open().exists():
        raise Refused("A removal of this member is open already.")
    leads = membership.representatives.current().filter(role=RepresentativeRole.LEAD)
    if not told_how and not leads.exists():
        raise Refused("Nobody leads for this member here: write to the council, and say how.")
    removal = Removal.objects.create(
        membership=membership,
        grounds=grounds,
        told_how=told_how,
        opened_by=by,
        decide_from=timezone.localdate() + NOTICE,
    )
    _record(removal, "opened", by)
    emails.removal_opened(removal)
    return removal


@transaction.atomic
def respond_to_removal(removal: Removal, *, by: User, text: str) -> None:
    """What the council says to the grounds; every manager is told. Raises: Refused."""
    removal = _locked(removal)
    if not removal.is_open:
        raise Refused("This has been decided meanwhile, or has ended.")
    if removal.responses.count() >= RESPONSES:
        raise Refused("You have responded often. Please write to us instead.")
    response = RemovalResponse.objects.create(removal=removal, by=by, text=text)
    _record(removal, "answered", by)
    emails.removal_answered(removal, response)


@transaction.atomic
def decide_removal(removal: Removal, *, by: User, remove: bool, why: str) -> None:
    """A second manager removes the member, or drops it. Whoever leads is told why.

    Raises: Refused before the notice is over, for the manager who opened it, and for one
        with a part in the council.
    """
    removal = _locked(removal)
    if not removal.is_open or not removal.membership.is_live:
        raise Refused("This has been decided meanwhile, or has ended.")
    if not permissions.can_decide_removal(by, removal):
        raise Refused("Another manager decides than the one who opened it.")
    if not removal.notice_is_over:
        raise Refused(f"The council is heard first, until {removal.decide_from:%d %B %Y}.")
    removal.decided_by, removal.decided_at = by, timezone.now()
    removal.decision_why = why
    removal.save(update_fields=["decided_by", "decided_at", "decision_why"])
    removal.move_to(RemovalStatus.REMOVED if remove else RemovalStatus.DROPPED, by=by)
    emails.removal_decided(removal)  # before nobody leads any more
    if remove:
        end_membership(
            removal.membership,
            MembershipStatus.REMOVED,
            on=timezone.localdate(),
            by=by,
            why="The network ended the membership",
        )


def _record(removal: Removal, what: str, by: User) -> None:
    Event.objects.record(f"removal.{what}", by=by, why="", **removal.event_about())


def _locked(removal: Removal) -> Removal:
    """The row, read again under its membership's lock."""
    membership = locked_membership(removal.membership_id)
    rows = Removal.objects.select_for_update(of=("self",), no_key=True)
    removal = rows.get(pk=removal.pk)
    removal.membership = membership
    return removal
