"""Emails about a member's yearly check-in."""

from functools import partial

from django.utils import timezone

from network.choices import OptionalMail
from network.emails import samples
from network.emails.member_messages import stop_link
from network.emails.sign_ups import managers
from network.models import CheckIn, MailOptOut
from portal.links import absolute
from portal.mail.declarations import Lookup, Mail, Recipients, Row

CHECK_IN = Row(
    CheckIn.objects.select_related("membership__council", "membership__sign_up", "confirmed_by"),
    samples.check_in,
)
PEOPLE = Recipients("The council’s lead contact and contributors")
PEOPLE_OR_STAFF = Recipients(
    "The council’s lead contact, contributors who want it; each network manager if no one leads"
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


def _of_reminder(check_in: CheckIn, by_staff: str, copy_to: int, **about: object):
    """Add the link by which a contributor stops such reminders."""
    stop = stop_link(copy_to, OptionalMail.CHECK_IN) if copy_to else ""
    return _about(check_in, by_staff=by_staff) | {"stop": stop}


def _is_still_wanted(check_in: CheckIn, answer_by: str, **about: object) -> bool:
    return check_in.is_waited_for and check_in.answer_by.isoformat() == answer_by


WAITING: dict[str, Row | str | int] = {
    "check_in": CHECK_IN,
    "answer_by": samples.check_in().answer_by.isoformat(),
    "by_staff": "",
}
_of_waiting = partial(
    Mail,
    to=PEOPLE_OR_STAFF,
    about=WAITING,
    holds=_is_still_wanted,
    context=lambda check_in, **about: _about(check_in, by_staff=str(about["by_staff"])),
)
REMINDER = _of_waiting(
    "network.check_in_reminder",
    "Yearly check-in to confirm",
    about=WAITING | {"copy_to": 0},
    context=_of_reminder,
)
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


def _tell(mail: Mail, check_in: CheckIn, *once: object) -> None:
    about = {"check_in": check_in, "answer_by": check_in.answer_by.isoformat(), "by_staff": ""}
    for person in check_in.membership.people_who_check_in():
        mail.post(person.email, check_in.pk, *once, person.pk, **about)


def reminder(check_in: CheckIn, *, is_first: bool) -> None:
    """Remind the lead, and contributors who did not switch that off.

    If no one leads, remind every contributor, and the first time tell each manager.
    """
    lead = check_in.membership.lead()
    once = (check_in.pk, check_in.answer_by, check_in.steps_done)
    about = {"check_in": check_in, "answer_by": check_in.answer_by.isoformat()}
    people = check_in.membership.people_who_check_in()
    off = MailOptOut.objects.filter(kind=OptionalMail.CHECK_IN, user__in=people)
    unwanted = set(off.values_list("user", flat=True))
    for person in people:
        is_copy = lead not in (None, person)
        if not (is_copy and person.pk in unwanted):
            copy_to = person.pk if is_copy else 0
            REMINDER.post(person.email, *once, person.pk, **about, by_staff="", copy_to=copy_to)
    for manager in managers() if is_first and lead is None else []:
        once_each = (*once, f"yes{manager.pk}")
        REMINDER.post(manager.email, *once_each, **about, by_staff="yes", copy_to=0)


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
