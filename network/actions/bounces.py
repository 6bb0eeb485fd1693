"""What a mail that came back means for the sign-up."""

from django.utils import timezone

from network import emails
from network.actions.locks import locked_request
from network.choices import RequestStatus
from network.models import EndorsementRequest, Event
from portal import outbox
from portal.models import OutboxMessage


@outbox.on_bounce("network.endorsement_request", "network.endorsement_chaser")
def heed_bounce(row: OutboxMessage) -> None:
    """The office holder cannot be reached there: stop chasing, tell the applicant. A mail
    of an older link, or to an address that was changed since, says nothing about the present."""
    request = locked_request(EndorsementRequest.objects.get(pk=row.about["request"]))
    is_present = request.generation == row.about["generation"]
    if request.status != RequestStatus.SENT or not is_present or request.bounced_at:
        return
    request.bounced_at = timezone.now()
    request.save(update_fields=["bounced_at"])
    Event.objects.record(
        "endorsement_request.bounced",
        by="mail provider" if row.bounced_at else "outbox",
        why=row.bounce_why or "It could not be delivered",
        sign_up=request.sign_up,
        endorsement_request=request,
    )
    emails.endorsement_bounced(request, row)
