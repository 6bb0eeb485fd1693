"""An office changes hands in a member: recorded, and its new holder asked to endorse."""

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from councils.models import Council
from network.actions.locks import locked_change, locked_membership
from network.actions.refusals import PageChanged
from network.choices import Office, OfficeChangeStatus
from network.emails import offices as offices_emails
from network.models import (
    EndorsementWording,
    Event,
    LaterEndorsement,
    Membership,
    OfficeChange,
    PreElectionPeriod,
    Refused,
)
from network.models.events import Actor
from network.models.signing import LINK_LASTS
from portal.jobs.tick import one_by_one
from portal.models import OutboxMessage, User
from portal.signals import public_changed

# Whoever leads is reminded so long after the recording; never more often.
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
    """Record who holds an office since when, or that it is vacant; whoever holds it is asked.

    Nobody is asked as long as the network has not approved its wording. Recording the same
    twice is once. Raises: Refused for what is no member of today.
    """
    membership = locked_membership(membership.pk)
    if not membership.is_public_and_live:
        raise Refused("This is no member of today.")
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
    Event.objects.record(
        "office_change.recorded", by=by, why="", new=status, **change.event_about()
    )
    if name and EndorsementWording.objects.newest().may_be_sent:
        _send_link(change, by=by)
    _shown_in_public(change)
    return change


@transaction.atomic
def ask_office_holder(change: OfficeChange, *, by: User) -> None:
    """Send a link, or a new one: every older link dies.

    Raises: Refused when there is nobody to ask, or the wording may not be sent yet.
    """
    change = locked_change(change.pk)
    if not change.may_be_asked:
        raise Refused("There is nobody to ask here any more.")
    _send_link(change, by=by)
    _shown_in_public(change)


def _send_link(change: OfficeChange, *, by: Actor) -> None:
    wording = EndorsementWording.objects.newest()
    if not wording.may_be_sent:
        raise Refused("The network has not approved its wording yet, so nobody can be asked.")
    now = timezone.now()
    change.wording, change.generation = wording, change.generation + 1
    change.sent_at, change.link_ends_at, change.bounced_at = now, now + LINK_LASTS, None
    change.save(update_fields=["wording", "generation", "sent_at", "link_ends_at", "bounced_at"])
    if change.status == OfficeChangeStatus.ASKED:
        Event.objects.record("office_change.resent", by=by, why="", **change.event_about())
    else:
        change.move_to(OfficeChangeStatus.ASKED, by=by)
    offices_emails.again_request(change)


@transaction.atomic
def send_again_on_file(change: OfficeChange, *, by: Actor) -> None:
    """Mail a link to the address on file at the wish of who holds a dead one: the present
    link, where it lives, so that nobody kills it by asking.

    Raises: Refused when there is nothing left to sign.
    """
    change = locked_change(change.pk)
    if not change.may_be_renewed:
        raise Refused("There is nothing to sign any more.")
    if change.is_waited_for:
        event = Event.objects.record("office_change.resent", by=by, why="", **change.event_about())
        offices_emails.again_request_once_more(change, event)
    else:
        _send_link(change, by=by)


def handle_again_bounce(row: OutboxMessage) -> None:
    """The office holder cannot be reached there: whoever leads is told. A mail of an older
    link says nothing about the present one."""
    change = locked_change(row.about["change"])
    is_present = change.generation == row.about["generation"]
    if change.status != OfficeChangeStatus.ASKED or not is_present or change.bounced_at:
        return
    change.bounced_at = timezone.now()
    change.save(update_fields=["bounced_at"])
    event = Event.objects.record(
        "office_change.bounced",
        by="mail provider" if row.bounced_at else "outbox",
        why=row.bounce_why or "It could not be delivered",
        **change.event_about(),
    )
    offices_emails.again_bounced(change, event)


def expire_again_links(*, by: Actor = "tick") -> int:
    """Mark the links to new office holders that have ended. Returns how many."""
    ended = OfficeChange.objects.filter(
        status=OfficeChangeStatus.ASKED, link_ends_at__lte=timezone.now()
    )
    return one_by_one(ended, lambda pk: _expire_link(pk, by))


@transaction.atomic
def _expire_link(pk: int, by: Actor) -> bool:
    change = locked_change(pk)
    if change.status != OfficeChangeStatus.ASKED or not change.link_has_ended:
        return False
    change.move_to(OfficeChangeStatus.EXPIRED, by=by)
    return True


def remind_of_offices(*, by: Actor = "tick", on: date | None = None) -> int:
    """Remind whoever leads of offices that nobody has endorsed from, at most three times."""
    today = on or timezone.localdate()
    waiting = OfficeChange.objects.unanswered().filter(reminders__lt=len(LEAD_HEARS_AFTER))
    return one_by_one(waiting, lambda pk: _remind(pk, by, today))


@transaction.atomic
def _remind(pk: int, by: Actor, today: date) -> bool:
    change = locked_change(pk)
    recorded = timezone.localdate(change.recorded_at)
    due = sum(recorded + after <= today for after in LEAD_HEARS_AFTER)
    still = OfficeChange.objects.unanswered().filter(pk=pk).exists()
    if not still or due <= change.reminders:
        return False
    if PreElectionPeriod.objects.holding_for(change.council, today).exists():
        return False
    change.reminders = due
    change.save(update_fields=["reminders"])
    event = Event.objects.record("office_change.reminded", by=by, why="", **change.event_about())
    offices_emails.again_reminder(change, event)
    return True


