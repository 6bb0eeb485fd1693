"""Views for colleagues on a sign-up, access requests and representatives."""

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from councils.models import Council
from network import permissions
from network.actions import people
from network.choices import AccessStatus, InvitationStatus, RepresentativeRole, SignUpTask
from network.forms.people import ROLES, AccessForm, InviteForm, InviteRepresentativeForm
from network.forms.requests import EndorserAnswers
from network.forms.tasks import TASK_FORMS
from network.models import (
    AccessRequest,
    Invitation,
    Membership,
    Refused,
    SignUp,
)
from network.views.memberships import membership_of, page_of_member
from network.views.pages import back_when_refused, refusal_as_message, refusal_beside
from network.views.sign_ups import page_of, sign_up_of
from network.views.token_pages import row_behind
from portal.forms import posted
from portal.models import MemberRequest
from portal.security.rate_limits import allow

A_DAY = 24 * 3600
INVITATIONS_A_DAY = 20
SAVES_A_PAGE = 30


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@back_when_refused
def colleagues(request: MemberRequest, reference: str) -> HttpResponse:
    """List colleagues, invitations and access requests; invite someone."""
    found = sign_up_of(request, reference)
    form = InviteForm(posted(request))
    if form.is_valid():
        email = form.cleaned_data["email"]
        with refusal_beside(form, field="email"):
            may_invite = permissions.can_invite(request.user, found)
            permissions.require(may_invite, "This application has ended.")
            if not allow("invite", str(request.user.pk), times=INVITATIONS_A_DAY, seconds=A_DAY):
                raise Refused(
                    "You have sent a lot of invitations today. You can send more tomorrow."
                )
            people.invite(found, by=request.user, email=email)
            sent = f"Invitation sent to {email}. We’ll email you when they accept."
            messages.success(request, sent)
            return redirect("network:sign_up_colleagues", reference)
    return page_of(request, "sign_up_colleagues", found, form=form, **_people(request, found))


def _people(request: MemberRequest, found: SignUp) -> dict[str, object]:
    return {
        "people": found.collaborators.select_related("user").order_by("since"),
        "invitations": found.invitations.filter(status=InvitationStatus.SENT).select_related("by"),
        "requests": found.access_requests.filter(status=AccessStatus.OPEN),
        "may_invite": permissions.can_invite(request.user, found),
        "may_manage": permissions.can_manage_colleagues(request.user, found),
        "leads": permissions.leads(request.user, found),
    }


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@back_when_refused
def colleague(request: MemberRequest, reference: str, pk: str) -> HttpResponseBase:
    """Make a colleague the lead, or remove them."""
    found = sign_up_of(request, reference)
    may_manage = permissions.can_manage_colleagues(request.user, found)
    permissions.require(may_manage, "Only the lead contact can do this.")
    who = get_object_or_404(found.collaborators.select_related("user"), pk=int(pk))
    if request.method == "POST" and "lead" in request.POST:
        people.hand_over(found, by=request.user, to=who.user)
        messages.success(request, f"{who.user} is now the lead contact.")
        return redirect("network:sign_up_colleagues", reference)
    if request.method == "POST" and "remove" in request.POST:
        people.remove_colleague(found, by=request.user, person=who.user)
        messages.success(request, f"{who.user} no longer works on this application.")
        return redirect("network:sign_up_colleagues", reference)
    return page_of(request, "sign_up_colleague", found, who=who)


@login_required
@require_POST
@back_when_refused
def leave(request: MemberRequest, reference: str) -> HttpResponseBase:
    """Stop working on a sign-up."""
    found = sign_up_of(request, reference)
    people.leave(found, by=request.user)
    messages.success(request, f"You no longer work on {found.reference}.")
    return redirect("network:my")


@login_required
@require_POST
@back_when_refused
def cancel_invitation(request: MemberRequest, reference: str, pk: str) -> HttpResponseBase:
    """Cancel an invitation."""
    found = sign_up_of(request, reference)
    invitation = get_object_or_404(found.invitations, pk=pk)
    may_cancel = permissions.can_cancel_invitation(request.user, invitation)
    why = "Only the person who invited them, or the lead contact, can do this."
    permissions.require(may_cancel, why)
    people.cancel_invitation(invitation, by=request.user)
    messages.success(request, f"Invitation to {invitation.email} cancelled.")
    return redirect("network:sign_up_colleagues", reference)


