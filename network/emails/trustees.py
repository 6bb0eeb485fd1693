"""Emails about what a trustee confirms: the link, a reminder, and what became of it."""

from functools import partial

from network.choices import TrusteeStatus
from network.emails import samples
from network.emails.requests import ON_KEEP_IT_LOCAL, LinkMail
from network.emails.sign_ups import managers
from network.models import Event, TrusteeRequest
from portal.links import absolute
from portal.mail.declarations import Mail, Recipients, Row, token_of
from portal.models import SiteOperator

REQUEST = Row(TrusteeRequest.objects.with_all(), samples.trustee_request)
CONFIRMED = {"confirmed_name": "Dana Sample", "confirmed_role": "Chair of the trustees"}
TRUSTEE = Recipients("The trustee who was asked", lambda asked: [(asked.email,)])
STAFF = Recipients(
    "The manager who asked the trustee",
    lambda asked: (
        [(asked.asked_by.email,)] if asked.asked_by.is_active else managers().values_list("email")
    ),
)


def _about(asked: TrusteeRequest, **about: object) -> dict[str, object]:
    return {"council": asked.council, "page": absolute("network_staff:trustee_request", asked.pk)}


_of_link = partial(
    LinkMail,
    to=Recipients(TRUSTEE.words),
    about={"asked": REQUEST, "generation": 1},
    holds=lambda asked, generation: asked.generation == generation and asked.is_waited_for,
    context=lambda asked, generation: {
        **_about(asked),
        **ON_KEEP_IT_LOCAL,
        "link": absolute("network:trustee", token_of(asked)),
    },
    reply_to=lambda asked, generation: asked.asked_by.email,
)
LINK = _of_link("network.trustee_link", "Trustee: request to confirm")
REMINDER = _of_link("network.trustee_reminder", "Trustee: reminder to answer", is_reminder=True)
OVER = Mail(
    "network.trustee_over",
    "Trustee: copy of the confirmation, or no answer needed any more",
    TRUSTEE,
    about={"asked": REQUEST.but(status=TrusteeStatus.CONFIRMED, **CONFIRMED)},
    context=lambda asked: _about(asked) | {"link": absolute("network:trustee", token_of(asked))},
    reply_to=lambda asked: asked.asked_by.email,
)
answered = Mail(
    "network.trustee_answered",
    "Answer of a trustee",
    STAFF,
    about={
        "asked": REQUEST.but(
            status=TrusteeStatus.DECLINED, declined_why="I would like to talk about it first."
        )
    },
    context=_about,
)
# To another address than the trustee's and the manager's, so that no one confirms for themselves
# under an invented name without the organisation reading it.
notice = Mail(
    "network.trustee_notice",
    "Notice of what a trustee confirmed",
    Recipients(
        "The organisation that runs the site",
        lambda asked: [(email,)] if (email := SiteOperator.current().email) else [],
    ),
    about={"asked": REQUEST.but(status=TrusteeStatus.CONFIRMED, **CONFIRMED)},
    context=_about,
)
BOUNCED = Mail(
    "network.trustee_bounced",
    "Request to a trustee not delivered",
    STAFF,
    about={"asked": REQUEST},
    context=_about,
    holds=lambda asked: asked.bounced_at and asked.is_waited_for,
)


def link(asked: TrusteeRequest) -> None:
    """Send the trustee the link, once a generation."""
    LINK.post(asked.email, asked.pk, asked.generation, asked=asked, generation=asked.generation)


def reminder(asked: TrusteeRequest) -> None:
    """Remind the trustee, with the same link."""
    REMINDER.post(asked.email, asked.pk, asked=asked, generation=asked.generation)


def over(asked: TrusteeRequest) -> None:
    """Send the trustee a copy, or tell them that no answer is needed any more."""
    OVER(asked)


def bounced(asked: TrusteeRequest, event: Event) -> None:
    """Tell the manager that the link was not delivered, each time."""
    for address, *_ in STAFF.find(asked=asked):
        BOUNCED.post(str(address), event.pk, asked=asked)
