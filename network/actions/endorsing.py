"""Asking for signatures, and giving them."""

from django.db import transaction
from django.utils import timezone

from network import emails
from network.actions.joining import what_is_missing
from network.actions.locks import locked_request, locked_to_edit
from network.actions.refusals import PageChanged
from network.choices import Office, RequestStatus, SignUpStatus
from network.models import (
    Endorsement,
    EndorsementRequest,
    EndorsementWording,
    Event,
    Refused,
    SignUp,
)
from network.models.endorsements import LINK_LASTS
from network.models.events import Actor
from portal.models import User


@transaction.atomic
def save_endorser(
    sign_up: SignUp, *, by: User, office: Office, name: str, role: str, email: str
) -> EndorsementRequest:
    """Keep who is to endorse in this office. Asks nobody: `ask_endorsers` does.

    Somebody else, or another address, replaces who was asked: the old link dies with its
    request. Raises: Refused when this office has signed.
    """
    sign_up = locked_to_edit(sign_up)
    current = _unsigned_request(sign_up, office)
    details = {"name": name, "role": role, "email": email.lower()}
    if current and current.status == RequestStatus.NOT_SENT:
        EndorsementRequest.objects.filter(pk=current.pk).update(**details)
        current.refresh_from_db()
    elif current is None or any(getattr(current, f) != v for f, v in details.items()):
        if current is not None:
            current.move_to(RequestStatus.CANCELLED, by=by, why="Somebody else is asked")
        current = EndorsementRequest.objects.create(sign_up=sign_up, office=office, **details)
    Event.objects.record("sign_up.endorsers", by=by, sign_up=sign_up, why=str(office.label))
    return current


@transaction.atomic
def remove_endorser(sign_up: SignUp, *, by: User, office: Office) -> None:
    """Name nobody for this office; a link that is out dies. Raises: Refused when signed."""
    sign_up = locked_to_edit(sign_up)
    if current := _unsigned_request(sign_up, office):
        current.move_to(RequestStatus.CANCELLED, by=by, why="Removed")


def _unsigned_request(sign_up: SignUp, office: Office) -> EndorsementRequest | None:
    current = sign_up.request_of(office)
    if current and current.status == RequestStatus.SIGNED:
        raise Refused(f"The {office.label.lower()} has signed already.")
    return current


@transaction.atomic
def ask_endorsers(sign_up: SignUp, *, by: User) -> None:
    """Pin the wording and send each office its own link.

    Raises: Refused while the applicant, champions or endorsers are not named, or the
    wording may not be sent yet.
    """
    sign_up = locked_to_edit(sign_up)
    if missing := what_is_missing(sign_up, to_ask=True):
        raise Refused("Not ready to ask anybody yet: " + "; ".join(missing) + ".")
    wording = sign_up.wording or EndorsementWording.objects.newest()
    if not wording.may_be_sent:
        raise Refused(
            "The network has not approved its wording yet, so nobody can be asked to "
            "sign it. Your answers are saved."
        )
    if sign_up.wording_id is None:
        sign_up.wording = wording
        sign_up.save(update_fields=["wording"])
    for request in sign_up.current_requests():
        if request.is_to_be_asked:
            _send_link(request, by=by)
    if sign_up.status == SignUpStatus.DRAFT:
        sign_up.move_to(SignUpStatus.AWAITING_ENDORSEMENT, by=by)


def _send_link(request: EndorsementRequest, *, by: Actor) -> None:
    """Move the generation on, so that older links die, and mail the new link."""
    now = timezone.now()
    request.generation += 1
    request.sent_at, request.link_ends_at = now, now + LINK_LASTS
    request.save(update_fields=["generation", "sent_at", "link_ends_at"])
    if request.status == RequestStatus.SENT:
        Event.objects.record(
            "endorsement_request.resent",
            by=by,
            sign_up=request.sign_up,
            endorsement_request=request,
        )
    else:
        request.move_to(RequestStatus.SENT, by=by)
    emails.endorsement_request(request)


@transaction.atomic
def send_new_link(request: EndorsementRequest, *, by: Actor) -> None:
    """Send a new link to the address on file; every older link dies.

    Raises: Refused when there is nothing left to sign.
    """
    request = locked_request(request)
    if not request.may_be_renewed:
        raise Refused("There is nothing to sign any more.")
    _send_link(request, by=by)


@transaction.atomic
def endorse(request: EndorsementRequest, *, name: str, role: str, shown: str) -> Endorsement:
    """Sign, in the office that was asked, with the name that was typed.

    The signature binds to the wording's hash and to a snapshot of the page. `shown` is
    `SignUp.fingerprint` as it was on the page that was read.

    Raises: PageChanged when another page would be signed than was read; Refused for a
    second signature, or when it is no longer asked for.
    """
    request = locked_request(request)
    sign_up = request.sign_up
    if request.status != RequestStatus.SENT or not sign_up.is_editable:
        raise Refused("This has been signed, or is no longer asked for.")
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
    )
    label = f"{Office(request.office).label.lower()}, by link"
    request.move_to(RequestStatus.SIGNED, by=label)
    emails.endorsement_signed(endorsement)
    return endorsement


@transaction.atomic
def expire_links(*, by: Actor = "tick") -> int:
    """Mark the requests whose link has ended. Returns how many."""
    ended = EndorsementRequest.objects.filter(
        status=RequestStatus.SENT, link_ends_at__lte=timezone.now()
    )
    requests = list(ended)
    for request in requests:
        request.move_to(RequestStatus.EXPIRED, by=by)
    return len(requests)
