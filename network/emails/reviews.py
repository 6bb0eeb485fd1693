"""Letters about what staff decided."""

from network.emails.recipients import about, managers, sign_up_row, to_applicant
from network.models import Event, Membership, SignUp
from portal.links import absolute
from portal.mail import outbox
from portal.mail.outbox import Letter


def sign_up_accepted(sign_up: SignUp) -> None:
    """To the applicant: accepted, and when it becomes public."""
    to_applicant("sign_up_accepted", sign_up)


@outbox.mail("network.sign_up_accepted")
def _write_sign_up_accepted(sign_up: int) -> Letter:
    row = sign_up_row(sign_up)
    return Letter("sign_up_accepted", about(row) | {"membership": row.membership})


def changes_requested(sign_up: SignUp) -> None:
    """To the applicant: what staff want changed, each time that they do."""
    event = sign_up.events.filter(what="sign_up.changes_requested").latest("pk")
    outbox.post(
        "network.changes_requested",
        to=sign_up.lead().email,
        event=f"changes_requested:{event.pk}",
        sign_up=sign_up.pk,
        wanted=event.pk,
    )


@outbox.mail("network.changes_requested")
def _write_changes_requested(sign_up: int, wanted: int) -> Letter:
    row = sign_up_row(sign_up)
    return Letter("changes_requested", about(row) | {"wanted": row.events.get(pk=wanted).why})


def sign_up_declined(sign_up: SignUp) -> None:
    """To the applicant: declined, and why."""
    to_applicant("sign_up_declined", sign_up)


@outbox.mail("network.sign_up_declined")
def _write_sign_up_declined(sign_up: int) -> Letter:
    join = absolute("network:join")
    return Letter("sign_up_declined", about(sign_up_row(sign_up)) | {"join": join})


def membership_announced(membership: Membership) -> None:
    """To the applicant, where there was one: the council is a member, in public."""
    if membership.sign_up:
        to_applicant("membership_announced", membership.sign_up)


def announcement_waits(sign_up: SignUp) -> None:
    """To each manager, once a day of announcement: its endorsement is doubtful, so it waits."""
    day = sign_up.membership.announce_on
    for manager in managers():
        outbox.post(
            "network.announcement_waits",
            to=manager.email,
            event=f"announcement_waits:{sign_up.pk}:{day}:{manager.pk}",
            sign_up=sign_up.pk,
        )


@outbox.mail("network.announcement_waits")
def _write_announcement_waits(sign_up: int) -> Letter | None:
    row = sign_up_row(sign_up)
    doubts = row.doubts()
    if row.membership.announced_at or not doubts:
        return None
    review = absolute("network_review:sign_up", row.reference)
    return Letter("announcement_waits", about(row) | {"doubts": doubts, "review": review})


def announcement_moved(sign_up: SignUp, event: Event) -> None:
    """To the applicant: it becomes public on another day, or is held for now."""
    outbox.post(
        "network.announcement_moved",
        to=sign_up.lead().email,
        event=f"announcement_moved:{event.pk}",
        sign_up=sign_up.pk,
        moved=event.pk,
    )


@outbox.mail("network.announcement_moved")
def _write_announcement_moved(sign_up: int, moved: int) -> Letter | None:
    row = sign_up_row(sign_up)
    if row.membership.announced_at:
        return None
    why = row.events.get(pk=moved).why
    return Letter("announcement_moved", about(row) | {"membership": row.membership, "why": why})


@outbox.mail("network.membership_announced")
def _write_membership_announced(sign_up: int) -> Letter:
    row = sign_up_row(sign_up)
    profile = absolute("network:council", row.council.slug)
    return Letter("membership_announced", about(row) | {"profile": profile})
