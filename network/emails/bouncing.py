"""Letters about mails that came back."""

from network.emails.addressing import about
from network.models import EndorsementRequest
from portal.links import absolute
from portal.mail import outbox
from portal.mail.outbox import Letter
from portal.models import OutboxMessage


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
