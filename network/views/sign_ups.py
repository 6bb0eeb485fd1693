"""Views of a sign-up as a whole: start, task list, check and send, withdraw."""

from urllib.parse import quote, urlencode

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from councils import lookup
from councils.models import Council
from network import desk, permissions, record, task_list
from network.actions import sign_ups
from network.choices import LIVE_MEMBERSHIP
from network.forms.councils import CouncilForm
from network.forms.tasks import TASK_FORMS, DeclarationForm
from network.models import (
    AccessRequest,
    CheckIn,
    Invitation,
    Membership,
    Refused,
    Removal,
    Representative,
    SignUp,
    TooMany,
)
from network.readiness import Readiness
from network.views.claims import claims_at
from network.views.pages import back_when_refused, refusal_beside
from portal.forms import posted
from portal.models import MemberRequest, User
from portal.page_cache import kept


def sign_up_of(request: MemberRequest, reference: str) -> SignUp:
    """Return the sign-up for someone who works on it, or 404."""
    visible = SignUp.objects.visible_to(request.user)
    return get_object_or_404(
        visible.select_related("council", "wording", "decision").prefetch_related(
            "champions", "requests__endorsement", "collaborators"
        ),
        reference=reference,
    )


def no_longer(request: MemberRequest, sign_up: SignUp, what: str) -> HttpResponse:
    """Redirect to the task list with a message that this can no longer be changed.

    A POST gets 403. Pages with a form use `too_late` instead.
    """
    since = "has been sent" if sign_up.submitted_at else "has ended"
    words = f"You can no longer change “{what}”, because this application {since}."
    if request.method == "POST":
        raise PermissionDenied(words)
    if sign_up.submitted_at:
        words += " Select “Check your answers and send” to read what you sent."
    messages.info(request, words)
    return redirect(sign_up)


def too_late(request: MemberRequest, sign_up: SignUp, typed: list[tuple[str, str]]) -> HttpResponse:
    """Show input that arrived after the council could change the sign-up, to be copied."""
    response = page_of(request, "sign_up_too_late", sign_up, typed=typed)
    response.status_code = 409
    return response


def page_of(
    request: MemberRequest, template: str, sign_up: SignUp, **context: object
) -> HttpResponse:
    """Render a page of a sign-up with the context common to all."""
    return render(
        request,
        f"network/{template}.html",
        {"sign_up": sign_up, "council": sign_up.council, "section": "join", **context},
    )


@kept()
@require_safe
def join(request: HttpRequest) -> HttpResponse:
    """Explain who can join, what it involves and how to start."""
    context = {"section": "join", "usual": SignUp.objects.usual_days_to_decide()}
    return render(request, "network/join.html", context)


@kept()
@require_safe
def not_listed(request: HttpRequest) -> HttpResponse:
    """Explain what to do if your council is not in the list."""
    return render(request, "network/join_not_listed.html", {"section": "join"})


@kept()
@require_safe
def ask_my_council(request: HttpRequest) -> HttpResponse:
    """Show a letter to a council, to copy or send. Stores nothing."""
    form = CouncilForm.asked_by(request.GET)
    form.fields["council"].label = "Which council is yours?"
    context: dict[str, object] = {"form": form, "section": "join"}
    if form.is_bound and form.is_valid():
        council = form.cleaned_data["council"]
        membership = next(iter(Membership.objects.public_of(council)), None)
        context |= {
            "council": council,
            "successors": council.in_its_place() if council.is_abolished else [],
            "is_member": bool(membership and membership.status in LIVE_MEMBERSHIP),
            "letter": _letter(council),
        }
    return render(request, "network/join_ask_my_council.html", context)


def _letter(council: Council) -> dict[str, str]:
    """Return the letter's subject, its text, and a mailto: address without a recipient."""
    subject = f"Keep it Local and {council.official_name}"
    context = {"council": council, "join": settings.SITE_URL + reverse("network:join")}
    text = render_to_string("network/letter_to_my_council.txt", context).strip()
    query = urlencode({"subject": subject, "body": text}, quote_via=quote)
    return {"subject": subject, "text": text, "mailto": f"mailto:?{query}"}


@require_http_methods(["GET", "HEAD", "POST"])
def choose_council(request: HttpRequest) -> HttpResponse:
    """Choose a council and, once the email address is confirmed, start."""
    is_sent = request.method == "POST"
    form = (
        CouncilForm(request.POST or request.GET) if is_sent else CouncilForm.asked_by(request.GET)
    )
    if form.is_bound and form.is_valid():
        council = form.cleaned_data["council"]
        if is_sent and "start" in request.POST:
            return _start(request, council)
        return _before_start(request, council)
    context = {"form": form, "section": "join", "offered": _offered_to(request)}
    return render(request, "network/join_council.html", context)


def _offered_to(request: HttpRequest) -> list[Council]:
    """Return councils on the domain of the signed-in person's address, as a suggestion."""
    if not request.user.is_authenticated:
        return []
    return list(lookup.councils_of(request.user.email).choosable()[:10])


def _before_start(request: HttpRequest, council: Council) -> HttpResponse:
    """Show a stop page, sign-in or the start page for a chosen council."""
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
    if Membership.objects.live_of(council) or council.sign_ups.open().exists():
        # Show the same page for an accepted one, so that an embargoed member does not leak.
        return render(request, "network/join_under_way.html", context)
    context["is_matched"] = lookup.is_of(request.user.email, council)
    return render(request, "network/join_start.html", context)