@require_safe
def invited(request: HttpRequest, token: str) -> HttpResponse:
    """Show what an invitation is about. Opening it does not answer it."""
    rows = Invitation.objects.select_related("sign_up__council", "membership__council", "by")
    found = row_behind(token, rows, Invitation.was_link)
    alive = found.opens_with(token)
    context = {
        "invitation": found,
        "sign_up": found.sign_up,
        "council": found.council,
        "alive": alive,
        "is_mine": request.user.is_authenticated
        and permissions.can_answer_invitation(request.user, found),
        "sign_in": _sign_in_to_answer(found),
    }
    return render(request, "network/invited.html", context, status=200 if alive else 410)


def _sign_in_to_answer(invitation: Invitation) -> str:
    """Return the sign-in address, which leads back to the opened invitation.

    It holds the invitation's number, so that the token does not reach a log.
    """
    back = f"{reverse('network:my')}?invited={invitation.pk}"
    return f"{reverse('account_request_login_code')}?{urlencode({'next': back})}"


@login_required
@require_POST
def answer_invitation(request: MemberRequest, pk: str) -> HttpResponse:
    """Accept or decline; only someone who has confirmed the invited address can."""
    found = get_object_or_404(Invitation, pk=pk)
    if not permissions.can_answer_invitation(request.user, found):
        raise Http404
    with refusal_as_message(request):
        if "yes" in request.POST:
            joined = people.accept_invitation(found, by=request.user)
            if isinstance(joined, Membership):
                return redirect("network:member", joined.council.slug)
            return redirect(joined)
        if "no" in request.POST:
            people.refuse_invitation(found, by=request.user)
            messages.success(request, "You said no. The person who invited you can see that.")
    return redirect("network:my")


@never_cache
@login_required
@require_safe
def who_changed_what(request: MemberRequest, reference: str) -> HttpResponse:
    """List saved versions: who, when, and which answers changed."""
    found = sign_up_of(request, reference)
    saves = found.task_saves.with_answers_before().select_related("by").order_by("-at", "-pk")
    current = Paginator(saves, SAVES_A_PAGE).get_page(request.GET.get("page"))
    kinds = TASK_FORMS | {SignUpTask.ENDORSERS: EndorserAnswers}
    forms = {task: kind() for task, kind in kinds.items()}
    changes = [
        (save, forms[SignUpTask(save.task)].differences(save.answers_before or {}, save.answers))
        for save in current
    ]
    return page_of(request, "sign_up_history", found, page_obj=current, changes=changes)


REQUESTS_A_DAY = 10


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ask_to_join(request: MemberRequest, slug: str) -> HttpResponse:
    """Request access to a council's sign-up or member. Shows no names."""
    council = get_object_or_404(Council, slug=slug)
    target = _what_to_join(council)
    if target is None:
        return redirect(f"{reverse('network:join_council')}?council={council.slug}")
    form = AccessForm(posted(request), initial={"name": request.user.get_full_name()})
    if form.is_valid():
        with refusal_beside(form):
            if not allow("access", str(request.user.pk), times=REQUESTS_A_DAY, seconds=A_DAY):
                raise Refused(
                    "You have sent several requests today. You can send another tomorrow."
                )
            people.ask_access(target, by=request.user, **form.cleaned_data)
            return redirect("network:join_asked", slug)
    context = {
        "council": council,
        "form": form,
        "represent": isinstance(target, Membership),
        "section": "join",
    }
    return render(request, "network/join_ask_access.html", context)


def _what_to_join(council: Council) -> SignUp | Membership | None:
    """Return the membership if public, else the open or accepted sign-up.

    An accepted sign-up looks like an open one until the announcement.
    """
    membership = Membership.objects.live_of(council)
    if membership and membership.announced_at:
        return membership
    return membership.sign_up if membership else council.sign_ups.open().first()


@never_cache
@login_required
@require_http_methods(["GET", "HEAD"])
def asked(request: MemberRequest, slug: str) -> HttpResponse:
    """Explain what happens after a request for access."""
    council = get_object_or_404(Council, slug=slug)
    return render(request, "network/join_asked.html", {"council": council, "section": "join"})


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def access(request: MemberRequest, pk: str) -> HttpResponse:
    """Show an access request to the lead, who approves or refuses it."""
    rows = AccessRequest.objects.select_related("sign_up__council", "membership__council", "user")
    found = get_object_or_404(rows, pk=pk)
    lead = permissions.lead_of(found)
    if lead is None or lead.pk != request.user.pk:
        raise Http404
    if request.method == "POST" and answer(request, found):
        return redirect("network:my")
    may_answer = permissions.can_answer_access(request.user, found)
    context = {"asked": found, "council": found.council, "may_answer": may_answer}
    return render(request, "network/access.html", context)


