"""What a mail that came back means for the sign-up, or for a member that leaves."""

from django.utils import timezone

from network import emails
from network.actions.locks import locked_request
from network.choices import RequestStatus
from network.models import EndorsementRequest, Event, Withdrawal
from portal.mail import outbox
from portal.models import OutboxMessage


def handle_request_bounce(row: OutboxMessage) -> None:
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


def handle_leave_bounce(row: OutboxMessage) -> None:
    """Who was to confirm that a member leaves cannot be reached there: tell its lead."""
    withdrawal = Withdrawal.objects.with_all().get(pk=row.about["withdrawal"])
    if not withdrawal.is_waited_for or withdrawal.generation != row.about["generation"]:
        return
    Event.objects.record(
        "withdrawal.bounced",
        by="mail provider" if row.bounced_at else "outbox",
        why=row.bounce_why or "It could not be delivered",
        **withdrawal.event_about(),
    )
    emails.leave_bounced(withdrawal)
