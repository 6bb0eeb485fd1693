"""What staff confirm or strike out before they decide, and moving a wording."""

from functools import partial

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from network import actions, permissions
from network.forms import ConfirmDecisionForm, ConfirmForm, MoveForm, PostponeForm, StrikeOutForm
from network.models import Endorsement, EndorsementWording, Membership, SignUp
from network.views.reviewing import decide, for_managers, the_sign_up
from portal.models import MemberRequest


def _to_look_into(request: MemberRequest, reference: str) -> SignUp:
    found = the_sign_up(reference)
    if not permissions.can_look_into(request.user, found):
        raise PermissionDenied
    return found


def _endorsement(found: SignUp, pk: int) -> Endorsement:
    return get_object_or_404(found.endorsements.select_related("sign_up"), pk=pk)


@for_managers
@require_POST
def call_back(request: MemberRequest, reference: str) -> HttpResponse:
    """Staff rang the council's main number about the applicant."""
    found = _to_look_into(request, reference)
    act = partial(actions.record_call_back, found, by=request.user)
    form = ConfirmForm(request.POST)
    return decide(request, found, form, act, done="The call is on record.", name="confirm_form")


@for_managers
@require_POST
def confirm_signature(request: MemberRequest, reference: str, pk: int) -> HttpResponse:
    """The office holder says that it was them."""
    found = _to_look_into(request, reference)
    act = partial(actions.confirm_signature, _endorsement(found, pk), by=request.user)
    form = ConfirmForm(request.POST)
    return decide(
        request, found, form, act, done="The signature is confirmed.", name="confirm_form"
    )


@for_managers
@require_POST
def strike_out(request: MemberRequest, reference: str, pk: int) -> HttpResponse:
    """A forged or mistaken signature stops counting."""
    found = _to_look_into(request, reference)
    act = partial(actions.strike_out, _endorsement(found, pk), by=request.user)
    done = "The signature is struck out. The applicant is told."
    form = StrikeOutForm(request.POST)
    return decide(request, found, form, act, done=done, name="strike_form")


@for_managers
@require_POST
def confirm_decision(request: MemberRequest, reference: str) -> HttpResponse:
    """The minutes say so."""
    found = _to_look_into(request, reference)
    act = partial(actions.confirm_decision, found, by=request.user)
    form = ConfirmDecisionForm(request.POST)
    return decide(request, found, form, act, done="The decision is confirmed.", name="confirm_form")


@for_managers
@require_POST
def move_wording(request: MemberRequest, reference: str) -> HttpResponse:
    """Pin the newest wording; whoever signed is asked again."""
    found = _to_look_into(request, reference)
    newest = EndorsementWording.objects.newest()
    act = partial(actions.move_to_wording, found, newest, by=request.user)
    done = f"Version {newest.version} is pinned. Those concerned are told and asked again."
    return decide(request, found, MoveForm(request.POST), act, done=done, name="move_form")


@for_managers
@require_POST
def postpone(request: MemberRequest, reference: str) -> HttpResponse:
    """Announce an accepted council on another day, or not for now."""
    found = _to_look_into(request, reference)
    membership = get_object_or_404(Membership, sign_up=found)
    act = partial(actions.postpone, membership, by=request.user)
    form = PostponeForm(request.POST, sign_up=found)
    done = "The announcement has moved. The applicant is told."
    return decide(request, found, form, act, done=done, name="postpone_form")
