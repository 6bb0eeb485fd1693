"""Letters about signatures: the link, the copy, what was answered, what has changed."""

from network.choices import RequestStatus
from network.emails.recipients import about, managers, sign_up_row
from network.models import Endorsement, EndorsementRequest, Event, SignUp, TaskSave
from portal.links import absolute
from portal.mail import outbox
from portal.mail.outbox import Letter
from portal.models import OutboxMessage


def endorsement_request(request: EndorsementRequest) -> None:
    """To the office holder: the link. One mail a generation."""
    _to_office_holder("endorsement_request", request, str(request.generation))


def endorsement_request_again(request: EndorsementRequest, event: Event) -> None:
    """The same letter with the same link, to who holds an older one."""
    _to_office_holder("endorsement_request", request, f"again:{event.pk}")


def endorsement_chaser(request: EndorsementRequest) -> None:
    """To the office holder: we are still waiting. The same link."""
    _to_office_holder("endorsement_chaser", request, f"{request.generation}:{request.chasers}")


def endorsement_reminder(request: EndorsementRequest, event: Event) -> None:
    """The same letter, at the wish of the applicant."""
    _to_office_holder("endorsement_chaser", request, f"by-hand:{event.pk}")


def _to_office_holder(kind: str, request: EndorsementRequest, which: str) -> None:
    outbox.post(
        f"network.{kind}",
        to=request.email,
        event=f"{kind}:{request.pk}:{which}",
        request=request.pk,
        generation=request.generation,
    )


@outbox.mail("network.endorsement_request")
def _write_endorsement_request(request: int, generation: int) -> Letter | None:
    row = _waited_for(request, generation)
    return _asking(row, _link_of(row)) if row else None


@outbox.mail("network.endorsement_chaser")
def _write_endorsement_chaser(request: int, generation: int) -> Letter | None:
    row = _waited_for(request, generation)
    return Letter("endorsement_chaser", _asking(row, _link_of(row)).context) if row else None


def _waited_for(pk: int, generation: int) -> EndorsementRequest | None:
    """The request, where this letter about it is still true and may leave."""
    row = _request(pk)
    is_so = row.generation == generation and row.is_waited_for
    return row if is_so and row.sign_up.pinned_wording.may_be_sent else None


def preview_of_request(request: EndorsementRequest, wording) -> tuple[str, str]:
    """Subject and text of the letter as it would leave, without a link that works."""
    request.sign_up.wording = request.sign_up.wording or wording
    return outbox.render(_asking(request, f"(Here stands the link, for {request.name} alone.)"))


def _link_of(row: EndorsementRequest) -> str:
    return absolute("network:endorse", row.token)


def _asking(row: EndorsementRequest, link: str) -> Letter:
    sign_up = row.sign_up
    before = row.before() if row.pk else None
    context = about(sign_up) | {
        "request": row,
        "wording": sign_up.wording,
        "link": link,
        "before": before,
        "signed_before": getattr(before, "endorsement", None),
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
    _to_applicant("endorsement_signed", endorsement.sign_up, f"{endorsement.pk}", endorsement)


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
        "text": row.signed_text,
        "privacy": absolute("wagtail_serve", "privacy/"),
        "report": absolute("network:endorse_report", row.report_token),
    }
    return Letter("endorsement_copy", context)


@outbox.mail("network.endorsement_signed")
def _write_endorsement_signed(endorsement: int) -> Letter:
    row = _endorsement(endorsement)
    waiting = [r.get_office_display().lower() for r in row.sign_up.waiting_for()]
    context = about(row.sign_up) | {
        "endorsement": row,
        "office": row.get_office_display().lower(),
        "waiting": waiting,
    }
    return Letter("endorsement_signed", context)


def endorsement_refused(request: EndorsementRequest) -> None:
    """To the applicant: said no, or is not the right person; in neutral words."""
    _to_applicant("endorsement_refused", request.sign_up, f"{request.pk}", request)


def endorsement_waiting(request: EndorsementRequest) -> None:
    """To the applicant: seven working days, and no answer yet."""
    which = f"{request.pk}:{request.generation}"
    _to_applicant("endorsement_waiting", request.sign_up, which, request)


def endorsement_expired(request: EndorsementRequest) -> None:
    """To the applicant: the link has ended unanswered."""
    which = f"{request.pk}:{request.generation}"
    _to_applicant("endorsement_expired", request.sign_up, which, request)


def _to_applicant(
    kind: str, sign_up: SignUp, which: str, row: Endorsement | EndorsementRequest
) -> None:
    name = "endorsement" if isinstance(row, Endorsement) else "request"
    outbox.post(
        f"network.{kind}", to=sign_up.lead().email, event=f"{kind}:{which}", **{name: row.pk}
    )


