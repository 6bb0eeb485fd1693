"""A council officer's way: choose the council, do the tasks, send."""

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import (
    require_http_methods,
    require_safe,
)

from network import actions, task_list
from network.choices import ChampionKind
from network.forms import (
    AboutYouForm,
    ChampionsForm,
    CouncilForm,
    DeclarationForm,
    posted,
)
from network.models import Council, Refused, SignUp
from network.views.of_a_sign_up import back_when_refused, page_of, sign_up_of, to_edit
from portal.client import MemberRequest


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


@never_cache
@login_required
@require_safe
def sign_up(request: MemberRequest, reference: str) -> HttpResponse:
    """The task list, with whom we wait for."""
    found = sign_up_of(request, reference)
    return page_of(request, "sign_up", found, groups=task_list.groups(found))


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@back_when_refused
def about_you(request: MemberRequest, reference: str) -> HttpResponse:
    """The first task: who is applying."""
    found = to_edit(request, reference)
    known = {
        "name": found.applicant_name,
        "job_title": found.applicant_job_title,
        "phone": found.applicant_phone,
    }
    form = AboutYouForm(posted(request), initial=known)
    if form.is_valid():
        actions.save_about_you(found, by=request.user, **form.cleaned_data)
        messages.success(request, "Saved.")
        return redirect(found)
    return page_of(request, "sign_up_about_you", found, form=form)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@back_when_refused
def champions(request: MemberRequest, reference: str) -> HttpResponse:
    """The second task: who speaks up for it."""
    found = to_edit(request, reference)
    form = ChampionsForm(posted(request), initial=_known_champions(found))
    if form.is_valid():
        for kind, answers in form.champions().items():
            actions.save_champion(found, by=request.user, kind=kind, **answers)
        messages.success(request, "Saved.")
        return redirect(found)
    return page_of(request, "sign_up_champions", found, form=form)


def _known_champions(sign_up: SignUp) -> dict[str, object]:
    known: dict[str, object] = {}
    for kind in ChampionKind:
        if champion := sign_up.champion_of(kind):
            known[f"{kind}_name"] = champion.name
            known[f"{kind}_role"] = champion.role
            known[f"{kind}_may_be_published"] = champion.may_be_published
    return known


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: MemberRequest, reference: str) -> HttpResponse:
    """The last task: read everything once more, and send it. Twice sends once."""
    found = sign_up_of(request, reference)
    if found.submitted_at:
        return redirect("network:sign_up_sent", reference)
    if not found.is_editable:
        return redirect(found)
    form = DeclarationForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            actions.submit(found, by=request.user)
            return redirect("network:sign_up_sent", reference)
        except Refused as refusal:
            form.add_error(None, str(refusal))
    context = {
        "form": form,
        "sections": task_list.answers(found),
        "missing": actions.what_is_missing(found),
    }
    return page_of(request, "sign_up_check", found, **context)


@never_cache
@login_required
@require_safe
def sent(request: MemberRequest, reference: str) -> HttpResponse:
    """What was sent, with the reference and what happens next."""
    found = sign_up_of(request, reference)
    if not found.submitted_at:
        return redirect(found)
    return page_of(request, "sign_up_sent", found, sections=task_list.answers(found))


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@back_when_refused
def withdraw(request: MemberRequest, reference: str) -> HttpResponse:
    """End the sign-up at the council's wish."""
    found = sign_up_of(request, reference)
    if request.method == "POST":
        actions.withdraw(found, by=request.user)
        messages.success(request, "The sign-up is withdrawn.")
        return redirect(found)
    if not found.is_open:
        return redirect(found)
    return page_of(request, "sign_up_withdraw", found)


@never_cache
@login_required
@require_safe
def my(request: MemberRequest) -> HttpResponse:
    """The person's sign-ups: the way back in."""
    mine = SignUp.objects.visible_to(request.user).select_related("council")
    return render(request, "network/my.html", {"sign_ups": mine, "section": "join"})
