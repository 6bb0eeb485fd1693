"""Asking to be let in, and answering who asks."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from network import actions, permissions
from network.forms import AccessForm, posted
from network.models import AccessRequest, Council, Membership, Refused, SignUp
from portal.models import MemberRequest
from portal.security.rate_limits import allow

REQUESTS_A_DAY = 10


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ask_to_join(request: MemberRequest, slug: str) -> HttpResponse:
    """Ask to work on a council's sign-up, or to represent a member. Names nobody."""
    council = get_object_or_404(Council, slug=slug)
    target = _what_to_join(council)
    if target is None:
        return redirect(f"{reverse('network:join_council')}?council={council.slug}")
    form = AccessForm(posted(request), initial={"name": request.user.get_full_name()})
    if form.is_valid():
        try:
            _ask(request, target, form)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("network:join_asked", slug)
    context = {
        "council": council,
        "form": form,
        "represent": isinstance(target, Membership),
        "section": "join",
    }
    return render(request, "network/join_ask_access.html", context)


def _ask(request: MemberRequest, target: SignUp | Membership, form: AccessForm) -> None:
    if not allow("access", str(request.user.pk), times=REQUESTS_A_DAY, seconds=24 * 3600):
        raise Refused("You have asked often today. Please try again tomorrow.")
    actions.ask_access(target, by=request.user, **form.cleaned_data)


def _what_to_join(council: Council) -> SignUp | Membership | None:
    """The member where that is public, else the sign-up that is under way or accepted: an
    embargo is not for us to break."""
    membership = council.live_membership()
    if membership and membership.announced_at:
        return membership
    return membership.sign_up if membership else council.sign_ups.open().first()


@never_cache
@login_required
@require_http_methods(["GET", "HEAD"])
def asked(request: MemberRequest, slug: str) -> HttpResponse:
    """What happens now that one has asked."""
    council = get_object_or_404(Council, slug=slug)
    return render(request, "network/join_asked.html", {"council": council, "section": "join"})


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def access(request: MemberRequest, pk: str) -> HttpResponse:
    """Somebody who asks, for whoever leads: let them in or not."""
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
    """Carry out a yes, a no or "let them lead", and say what was done. False for a POST that
    says none of these: it answers nothing."""
    if not {"lead", "yes", "no"} & request.POST.keys():
        return False
    try:
        if "lead" in request.POST:
            actions.grant_the_lead(found, by=request.user)
            messages.success(request, f"{found.name} leads now, and is told.")
        elif "yes" in request.POST:
            actions.grant_access(found, by=request.user)
            messages.success(request, f"{found.name} now has access, and is told.")
        else:
            actions.refuse_access(found, by=request.user)
            messages.success(request, f"{found.name} is told that the answer was no.")
    except Refused as refusal:
        messages.error(request, str(refusal))
    return True
