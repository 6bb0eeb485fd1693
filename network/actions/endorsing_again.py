"""What a new office holder answers, and what staff find out about it."""

from django.db import transaction
from django.utils import timezone

from network import emails
from network.actions.locks import locked_change
from network.actions.refusals import PageChanged
from network.choices import OfficeChangeStatus
from network.models import Council, Event, LaterEndorsement, OfficeChange, Refused
from portal.models import User
from portal.signals import public_changed


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
    emails.again_signed(endorsement)
    return endorsement


@transaction.atomic
def refuse_again(change: OfficeChange, *, why: str) -> None:
    """Do not endorse; whoever leads is told in neutral words, and nobody else. Raises: Refused."""
    change = _waited_for(change)
    change.answer_why = why
    change.save(update_fields=["answer_why"])
    change.move_to(OfficeChangeStatus.DECLINED, by=f"{_office(change)}, by link")
    emails.again_refused(change)


def _waited_for(change: OfficeChange) -> OfficeChange:
    change = locked_change(change.pk)
    if not change.is_waited_for:
        raise Refused("This has been answered, or is no longer asked for.")
    return change


def _office(change: OfficeChange) -> str:
    return change.get_office_display().lower()


def _locked(endorsement: LaterEndorsement) -> LaterEndorsement:
    change = locked_change(endorsement.change_id)
    rows = LaterEndorsement.objects.select_for_update(of=("self",), no_key=True)
    endorsement = rows.select_related("wording").get(pk=endorsement.pk)
    endorsement.change = change
    return endorsement


@transaction.atomic
def report_later_endorsement(endorsement: LaterEndorsement, *, name: str, message: str) -> bool:
    """Somebody says “this was not me”: staff and whoever leads are told, and it is not public
    until staff have looked into it. False where that is known already."""
    endorsement = _locked(endorsement)
    if endorsement.is_disputed or endorsement.struck_out_at:
        return False
    endorsement.reported_at = timezone.now()
    endorsement.save(update_fields=["reported_at"])
    event = _record("reported", endorsement, by=f"{name}, by link", why=message)
    emails.again_reported(endorsement, event)
    return True


@transaction.atomic
def confirm_later_endorsement(endorsement: LaterEndorsement, *, by: User, how: str) -> None:
    """Staff asked the office holder, by another way than the link: it was them. From now on
    it is public. Raises: Refused for one that needs no confirming."""
    endorsement = _locked(endorsement)
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
    endorsement = _locked(endorsement)
    if endorsement.struck_out_at:
        raise Refused("This signature has been struck out already.")
    endorsement.struck_out_at, endorsement.struck_out_why = timezone.now(), why
    endorsement.save(update_fields=["struck_out_at", "struck_out_why"])
    event = _record("struck_out", endorsement, by=by, why=why)
    if endorsement.change.status == OfficeChangeStatus.SIGNED:
        _to_be_asked_afresh(endorsement.change, by)
    emails.again_struck_out(endorsement, event)


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
