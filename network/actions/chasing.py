"""What falls due by itself about signatures: chasers, and links that end.

Each row is its own transaction: one that cannot be written holds up no other.
"""

from datetime import date

from django.db import transaction
from django.utils import timezone

from network import emails, working_days
from network.actions.locks import locked_request
from network.choices import OPEN_SIGN_UP, RequestStatus, SignUpStatus
from network.models import EndorsementRequest, Event, PreElectionPeriod
from network.models.events import Actor
from portal.jobs.tick import one_by_one

# Working days after the link was sent; at the second, the applicant hears of it too.
CHASED_ON = (3, 7, 14)
APPLICANT_HEARS_AT = 2


def expire_links(*, by: Actor = "tick") -> int:
    """Mark the requests whose link has ended; the applicant is told. Returns how many."""
    ended = EndorsementRequest.objects.filter(
        status=RequestStatus.SENT, link_ends_at__lte=timezone.now()
    )
    return one_by_one(ended, lambda pk: _expire(pk, by))


@transaction.atomic
def _expire(pk: int, by: Actor) -> bool:
    request = locked_request(EndorsementRequest.objects.get(pk=pk))
    if request.status != RequestStatus.SENT or not request.link_has_ended:
        return False
    request.move_to(RequestStatus.EXPIRED, by=by)
    if request.sign_up.may_be_signed:
        emails.endorsement_expired(request)
    return True


def chase_due(*, by: Actor = "tick", on: date | None = None) -> int:
    """Remind those who have not answered by that day (today). Returns how many."""
    today = on or timezone.localdate()
    if not working_days.is_working(today):
        return 0
    waited_for = EndorsementRequest.objects.filter(
        status=RequestStatus.SENT,
        sign_up__status__in=[*OPEN_SIGN_UP, SignUpStatus.ACCEPTED],
        bounced_at=None,
        chasers__lt=len(CHASED_ON),
        link_ends_at__gt=timezone.now(),
    )
    return one_by_one(waited_for, lambda pk: _chase(pk, by, today))


@transaction.atomic
def _chase(pk: int, by: Actor, today: date) -> bool:
    request = locked_request(EndorsementRequest.objects.get(pk=pk))
    due = _chasers_due(request, today)
    if not request.is_waited_for or request.bounced_at or due <= request.chasers:
        return False
    if PreElectionPeriod.objects.holding_for(request.sign_up.council, today).exists():
        return False
    before, request.chasers = request.chasers, due
    request.save(update_fields=["chasers"])
    Event.objects.record(
        "endorsement_request.chased",
        by=by,
        sign_up=request.sign_up,
        endorsement_request=request,
    )
    emails.endorsement_chaser(request)
    if before < APPLICANT_HEARS_AT <= due:
        emails.endorsement_waiting(request)
    return True


def _chasers_due(request: EndorsementRequest, today: date) -> int:
    """How many should have gone out by that day; what a period held back goes as one."""
    if request.sent_at is None:
        return 0
    asked_on = timezone.localdate(request.sent_at)
    return sum(working_days.add(asked_on, days) <= today for days in CHASED_ON)
