"""Emails about endorsement requests: links, reminders, and links without an answer."""

from functools import partial

from network.choices import RequestStatus
from network.emails import samples
from network.emails.sign_ups import APPLICANT, OFFICE_HOLDER, about_sign_up
from network.models import EndorsementRequest, EndorsementWording, Event
from portal.links import absolute
from portal.mail.declarations import Mail, Row, token_of

REQUEST = Row(
    EndorsementRequest.objects.select_related("sign_up__council", "sign_up__wording"),
    samples.request,
)


def about_request(request: EndorsementRequest, **about: object) -> dict[str, object]:
    """Return the context of an email about a request."""
    return about_sign_up(request.sign_up) | {"office": request.get_office_display().lower()}


def _asking(request: EndorsementRequest, link: str = "", **about: object) -> dict[str, object]:
    before = request.before() if request.pk else None
    return about_request(request) | {
        "wording": request.sign_up.wording,
        "link": link or absolute("network:endorse", token_of(request)),
        "before": before,
        "signed_before": getattr(before, "endorsement", None),
    }


def _may_leave(request: EndorsementRequest, generation: int) -> bool:
    current = request.generation == generation and request.is_waited_for
    return current and request.sign_up.pinned_wording.may_be_sent


def _once_a_link(request: EndorsementRequest) -> tuple[object, ...]:
    return request.pk, request.generation


_of_link = partial(
    Mail,
    to=OFFICE_HOLDER,
    about={
        "request": REQUEST.but(message="We would be glad to have your support before the summer."),
        "generation": 1,
    },
    holds=_may_leave,
    context=_asking,
)
of_request = partial(Mail, to=APPLICANT, about={"request": REQUEST}, context=about_request)

ASKED = _of_link("network.endorsement_request", "Asked to endorse")
CHASER = _of_link("network.endorsement_chaser", "Reminded to endorse")
endorsement_waiting = of_request(
    "network.endorsement_waiting",
    "Still no answer",
    once=_once_a_link,
    holds=lambda request: request.is_waited_for,
)
endorsement_expired = of_request(
    "network.endorsement_expired",
    "A link has ended unanswered",
    once=_once_a_link,
    holds=lambda request: request.status == RequestStatus.EXPIRED,
)
endorsement_bounced = of_request(
    "network.endorsement_bounced",
    "A mail came back",
    holds=lambda request: request.bounced_at and request.is_waited_for,
)


def _to_office_holder(mail: Mail, request: EndorsementRequest, *once: object) -> None:
    about = {"request": request, "generation": request.generation}
    mail.post(request.email, request.pk, *once, **about)


def endorsement_request(request: EndorsementRequest) -> None:
    """Send the office holder the link, once a generation."""
    _to_office_holder(ASKED, request, request.generation)


def endorsement_request_again(request: EndorsementRequest, event: Event) -> None:
    """Send the same mail with the same link to someone who holds an older one."""
    _to_office_holder(ASKED, request, "again", event.pk)


def endorsement_chaser(request: EndorsementRequest) -> None:
    """Remind the office holder, with the same link."""
    _to_office_holder(CHASER, request, request.generation, request.chasers)


def endorsement_reminder(request: EndorsementRequest, event: Event) -> None:
    """Send the same reminder because the applicant asked for it."""
    _to_office_holder(CHASER, request, "by-hand", event.pk)


def preview_of_request(request: EndorsementRequest, wording: EndorsementWording) -> tuple[str, str]:
    """Render the mail as it would leave, without a link that works."""
    request.sign_up.wording = request.sign_up.wording or wording
    link = f"(Here stands the link, for {request.name} alone.)"
    return ASKED.render({"request": request, "link": link})
