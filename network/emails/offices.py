"""Letters about an office that changed hands: the link, the copy, what came of it."""

from network.choices import RepresentativeRole
from network.emails.recipients import managers
from network.models import Event, LaterEndorsement, OfficeChange
from portal.links import absolute
from portal.mail import outbox
from portal.mail.outbox import Letter
from portal.models import User


def again_request(change: OfficeChange) -> None:
    """To the office holder: the link. One mail a generation."""
    _to_holder(change, str(change.generation))


def again_request_once_more(change: OfficeChange, event: Event) -> None:
    """The same letter with the same link, to who holds an older one."""
    _to_holder(change, f"again:{event.pk}")


def _to_holder(change: OfficeChange, which: str) -> None:
    outbox.post(
        "network.again_request",
        to=change.email,
        event=f"again_request:{change.pk}:{which}",
        change=change.pk,
        generation=change.generation,
    )


@outbox.mail("network.again_request")
def _write_again_request(change: int, generation: int) -> Letter | None:
    row = _change(change)
    if row.generation != generation or not row.is_waited_for:
        return None
    if not row.pinned_wording.may_be_sent:
        return None
    return asking(row, absolute("network:endorse_again", row.token), _lead_of(row))


def asking(row: OfficeChange, link: str, lead: User | None) -> Letter:
    """The letter, for the mail and for its sample."""
    more = {"link": link, "wording": row.wording, "lead": lead}
    return Letter("again_request", about_change(row) | more)


def again_signed(endorsement: LaterEndorsement) -> None:
    """To the office holder: a copy. To whoever leads, and to staff, who confirm it."""
    change = endorsement.change
    outbox.post(
        "network.again_copy",
        to=change.email,
        event=f"again_copy:{endorsement.pk}",
        endorsement=endorsement.pk,
    )
    _tell("again_signed", change, endorsement.pk, staff_too=True)


@outbox.mail("network.again_copy")
def _write_again_copy(endorsement: int) -> Letter:
    rows = LaterEndorsement.objects.select_related(
        "wording", "change__membership__council", "change__membership__sign_up"
    )
    row = rows.get(pk=endorsement)
    more = {
        "endorsement": row,
        "wording": row.wording,
        "text": row.signed_text,
        "privacy": absolute("wagtail_serve", "privacy/"),
        "report": absolute("network:endorse_again_report", row.report_token),
    }
    return Letter("again_copy", about_change(row.change) | more)


@outbox.mail("network.again_signed")
def _write_again_signed(change: int, by_staff: str) -> Letter:
    return _letter("again_signed", change, by_staff)


def again_refused(change: OfficeChange) -> None:
    """To whoever leads: the office holder said no; in neutral words."""
    _tell("again_refused", change, f"{change.pk}:{change.generation}")


@outbox.mail("network.again_refused")
def _write_again_refused(change: int, by_staff: str) -> Letter:
    return _letter("again_refused", change, by_staff)


def again_reminder(change: OfficeChange, event: Event) -> None:
    """To whoever leads: nobody has endorsed from this office yet."""
    _tell("again_reminder", change, event.pk)


@outbox.mail("network.again_reminder")
def _write_again_reminder(change: int, by_staff: str) -> Letter | None:
    still = OfficeChange.objects.unanswered().filter(pk=change).exists()
    return _letter("again_reminder", change, by_staff) if still else None


def again_bounced(change: OfficeChange, event: Event) -> None:
    """To whoever leads: the mail to the office holder came back."""
    _tell("again_bounced", change, event.pk)


@outbox.mail("network.again_bounced")
def _write_again_bounced(change: int, by_staff: str) -> Letter | None:
    row = _change(change)
    return _letter("again_bounced", change, by_staff) if row.bounced_at else None


def again_reported(endorsement: LaterEndorsement, event: Event) -> None:
    """To each manager and to whoever leads: somebody says that this was not them."""
    _tell("again_reported", endorsement.change, event.pk, staff_too=True)


@outbox.mail("network.again_reported")
def _write_again_reported(change: int, by_staff: str) -> Letter:
    return _letter("again_reported", change, by_staff)


def again_struck_out(endorsement: LaterEndorsement, event: Event) -> None:
    """To whoever leads: this signature no longer counts, and why."""
    _tell("again_struck_out", endorsement.change, event.pk)


@outbox.mail("network.again_struck_out")
def _write_again_struck_out(change: int, by_staff: str) -> Letter:
    return _letter("again_struck_out", change, by_staff)


def _tell(kind: str, change: OfficeChange, once: int | str, *, staff_too: bool = False) -> None:
    """To whoever leads for the member; to each manager too, or where nobody leads."""
    lead = _lead_of(change)
    staff = managers() if staff_too or lead is None else managers().none()
    for person, by_staff in [(lead, ""), *((manager, "yes") for manager in staff)]:
        if person is not None:
            outbox.post(
                f"network.{kind}",
                to=person.email,
                event=f"{kind}:{once}:{by_staff}{person.pk}",
                change=change.pk,
                by_staff=by_staff,
            )


def _lead_of(change: OfficeChange) -> User | None:
    people = change.membership.representatives.current().select_related("user")
    lead = people.filter(role=RepresentativeRole.LEAD).first()
    return lead.user if lead else None


def _letter(template: str, change: int, by_staff: str) -> Letter:
    row = _change(change)
    endorsement = LaterEndorsement.objects.filter(change=row).first()
    more = {"endorsement": endorsement, "by_staff": by_staff, "offices": page_of(row, by_staff)}
    return Letter(template, about_change(row) | more)


def page_of(row: OfficeChange, by_staff: str) -> str:
    """Where whoever leads, or staff, see the offices of this member."""
    return absolute("network_offices:member" if by_staff else "network:offices", row.council.slug)


def about_change(row: OfficeChange) -> dict[str, object]:
    """What each of these letters says."""
    office = row.get_office_display().lower()
    return {"change": row, "council": row.council, "office": office}


def _change(pk: int) -> OfficeChange:
    rows = OfficeChange.objects.select_related(
        "membership__council", "membership__sign_up", "wording"
    )
    return rows.get(pk=pk)
