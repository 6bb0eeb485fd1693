"""Emails about a member's yearly check-in."""

from functools import partial

from django.utils import timezone

from network.emails import samples
from network.emails.sign_ups import managers
from network.models import CheckIn
from portal.links import absolute
from portal.mail.declarations import Lookup, Mail, Recipients, Row

CHECK_IN = Row(
    CheckIn.objects.select_related("membership__council", "membership__sign_up", "confirmed_by"),
    samples.check_in,
)
PEOPLE = Recipients("The council’s lead contact and contributors")
PEOPLE_OR_STAFF = Recipients(
    "The council’s lead contact and contributors; each network manager if no one leads"
)


def _about(check_in: CheckIn, by_staff: str = "", **about: object) -> dict[str, object]:
    slug = check_in.council.slug
    page = "network_staff:check_in" if by_staff else "network:check_in"
    today = timezone.localdate()
    return {
        "council": check_in.council,
        "page": absolute(page, slug),
        "member_area": absolute("network:member", slug),
        "days_late": check_in.days_late(today),
        "is_overdue": check_in.overdue_on <= today,
    }


def _is_still_wanted(check_in: CheckIn, answer_by: str, **about: object) -> bool:
    return check_in.is_waited_for and check_in.answer_by.isoformat() == answer_by


_of_waiting = partial(
    Mail,
    to=PEOPLE_OR_STAFF,
    about={
        "check_in": CHECK_IN,
        "answer_by": samples.check_in().answer_by.isoformat(),
        "by_staff": "",
    },
    holds=_is_still_wanted,
    context=lambda check_in, **about: _about(check_in, by_staff=str(about["by_staff"])),
)
REMINDER = _of_waiting("network.check_in_reminder", "Yearly check-in to confirm")
PAUSED = _of_waiting(
    "network.check_in_paused", "Membership paused: check-in not confirmed", to=PEOPLE
)
EXTENDED = _of_waiting("network.check_in_extended", "More time for the check-in", to=PEOPLE)
CONFIRMED = Mail(
    "network.check_in_confirmed",
    "Check-in confirmed: thank you",
    PEOPLE,
    about={"check_in": CHECK_IN.but(status="confirmed")},
    lookups={
        "lines": Lookup(
            lambda check_in: list(check_in.lines.select_related("principle")),
            samples.check_in_lines,
        )
    },
    context=lambda check_in, lines: {
        **_about(check_in),
        "profile": absolute("network:council", check_in.council.slug),
        "next_on": check_in.membership.next_check_in_on,
    },
)


def _tell(mail: Mail, check_in: CheckIn, *once: object, staff: bool = False) -> None:
    about = {"check_in": check_in, "answer_by": check_in.answer_by.isoformat()}
    for person in check_in.membership.people_who_check_in():
        mail.post(person.email, check_in.pk, *once, person.pk, **about, by_staff="")
    for manager in managers() if staff else []:
        mail.post(manager.email, check_in.pk, *once, f"yes{manager.pk}", **about, by_staff="yes")


def reminder(check_in: CheckIn, *, is_first: bool) -> None:
    """Remind the lead and contributors; tell each manager, the first time, if no one leads."""
    nobody_leads = check_in.membership.lead() is None
    once = (check_in.answer_by, check_in.steps_done)
    _tell(REMINDER, check_in, *once, staff=is_first and nobody_leads)


def paused(check_in: CheckIn) -> None:
    """Tell the lead and contributors that the membership is paused, and how it continues."""
    _tell(PAUSED, check_in, check_in.answer_by)


def extended(check_in: CheckIn) -> None:
    """Tell the lead and contributors until when they have time."""
    _tell(EXTENDED, check_in, check_in.answer_by)


def confirmed(check_in: CheckIn) -> None:
    """Thank the lead and contributors, with what was confirmed and the day of the next one."""
    for person in check_in.membership.people_who_check_in():
        CONFIRMED.post(person.email, check_in.pk, person.pk, check_in=check_in)
