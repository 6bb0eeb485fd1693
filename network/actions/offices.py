"""New leaders and chief executives of members: recorded, and asked to endorse."""

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from councils.models import Council
from network import permissions
from network.actions.locks import expire, locked_membership, locked_row, record_bounce
from network.choices import ChampionKind, Office, OfficeChangeStatus
from network.emails import offices as offices_emails
from network.models import (
    Champion,
    EndorsementWording,
    Membership,
    OfficeChange,
    PreElectionPeriod,
    Refused,
)
from network.models.events import Actor
from portal.jobs.tick import one_by_one
from portal.models import OutboxMessage, User
from portal.signals import public_changed

# Times between recording the change and each reminder to the lead.
LEAD_HEARS_AFTER = (timedelta(days=30), timedelta(days=90), timedelta(days=150))


@transaction.atomic
def record_office_change(
    membership: Membership,
    *,
    by: User,
    office: Office,
    since: date,
    name: str = "",
    role: str = "",
    email: str = "",
) -> OfficeChange:
    """Record who holds a role since when, or a vacancy, and ask the holder to endorse.

    No one is asked until the network has approved its wording. Idempotent.

    Raises:
        PermissionDenied: If they neither lead for this member nor are a network manager.
        Refused: If the council is not a public member.
    """
    membership = locked_membership(membership.pk)
    permissions.require(permissions.can_record_office_change(by, membership))
    if not membership.is_public_and_live:
        raise Refused("This council is not a member.")
    given = {"since": since, "name": name, "role": role, "email": email.lower()}
    now = membership.office_changes.current().filter(office=office).first()
    if now and all(getattr(now, field) == value for field, value in given.items()):
        return now
    if now:
        now.move_to(OfficeChangeStatus.REPLACED, by=by)
    status = OfficeChangeStatus.NOT_ASKED if name else OfficeChangeStatus.VACANT
    change = OfficeChange.objects.create(
        membership=membership, office=office, status=status, **given
    )
    change.record("recorded", by=by, new=status)
    if name and EndorsementWording.objects.newest().may_be_sent:
        send_link(change, by=by)
    public_changed.send(sender=Council, instance=change.council)
    return change


@transaction.atomic
def name_champion(
    membership: Membership,
    *,
    by: User,
    kind: ChampionKind,
    since: date,
    name: str = "",
    role: str = "",
    may_be_published: bool = False,
) -> None:
    """Record a member's champion since a day, or without a name that it has none now.

    The one before is kept, with the day it stopped. The same name again is a correction.

    Raises:
        PermissionDenied: If they neither lead for this member nor are a network manager.
        Refused: If the council is not a public member.
    """
    membership = _to_name_champions(membership, by)
    given = {"since": since, "role": role, "may_be_published": may_be_published}
    now = membership.current_champions().filter(kind=kind).first()
    if now and name and now.name.casefold() == name.casefold():
        membership.champions.filter(pk=now.pk).update(name=name, **given)
        what = "champion_corrected"
    else:
        if now:
            _stop(now, since)
        if name:
            membership.champions.create(kind=kind, name=name, **given)
        what = "champion_named" if name else "champion_ended"
    membership.record(what, by=by, why=f"{kind.label}: {name or (now.name if now else '')}")
    public_changed.send(sender=Council, instance=membership.council)


@transaction.atomic
def put_back_champion(champion: Champion, *, by: User) -> None:
    """Make an earlier champion the current one again. Whoever is named now was a mistake.

    Raises:
        PermissionDenied: If they neither lead for this member nor are a network manager.
        Refused: If the council is not a public member, or they are its champion already.
    """
    membership = _to_name_champions(champion.membership, by)
    champion.refresh_from_db()
    if champion.until is None:
        raise Refused(f"{champion.name} is already named.")
    now = membership.current_champions().filter(kind=champion.kind).first()
    if now:
        _stop(now, now.since or timezone.localdate())
    champion.until = None
    champion.save(update_fields=["until"])
    kind = champion.get_kind_display()
    membership.record("champion_put_back", by=by, why=f"{kind}: {champion.name}")
    public_changed.send(sender=Council, instance=membership.council)


