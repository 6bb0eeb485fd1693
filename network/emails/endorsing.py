"""Letters about signatures: the link, the copy, who has signed."""

from network.choices import Office, RequestStatus
from network.emails.addressing import about
from network.models import Endorsement, EndorsementRequest, TaskSave
from portal import outbox
from portal.addresses import absolute
from portal.outbox import Letter


def endorsement_request(request: EndorsementRequest) -> None:
    """To the office holder: the link. One mail a generation."""
    outbox.post(
        "network.endorsement_request",
        to=request.email,
        event=f"endorsement_request:{request.pk}:{request.generation}",
        request=request.pk,
        generation=request.generation,
    )


@outbox.mail("network.endorsement_request")
def _write_endorsement_request(request: int, generation: int) -> Letter | None:
    row = EndorsementRequest.objects.select_related("sign_up__council", "sign_up__wording").get(
        pk=request
    )
    out_of_date = row.generation != generation or row.status != RequestStatus.SENT
    if out_of_date or not row.sign_up.pinned_wording.may_be_sent:
        return None
    context = about(row.sign_up) | {
        "request": row,
        "wording": row.sign_up.wording,
        "link": absolute("network:endorse", row.token),
    }
    return Letter("endorsement_request", context)


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


def champions_changed(endorsement: Endorsement, save: TaskSave) -> None:
    """To who signed: other champions are named now than beside their signature."""
    outbox.post(
        "network.champions_changed",
        to=endorsement.request.email,
        event=f"champions_changed:{endorsement.pk}:{save.version}",
        endorsement=endorsement.pk,
    )


@outbox.mail("network.champions_changed")
def _write_champions_changed(endorsement: int) -> Letter:
    row = _endorsement(endorsement)
    context = about(row.sign_up) | {
        "endorsement": row,
        "champions": row.sign_up.current_champions(),
        "contact": absolute("wagtail_serve", "contact/"),
    }
    return Letter("champions_changed", context)


@outbox.mail("network.endorsement_copy")
def _write_endorsement_copy(endorsement: int) -> Letter:
    row = _endorsement(endorsement)
    context = about(row.sign_up) | {
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
    context = about(row.sign_up) | {
        "endorsement": row,
        "office": Office(row.office).label.lower(),
        "waiting": waiting,
    }
    return Letter("endorsement_signed", context)


def _endorsement(pk: int) -> Endorsement:
    return Endorsement.objects.select_related("sign_up__council", "wording").get(pk=pk)
