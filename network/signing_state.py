"""Where each signature of a sign-up stands, in words for those who work on it."""

from dataclasses import dataclass, replace

from django.utils import timezone
from django.utils.dateformat import format as date_format

from network.choices import Office, RequestStatus
from network.models import EndorsementRequest, SignUp


@dataclass(frozen=True)
class Signature:
    """One office: who was asked, what came of it, and which buttons make sense."""

    office: Office
    request: EndorsementRequest | None
    status: str
    tone: str
    facts: tuple[str, ...] = ()
    may_remind: bool = False
    may_renew: bool = False
    may_ask: bool = False
    may_ask_instead: bool = False
    called: str = ""


def signatures_of(sign_up: SignUp) -> list[Signature]:
    """One line an office, leader first."""
    return [
        replace(_signature(office, sign_up), called=sign_up.office_name(office))
        for office in Office
    ]


def _signature(office: Office, sign_up: SignUp) -> Signature:
    request = sign_up.request_of(office)
    if request is None:
        facts = _struck_out(office, sign_up)
        if not sign_up.may_be_signed:
            return Signature(office, None, "Nobody is asked any more", "", facts)
        return Signature(office, None, "Nobody is named yet", "attention", facts)
    describe = _WORDS[RequestStatus(request.status)]
    return describe(office, request)


def _struck_out(office: Office, sign_up: SignUp) -> tuple[str, ...]:
    """Why an office that had signed has nobody."""
    gone = sign_up.endorsements.filter(office=office).exclude(struck_out_at=None)
    return tuple(
        f"The signature of {each.name} was struck out on {_day(each.struck_out_at)}: "
        f"{each.struck_out_why}"
        for each in gone
    )


def _day(moment) -> str:
    return date_format(timezone.localtime(moment), "j F Y")


def _not_sent(office: Office, request: EndorsementRequest) -> Signature:
    return Signature(office, request, "Not asked yet", "attention", may_ask=True)


def _sent(office: Office, request: EndorsementRequest) -> Signature:
    facts = [
        f"Asked on {_day(request.sent_at)}. The link works until {_day(request.link_ends_at)}."
    ]
    if request.chasers:
        facts.append(f"Our reminder {request.chasers} of 3 has gone out.")
    if request.bounced_at:
        facts.append(f"The mail came back on {_day(request.bounced_at)}: check the address.")
        return Signature(
            office, request, "The mail came back", "problem", tuple(facts), may_renew=True
        )
    soon = request.no_reminder_before
    if soon:
        again = date_format(timezone.localtime(soon), "j F, H:i")
        facts.append(f"You reminded them on {_day(request.reminded_at)}; you can again: {again}.")
    if request.link_has_ended:
        return Signature(
            office, request, "The link has ended", "attention", tuple(facts), may_renew=True
        )
    return Signature(
        office,
        request,
        f"Waiting for the {request.get_office_display().lower()}",
        "attention",
        tuple(facts),
        may_remind=soon is None,
        may_renew=True,
    )


def _signed(office: Office, request: EndorsementRequest) -> Signature:
    endorsement = request.endorsement
    facts = [f"Signed on {_day(endorsement.signed_at)} as {endorsement.name}, {endorsement.role}."]
    if endorsement.assistant_name:
        known = "has confirmed that" if endorsement.confirmed_at else "will confirm that"
        facts.append(
            f"Filled in by {endorsement.assistant_name}. The network {known} with the office "
            "holder."
        )
    if endorsement.is_disputed:
        facts.append("Somebody says that this was not them: the network looks into it.")
        return Signature(office, request, "Questioned", "problem", tuple(facts))
    return Signature(office, request, "Signed", "", tuple(facts))


def _declined(office: Office, request: EndorsementRequest) -> Signature:
    why = request.answer_why
    facts = (f"They add: “{why}”" if why else "They gave no reason.",)
    status = "Does not wish to endorse at present"
    return Signature(office, request, status, "attention", facts, may_ask_instead=True)


def _wrong_person(office: Office, request: EndorsementRequest) -> Signature:
    if not request.proposed_email:
        facts: tuple[str, ...] = ("They name nobody in their place.",)
    else:
        facts = (
            f"They propose {request.proposed_name}, {request.proposed_role}, "
            f"{request.proposed_email}.",
        )
    status = "Says that somebody else signs"
    proposed = bool(request.proposed_email)
    return Signature(office, request, status, "attention", facts, may_ask_instead=proposed)


def _expired(office: Office, request: EndorsementRequest) -> Signature:
    facts = (f"Asked on {_day(request.sent_at)}. Nobody answered while the link worked.",)
    return Signature(office, request, "The link has ended", "attention", facts, may_renew=True)


_WORDS = {
    RequestStatus.NOT_SENT: _not_sent,
    RequestStatus.SENT: _sent,
    RequestStatus.SIGNED: _signed,
    RequestStatus.DECLINED: _declined,
    RequestStatus.WRONG_PERSON: _wrong_person,
    RequestStatus.EXPIRED: _expired,
}
