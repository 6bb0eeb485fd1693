"""The words we send about joining: for each mail who gets it, and what it is about.

Each `<mail>` function puts a row into the outbox; the `_write_…` function beside it makes
the letter when the row is sent. Templates: `templates/emails/`.
"""

from django.contrib.auth.models import Permission
from django.db.models import Q

from network.choices import Office, RequestStatus
from network.models import (
    Endorsement,
    EndorsementRequest,
    Membership,
    SignUp,
)
from portal import outbox
from portal.addresses import absolute
from portal.models import User
from portal.outbox import Letter


def managers():
    """Everyone who reviews sign-ups."""
    permission = Permission.objects.filter(
        content_type__app_label="network", codename="review_signup"
    )
    has_it = Q(groups__permissions__in=permission) | Q(user_permissions__in=permission)
    return User.objects.filter(has_it, is_active=True).distinct()


def _about(sign_up: SignUp) -> dict[str, object]:
    return {
        "sign_up": sign_up,
        "council": sign_up.council,
        "task_list": absolute("network:sign_up", sign_up.reference),
    }


def _sign_up(pk: int) -> SignUp:
    return SignUp.objects.select_related("council", "wording").get(pk=pk)


def _to_applicant(kind: str, sign_up: SignUp) -> None:
    outbox.post(
        f"network.{kind}",
        to=sign_up.lead().email,
        event=f"{kind}:{sign_up.pk}",
        sign_up=sign_up.pk,
    )


def sign_up_started(sign_up: SignUp) -> None:
    """To the applicant: the way back in."""
    _to_applicant("sign_up_started", sign_up)


def endorsement_request(request: EndorsementRequest) -> None:
    """To the office holder: the link. One mail a generation."""
    outbox.post(
        "network.endorsement_request",
        to=request.email,
        event=f"endorsement_request:{request.pk}:{request.generation}",
        request=request.pk,
        generation=request.generation,
    )


def endorsement_signed(endorsement: Endorsement) -> None:
    """To the signatory: a copy. To the applicant: who signed, and who is waited for."""
    outbox.post(
        "network.endorsement_copy",
        to=endorsement.request.email,
        event=f"endorsement_copy:{endorsement.pk}",
        endorsement=endorsement.pk,
    )
    outbox.post(
        "network.endorsement_signed",
        to=endorsement.sign_up.lead().email,
        event=f"endorsement_signed:{endorsement.pk}",
        endorsement=endorsement.pk,
    )


def sign_up_submitted(sign_up: SignUp) -> None:
    """To the applicant: the reference. To each manager: something to review."""
    _to_applicant("sign_up_submitted", sign_up)
    for manager in managers():
        outbox.post(
            "network.sign_up_to_review",
            to=manager.email,
            event=f"sign_up_to_review:{sign_up.pk}:{manager.pk}",
            sign_up=sign_up.pk,
        )


def sign_up_accepted(sign_up: SignUp) -> None:
    """To the applicant: accepted, and when it becomes public."""
    _to_applicant("sign_up_accepted", sign_up)


def sign_up_declined(sign_up: SignUp) -> None:
    """To the applicant: declined, and why."""
    _to_applicant("sign_up_declined", sign_up)


def sign_up_withdrawn(sign_up: SignUp) -> None:
    """To the applicant: withdrawn, and that the council may start again."""
    _to_applicant("sign_up_withdrawn", sign_up)


def membership_announced(membership: Membership) -> None:
    """To the applicant, where there was one: the council is a member, in public."""
    if membership.sign_up:
        _to_applicant("membership_announced", membership.sign_up)


@outbox.mail("network.sign_up_started")
def _write_sign_up_started(sign_up: int) -> Letter:
    return Letter("sign_up_started", _about(_sign_up(sign_up)))


@outbox.mail("network.endorsement_request")
def _write_endorsement_request(request: int, generation: int) -> Letter | None:
    row = EndorsementRequest.objects.select_related("sign_up__council", "sign_up__wording").get(
        pk=request
    )
    out_of_date = row.generation != generation or row.status != RequestStatus.SENT
    if out_of_date or not row.sign_up.pinned_wording.may_be_sent:
        return None
    context = _about(row.sign_up) | {
        "request": row,
        "wording": row.sign_up.wording,
        "link": absolute("network:endorse", row.token),
    }
    return Letter("endorsement_request", context)


@outbox.mail("network.endorsement_copy")
def _write_endorsement_copy(endorsement: int) -> Letter:
    row = _endorsement(endorsement)
    context = _about(row.sign_up) | {
        "endorsement": row,
        "wording": row.wording,
        "text": row.wording.text_for(row.snapshot["council"]),
        "privacy": absolute("wagtail_serve", "privacy/"),
        "contact": absolute("wagtail_serve", "contact/"),
    }
    return Letter("endorsement_copy", context)


@outbox.mail("network.endorsement_signed")
def _write_endorsement_signed(endorsement: int) -> Letter:
    row = _endorsement(endorsement)
    waiting = [r.get_office_display().lower() for r in row.sign_up.waiting_for()]
    context = _about(row.sign_up) | {
        "endorsement": row,
        "office": Office(row.office).label.lower(),
        "waiting": waiting,
    }
    return Letter("endorsement_signed", context)


@outbox.mail("network.sign_up_submitted")
def _write_sign_up_submitted(sign_up: int) -> Letter:
    return Letter("sign_up_submitted", _about(_sign_up(sign_up)))


@outbox.mail("network.sign_up_to_review")
def _write_sign_up_to_review(sign_up: int) -> Letter:
    row = _sign_up(sign_up)
    review = absolute("network_review:sign_up", row.reference)
    return Letter("sign_up_to_review", _about(row) | {"review": review})


@outbox.mail("network.sign_up_accepted")
def _write_sign_up_accepted(sign_up: int) -> Letter:
    row = _sign_up(sign_up)
    return Letter("sign_up_accepted", _about(row) | {"membership": row.membership})


@outbox.mail("network.sign_up_declined")
def _write_sign_up_declined(sign_up: int) -> Letter:
    join = absolute("network:join")
    return Letter("sign_up_declined", _about(_sign_up(sign_up)) | {"join": join})


@outbox.mail("network.sign_up_withdrawn")
def _write_sign_up_withdrawn(sign_up: int) -> Letter:
    row = _sign_up(sign_up)
    ended = row.events.filter(what="sign_up.withdrawn").last()
    context = {"join": absolute("network:join"), "reason": ended.why if ended else ""}
    return Letter("sign_up_withdrawn", _about(row) | context)


@outbox.mail("network.membership_announced")
def _write_membership_announced(sign_up: int) -> Letter:
    row = _sign_up(sign_up)
    profile = absolute("network:council", row.council.slug)
    return Letter("membership_announced", _about(row) | {"profile": profile})


def _endorsement(pk: int) -> Endorsement:
    return Endorsement.objects.select_related("sign_up__council", "wording").get(pk=pk)
