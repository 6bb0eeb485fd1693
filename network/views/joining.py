"""A council officer's way: choose the council, do the tasks, send."""

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from network import actions, permissions, tasks
from network.choices import ChampionKind, Office, RequestStatus
from network.forms import (
    AboutYouForm,
    ChampionsForm,
    CouncilForm,
    DeclarationForm,
    EndorserForm,
    posted,
)
from network.models import Council, EndorsementWording, SignUp
from portal.client import MemberRequest
from portal.rate_limits import allow

MAILS_AN_HOUR = 20


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
    if council.public_membership() and council.live_membership():
        return render(request, "network/join_member_already.html", context)
    if not request.user.is_authenticated:
        query = urlencode({"next": back_here})
        return redirect(f"{reverse('account_request_login_code')}?{query}")
    mine = SignUp.objects.open().visible_to(request.user).filter(council=council)
    if sign_up := mine.first():
        return redirect(sign_up)
    if council.sign_ups.open().exists():
        return render(request, "network/join_under_way.html", context)
    return render(request, "network/join_start.html", context)


def _start(request: HttpRequest, council: Council) -> HttpResponse:
    if not request.user.is_authenticated:
        return _before_start(request, council)
    try:
        sign_up = actions.start_sign_up(council, by=request.user)
    except actions.AlreadyUnderWay:
        return _before_start(request, council)
    except actions.Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("network:join_council")
    return redirect(sign_up)


def _of(request: MemberRequest, reference: str) -> SignUp:
    """The sign-up, for those who work on it; 404 for everybody else."""
    visible = SignUp.objects.visible_to(request.user)
    return get_object_or_404(
        visible.select_related("council", "wording").prefetch_related(
            "champions", "requests", "collaborators"
        ),
        reference=reference,
    )


def _of_to_edit(request: MemberRequest, reference: str) -> SignUp:
    sign_up = _of(request, reference)
    if not permissions.can_edit(request.user, sign_up):
        raise PermissionDenied("This sign-up has been sent and can't be changed here.")
    return sign_up


def _page(
    request: MemberRequest, template: str, sign_up: SignUp, **context: object
) -> HttpResponse:
    return render(
        request,
        f"network/{template}.html",
        {"sign_up": sign_up, "council": sign_up.council, "section": "join", **context},
    )


@never_cache
@login_required
@require_safe
def sign_up(request: MemberRequest, reference: str) -> HttpResponse:
    """The task list, with whom we wait for."""
    found = _of(request, reference)
    return _page(request, "sign_up", found, groups=tasks.groups(found))


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def about_you(request: MemberRequest, reference: str) -> HttpResponse:
    """The first task: who is applying."""
    found = _of_to_edit(request, reference)
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
    return _page(request, "sign_up_about_you", found, form=form)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def champions(request: MemberRequest, reference: str) -> HttpResponse:
    """The second task: who speaks up for it."""
    found = _of_to_edit(request, reference)
    form = ChampionsForm(posted(request), initial=_known_champions(found))
    if form.is_valid():
        for kind, answers in form.champions().items():
            actions.save_champion(found, by=request.user, kind=kind, **answers)
        messages.success(request, "Saved.")
        return redirect(found)
    return _page(request, "sign_up_champions", found, form=form)


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
def endorsers(request: MemberRequest, reference: str) -> HttpResponse:
    """The third task: who signs. Saving asks nobody; a button of its own does."""
    found = _of_to_edit(request, reference)
    forms = [_endorser_form(request, found, office) for office in Office]
    editable = [form for form in forms if not form.signed]
    faults = [form for form in editable if not form.is_valid()]  # asks every form
    if request.method == "POST" and not faults:
        for form in editable:
            if form.is_filled:
                actions.save_endorser(
                    found, by=request.user, office=form.office, **form.cleaned_data
                )
        messages.success(request, "Saved. Nobody has been asked by saving.")
        return redirect("network:sign_up_ask", reference)
    return _page(request, "sign_up_endorsers", found, forms=forms)


def _endorser_form(request: MemberRequest, sign_up: SignUp, office: Office) -> EndorserForm:
    return EndorserForm(posted(request), office=office, known=sign_up.request_of(office))


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: MemberRequest, reference: str) -> HttpResponse:
    """What the endorsers will read; sending it to them."""
    found = _of_to_edit(request, reference)
    if request.method == "POST":
        try:
            actions.ask_endorsers(found, by=request.user)
        except actions.Refused as refusal:
            messages.error(request, str(refusal))
            return redirect("network:sign_up_ask", reference)
        messages.success(request, "The links are on their way.")
        return redirect(found)
    wording = found.wording or EndorsementWording.objects.newest()
    unsent = [r for r in found.current_requests() if r.status == RequestStatus.NOT_SENT]
    context = {
        "wording": wording,
        "text": wording.text_for(found.council.official_name),
        "unsent": unsent,
        "ready": found.champions_are_done and found.endorsers_are_named(),
    }
    return _page(request, "sign_up_ask", found, **context)


@login_required
@require_POST
def send_again(request: MemberRequest, reference: str, office: str) -> HttpResponseBase:
    """A new link to the address on file; the old one dies."""
    found = _of_to_edit(request, reference)
    current = found.request_of(office)
    if current is None:
        return redirect(found)
    if not allow("send_again", found.reference, times=MAILS_AN_HOUR, seconds=3600):
        messages.error(request, "That is a lot of mail. Please try again in an hour.")
        return redirect(found)
    try:
        actions.send_new_link(current, by=request.user)
        messages.success(request, f"A new link is on its way to {current.name}.")
    except actions.Refused as refusal:
        messages.error(request, str(refusal))
    return redirect(found)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: MemberRequest, reference: str) -> HttpResponse:
    """The last task: read everything once more, and send it. Twice sends once."""
    found = _of(request, reference)
    if found.submitted_at:
        return redirect("network:sign_up_sent", reference)
    form = DeclarationForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            actions.submit(found, by=request.user)
            return redirect("network:sign_up_sent", reference)
        except actions.Refused as refusal:
            form.add_error(None, str(refusal))
    context = {
        "form": form,
        "sections": tasks.answers(found),
        "missing": actions.what_is_missing(found),
    }
    return _page(request, "sign_up_check", found, **context)


@never_cache
@login_required
@require_safe
def sent(request: MemberRequest, reference: str) -> HttpResponse:
    """What was sent, with the reference and what happens next."""
    found = _of(request, reference)
    if not found.submitted_at:
        return redirect(found)
    return _page(request, "sign_up_sent", found, sections=tasks.answers(found))


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: MemberRequest, reference: str) -> HttpResponse:
    """End the sign-up at the council's wish."""
    found = _of(request, reference)
    if request.method == "POST":
        try:
            actions.withdraw(found, by=request.user)
            messages.success(request, "The sign-up is withdrawn.")
        except actions.Refused as refusal:
            messages.error(request, str(refusal))
        return redirect(found)
    if not found.is_open:
        return redirect(found)
    return _page(request, "sign_up_withdraw", found)


@never_cache
@login_required
@require_safe
def my(request: MemberRequest) -> HttpResponse:
    """The person's sign-ups: the way back in."""
    mine = SignUp.objects.visible_to(request.user).select_related("council")
    return render(request, "network/my.html", {"sign_ups": mine, "section": "join"})