@outbox.mail("network.endorsement_refused")
def _write_endorsement_refused(request: int) -> Letter:
    row = _request(request)
    answers = [RequestStatus.DECLINED, RequestStatus.WRONG_PERSON]
    # The applicant may have acted on it already: the history knows what was answered.
    is_no = row.events.filter(new__in=answers).latest("pk").new == RequestStatus.DECLINED
    return Letter("endorsement_refused", _about_request(row) | {"is_no": is_no})


@outbox.mail("network.endorsement_waiting")
def _write_endorsement_waiting(request: int) -> Letter | None:
    row = _request(request)
    return Letter("endorsement_waiting", _about_request(row)) if row.is_waited_for else None


@outbox.mail("network.endorsement_expired")
def _write_endorsement_expired(request: int) -> Letter | None:
    row = _request(request)
    if row.status != RequestStatus.EXPIRED:
        return None
    return Letter("endorsement_expired", _about_request(row))


def _about_request(row: EndorsementRequest) -> dict[str, object]:
    return about(row.sign_up) | {
        "request": row,
        "office": row.get_office_display().lower(),
        "sign_off": absolute("network:sign_up_sign_off", row.sign_up.reference),
    }


def signature_reported(endorsement: Endorsement) -> None:
    """To each manager and to the applicant: somebody says that this was not them."""
    which = f"{endorsement.pk}:{endorsement.reported_at:%Y%m%dT%H%M%S}"
    for manager in managers():
        outbox.post(
            "network.signature_reported",
            to=manager.email,
            event=f"signature_reported:{which}:{manager.pk}",
            endorsement=endorsement.pk,
        )
    _to_applicant("signature_questioned", endorsement.sign_up, which, endorsement)


@outbox.mail("network.signature_reported")
def _write_signature_reported(endorsement: int) -> Letter:
    row = _endorsement(endorsement)
    review = absolute("network_review:sign_up", row.sign_up.reference)
    return Letter("signature_reported", _about_signature(row) | {"review": review})


@outbox.mail("network.signature_questioned")
def _write_signature_questioned(endorsement: int) -> Letter:
    return Letter("signature_questioned", _about_signature(_endorsement(endorsement)))


def signature_struck_out(endorsement: Endorsement) -> None:
    """To the applicant: this signature no longer counts, and why."""
    _to_applicant("signature_struck_out", endorsement.sign_up, f"{endorsement.pk}", endorsement)


@outbox.mail("network.signature_struck_out")
def _write_signature_struck_out(endorsement: int) -> Letter:
    return Letter("signature_struck_out", _about_signature(_endorsement(endorsement)))


def _about_signature(row: Endorsement) -> dict[str, object]:
    return about(row.sign_up) | {
        "endorsement": row,
        "office": row.get_office_display().lower(),
        "sign_off": absolute("network:sign_up_sign_off", row.sign_up.reference),
    }


def wording_moved(sign_up: SignUp, event: Event) -> None:
    """To the applicant: another wording is pinned, and who is asked again."""
    outbox.post(
        "network.wording_moved",
        to=sign_up.lead().email,
        event=f"wording_moved:{event.pk}",
        sign_up=sign_up.pk,
        moved=event.pk,
    )


@outbox.mail("network.wording_moved")
def _write_wording_moved(sign_up: int, moved: int) -> Letter:
    row = sign_up_row(sign_up)
    asked = [r for r in row.current_requests() if r.status == RequestStatus.SENT]
    return Letter(
        "wording_moved",
        about(row) | {"asked": asked, "event": Event.objects.get(pk=moved)},
    )


def _request(pk: int) -> EndorsementRequest:
    rows = EndorsementRequest.objects.select_related("sign_up__council", "sign_up__wording")
    return rows.get(pk=pk)


def _endorsement(pk: int) -> Endorsement:
    rows = Endorsement.objects.select_related("sign_up__council", "wording", "request")
    return rows.get(pk=pk)


def endorsement_bounced(request: EndorsementRequest, mail: OutboxMessage) -> None:
    """To the applicant: the mail to the office holder came back, so check the address."""
    outbox.post(
        "network.endorsement_bounced",
        to=request.sign_up.lead().email,
        event=f"endorsement_bounced:{mail.pk}",
        request=request.pk,
    )


@outbox.mail("network.endorsement_bounced")
def _write_endorsement_bounced(request: int) -> Letter | None:
    rows = EndorsementRequest.objects.select_related("sign_up__council", "sign_up__wording")
    row = rows.get(pk=request)
    return bounced_letter(row) if row.bounced_at and row.is_waited_for else None


def bounced_letter(row: EndorsementRequest) -> Letter:
    """The letter, for the mail and for its sample."""
    context = about(row.sign_up) | {
        "request": row,
        "office": row.get_office_display().lower(),
        "sign_off": absolute("network:sign_up_sign_off", row.sign_up.reference),
    }
    return Letter("endorsement_bounced", context)
