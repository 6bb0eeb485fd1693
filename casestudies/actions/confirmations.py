"""Confirmations: once a year, someone who knows is asked whether a case study is still true.

What they say of the state of the work is public at once, because it is one of four words. Their
sentence is prose, and waits until an editor has read it.
"""

from datetime import date

from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from casestudies import permissions
from casestudies.choices import ConfirmationStatus, Status
from casestudies.emails import confirmations as emails
from casestudies.models import CaseStudyPage, Confirmation, NamedContact
from network.models import Membership, Refused
from network.models.events import Actor
from network.permissions import require
from portal.jobs.tick import one_by_one
from portal.models import OutboxMessage, User
from portal.signals import public_changed

S = ConfirmationStatus
BY_LINK = "contact, by link"


def _locked(pk: int) -> CaseStudyPage:
    """Read a case study again under a lock, before its confirmations."""
    rows = CaseStudyPage.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("council").get(pk=pk)


def _locked_row(row: Confirmation) -> Confirmation:
    page = _locked(row.page_id)
    fresh = Confirmation.objects.select_for_update(of=("self",), no_key=True).get(pk=row.pk)
    fresh.page = page
    return fresh


def contact_of(page: CaseStudyPage) -> tuple[str, str] | None:
    """Return the name and the email address to ask: whom editors named, or the member's lead."""
    if named := NamedContact.objects.filter(page=page).first():
        return named.name, named.email
    membership = Membership.objects.live_of(page.council) if page.council else None
    lead = membership.lead() if membership and membership.announced_at else None
    return (str(lead), lead.email) if lead and lead.is_active else None


def open_due(*, by: str = "tick", on: date | None = None) -> int:
    """Ask about case studies that no one was asked about for a year. For the tick.

    One address gets no more than 3 links a day, so whoever looks after many is asked over
    several days.

    Returns:
        How many were opened.
    """
    today = on or timezone.localdate()
    due = CaseStudyPage.objects.due_for_confirmation(today)
    return one_by_one(due, lambda pk: _open_one(pk, by, today))


@transaction.atomic
def _open_one(pk: int, by: str, today: date) -> bool:
    page = _locked(pk)
    if not CaseStudyPage.objects.due_for_confirmation(today).filter(pk=pk).exists():
        return False
    contact = contact_of(page)
    if contact and emails.ASK.reason_to_wait(contact[1]):
        return False
    _open(page, contact, by, today)
    return True


def _open(
    page: CaseStudyPage, contact: tuple[str, str] | None, by: Actor, today: date
) -> Confirmation:
    """Open this year's confirmation. The caller holds the page's lock."""
    for older in page.confirmations.open():
        older.move_to(S.EXPIRED, by=by, why=page.title)
    row = Confirmation(page=page, asked_on=today)
    row.save()
    if contact is None:
        row.record("no_contact", by=by, why=page.title, new=row.status)
        return row
    _send(row, contact, by)
    return row


def _send(row: Confirmation, contact: tuple[str, str], by: Actor) -> None:
    """Send a new link, to whoever is asked now. Older links expire."""
    row.name, row.email = contact
    row.renew_link("name", "email", "reminded_at")
    if row.status == S.SENT:
        row.record("sent_again", by=by, why=row.page.title)
    else:
        row.move_to(S.SENT, by=by, why=row.page.title)
    emails.ask(row)


def carry_on_due(*, by: str = "tick") -> int:
    """Remind once after 30 days, and end what no one answered. For the tick.

    Returns:
        How many were carried on.
    """
    due = Confirmation.objects.ended() | Confirmation.objects.open().filter(page__live=False)
    return one_by_one(due, lambda pk: _carry_on(pk, by))


@transaction.atomic
def _carry_on(pk: int, by: str) -> bool:
    row = _locked_row(Confirmation.objects.get(pk=pk))
    if not row.page.live and row.can_move_to(S.CANCELLED):
        row.move_to(S.CANCELLED, by=by, why=row.page.title)
        return True
    if row.status != S.SENT or not row.link_has_ended:
        return False
    if row.reminded_at or row.bounced_at:
        row.move_to(S.EXPIRED, by=by, why=row.page.title)
        return True
    if emails.ASK.reason_to_wait(row.email):
        return False
    row.reminded_at = timezone.now()
    _send(row, (row.name, row.email), by)
    return True


@transaction.atomic
def ask_now(page: CaseStudyPage, *, by: User) -> Confirmation:
    """Ask the contact before the year is over, or again with a new link.

    Raises:
        PermissionDenied: If they may not look after this case study.
        Refused: If it is not public, no one can be asked, or the address has had too many links.
    """
    page = _to_look_after(page, by)
    if not page.live:
        raise Refused("This case study is not published, so there is nothing to confirm.")
    contact = contact_of(page)
    if contact is None:
        raise Refused("There is no one to ask. Name a contact first, or record an answer.")
    row = page.confirmations.open().first()
    if row is None:
        return _open(page, contact, by, timezone.localdate())
    _send(row, contact, by)
    return row


def _to_look_after(page: CaseStudyPage, by: User) -> CaseStudyPage:
    page = _locked(page.pk)
    require(permissions.can_look_after(by, page))
    return page