def _stop_page(request: HttpRequest, council: Council, context: dict[str, object]) -> str:
    """Return the page for a council that cannot apply, or needs a warning first; else ""."""
    membership = Membership.objects.live_of(council)
    if membership and membership.announced_at:
        context["membership"] = membership
        return "join_member_already"
    if council.is_abolished:
        context["successors"] = council.in_its_place()
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
        sign_up = sign_ups.start_sign_up(council, by=request.user)
    except TooMany as refusal:
        messages.error(request, str(refusal))
        return redirect("network:my")
    except Refused:
        return _before_start(request, council)
    return redirect(sign_up)


@never_cache
@login_required
@require_safe
def sign_up(request: MemberRequest, reference: str) -> HttpResponse:
    """Show the task list, with who we are waiting for."""
    found = sign_up_of(request, reference)
    facts = Readiness(found)
    context = {
        "readiness": facts,
        "groups": task_list.groups(facts),
        "step": task_list.next_step(facts),
        "nobody_until": desk.nobody_until(found) if found.is_reviewed else None,
        "written": found.messages.select_related("by"),
        "colleagues": len(found.collaborators.all()),
        "can_withdraw": permissions.can_withdraw(request.user, found),
    }
    return page_of(request, "sign_up", found, **context)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: MemberRequest, reference: str) -> HttpResponse:
    """Show all answers and send the sign-up. Sending twice has no effect."""
    found = sign_up_of(request, reference)
    if not found.is_editable:
        return redirect("network:sign_up_sent" if found.submitted_at else found, reference)
    facts = Readiness(found)
    form = DeclarationForm(posted(request), left_out=facts.left_out)
    if request.method == "POST" and form.is_valid():
        with refusal_beside(form):
            sign_ups.submit(found, by=request.user)
            return redirect("network:sign_up_sent", reference)
    said = found.finished_tasks
    context = {
        "form": form,
        "sections": task_list.answers(found),
        "missing": facts.before_sending,
        "left_out": facts.left_out,
        "words": record.own_words(found),
        "public_champions": [c for c in found.current_champions() if c.may_be_published],
        "public_decision": found.formal_decision if found.needs_decision else None,
        "unfinished": [task.label for task in TASK_FORMS if said.get(task) is False],
    }
    return page_of(request, "sign_up_check", found, **context)


@never_cache
@login_required
@require_safe
def sent(request: MemberRequest, reference: str) -> HttpResponse:
    """Show what was sent, with the reference and next steps."""
    found = sign_up_of(request, reference)
    if not found.submitted_at:
        return redirect(found)
    context = {
        "sections": task_list.answers(found),
        "usual": SignUp.objects.usual_days_to_decide(),
        "nobody_until": desk.nobody_until(found) if found.is_reviewed else None,
    }
    return page_of(request, "sign_up_sent", found, **context)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@back_when_refused
def withdraw(request: MemberRequest, reference: str) -> HttpResponse:
    """End the sign-up at the council's request."""
    found = sign_up_of(request, reference)
    leads = permissions.leads(request.user, found)
    if request.method == "POST" and leads:
        sign_ups.withdraw(found, by=request.user)
        messages.success(request, "Application withdrawn. We have told everyone involved.")
        return redirect(found)
    if not found.may_be_signed:
        return redirect(found)
    page = page_of(request, "sign_up_withdraw", found, leads=leads)
    page.status_code = 200 if leads else 403
    return page


@never_cache
@login_required
@require_safe
def my(request: MemberRequest) -> HttpResponse:
    """List the person's sign-ups and requests to them."""
    mine = SignUp.objects.visible_to(request.user).select_related("council", "decision")
    mine = mine.prefetch_related("requests__endorsement")
    confirmed = EmailAddress.objects.filter(user=request.user, verified=True)
    addresses = list(confirmed.values_list("email", flat=True))
    invitations = Invitation.objects.waiting_at(addresses).select_related(
        "sign_up__council", "membership__council", "by"
    )
    asking = AccessRequest.objects.waiting_for(request.user)
    opened = request.GET.get("invited", "")
    represented = (
        Representative.objects.current()
        .filter(user=request.user, membership__announced_at__isnull=False)
        .select_related("membership__council")
    )
    claims = claims_at(addresses)
    waits = [*invitations, *claims]
    if not request.GET and (only := _only_member(represented, mine, waits, request.user)):
        return redirect("network:member", only.council.slug)
    context = {
        "sign_ups": mine,
        "invitations": invitations,
        "claims": claims,
        "check_ins": CheckIn.objects.to_be_confirmed_by(request.user),
        # The same for any number, so that it does not reveal which invitations exist.
        "not_invited": bool(opened) and opened not in {str(each.pk) for each in invitations},
        "asking": asking.select_related("sign_up__council", "membership__council"),
        "asked": AccessRequest.objects.open_of(request.user),
        "represented": represented,
        "removals": Removal.objects.to_be_answered_by(request.user).with_all(),
        "section": "join",
    }
    return render(request, "network/my.html", context)


def _only_member(represented, sign_ups, waits, user: User) -> Membership | None:
    """Return the only council that someone has to do with here, or None if there is more."""
    if len(represented) != 1 or waits or AccessRequest.objects.open_of(user).exists():
        return None
    membership = represented[0].membership
    more = any(each.is_open for each in sign_ups)
    more = more or AccessRequest.objects.waiting_for(user).exclude(membership=membership).exists()
    return None if more or not membership.is_live else membership