def _to_name_champions(membership: Membership | None, by: User) -> Membership:
    if membership is None:
        raise Refused("This council is not a member.")
    membership = locked_membership(membership.pk)
    permissions.require(permissions.can_record_office_change(by, membership))
    if not membership.is_public_and_live:
        raise Refused("This council is not a member.")
    return membership


def _stop(champion: Champion, until: date) -> None:
    """Keep a champion as an earlier one. Nobody is told there any more."""
    champion.until, champion.email = until, ""
    champion.save(update_fields=["until", "email"])


@transaction.atomic
def ask_office_holder(change: OfficeChange, *, by: User) -> None:
    """Send a link, or a new one; older ones expire.

    Raises:
        PermissionDenied: If they neither lead for this member nor are a network manager.
        Refused: If there is no one to ask, or the wording may not be sent yet.
    """
    change = locked_row(change)
    permissions.require(permissions.can_record_office_change(by, change.membership))
    if not change.may_be_asked:
        raise Refused("There is no longer anyone to ask for this role.")
    send_link(change, by=by)
    public_changed.send(sender=Council, instance=change.council)


def send_link(change: OfficeChange, *, by: Actor) -> None:
    """Email a new link to sign the wording in force; older ones expire.

    For actions that hold the membership's lock.

    Raises:
        Refused: If the wording may not be sent yet.
    """
    change.wording = EndorsementWording.objects.newest()
    if not change.wording.may_be_sent:
        raise Refused(
            "You cannot ask anyone yet, because the network has not approved its wording."
        )
    change.send_link("wording", by=by)
    offices_emails.again_request(change)


def handle_again_bounce(message: OutboxMessage) -> None:
    """Tell the member's lead that our email did not reach the office holder."""
    change = locked_row(OfficeChange.objects.get(pk=message.about["change"]))
    if event := record_bounce(change, message):
        offices_emails.again_bounced(change, event)


def expire_again_links(*, by: str = "tick") -> int:
    """Expire links to new office holders, and return a count. For the tick."""
    return expire(OfficeChange.objects.ended(), by=by)


def remind_of_offices(*, by: str = "tick", on: date | None = None) -> int:
    """Remind leads, up to three times, of new office holders who have not endorsed.

    For the tick.

    Returns:
        How many reminders were sent.
    """
    today = on or timezone.localdate()
    waiting = OfficeChange.objects.unanswered().filter(reminders__lt=len(LEAD_HEARS_AFTER))
    return one_by_one(waiting, lambda pk: _remind(pk, by, today))


@transaction.atomic
def _remind(pk: int, by: str, today: date) -> bool:
    change = locked_row(OfficeChange.objects.get(pk=pk))
    recorded = timezone.localdate(change.recorded_at)
    due = sum(recorded + after <= today for after in LEAD_HEARS_AFTER)
    still = OfficeChange.objects.unanswered().filter(pk=pk).exists()
    if not still or due <= change.reminders:
        return False
    if PreElectionPeriod.objects.holding_for(change.council, today).exists():
        return False
    change.reminders = due
    change.save(update_fields=["reminders"])
    offices_emails.again_reminder(change, change.record("reminded", by=by))
    return True


def ask_afresh(change: OfficeChange, *, by: User) -> None:
    """Replace a row whose signature was voided with a new one, for the same holder.

    A signature stays with the request it answered. For actions that hold the membership's lock.
    """
    change.move_to(OfficeChangeStatus.REPLACED, by=by, why="Signature removed")
    afresh = OfficeChange.objects.create(
        membership=change.membership,
        office=change.office,
        since=change.since,
        name=change.name,
        role=change.role,
        email=change.email,
    )
    afresh.record("recorded", by=by, why="Signature removed")
