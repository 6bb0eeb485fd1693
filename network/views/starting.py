"""Before a sign-up: what it asks for, which council, and what one meets on the way."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from network import actions
from network.forms import CouncilForm
from network.models import Council, Refused, SignUp


@require_safe
def join(request: HttpRequest) -> HttpResponse:
    """Who can join, what it asks for and what happens."""
    return render(request, "network/join.html", {"section": "join"})


@require_http_methods(["GET", "HEAD", "POST"])
def choose_council(request: HttpRequest) -> HttpResponse:
    """Which council; then, once the address is confirmed, start."""
    if request.method == "POST" or "council" in request.GET:
        form = CouncilForm(request.POST or request.GET)
        if form.is_valid():
            council = form.cleaned_data["council"]
            if request.method == "POST" and "start" in request.POST:
                return _start(request, council)
            return _before_start(request, council)
    else:
        form = CouncilForm()
    context = {"form": form, "section": "join"}
    return render(request, "network/join_council.html", context)


def _before_start(request: HttpRequest, council: Council) -> HttpResponse:
    """What a person meets who has chosen: a stop page, sign-in, or the start."""
    back_here = f"{reverse('network:join_council')}?{urlencode({'council': council.slug})}"
    context = {"council": council, "section": "join"}
    membership = council.live_membership()
    if membership and membership.announced_at:
        return render(request, "network/join_member_already.html", context)
    if not request.user.is_authenticated:
        query = urlencode({"next": back_here})
        return redirect(f"{reverse('account_request_login_code')}?{query}")
    mine = SignUp.objects.open().visible_to(request.user).filter(council=council)
    if sign_up := mine.first():
        return redirect(sign_up)
    if membership or council.sign_ups.open().exists():
        # The same page for one that is accepted: its embargo is not for us to break.
        return render(request, "network/join_under_way.html", context)
    return render(request, "network/join_start.html", context)


def _start(request: HttpRequest, council: Council) -> HttpResponse:
    if not request.user.is_authenticated:
        return _before_start(request, council)
    try:
        sign_up = actions.start_sign_up(council, by=request.user)
    except actions.TooMany as refusal:
        messages.error(request, str(refusal))
        return redirect("network:my")
    except Refused:
        return _before_start(request, council)
    return redirect(sign_up)
