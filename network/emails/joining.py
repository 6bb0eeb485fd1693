"""Letters to a council's officers about their sign-up."""

from network.emails.addressing import about, managers, sign_up_row, to_applicant
from network.models import SignUp
from portal import outbox
from portal.addresses import absolute
from portal.outbox import Letter


def sign_up_started(sign_up: SignUp) -> None:
    """To the applicant: the way back in."""
    to_applicant("sign_up_started", sign_up)


@outbox.mail("network.sign_up_started")
def _write_sign_up_started(sign_up: int) -> Letter:
    return Letter("sign_up_started", about(sign_up_row(sign_up)))


def sign_up_submitted(sign_up: SignUp) -> None:
    """To the applicant: the reference. To each manager: something to review."""
    to_applicant("sign_up_submitted", sign_up)
    for manager in managers():
        outbox.post(
            "network.sign_up_to_review",
            to=manager.email,
            event=f"sign_up_to_review:{sign_up.pk}:{manager.pk}",
            sign_up=sign_up.pk,
        )


@outbox.mail("network.sign_up_submitted")
def _write_sign_up_submitted(sign_up: int) -> Letter:
    return Letter("sign_up_submitted", about(sign_up_row(sign_up)))


@outbox.mail("network.sign_up_to_review")
def _write_sign_up_to_review(sign_up: int) -> Letter:
    row = sign_up_row(sign_up)
    review = absolute("network_review:sign_up", row.reference)
    return Letter("sign_up_to_review", about(row) | {"review": review})


def sign_up_withdrawn(sign_up: SignUp) -> None:
    """To the applicant: withdrawn, and that the council may start again."""
    to_applicant("sign_up_withdrawn", sign_up)


@outbox.mail("network.sign_up_withdrawn")
def _write_sign_up_withdrawn(sign_up: int) -> Letter:
    row = sign_up_row(sign_up)
    ended = row.events.filter(what="sign_up.withdrawn").last()
    context = {"join": absolute("network:join"), "reason": ended.why if ended else ""}
    return Letter("sign_up_withdrawn", about(row) | context)