def _shown_in_public(change: OfficeChange) -> None:
    public_changed.send(sender=Council, instance=change.council)


@transaction.atomic
def endorse_again(change: OfficeChange, *, name: str, role: str, shown: str) -> LaterEndorsement:
    """Sign, in the office that was asked, with the name that was typed.

    `shown` is `OfficeChange.fingerprint` as it was on the page that was read. It becomes
    public once staff confirm it. Raises: PageChanged when another page would be signed than
    was read; Refused for a second signature, or when it is no longer asked for.
    """
    change = _waited_for(change)
    if shown != change.fingerprint:
        raise PageChanged("This page has changed since you opened it.")
    wording = change.pinned_wording
    endorsement = LaterEndorsement.objects.create(
        change=change,
        name=name,
        role=role,
        wording=wording,
        wording_hash=wording.hash,
        snapshot=change.snapshot,
    )
    change.move_to(OfficeChangeStatus.SIGNED, by=f"{_office(change)}, by link")
    offices_emails.again_signed(endorsement)
    return endorsement


@transaction.atomic
def refuse_again(change: OfficeChange, *, why: str) -> None:
    """Do not endorse; whoever leads is told in neutral words, and nobody else. Raises: Refused."""
    change = _waited_for(change)
    change.answer_why = why
    change.save(update_fields=["answer_why"])
    change.move_to(OfficeChangeStatus.DECLINED, by=f"{_office(change)}, by link")
    offices_emails.again_refused(change)


def _waited_for(change: OfficeChange) -> OfficeChange:
    change = locked_change(change.pk)
    if not change.is_waited_for:
        raise Refused("This has been answered, or is no longer asked for.")
    return change


def _office(change: OfficeChange) -> str:
    return change.get_office_display().lower()


def _locked_endorsement(endorsement: LaterEndorsement) -> LaterEndorsement:
    change = locked_change(endorsement.change_id)
    rows = LaterEndorsement.objects.select_for_update(of=("self",), no_key=True)
    endorsement = rows.select_related("wording").get(pk=endorsement.pk)
    endorsement.change = change
    return endorsement


@transaction.atomic
def report_later_endorsement(endorsement: LaterEndorsement, *, name: str, message: str) -> bool:
    """Somebody says “this was not me”: staff and whoever leads are told, and it is not public
    until staff have looked into it. False where that is known already."""
    endorsement = _locked_endorsement(endorsement)
    if endorsement.is_disputed or endorsement.struck_out_at:
        return False
    endorsement.reported_at = timezone.now()
    endorsement.save(update_fields=["reported_at"])
    event = _record("reported", endorsement, by=f"{name}, by link", why=message)
    offices_emails.again_reported(endorsement, event)
    return True


@transaction.atomic
def confirm_later_endorsement(endorsement: LaterEndorsement, *, by: User, how: str) -> None:
    """Staff asked the office holder, by another way than the link: it was them. From now on
    it is public. Raises: Refused for one that needs no confirming."""
    endorsement = _locked_endorsement(endorsement)
    if not endorsement.needs_confirming:
        raise Refused("This signature needs no confirming.")
    endorsement.confirmed_by, endorsement.confirmed_at = by, timezone.now()
    endorsement.confirmed_how = how
    endorsement.save(update_fields=["confirmed_by", "confirmed_at", "confirmed_how"])
    _record("confirmed", endorsement, by=by, why=how)


@transaction.atomic
def strike_out_later_endorsement(endorsement: LaterEndorsement, *, by: User, why: str) -> None:
    """Take a forged or mistaken signature out, with the reason; it stays as history, and the
    holder can be asked afresh. Raises: Refused the second time."""
    endorsement = _locked_endorsement(endorsement)
    if endorsement.struck_out_at:
        raise Refused("This signature has been struck out already.")
    endorsement.struck_out_at, endorsement.struck_out_why = timezone.now(), why
    endorsement.save(update_fields=["struck_out_at", "struck_out_why"])
    event = _record("struck_out", endorsement, by=by, why=why)
    if endorsement.change.status == OfficeChangeStatus.SIGNED:
        _to_be_asked_afresh(endorsement.change, by)
    offices_emails.again_struck_out(endorsement, event)


def _to_be_asked_afresh(change: OfficeChange, by: User) -> None:
    """The same holder, by a row of its own: a signature stays with the asking it answered."""
    change.move_to(OfficeChangeStatus.REPLACED, by=by, why="Struck out")
    afresh = OfficeChange.objects.create(
        membership=change.membership,
        office=change.office,
        since=change.since,
        name=change.name,
        role=change.role,
        email=change.email,
    )
    Event.objects.record("office_change.recorded", by=by, why="Struck out", **afresh.event_about())


def _record(what: str, endorsement: LaterEndorsement, *, by: User | str, why: str) -> Event:
    """What was found out about a signature; the public page may show another thing now."""
    change = endorsement.change
    event = Event.objects.record(f"office_change.{what}", by=by, why=why, **change.event_about())
    public_changed.send(sender=Council, instance=change.council)
    return event
