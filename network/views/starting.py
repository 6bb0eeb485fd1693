"""Before a sign-up: what it asks for, which council, and what one meets on the way."""

from urllib.parse import quote, urlencode

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from network import actions, evidence
from network.choices import LIVE_MEMBERSHIP
from network.forms import CouncilForm
from network.models import Council, Refused, SignUp


@require_safe
def join(request: HttpRequest) -> HttpResponse:
    """Who can join, what it asks for and what happens."""
    context = {"section": "join", "usual": SignUp.objects.usual_days_to_decide()}
    return render(request, "network/join.html", context)


@require_safe
def not_listed(request: HttpRequest) -> HttpResponse:
    """What to do when one's council is not in the list."""
    return render(request, "network/join_not_listed.html", {"section": "join"})


@require_safe
def ask_my_council(request: HttpRequest) -> HttpResponse:
    """A letter to a council, to copy or to send oneself. Keeps nothing."""
    form = CouncilForm(request.GET if _has_chosen(request) else None)
    form.fields["council"].label = "Which council is yours?"
    context: dict[str, object] = {"form": form, "section": "join"}
    if form.is_bound and form.is_valid():
        council = form.cleaned_data["council"]
        membership = council.public_membership()
        context |= {
            "council": council,
            "is_member": bool(membership and membership.status in LIVE_MEMBERSHIP),
            "letter": _letter(council),
        }
    return render(request, "network/join_ask_my_council.html", context)


def _letter(council: Council) -> dict[str, str]:
    """The letter's subject, its text, and both as a mailto: address without a recipient."""
    subject = f"Keep it Local and {council.official_name}"
    context = {"council": council, "join": settings.SITE_URL + reverse("network:join")}
    text = render_to_string("network/letter_to_my_council.txt", context).strip()
    query = urlencode({"subject": subject, "body": text}, quote_via=quote)
    return {"subject": subject, "text": text, "mailto": f"mailto:?{query}"}


@require_http_methods(["GET", "HEAD", "POST"])
def choose_council(request: HttpRequest) -> HttpResponse:
    """Which council; then, once the address is confirmed, start."""
    if request.method == "POST" or _has_chosen(request):
        form = CouncilForm(request.POST or request.GET)
        if form.is_valid():
            council = form.cleaned_data["council"]
            if request.method == "POST" and "start" in request.POST:
                return _start(request, council)
            return _before_start(request, council)
    else:
        form = CouncilForm()
    context = {"form": form, "section": "join", "offered": _offered_to(request)}
    return render(request, "network/join_council.html", context)


def _has_chosen(request: HttpRequest) -> bool:
    """A council was chosen, or something typed that is to be one."""
    return "council" in request.GET or "q" in request.GET


def _offered_to(request: HttpRequest) -> list[Council]:
    """The councils that use the domain of whoever is signed in: a proposal, no more."""
    if not request.user.is_authenticated:
        return []
    return list(evidence.councils_of(request.user.email).choosable()[:10])


def _before_start(request: HttpRequest, council: Council) -> HttpResponse:
    """What a person meets who has chosen: a stop page, sign-in, or the start."""
    context: dict[str, object] = {"council": council, "section": "join"}
    if stop := _stop_page(request, council, context):
        return render(request, f"network/{stop}.html", context)
    if not request.user.is_authenticated:
        chosen = {"council": council.slug, "anyway": request.GET.get("anyway", "")}
        back_here = f"{reverse('network:join_council')}?{urlencode(chosen)}".removesuffix(
            "&anyway="
        )
        query = urlencode({"next": back_here})
        return redirect(f"{reverse('account_request_login_code')}?{query}")
    mine = SignUp.objects.open().visible_to(request.user).filter(council=council)
    if sign_up := mine.first():
        return redirect(sign_up)
    if council.live_membership() or council.sign_ups.open().exists():
        # The same page for one that is accepted: its embargo is not for us to break.
        return render(request, "network/join_under_way.html", context)
    context["is_matched"] = evidence.is_of(request.user.email, council)
    return render(request, "network/join_start.html", context)


def _stop_page(request: HttpRequest, council: Council, context: dict[str, object]) -> str:
    """The page of a council that cannot be signed up today, or not without a word."""
    membership = council.live_membership()
    if membership and membership.announced_at:
        context["membership"] = membership
        return "join_member_already"
    if council.is_abolished:
        context["successors"] = council.successions.select_related("successor")
        return "join_abolished"
    changes = council.coming_changes()
    if (changes or council.ended_on) and "anyway" not in request.GET:
        context["changes"] = changes
        return "join_reorganised"
    return ""


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
