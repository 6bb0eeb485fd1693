"""Emails about signatures: copy, refusal, report, and later changes."""

from functools import partial
from hashlib import sha256

from network.choices import RequestStatus
from network.emails import samples
from network.emails.requests import REQUEST, of_request, reply_to_contact
from network.emails.sign_ups import (
    APPLICANT,
    EVENT,
    MANAGERS,
    OFFICE_HOLDER,
    SIGN_UP,
    about_sign_up,
    of_sign_up,
)
from network.models import (
    Champion,
    Endorsement,
    EndorsementRequest,
    Event,
    LaterEndorsement,
    SignUp,
)
from portal.links import absolute
from portal.mail.declarations import Lookup, Mail, Row, token_of

ENDORSEMENT = Row(
    Endorsement.objects.select_related("sign_up__council", "wording", "request"),
    samples.endorsement,
)


def _about(endorsement: Endorsement, **about: object) -> dict[str, object]:
    office = endorsement.get_office_display().lower()
    return about_sign_up(endorsement.sign_up) | {"office": office}


def about_copy(row: Endorsement | LaterEndorsement, report: str) -> dict[str, object]:
    """Return the context of a signatory's copy. `report` is the view for “this was not me”."""
    return {
        "wording": row.wording,
        "text": row.signed_text,
        "report": absolute(report, token_of(row, "report_token")),
    }


def _waiting_for(endorsement: Endorsement) -> list[str]:
    return [r.get_office_display().lower() for r in endorsement.sign_up.waiting_for()]


def _said_no(request: EndorsementRequest) -> bool:
    """Whether they declined, by the history, because the applicant may have acted since."""
    answers = [RequestStatus.DECLINED, RequestStatus.WRONG_PERSON]
    return request.events.filter(new__in=answers).latest("pk").new == RequestStatus.DECLINED


def _asked_again(sign_up: SignUp, moved: Event) -> list[EndorsementRequest]:
    return [r for r in sign_up.current_requests() if r.status == RequestStatus.SENT]


def _champions_now(endorsement: Endorsement) -> list[Champion]:
    return endorsement.sign_up.current_champions()


def _once_a_choice(endorsement: Endorsement) -> tuple[object, ...]:
    """Once for each choice of champions: their names, because the mail is about those."""
    names = "\n".join(champion.name for champion in _champions_now(endorsement))
    return endorsement.pk, sha256(names.encode()).hexdigest()[:16]


def _once_a_report(endorsement: Endorsement) -> tuple[object, ...]:
    return endorsement.pk, f"{endorsement.reported_at:%Y%m%dT%H%M%S}"


_of_endorsement = partial(Mail, about={"endorsement": ENDORSEMENT}, context=_about)

COPY = _of_endorsement(
    "network.endorsement_copy",
    "A copy of what was signed",
    OFFICE_HOLDER,
    lookups={"contact": Lookup(lambda endorsement: endorsement.asked.contact(), samples.contact)},
    context=lambda endorsement, contact: {
        **_about(endorsement),
        **about_copy(endorsement, "network:endorse_report"),
    },
    reply_to=reply_to_contact,
)
SIGNED = _of_endorsement(
    "network.endorsement_signed",
    "Someone has signed",
    APPLICANT,
    lookups={"waiting": Lookup(_waiting_for, lambda: ["chief executive"])},
)
champions_changed = _of_endorsement(
    "network.champions_changed",
    "Different champions named after signing",
    OFFICE_HOLDER,
    once=_once_a_choice,
    lookups={"champions": Lookup(_champions_now, samples.other_champions)},
)
endorsement_refused = of_request(
    "network.endorsement_refused",
    "Someone declined, or is not the right person",
    about={
        "request": REQUEST.but(answer_why="We would like to see the costs of our own time first.")
    },
    lookups={"is_no": Lookup(_said_no, lambda: True)},
)
REPORTED = _of_endorsement(
    "network.signature_reported", "“This was not me”", MANAGERS, once=_once_a_report
)
QUESTIONED = _of_endorsement(
    "network.signature_questioned", "Signature in question", APPLICANT, once=_once_a_report
)
signature_struck_out = _of_endorsement(
    "network.signature_struck_out",
    "Signature removed",
    APPLICANT,
    about={"endorsement": ENDORSEMENT.but(struck_out_why="It was given by mistake.")},
)
wording_moved = of_sign_up(
    "network.wording_moved",
    "Wording changed",
    APPLICANT,
    about={"sign_up": SIGN_UP, "moved": EVENT.but(why="The network has approved another wording.")},
    lookups={"asked": Lookup(_asked_again, lambda: [samples.request()])},
)


def endorsement_signed(endorsement: Endorsement) -> None:
    """Send the signatory a copy; tell the applicant who signed and who has yet to sign."""
    COPY(endorsement)
    SIGNED(endorsement)


def signature_reported(endorsement: Endorsement) -> None:
    """Tell each manager and the applicant that someone says: “this was not me”."""
    REPORTED(endorsement)
    QUESTIONED(endorsement)
