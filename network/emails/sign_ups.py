"""Letters to a council's officers about their sign-up."""

from collections.abc import Iterable

from network import task_list
from network.emails.recipients import about, managers, sign_up_row, to_applicant
from network.models import Endorsement, SignUp
from portal.links import absolute
from portal.mail import outbox
from portal.mail.outbox import Letter
from portal.models import User


def sign_up_started(sign_up: SignUp) -> None:
    """To the applicant: the way back in."""
    to_applicant("sign_up_started", sign_up)


@outbox.mail("network.sign_up_started")
def _write_sign_up_started(sign_up: int) -> Letter:
    return Letter("sign_up_started", about(sign_up_row(sign_up)))


def sign_up_submitted(sign_up: SignUp) -> None:
    """To the applicant: a copy of what was sent. To who signed: the reference. To each
    manager: to review."""
    to_applicant("sign_up_submitted", sign_up)
    for endorsement in sign_up.counting_endorsements().select_related("request"):
        outbox.post(
            "network.sign_up_sent_copy",
            to=endorsement.request.email,
            event=f"sign_up_sent_copy:{sign_up.pk}:{endorsement.pk}",
            endorsement=endorsement.pk,
        )
    for manager in managers():
        outbox.post(
            "network.sign_up_to_review",
            to=manager.email,
            event=f"sign_up_to_review:{sign_up.pk}:{manager.pk}",
            sign_up=sign_up.pk,
        )


@outbox.mail("network.sign_up_submitted")
def _write_sign_up_submitted(sign_up: int) -> Letter:
    row = sign_up_row(sign_up)
    return Letter("sign_up_submitted", about(row) | {"sections": task_list.answers(row)})


@outbox.mail("network.sign_up_sent_copy")
def _write_sign_up_sent_copy(endorsement: int) -> Letter:
    rows = Endorsement.objects.select_related("sign_up__council")
    row = rows.get(pk=endorsement)
    contact = absolute("wagtail_serve", "contact/")
    return Letter(
        "sign_up_sent_copy", about(row.sign_up) | {"endorsement": row, "contact": contact}
    )


@outbox.mail("network.sign_up_to_review")
def _write_sign_up_to_review(sign_up: int) -> Letter:
    row = sign_up_row(sign_up)
    review = absolute("network_review:sign_up", row.reference)
    return Letter("sign_up_to_review", about(row) | {"review": review})


def sign_up_withdrawn(sign_up: SignUp, *, by: User) -> None:
    """To the applicant: withdrawn, and that the council may start again. To who reviews it,
    where it had been sent: there is nothing to decide or to announce any more."""
    to_applicant("sign_up_withdrawn", sign_up)
    for manager in _reviewers(sign_up) if sign_up.submitted_at else []:
        if manager.pk != by.pk:
            outbox.post(
                "network.withdrawn_from_us",
                to=manager.email,
                event=f"withdrawn_from_us:{sign_up.pk}:{manager.pk}",
                sign_up=sign_up.pk,
            )


def _reviewers(sign_up: SignUp) -> Iterable[User]:
    """Who reviews it; where nobody does, each manager."""
    return [sign_up.owner] if sign_up.owner and sign_up.owner.is_active else managers()


@outbox.mail("network.withdrawn_from_us")
def _write_withdrawn_from_us(sign_up: int) -> Letter:
    row = sign_up_row(sign_up)
    review = absolute("network_review:sign_up", row.reference)
    return Letter("withdrawn_from_us", about(row) | {"review": review})


@outbox.mail("network.sign_up_withdrawn")
def _write_sign_up_withdrawn(sign_up: int) -> Letter:
    row = sign_up_row(sign_up)
    ended = row.events.filter(what="sign_up.withdrawn").last()
    context = {"join": absolute("network:join"), "reason": ended.why if ended else ""}
    return Letter("sign_up_withdrawn", about(row) | context)


def changes_made(sign_up: SignUp) -> None:
    """To who reviews it: sent again. Where nobody does, to each manager."""
    event = sign_up.events.latest("pk")
    for manager in _reviewers(sign_up):
        outbox.post(
            "network.changes_made",
            to=manager.email,
            event=f"changes_made:{event.pk}:{manager.pk}",
            sign_up=sign_up.pk,
        )


@outbox.mail("network.changes_made")
def _write_changes_made(sign_up: int) -> Letter:
    row = sign_up_row(sign_up)
    review = absolute("network_review:sign_up", row.reference)
    return Letter("changes_made", about(row) | {"review": review})


def idle(sign_up: SignUp, warnings: int) -> None:
    """To the lead: nobody has touched it for long; the last says when it ends."""
    event = sign_up.events.latest("pk")
    outbox.post(
        "network.sign_up_idle",
        to=sign_up.lead().email,
        event=f"sign_up_idle:{event.pk}",
        sign_up=sign_up.pk,
        warnings=warnings,
    )


@outbox.mail("network.sign_up_idle")
def _write_sign_up_idle(sign_up: int, warnings: int) -> Letter | None:
    row = sign_up_row(sign_up)
    if row.idle_warnings != warnings or not row.is_editable:
        return None
    return Letter("sign_up_idle", about(row) | {"is_last": warnings == 3})


def expired(sign_up: SignUp) -> None:
    """To the lead: it has ended, nothing is deleted."""
    to_applicant("sign_up_expired", sign_up)


@outbox.mail("network.sign_up_expired")
def _write_sign_up_expired(sign_up: int) -> Letter:
    join = absolute("network:join")
    return Letter("sign_up_expired", about(sign_up_row(sign_up)) | {"join": join})
