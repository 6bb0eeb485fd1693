"""Who works on a sign-up: inviting, answering, handing over, leaving; who changed what."""

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from network import actions, history, permissions
from network.choices import AccessStatus, InvitationStatus
from network.forms import InviteForm, posted
from network.models import Collaborator, Invitation, Refused, SignUp
from network.models.people import INVITATION_PURPOSE
from network.views.behind_a_link import private
from network.views.of_a_sign_up import back_when_refused, page_of, sign_up_of
from portal import links
from portal.models import MemberRequest
from portal.security.rate_limits import allow

INVITATIONS_A_DAY = 20
SAVES_A_PAGE = 30


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@back_when_refused
def colleagues(request: MemberRequest, reference: str) -> HttpResponse:
    """Who works on it, who is invited, who asks; inviting somebody."""
    found = sign_up_of(request, reference)
    form = InviteForm(posted(request))
    if form.is_valid():
        email = form.cleaned_data["email"]
        try:
            _invite(request, found, email)
        except Refused as refusal:
            form.add_error("email", str(refusal))
        else:
            messages.success(request, f"An invitation is on its way to {email}.")
            return redirect("network:sign_up_colleagues", reference)
    return page_of(request, "sign_up_colleagues", found, form=form, **_people(request, found))


def _invite(request: MemberRequest, found: SignUp, email: str) -> None:
    if not permissions.can_invite(request.user, found):
        raise PermissionDenied("This sign-up has ended.")
    if not allow("invite", str(request.user.pk), times=INVITATIONS_A_DAY, seconds=24 * 3600):
        raise Refused("That is a lot of mail for one day. Please try again tomorrow.")
    actions.invite(found, by=request.user, email=email)


def _people(request: MemberRequest, found: SignUp) -> dict[str, object]:
    return {
        "people": found.collaborators.select_related("user").order_by("since"),
        "invitations": found.invitations.filter(status=InvitationStatus.SENT).select_related("by"),
        "requests": found.access_requests.filter(status=AccessStatus.OPEN),
        "may_invite": permissions.can_invite(request.user, found),
        "may_manage": permissions.can_manage_colleagues(request.user, found),
        "leads": permissions.leads(request.user, found),
    }


def _colleague(found: SignUp, pk: int) -> Collaborator:
    return get_object_or_404(found.collaborators.select_related("user"), pk=pk)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@back_when_refused
def colleague(request: MemberRequest, reference: str, pk: str) -> HttpResponseBase:
    """One colleague: let them lead, or end their part in it."""
    found = sign_up_of(request, reference)
    if not permissions.can_manage_colleagues(request.user, found):
        raise PermissionDenied("Only whoever leads the sign-up may do this.")
    who = _colleague(found, int(pk))
    if request.method == "POST" and "lead" in request.POST:
        actions.hand_over(found, by=request.user, to=who.user)
        messages.success(request, f"{who.user} leads this sign-up now.")
        return redirect("network:sign_up_colleagues", reference)
    if request.method == "POST" and "remove" in request.POST:
        actions.remove_colleague(found, by=request.user, person=who.user)
        messages.success(request, f"{who.user} no longer works on this sign-up.")
        return redirect("network:sign_up_colleagues", reference)
    return page_of(request, "sign_up_colleague", found, who=who)


@login_required
@require_POST
@back_when_refused
def leave(request: MemberRequest, reference: str) -> HttpResponseBase:
    """Work on it no longer."""
    found = sign_up_of(request, reference)
    actions.leave(found, by=request.user)
    messages.success(request, f"You no longer work on {found.reference}.")
    return redirect("network:my")


@login_required
@require_POST
@back_when_refused
def cancel_invitation(request: MemberRequest, reference: str, pk: str) -> HttpResponseBase:
    """Take an invitation back."""
    found = sign_up_of(request, reference)
    invitation = get_object_or_404(found.invitations, pk=pk)
    mine = invitation.by_id == request.user.pk
    if not mine and not permissions.can_manage_colleagues(request.user, found):
        raise PermissionDenied("Only whoever invited them, or leads, may do this.")
    actions.cancel_invitation(invitation, by=request.user)
    messages.success(request, f"The invitation to {invitation.email} is taken back.")
    return redirect("network:sign_up_colleagues", reference)


@require_safe
def invited(request: HttpRequest, token: str) -> HttpResponse:
    """What an invitation is about. Reading it answers nothing."""
    pk = links.row_of(token)
    rows = Invitation.objects.select_related("sign_up__council", "by")
    found = rows.filter(pk=pk).first() if pk is not None else None
    if found is None or not links.was_valid(
        token, INVITATION_PURPOSE, pk=found.pk, generation=found.generation
    ):
        raise Http404
    alive = found.opens_with(token) and found.sign_up.is_open
    context = {
        "invitation": found,
        "sign_up": found.sign_up,
        "council": found.sign_up.council,
        "alive": alive,
        "is_mine": request.user.is_authenticated and actions.is_for(found, request.user),
        "sign_in": _sign_in_to_answer(found),
    }
    page = render(request, "network/invited.html", context, status=200 if alive else 410)
    return private(page)


def _sign_in_to_answer(invitation: Invitation) -> str:
    """Where one signs in; after it, the page that knows which invitation was opened. Its
    token goes into no log."""
    back = f"{reverse('network:my')}?invited={invitation.pk}"
    return f"{reverse('account_request_login_code')}?{urlencode({'next': back})}"


@login_required
@require_POST
def answer_invitation(request: MemberRequest, pk: str) -> HttpResponse:
    """Say yes or no; only who confirmed the invited address can."""
    found = get_object_or_404(Invitation, pk=pk)
    if not actions.is_for(found, request.user):
        raise Http404
    try:
        if "yes" in request.POST:
            return redirect(actions.accept_invitation(found, by=request.user))
        if "no" in request.POST:
            actions.refuse_invitation(found, by=request.user)
            messages.success(request, "You said no. Whoever invited you sees it there.")
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("network:my")


@never_cache
@login_required
@require_safe
def who_changed_what(request: MemberRequest, reference: str) -> HttpResponse:
    """Each saving: who, when, and which answers it changed."""
    found = sign_up_of(request, reference)
    pages = Paginator(history.saves_of(found), SAVES_A_PAGE)
    current = pages.get_page(request.GET.get("page"))
    changes = history.in_words(current.object_list)
    return page_of(request, "sign_up_history", found, page_obj=current, changes=changes)