def answer(request: MemberRequest, found: AccessRequest) -> bool:
    """Approve, refuse, or grant the lead, and add a message.

    Returns:
        Whether the POST contained one of these answers.
    """
    if not {"lead", "yes", "no"} & request.POST.keys():
        return False
    with refusal_as_message(request):
        if "lead" in request.POST:
            people.grant_the_lead(found, by=request.user)
            messages.success(
                request, f"{found.name} is now the lead contact. We have emailed them."
            )
        elif "yes" in request.POST:
            people.grant_access(found, by=request.user)
            messages.success(request, f"{found.name} now has access. We have emailed them.")
        else:
            people.refuse_access(found, by=request.user)
            messages.success(request, f"Request not approved. We have emailed {found.name}.")
    return True


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def representatives(request: MemberRequest, slug: str) -> HttpResponse:
    """List who has access to a member; its lead invites, hands over and changes roles."""
    membership = membership_of(request, slug)
    may_manage = permissions.leads_member(request.user, membership)
    form = InviteRepresentativeForm(posted(request) if "email" in request.POST else None)
    if request.method == "POST":
        permissions.require(may_manage, "Only the council’s lead contact can do this.")
        if not form.is_bound:
            _change_representative(request, membership)
            return redirect("network:representatives", slug)
        if form.is_valid() and _invite(request, membership, form):
            return redirect("network:representatives", slug)
    context = {
        "people": membership.representatives.all(),
        "invitations": membership.invitations.filter(status=InvitationStatus.SENT),
        "requests": membership.access_requests.filter(status=AccessStatus.OPEN),
        "may_manage": may_manage,
        "form": form,
    }
    return page_of_member(request, "representatives", membership, **context)


def _invite(request: MemberRequest, membership: Membership, form: InviteRepresentativeForm) -> bool:
    """Invite someone from a valid form, and return whether that was possible."""
    email, role = form.cleaned_data["email"], RepresentativeRole(form.cleaned_data["role"])
    with refusal_beside(form, field="email"):
        if not allow("invite", str(request.user.pk), times=INVITATIONS_A_DAY, seconds=A_DAY):
            raise Refused("You have sent a lot of invitations today. You can send more tomorrow.")
        people.invite_representative(membership, by=request.user, email=email, role=role)
        messages.success(request, f"Invitation sent to {email}. We’ll email you when they accept.")
        return True
    return False


def _change_representative(request: MemberRequest, membership: Membership) -> None:
    """Do what the button of one person says: lead, a role, or no access."""
    for what in ("lead", *dict(ROLES), "remove"):
        if what in request.POST:
            with refusal_as_message(request):
                done = _done_to(request, membership, what, request.POST[what])
                messages.success(request, done)


def _done_to(request: MemberRequest, membership: Membership, what: str, pk: str) -> str:
    """Do it, and return what to tell the lead."""
    chosen = [person for person in membership.representatives.all() if str(person.pk) == pk]
    if not chosen:
        raise Refused("This person no longer represents the council.")
    (who,) = chosen
    if what == "lead":
        people.hand_over_member(membership, by=request.user, to=who.user)
        return f"{who.user} is now the lead contact. We have emailed you both."
    if what == "remove":
        people.remove_representative(who, by=request.user)
        return f"{who.user} no longer has access. We have emailed them."
    people.change_role(who, by=request.user, role=RepresentativeRole(what))
    return f"{who.user} is now a {what}. We have emailed them."


@login_required
@require_POST
def cancel_member_invitation(request: MemberRequest, slug: str, pk: str) -> HttpResponseBase:
    """Cancel an invitation to represent a member."""
    membership = membership_of(request, slug)
    invitation = get_object_or_404(membership.invitations, pk=pk)
    may_cancel = permissions.can_cancel_invitation(request.user, invitation)
    permissions.require(may_cancel, "Only the council’s lead contact can do this.")
    with refusal_as_message(request):
        people.cancel_invitation(invitation, by=request.user)
        messages.success(request, f"Invitation to {invitation.email} cancelled.")
    return redirect("network:representatives", slug)


@login_required
@require_POST
def stop_representing(request: MemberRequest, slug: str) -> HttpResponseBase:
    """Give up one's own access to a member."""
    membership = membership_of(request, slug)
    with refusal_as_message(request):
        people.stop_representing(membership, by=request.user)
        messages.success(request, f"You no longer have access for {membership.council.name}.")
        return redirect("network:my")
    return redirect("network:representatives", slug)
