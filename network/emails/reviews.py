"""Emails about decisions by staff, and about announcements."""

from django.utils import timezone

from network.choices import SignUpStatus
from network.emails import samples
from network.emails.sign_ups import (
    ACCEPTED,
    APPLICANT,
    EVENT,
    MANAGERS,
    SAMPLE_PERSON,
    SIGN_UP,
    about_sign_up,
    of_outcome,
    of_sign_up,
)
from network.models import Event, Membership, Message, SignUp
from portal.links import absolute
from portal.mail.declarations import Lookup, Mail, Recipients, Row
from portal.models import User


def _about_member(sign_up: SignUp, **about: object) -> dict[str, object]:
    at = sign_up.membership.announce_at
    return about_sign_up(sign_up) | {
        "badge": absolute("network:badge", sign_up.council.slug),
        "certificate": absolute("network:certificate", sign_up.council.slug),
        "kit": absolute("network:announcement", sign_up.council.slug),
        "record": absolute("network:endorsement", sign_up.council.slug),
        "announce_text": sign_up.membership.announce_text,
        "is_due": at is not None and at <= timezone.now(),
    }


sign_up_accepted = of_outcome(
    "network.sign_up_accepted",
    "Accepted",
    about={"sign_up": ACCEPTED.but(announced_in_days=7), **SAMPLE_PERSON},
    context=_about_member,
)
CHANGES_REQUESTED = of_sign_up(
    "network.changes_requested",
    "Asked for changes",
    APPLICANT,
    about={"sign_up": SIGN_UP, "wanted": EVENT.but(why="We could not find your strategy online.")},
    lookups={
        "changes": Lookup(
            lambda sign_up, wanted: list(wanted.wanted_changes.all()), samples.wanted_changes
        )
    },
)
sign_up_declined = of_outcome(
    "network.sign_up_declined",
    "Not accepted, and why",
    once=lambda sign_up: (sign_up.events.filter(what="sign_up.declined").latest("pk").pk,),
    holds=lambda sign_up, **about: sign_up.status == SignUpStatus.DECLINED,
)


TAKEN_BACK = of_outcome(
    "network.decline_taken_back",
    "Under review again after it was declined",
    about={
        "sign_up": SIGN_UP,
        "again": EVENT.but(why="The decision had been published."),
        **SAMPLE_PERSON,
    },
    holds=lambda sign_up, **about: sign_up.is_open,
)


def changes_requested(sign_up: SignUp, wanted: Event) -> None:
    """Tell the applicant what staff want changed, each time they do."""
    CHANGES_REQUESTED(sign_up, wanted)


def decline_taken_back(sign_up: SignUp) -> None:
    """Tell everyone who heard of the decline that staff look at it again."""
    TAKEN_BACK(sign_up, sign_up.events.filter(what="sign_up.decline_taken_back").latest("pk"))


ANNOUNCED = of_outcome(
    "network.membership_announced",
    "Announced: public now",
    about={"sign_up": ACCEPTED.but(announced_in_days=0), **SAMPLE_PERSON},
    context=_about_member,
)
announcement_waits = of_sign_up(
    "network.announcement_waits",
    "An announcement waits for us",
    MANAGERS,
    once=lambda sign_up: (sign_up.pk, sign_up.membership.announce_at.isoformat()),
    lookups={
        "doubts": Lookup(
            lambda sign_up: sign_up.doubts(),
            lambda: ["The council’s endorsement is incomplete."],
        )
    },
    holds=lambda sign_up, doubts: doubts and not sign_up.membership.announced_at,
)
announcement_moved = of_outcome(
    "network.announcement_moved",
    "The announcement has moved",
    about={
        "sign_up": ACCEPTED.but(announced_in_days=14),
        "moved": EVENT.but(why="The leader asked us to wait until the council has met."),
        **SAMPLE_PERSON,
    },
    holds=lambda sign_up, **about: not sign_up.membership.announced_at,
    context=_about_member,
)


ASSIGNED = of_sign_up(
    "network.review_assigned",
    "Review given to a manager",
    Recipients("The manager who has the review now"),
    about={"sign_up": SIGN_UP, "assigned": EVENT.but(by_label="Nell Sample")},
    holds=lambda sign_up, assigned: sign_up.is_reviewed,
)
MESSAGE = Mail(
    "network.message",
    "Message to a council",
    Recipients(
        "Everyone who works on the application",
        lambda message: [
            (person.user.email, person.user_id)
            for person in message.sign_up.collaborators.select_related("user")
            if person.user.is_active
        ],
    ),
    about={
        "message": Row(Message.objects.select_related("sign_up__council", "by"), samples.message)
    },
    once=lambda message: (message.pk,),
    context=lambda message: about_sign_up(message.sign_up),
    reply_to=lambda message: message.by.email,
)


def review_assigned(sign_up: SignUp, event: Event, to: User) -> None:
    """Tell a manager that the review is theirs now."""
    ASSIGNED.post(to.email, event.pk, sign_up=sign_up, assigned=event)


def message(row: Message) -> None:
    """Send what staff wrote to everyone who works on the sign-up."""
    MESSAGE(row)


def membership_announced(membership: Membership) -> None:
    """Tell everyone with a part in its sign-up, if there was one, that the council is public."""
    if membership.sign_up:
        ANNOUNCED(membership.sign_up)
