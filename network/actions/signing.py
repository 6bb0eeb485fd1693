"""What a person who was asked to endorse answers."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from councils.models import Council
from network.actions.locks import locked, locked_request
from network.actions.refusals import PageChanged
from network.choices import RequestStatus
from network.emails import signing as signing_emails
from network.models import Endorsement, EndorsementRequest, Event, Refused
from portal.signals import public_changed


@dataclass(frozen=True)
class Assistant:
    """Who filled it in for the office holder, and how and when these agreed."""

    assistant_name: str = ""
    agreed_how: str = ""
    agreed_on: date | None = None


NOBODY = Assistant()


@transaction.atomic
def endorse(
    request: EndorsementRequest,
    *,
    name: str,
    role: str,
    shown: str,
    assistant: Assistant = NOBODY,
) -> Endorsement:
    """Sign, in the office that was asked, with the name that was typed.

    The signature binds to the wording's hash and to a snapshot of the page. `shown` is
    `SignUp.fingerprint` as it was on the page that was read. An assistant's is kept with
    how and when the office holder agreed; staff confirm it before they accept.

    Raises: PageChanged when another page would be signed than was read; Refused for a
    second signature, or when it is no longer asked for.
    """
    request = _waited_for(request)
    sign_up = request.sign_up
    if shown != sign_up.fingerprint:
        raise PageChanged("This page has changed since you opened it.")
    wording = sign_up.pinned_wording
    endorsement = Endorsement.objects.create(
        sign_up=sign_up,
        request=request,
        office=request.office,
        name=name,
        role=role,
        wording=wording,
        wording_hash=wording.hash,
        snapshot=sign_up.snapshot,
        **vars(assistant),
    )
    how = "by an assistant" if assistant.assistant_name else "by link"
    request.move_to(RequestStatus.SIGNED, by=f"{_office(request)}, {how}")
    sign_up.touch()
    signing_emails.endorsement_signed(endorsement)
    return endorsement


def _waited_for(request: EndorsementRequest) -> EndorsementRequest:
    request = locked_request(request)
    if not request.is_waited_for:
        raise Refused("This has been answered, or is no longer asked for.")
    return request


def _office(request: EndorsementRequest) -> str:
    return request.get_office_display().lower()


@transaction.atomic
def say_no(request: EndorsementRequest, *, why: str) -> None:
    """Do not endorse; the applicant is told in neutral words. Raises: Refused."""
    request = _waited_for(request)
    request.answer_why = why
    request.save(update_fields=["answer_why"])
    request.move_to(RequestStatus.DECLINED, by=f"{_office(request)}, by link")
    request.sign_up.touch()
    signing_emails.endorsement_refused(request)


@transaction.atomic
def not_the_right_person(
    request: EndorsementRequest, *, name: str = "", role: str = "", email: str = ""
) -> None:
    """Say that somebody else signs in this office, and perhaps who. Nobody is asked by
    that: the applicant decides. Raises: Refused."""
    request = _waited_for(request)
    request.proposed_name, request.proposed_role = name, role
    request.proposed_email = email.lower()
    request.save(update_fields=["proposed_name", "proposed_role", "proposed_email"])
    request.move_to(RequestStatus.WRONG_PERSON, by=f"{_office(request)}, by link")
    request.sign_up.touch()
    signing_emails.endorsement_refused(request)


@transaction.atomic
def report_signature(endorsement: Endorsement, *, name: str, message: str) -> bool:
    """Somebody says “this was not me”: staff and the lead are told, and nobody accepts
    until staff have looked into it. False where that is known already."""
    locked(endorsement.sign_up)
    endorsement = Endorsement.objects.select_for_update(of=("self",), no_key=True).get(
        pk=endorsement.pk
    )
    if endorsement.is_disputed or endorsement.struck_out_at:
        return False
    endorsement.reported_at = timezone.now()
    endorsement.save(update_fields=["reported_at"])
    Event.objects.record(
        "endorsement.reported",
        by=f"{name}, by link",
        why=message,
        sign_up=endorsement.sign_up,
        endorsement_request=endorsement.request,
    )
    signing_emails.signature_reported(endorsement)
    public_changed.send(sender=Council, instance=endorsement.sign_up.council)
    return True
