"""Answers to endorsement requests, and checks of signatures.

A request belongs to a sign-up (`EndorsementRequest`) or to a new office holder in a member
(`OfficeChange`). They differ in who is told, and in the effect of voiding a signature.
"""

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from councils.models import Council
from network import permissions
from network.actions import offices, requests
from network.actions.locks import locked_row, locked_signature, locked_to_answer
from network.choices import OfficeChangeStatus, RequestStatus
from network.emails import offices as offices_emails
from network.emails import requests as requests_emails
from network.emails import signing as signing_emails
from network.models import (
    Endorsement,
    EndorsementRequest,
    Event,
    LaterEndorsement,
    OfficeChange,
    Refused,
)
from network.models.events import Actor
from network.models.moves import PageChanged
from portal.models import User
from portal.signals import public_changed

Asked = EndorsementRequest | OfficeChange
Signed = Endorsement | LaterEndorsement


@dataclass(frozen=True)
class Assistant:
    """A person who filled in the form for the office holder, and how and when they agreed."""

    assistant_name: str = ""
    agreed_how: str = ""
    agreed_on: date | None = None


NOBODY = Assistant()


@transaction.atomic
def endorse(
    asked: Asked, *, name: str, role: str, shown: str, assistant: Assistant = NOBODY
) -> Signed:
    """Sign for the role that was asked, with a typed name.

    The signature binds to the wording's hash and to a snapshot of the page. One entered by an
    assistant records how and when the office holder agreed, and staff confirm it before they
    accept. A new office holder's is public once staff confirm it.

    Args:
        shown: `asked.subject.fingerprint` as on the page they read.
        assistant: Who filled in the form, in a sign-up.

    Raises:
        PageChanged: If the page has changed since they read it.
        Refused: For a second signature, or if it is no longer asked for.
    """
    asked = locked_to_answer(asked)
    subject = asked.subject
    if shown != subject.fingerprint:
        raise PageChanged("This page has changed since you opened it. Read it again.")
    signature = asked.add_signature(
        name=name,
        role=role,
        wording=subject.pinned_wording,
        wording_hash=subject.pinned_wording.hash,
        snapshot=subject.snapshot,
        **(vars(assistant) if assistant.assistant_name else {}),
    )
    how = "by an assistant" if assistant.assistant_name else "by link"
    asked.move_to("signed", by=f"{_office(asked)}, {how}")
    if isinstance(signature, Endorsement):
        signature.sign_up.touch()
        signing_emails.endorsement_signed(signature)
    else:
        offices_emails.again_signed(signature)
    return signature


def _office(asked: Asked) -> str:
    return asked.get_office_display().lower()


@transaction.atomic
def say_no(asked: Asked, *, why: str) -> None:
    """Decline to endorse, and tell the council's lead in neutral words.

    Raises:
        Refused: If it has been answered, or is no longer asked for.
    """
    asked = locked_to_answer(asked)
    asked.answer_why = why
    asked.save(update_fields=["answer_why"])
    asked.move_to("declined", by=f"{_office(asked)}, by link")
    if isinstance(asked, EndorsementRequest):
        asked.sign_up.touch()
        signing_emails.endorsement_refused(asked)
    else:
        offices_emails.again_refused(asked)


@transaction.atomic
def not_the_right_person(
    request: EndorsementRequest, *, name: str = "", role: str = "", email: str = ""
) -> None:
    """Record that someone else holds this role, and who, if given.

    Does not ask that person: the applicant decides.

    Raises:
        Refused: If it has been answered, or is no longer asked for.
    """
    request = locked_to_answer(request)
    request.proposed_name, request.proposed_role = name, role
    request.proposed_email = email.lower()
    request.save(update_fields=["proposed_name", "proposed_role", "proposed_email"])
    request.move_to(RequestStatus.WRONG_PERSON, by=f"{_office(request)}, by link")
    request.sign_up.touch()
    signing_emails.endorsement_refused(request)


