"""Views for an officer who is invited to act for an existing member."""

from collections.abc import Iterable
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from network import permissions
from network.actions import claims
from network.forms.claims import NotMeForm
from network.models import Claim
from network.views.pages import refusal_as_message
from network.views.token_pages import row_behind
from portal.forms import posted
from portal.models import MemberRequest

CLAIMS = Claim.objects.select_related("membership__council", "by")


@require_safe
def claim(request: HttpRequest, token: str) -> HttpResponse:
    """Show what an invitation is about. Opening it does not answer it."""
    found = row_behind(token, CLAIMS, Claim.was_link)
    alive = found.opens_with(token)
    is_mine = request.user.is_authenticated and permissions.can_answer_claim(request.user, found)
    if alive and is_mine:
        return redirect("network:answer_claim", found.pk)
    # The address to come back to holds the invitation's number: the token reaches no log.
    back = reverse("network:answer_claim", args=[found.pk])
    context = {
        "claim": found,
        "council": found.council,
        "alive": alive,
        "sign_in": f"{reverse('account_request_login_code')}?{urlencode({'next': back})}",
    }
    return render(request, "network/claim.html", context, status=200 if alive else 410)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def answer_claim(request: MemberRequest, pk: str) -> HttpResponse:
    """Say yes, or that one is not the right person; only with the invited address confirmed."""
    found = CLAIMS.filter(pk=int(pk)).first()
    if found is None or not permissions.can_answer_claim(request.user, found):
        if request.method == "POST":
            raise Http404
        # The same for every number, so that it does not reveal which invitations exist.
        return redirect(f"{reverse('network:my')}?invited=claim")
    form = NotMeForm(posted(request))
    with refusal_as_message(request):
        if "yes" in request.POST:
            membership = claims.accept_claim(found, by=request.user)
            name = membership.council.name
            messages.success(request, f"Thank you. You are now the lead contact for {name}.")
            return redirect("network:member", membership.council.slug)
        if "no" in request.POST and form.is_valid():
            claims.refuse_claim(found, by=request.user, why=form.cleaned_data["why"])
            messages.success(request, "Thank you for telling us. We will ask someone else.")
            return redirect("network:my")
    if not found.is_waited_for:
        messages.info(request, "This invitation has expired, or someone has answered it.")
        return redirect("network:my")
    context = {"claim": found, "council": found.council, "form": form, "section": "join"}
    return render(request, "network/claim_answer.html", context)


def claims_at(addresses: Iterable[str]) -> list[Claim]:
    """Return the invitations to these addresses that can be answered now."""
    return [each for each in Claim.objects.waiting_at(addresses) if each.is_waited_for]
