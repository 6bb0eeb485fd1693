"""Choice of how a council endorses, and its formal decision."""

from django.db import transaction
from django.utils import timezone

from network import permissions
from network.actions.locks import locked
from network.actions.tasks import Answers
from network.choices import RequestStatus, Route
from network.models import EndorsementWording, Event, FormalDecision, Refused, SignUp, TaskSave
from portal.models import User


def keep_route(sign_up: SignUp, answers: Answers, save: TaskSave) -> None:
    """Save how the council endorses.

    Links expire if signatures are no longer needed. Earlier signatures and decisions stay.
    """
    route = Route(answers["route"] or sign_up.route)
    if route == Route.DECISION:
        for request in sign_up.current_requests():
            if request.can_move_to(RequestStatus.CANCELLED):
                why = "The council endorses by a formal decision"
                request.move_to(RequestStatus.CANCELLED, by=save.by, why=why)
    sign_up.route = route
    sign_up.save(update_fields=["route"])


def keep_decision(sign_up: SignUp, answers: Answers, save: TaskSave) -> None:
    """Save the formal decision, and pin the wording that was on the page if they say it matches.

    Any change needs a new confirmation by staff, who confirmed the earlier version.
    """
    decision = FormalDecision.objects.filter(sign_up=sign_up).first()
    decision = decision or FormalDecision(sign_up=sign_up)
    before = [getattr(decision, name) for name in answers]
    for name, value in answers.items():
        setattr(decision, name, value)
    if decision.wording_matches:
        decision.wording = _wording_that_matches(sign_up)
    if before != list(answers.values()):
        decision.confirmed_by = decision.confirmed_at = None
    decision.save()


def _wording_that_matches(sign_up: SignUp) -> EndorsementWording:
    if sign_up.wording is None:
        wording = EndorsementWording.objects.newest()
        if not wording.may_be_sent:
            raise Refused("The network has not approved its wording yet.")
        sign_up.wording = wording
        sign_up.save(update_fields=["wording"])
    return sign_up.pinned_wording


@transaction.atomic
def confirm_decision(sign_up: SignUp, *, by: User, how: str, shown: str | None = None) -> None:
    """Record that staff have read the minutes, and they match the council's entry.

    Args:
        how: How staff know.
        shown: `FormalDecision.fingerprint` as on the page they read; None without a page.

    Raises:
        PermissionDenied: If they may not look into this sign-up.
        Refused: If the decision is incomplete, confirmed already, or has changed since.
    """
    sign_up = locked(sign_up)
    permissions.require(permissions.can_look_into(by, sign_up))
    decision = sign_up.formal_decision
    if not sign_up.is_open or decision is None or not sign_up.is_decided():
        raise Refused(
            "You cannot confirm this decision. It is incomplete, or about another wording."
        )
    if decision.confirmed_at:
        raise Refused("Someone has already confirmed this decision.")
    if shown not in (None, decision.fingerprint):
        raise Refused(
            "The council has changed the decision since you opened the page. Read it again."
        )
    decision.confirmed_by, decision.confirmed_at = by, timezone.now()
    decision.save(update_fields=["confirmed_by", "confirmed_at"])
    Event.objects.record("decision.confirmed", by=by, why=how, sign_up=sign_up)
