"""Emails about a new leader or chief executive: link, copy and result."""

from functools import partial

from network.emails import samples
from network.emails.requests import (
    ON_KEEP_IT_LOCAL,
    PRINCIPLES,
    LinkMail,
    reply_to_contact,
)
from network.emails.sign_ups import lead_of_member, managers
from network.emails.signing import about_copy
from network.models import Event, LaterEndorsement, OfficeChange
from portal.links import absolute
from portal.mail.declarations import Lookup, Mail, Recipients, Row, token_of

LEAD = Recipients("The council’s lead contact, or each network manager")
LEAD_AND_STAFF = Recipients("The council’s lead contact, and each network manager")
NEW_HOLDER = Recipients("The new leader or chief executive")
CHANGES = OfficeChange.objects.select_related(
    "membership__council", "membership__sign_up", "wording"
)
CHANGE = Row(CHANGES, samples.change)
SIGNED_CHANGE = Row(CHANGES, samples.signed_change)
LATER_ENDORSEMENTS = LaterEndorsement.objects.select_related(
    "wording", "change__membership__council", "change__membership__sign_up"
)


def _about(change: OfficeChange, by_staff: str = "") -> dict[str, object]:
    page = "network_staff:member_offices" if by_staff else "network:offices"
    return {
        "council": change.council,
        "office": change.get_office_display().lower(),
        "endorsement": getattr(change, "endorsement", None),
        "offices": absolute(page, change.council.slug),
    }


def _may_leave(change: OfficeChange, generation: int, **lookups: object) -> bool:
    current = change.generation == generation and change.is_waited_for
    return current and change.pinned_wording.may_be_sent


_of_change = partial(Mail, about={"change": CHANGE, "by_staff": ""}, context=_about)

REQUEST = LinkMail(
    "network.again_request",
    "New leader or chief executive asked to endorse",
    NEW_HOLDER,
    about={"change": CHANGE, "generation": 1},
    lookups={
        "contact": Lookup(lambda change, generation: change.contact(), samples.contact),
        "principles": PRINCIPLES,
    },
    holds=_may_leave,
    context=lambda change, **about: {
        **_about(change),
        "link": absolute("network:endorse_again", token_of(change)),
        "wording": change.wording,
        **ON_KEEP_IT_LOCAL,
    },
    reply_to=reply_to_contact,
)
COPY = Mail(
    "network.again_copy",
    "Copy of what a new leader or chief executive signed",
    NEW_HOLDER,
    about={"endorsement": Row(LATER_ENDORSEMENTS, samples.later_endorsement)},
    context=lambda endorsement: {
        **_about(endorsement.change),
        **about_copy(endorsement, "network:endorse_again_report"),
    },
)
SIGNED = _of_change(
    "network.again_signed",
    "New leader or chief executive has endorsed",
    LEAD,
    about={"change": SIGNED_CHANGE, "by_staff": ""},
)
REFUSED = _of_change("network.again_refused", "New leader or chief executive declined", LEAD)
REMINDER = _of_change(
    "network.again_reminder",
    "Reminder: new leader or chief executive has not endorsed",
    LEAD,
    holds=lambda change, by_staff: OfficeChange.objects.unanswered().contains(change),
)
BOUNCED = _of_change(
    "network.again_bounced",
    "Email to a new leader or chief executive not delivered",
    LEAD,
    holds=lambda change, by_staff: change.bounced_at,
)
REPORTED = _of_change(
    "network.again_reported",
    "“This was not me”, from a new leader or chief executive",
    LEAD_AND_STAFF,
    about={"change": SIGNED_CHANGE, "by_staff": "yes"},
)
STRUCK_OUT = _of_change(
    "network.again_struck_out",
    "Signature of a new leader or chief executive removed",
    LEAD,
    about={"change": SIGNED_CHANGE.but(struck_out_why="It was a mistake."), "by_staff": ""},
)


def _to_holder(change: OfficeChange, *once: object) -> None:
    about = {"change": change, "generation": change.generation}
    REQUEST.post(change.email, change.pk, *once, **about)


def _tell(mail: Mail, change: OfficeChange, *once: object) -> None:
    """Send to the member's lead; to each manager too if staff get it or no one leads."""
    lead = lead_of_member(change.membership)
    if lead:
        mail.post(lead.email, *once, lead.pk, change=change, by_staff="")
    for manager in managers() if mail.to is LEAD_AND_STAFF or not lead else []:
        mail.post(manager.email, *once, f"yes{manager.pk}", change=change, by_staff="yes")


def again_request(change: OfficeChange) -> None:
    """Send the office holder the link, once a generation."""
    _to_holder(change, change.generation)


def again_request_once_more(change: OfficeChange, event: Event) -> None:
    """Send the same mail with the same link to someone who holds an older one."""
    _to_holder(change, "again", event.pk)


def again_signed(endorsement: LaterEndorsement) -> None:
    """Send the office holder a copy, and tell the lead."""
    COPY.post(endorsement.change.email, endorsement.pk, endorsement=endorsement)
    _tell(SIGNED, endorsement.change, endorsement.pk)


def again_refused(change: OfficeChange) -> None:
    """Tell the lead, in neutral words, that the office holder declined."""
    _tell(REFUSED, change, change.pk, change.generation)


def again_reminder(change: OfficeChange, event: Event) -> None:
    """Tell the lead that nobody has endorsed from this office yet."""
    _tell(REMINDER, change, event.pk)


def again_bounced(change: OfficeChange, event: Event) -> None:
    """Tell the lead that the mail to the office holder could not be delivered."""
    _tell(BOUNCED, change, event.pk)


def again_reported(endorsement: LaterEndorsement, event: Event) -> None:
    """Tell the lead and each manager that someone says: “this was not me”."""
    _tell(REPORTED, endorsement.change, event.pk)


def again_struck_out(endorsement: LaterEndorsement, event: Event) -> None:
    """Tell the lead that this signature no longer counts, and why."""
    _tell(STRUCK_OUT, endorsement.change, event.pk)