@transaction.atomic
def send_link_on_file(asked: Asked, *, by: str) -> None:
    """Email a link to the address on file, for someone with an expired link.

    Sends the newest link again if it works, so that asking does not expire it.

    Raises:
        Refused: If there is nothing left to sign.
    """
    asked = locked_row(asked)
    if not asked.may_be_renewed:
        raise Refused("There is no longer anything to sign.")
    if isinstance(asked, EndorsementRequest):
        if asked.is_waited_for:
            event = asked.record("sent_once_more", by=by)
            requests_emails.endorsement_request_again(asked, event)
        else:
            requests.send_link(asked, by=by)
    elif asked.is_waited_for:
        offices_emails.again_request_once_more(asked, asked.record("resent", by=by))
    else:
        offices.send_link(asked, by=by)


@transaction.atomic
def report_signature(signature: Signed, *, name: str, message: str) -> bool:
    """Report “this was not me”, and tell staff and the council's lead.

    Until staff have checked it, the council cannot be accepted and a new office holder's
    signature is not public.

    Returns:
        False if it was reported before.
    """
    signature = locked_signature(signature)
    if signature.is_disputed or signature.struck_out_at:
        return False
    signature.reported_at = timezone.now()
    signature.save(update_fields=["reported_at"])
    event = _record(signature, "reported", by=f"{name}, by link", why=message)
    if isinstance(signature, Endorsement):
        signing_emails.signature_reported(signature)
    else:
        offices_emails.again_reported(signature, event)
    public_changed.send(sender=Council, instance=signature.asked.council)
    return True


def _record(signature: Signed, what: str, *, by: Actor, why: str) -> Event:
    about = signature.asked.event_about()
    return Event.objects.record(f"{signature.event_field}.{what}", by=by, why=why, **about)


@transaction.atomic
def confirm_signature(signature: Signed, *, by: User, how: str) -> None:
    """Record that the office holder, asked by another way than the link, confirms they signed.

    Needed for signatures entered by an assistant, for a new office holder's, and for a
    reported one.

    Raises:
        PermissionDenied: If they may not look into this signature.
        Refused: If it was voided, or needs no confirming.
    """
    signature = locked_signature(signature)
    permissions.require(permissions.can_look_into_signature(by, signature))
    if signature.struck_out_at or not signature.needs_confirming:
        raise Refused("You do not need to confirm this signature.")
    signature.confirmed_by, signature.confirmed_at = by, timezone.now()
    signature.confirmed_how = how
    signature.save(update_fields=["confirmed_by", "confirmed_at", "confirmed_how"])
    _record(signature, "confirmed", by=by, why=how)
    public_changed.send(sender=Council, instance=signature.asked.council)


@transaction.atomic
def strike_out(signature: Signed, *, by: User, why: str) -> None:
    """Void a forged or mistaken signature, with the reason. It stays as history.

    The role can be asked again: in a sign-up until the council is announced.

    Raises:
        PermissionDenied: If they may not look into this signature.
        Refused: If it was voided before.
    """
    signature = locked_signature(signature)
    permissions.require(permissions.can_look_into_signature(by, signature))
    if signature.struck_out_at:
        raise Refused("This signature has already been removed.")
    signature.struck_out_at, signature.struck_out_why = timezone.now(), why
    signature.save(update_fields=["struck_out_at", "struck_out_why"])
    event = _record(signature, "struck_out", by=by, why=why)
    if isinstance(signature, Endorsement):
        if signature.request.status == RequestStatus.SIGNED:
            signature.request.move_to(RequestStatus.SUPERSEDED, by=by, why="Signature removed")
        signing_emails.signature_struck_out(signature)
    else:
        if signature.change.status == OfficeChangeStatus.SIGNED:
            offices.ask_afresh(signature.change, by=by)
        offices_emails.again_struck_out(signature, event)
    public_changed.send(sender=Council, instance=signature.asked.council)