@transaction.atomic
def name_contact(page: CaseStudyPage, *, by: User, name: str, email: str) -> NamedContact | None:
    """Name who is asked from now on. Without a name, it is the member's lead contact again.

    If someone was asked and has not answered, their link expires and the new contact gets one.

    Raises:
        PermissionDenied: If they may not look after this case study.
        Refused: If the address has had too many links.
    """
    page = _to_look_after(page, by)
    before = contact_of(page)
    named = None
    if email:
        words = {"name": name, "email": email.lower()}
        named, _ = NamedContact.objects.update_or_create(page=page, defaults=words)
    else:
        NamedContact.objects.filter(page=page).delete()
    contact = contact_of(page)
    row = page.confirmations.open().first()
    if row and contact and contact != before:
        row.reminded_at = None
        _send(row, contact, by)
    elif row and contact is None and row.status == S.SENT:
        row.name = row.email = ""
        row.generation += 1  # the link they hold expires
        row.save(update_fields=["name", "email", "generation"])
        row.move_to(S.NO_CONTACT, by=by, why=page.title)
    return named


@transaction.atomic
def send_link_on_file(row: Confirmation, *, by: Actor) -> None:
    """Send a new link to the address on file, for whoever holds an old one.

    Raises:
        Refused: If it was answered, is not wanted any more, or the address has had too many.
    """
    row = _locked_row(row)
    if not row.may_be_renewed or row.page.confirmations.first() != row:
        raise Refused("This has been answered, or we no longer ask.")
    _send(row, (row.name, row.email), by)


@transaction.atomic
def answer(row: Confirmation, *, answer: str, sentence: str = "") -> Confirmation:
    """Take the answer of whoever holds the link, once.

    Raises:
        Refused: If someone has answered, or the link has expired.
    """
    row = _locked_row(row)
    if not row.is_waited_for:
        raise Refused("Someone has answered this, or the link has expired.")
    _take(row, BY_LINK, answer, sentence)
    return row


@transaction.atomic
def record_answer(
    page: CaseStudyPage, *, by: User, answer: str, told_by: str, told_on: date, sentence: str = ""
) -> Confirmation:
    """Record an answer that staff got in another way. A link that is out expires.

    Args:
        told_by: Name and role of who said it. Never public.
        told_on: The day on which they said it.

    Raises:
        PermissionDenied: If they may not look after this case study.
        Refused: If it is not public.
    """
    page = _to_look_after(page, by)
    if not page.live:
        raise Refused("This case study is not published, so there is nothing to confirm.")
    row = page.confirmations.open().first()
    if row is None:
        row = Confirmation(page=page, asked_on=timezone.localdate())
        row.save()
    row.page = page
    row.told_by, row.told_on, row.recorded_by = told_by, told_on, by
    _take(row, by, answer, sentence)
    return row


def _take(row: Confirmation, by: Actor, said: str, sentence: str) -> None:
    """Keep an answer, and show its state on the page. The caller holds the page's lock."""
    row.answer, row.sentence, row.answered_at = said, sentence.strip(), timezone.now()
    row.save()
    label = Status(said).label
    row.move_to(S.ANSWERED, by=by, why=f"{row.page.title}: {label}")
    day, page = row.confirmed_on, row.page
    # An answer about an earlier day than we know of changes nothing on the page.
    if day is None or (page.confirmed_on and day < page.confirmed_on):
        return
    page.status, page.confirmed_on, page.as_at = said, day, f"{day:%Y-%m}"
    page.save(clean=False, update_fields=["status", "confirmed_on", "as_at"])
    person = by if isinstance(by, User) else None
    log(page, "casestudies.confirmed", user=person, data={"answer": str(label)})
    public_changed.send(sender=CaseStudyPage, instance=page)


@transaction.atomic
def settle(row: Confirmation, *, by: User, publish: bool) -> Confirmation:
    """Read an answer: make its sentence public, or leave it out. Can be changed later.

    Raises:
        PermissionDenied: If they may not publish this case study.
        Refused: If no one has answered, or there is no sentence to publish.
    """
    row = _locked_row(row)
    require(permissions.can_settle(by, row.page))
    if row.status != S.ANSWERED:
        raise Refused("No one has answered yet.")
    if publish and not row.sentence:
        raise Refused("The answer has no sentence to publish.")
    row.read_at, row.read_by, row.sentence_is_public = timezone.now(), by, publish
    row.save(update_fields=["read_at", "read_by", "sentence_is_public"])
    row.record("published" if publish else "read", by=by, why=row.page.title)
    return row


def handle_bounce(message: OutboxMessage) -> None:
    """Note that our email did not reach the contact; editors see it in their list."""
    found = Confirmation.objects.filter(pk=message.about["confirmation"]).first()
    if found is None:  # the case study was deleted
        return
    row = _locked_row(found)
    if row.generation != message.about["generation"] or row.bounced_at:
        return
    row.bounced_at = timezone.now()
    row.save(update_fields=["bounced_at"])
    row.record("bounced", by="mail", why=row.page.title)
