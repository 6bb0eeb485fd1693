"""How a council endorses, and the formal decision by which it may."""

from django.db import transaction
from django.utils import timezone

from network.actions.locks import locked
from network.models import Event, Refused, SignUp
from portal.models import User


@transaction.atomic
def confirm_decision(sign_up: SignUp, *, by: User, how: str) -> None:
    """Staff have read the minutes: the decision is there and is this one.

    Raises: Refused while anything of it is missing, or when it was confirmed before.
    """
    sign_up = locked(sign_up)
    decision = sign_up.formal_decision
    if not sign_up.is_open or decision is None or not sign_up.is_decided():
        raise Refused("There is no complete decision about this wording to confirm.")
    if decision.confirmed_at:
        raise Refused("Somebody has confirmed this decision already.")
    decision.confirmed_by, decision.confirmed_at = by, timezone.now()
    decision.save(update_fields=["confirmed_by", "confirmed_at"])
    Event.objects.record("decision.confirmed", by=by, why=how, sign_up=sign_up)
