"""A copy of what is held about someone, and its erasure."""

from collections.abc import Collection, Iterator
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from councils.models import Council
from network import permissions
from network.actions.locks import locked, locked_membership
from network.choices import (
    LIVE_MEMBERSHIP,
    LIVE_WITHDRAWAL,
    OPEN_SIGN_UP,
    AccessStatus,
    CollaboratorRole,
    InvitationStatus,
    OfficeChangeStatus,
    RepresentativeRole,
    RequestStatus,
)
from network.emails import personal_data as emails
from network.models import (
    AccessRequest,
    Champion,
    Claim,
    Collaborator,
    EndorsementRequest,
    Event,
    Invitation,
    OfficeChange,
    Refused,
    Representative,
    Withdrawal,
)
from portal.models import OutboxMessage, User
from portal.personal_data.registry import ERASED, Found, Person, chosen, find
from portal.signals import public_changed

UNSIGNED = [RequestStatus.NOT_SENT, RequestStatus.SENT, RequestStatus.EXPIRED]


@transaction.atomic
def copy(person: Person, *, by: User, also: Collection[str] = ()) -> list[Found]:
    """Return everything that is held about someone, to give them; the history says so.

    Args:
        also: Keys of rows that only name them, and that staff know to be about them.

    Raises:
        PermissionDenied: If they are not a manager, or it is about themselves.
        Refused: If nothing is held.
    """
    permissions.require(permissions.can_erase(by, person))
    found = chosen(find(person, for_staff=True), also)
    if not found:
        raise Refused("We hold nothing about this person.")
    Event.objects.record("person.copied", by=by)
    return found


@transaction.atomic
def erase(person: Person, *, by: User, why: str, also: Collection[str] = (), tell: str = "") -> int:
    """Erase what is held about someone, except the public record; return how many rows changed.

    Their accounts are closed for good, and lose name and address.

    Args:
        why: Who asked for it and when. Their name and address are taken out of it.
        also: Keys of rows that only name them, and that staff know to be about them.
        tell: The address to tell that it is done; "" for none.

    Raises:
        PermissionDenied: If they are not a manager, or it is about themselves.
        Refused: If nothing is held, or something has to be done first: see `first`.
    """
    permissions.require(permissions.can_erase(by, person))
    accounts = list(User.objects.select_for_update(no_key=True).filter(pk__in=person.accounts))
    if reasons := list(first(person)):
        raise Refused(" ".join(reasons))
    _end_access(person, by)
    every = find(person, for_staff=True)
    if other := {address for each in every for address in each.addresses_of(also)}:
        raise Refused(
            f"A row that you chose holds another address: {', '.join(sorted(other))}. Look them up "
            "by that address, so that all of it goes."
        )
    found = chosen(every, also)
    if not found:
        raise Refused("We hold nothing about this person.")
    _end_champions(found)
    councils = {c for each in found for row in each.rows if (c := _council_of(row))}
    done = sum(each.held.erase(each.rows, person) for each in found)
    for council in councils:
        public_changed.send(sender=Council, instance=council)
    for account in accounts:
        _close(account)
    event = Event.objects.record("person.erased", by=by, why=person.redacted(why))
    if tell:
        emails.PERSON_ERASED.post(tell, event.pk, erasure=event)
    return done + len(accounts)


def first(person: Person) -> Iterator[str]:
    """Yield what has to be done before someone can be erased, each as a sentence."""
    users = User.objects.filter(pk__in=person.accounts)
    works = Q(is_superuser=True) | Q(is_staff=True) | Q(groups__isnull=False)
    for user in users.filter(works).distinct():
        yield f"{user} is a member of staff. Take them out of every group first."
    members = Representative.objects.current().filter(
        user__in=person.accounts, role=RepresentativeRole.LEAD
    )
    for mine in members.select_related("membership__council"):
        if mine.membership.is_live:
            yield f"They are the lead contact of {mine.membership.council}. Hand over first."
    lead = Collaborator.objects.filter(
        user__in=person.accounts, role=CollaboratorRole.LEAD, sign_up__status__in=OPEN_SIGN_UP
    )
    for place in lead.select_related("sign_up__council"):
        yield f"They lead the application of {place.sign_up.council}. Hand over first."
    to_them = Q(pk__in=[])
    for address in person.addresses:
        to_them |= Q(email__iexact=address)
    named = EndorsementRequest.objects.filter(to_them, status__in=UNSIGNED)
    for asked in named.filter(sign_up__status__in=OPEN_SIGN_UP).select_related("sign_up__council"):
        yield f"They are named to endorse for {asked.council}. Someone else must be named first."
    holders = OfficeChange.objects.filter(to_them, membership__status__in=LIVE_MEMBERSHIP).exclude(
        status__in=[OfficeChangeStatus.REPLACED, OfficeChangeStatus.VACANT]
    )
    for change in holders.select_related("membership__council"):
        yield (
            f"They are on record as {change.get_office_display().lower()} of "
            f"{change.council}. Record who holds the role now, or that it is vacant."
        )
    for leaving in Withdrawal.objects.filter(to_them, status__in=LIVE_WITHDRAWAL):
        yield f"They were asked to confirm that {leaving.council} leaves. Finish or stop it first."
    waiting = {"status": InvitationStatus.SENT}
    for invited in Invitation.objects.filter(to_them, **waiting):
        yield f"They are invited to work for {invited.council}. Cancel the invitation first."
    for claim in Claim.objects.filter(to_them, **waiting):
        yield f"They are invited to act for {claim.council}. Cancel the invitation first."


def _end_access(person: Person, by: User) -> None:
    """End someone's places on open applications, roles for members and requests for access."""
    for place in Collaborator.objects.filter(
        user__in=person.accounts, sign_up__status__in=OPEN_SIGN_UP
    ).select_related("sign_up"):
        sign_up = locked(place.sign_up)
        place.delete()
        sign_up.record("colleague_removed", by=by, why=ERASED)
    for role in Representative.objects.current().filter(user__in=person.accounts):
        membership = locked_membership(role.membership_id)
        role.ended_at, role.ended_why = timezone.now(), ERASED
        role.save(update_fields=["ended_at", "ended_why"])
        membership.record("representative_removed", by=by, why=ERASED)
    for asked in AccessRequest.objects.filter(user__in=person.accounts, status=AccessStatus.OPEN):
        asked.move_to(AccessStatus.CLOSED, by=by, why=ERASED)


def _end_champions(found: Collection[Found]) -> None:
    for each in found:
        for row in each.rows:
            if isinstance(row, Champion) and row.until is None:
                row.until = timezone.localdate()
                row.save(update_fields=["until"])


def _council_of(row: Any) -> Council | None:
    """Return the council whose public page could name someone because of this row."""
    if isinstance(row, Event | User | OutboxMessage):
        return None
    owner = getattr(row, "membership", None) or getattr(row, "sign_up", None) or row
    council = getattr(owner, "council", None)
    return council if isinstance(council, Council) else None


def _close(account: User) -> None:
    """Close an account for good, and take everything of the person out of it."""
    account.first_name, account.last_name = ERASED, ""
    account.email = f"closed-{account.pk}@erased.invalid"
    account.is_active = False
    account.last_login = None
    account.set_unusable_password()  # which ends every session too
    account.save()
