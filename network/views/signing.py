"""The pages behind an emailed link. Reading them changes nothing; a typed name signs."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial, wraps

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from network.actions import refusals, requests, signing
from network.choices import Office, RequestStatus
from network.forms.signing import AssistantForm, EndorseForm, NoForm, NotMeForm, who_qualifies
from network.models import Endorsement, EndorsementRequest, Refused
from network.views.token_pages import may_have_a_new_link, private, report_page, row_behind
from portal import links
from portal.forms import posted
from portal.security.origin import posted_behind_a_token


def _request_of(token: str) -> EndorsementRequest:
    """The request that a token is or was a link of; 404 for what never was a link."""
    rows = EndorsementRequest.objects.select_related(
        "sign_up__council", "sign_up__wording", "endorsement"
    )
    return row_behind(token, rows, EndorsementRequest.once_opened_with)


Answering = Callable[[HttpRequest, EndorsementRequest, str], HttpResponse]


def behind_the_link(view: Answering) -> Callable[..., HttpResponseBase]:
    """Hand a view the request whose live link this is; else show how it stands."""

    @posted_behind_a_token
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def opened(request: HttpRequest, token: str) -> HttpResponse:
        asked = _request_of(token)
        if asked.opens_with(token) and asked.is_waited_for:
            return private(view(request, asked, token))
        return private(_as_it_stands(request, asked, token))

    return opened


def _as_it_stands(request: HttpRequest, asked: EndorsementRequest, token: str) -> HttpResponse:
    """Signed, answered in another way, or a dead link."""
    context = {"asked": asked, "council": asked.sign_up.council, "token": token}
    is_its_link = links.is_valid(token, "endorse", pk=asked.pk, generation=asked.generation)
    if asked.status == RequestStatus.SIGNED and is_its_link:
        return render(request, "network/endorse_signed.html", context)
    if asked.is_answered and is_its_link:
        return render(request, "network/endorse_answered.html", context)
    return render(request, "network/endorse_dead.html", context, status=410)


def _answer(token: str, act: Callable[[], object]) -> HttpResponse:
    """Act, then show how it stands: also where somebody else was quicker.

    Raises: PageChanged, since then nothing is answered yet.
    """
    try:
        act()
    except refusals.PageChanged:
        raise
    except Refused:
        pass
    return redirect("network:endorse", token)


@behind_the_link
def endorse(request: HttpRequest, asked: EndorsementRequest, token: str) -> HttpResponse:
    """The wording, and a form to sign it; what was typed is shown before it signs."""
    form = EndorseForm(posted(request), initial={"role": asked.role})
    return _sign(request, asked, token, form, "endorse")


@behind_the_link
def endorse_for_them(request: HttpRequest, asked: EndorsementRequest, token: str) -> HttpResponse:
    """The same, filled in by an assistant, who says so."""
    initial = {"name": asked.name, "role": asked.role}
    form = AssistantForm(posted(request), initial=initial, asked=asked)
    return _sign(request, asked, token, form, "endorse_for_them")


def _sign(
    request: HttpRequest,
    asked: EndorsementRequest,
    token: str,
    form: EndorseForm,
    template: str,
) -> HttpResponse:
    shown = request.POST.get("shown", "")
    changed = request.method == "POST" and shown != asked.sign_up.fingerprint
    page = partial(_asking_page, request, asked, token, form, changed=changed)
    if changed or not form.is_valid() or "change" in request.POST:
        return page(template)
    if "sign" not in request.POST:
        asked_as = {"name": asked.name, "role": asked.role}
        differs = form.signature() != asked_as
        return page("endorse_check", typed=_typed(request, form), differs=differs)
    answers = form.signature() | {"shown": shown, "assistant": _assistant(form)}
    try:
        return _answer(token, partial(signing.endorse, asked, **answers))
    except refusals.PageChanged:
        asked.refresh_from_db()
        return page(template, changed=True)


def _assistant(form: EndorseForm) -> signing.Assistant:
    """Who filled it in for the office holder; nobody, where these sign for themselves."""
    given = form.assistant() if isinstance(form, AssistantForm) else {}
    return signing.Assistant(**given)


def _typed(request: HttpRequest, form: EndorseForm) -> list[tuple[str, str]]:
    """What was typed, to be sent once more with the signature."""
    ours = tuple(form.fields)
    return [(name, str(value)) for name, value in request.POST.items() if name.startswith(ours)]


def _asking_page(
    request: HttpRequest,
    asked: EndorsementRequest,
    token: str,
    form: EndorseForm,
    name: str,
    *,
    changed: bool,
    **more: object,
) -> HttpResponse:
    sign_up = asked.sign_up
    context = _context(asked, token) | {
        "text": sign_up.pinned_wording.text_for(sign_up.council.official_name),
        "shown": sign_up.snapshot,
        "fingerprint": sign_up.fingerprint,
        "form": form,
        "changed": changed,
        **more,
    }
    return render(request, f"network/{name}.html", context)


def _context(asked: EndorsementRequest, token: str) -> dict[str, object]:
    sign_up = asked.sign_up
    return {
        "asked": asked,
        "sign_up": sign_up,
        "council": sign_up.council,
        "wording": sign_up.wording,
        "token": token,
        "qualifies": who_qualifies(Office(asked.office), sign_up.governance),
    }


@behind_the_link
def endorse_no(request: HttpRequest, asked: EndorsementRequest, token: str) -> HttpResponse:
    """Do not endorse, with a reason if they like."""
    form = NoForm(posted(request))
    if form.is_valid():
        return _answer(token, partial(signing.say_no, asked, why=form.cleaned_data["why"]))
    return render(request, "network/endorse_no.html", _context(asked, token) | {"form": form})


@behind_the_link
def endorse_not_me(request: HttpRequest, asked: EndorsementRequest, token: str) -> HttpResponse:
    """Somebody else signs in this office."""
    form = NotMeForm(posted(request))
    if form.is_valid():
        act = partial(signing.not_the_right_person, asked, **form.proposal())
        return _answer(token, act)
    return render(request, "network/endorse_not_me.html", _context(asked, token) | {"form": form})


@posted_behind_a_token
@require_POST
def endorse_new_link(request: HttpRequest, token: str) -> HttpResponse:
    """Send a new link to the address on file; says the same whether it could or not."""
    asked = _request_of(token)
    if may_have_a_new_link("new_link", asked):
        with suppress(Refused):  # the page below is true in both cases
            requests.send_link_on_file(asked, by="holder of an old link")
    context = {"council": asked.sign_up.council}
    return private(render(request, "network/endorse_new_link.html", context))


@posted_behind_a_token
@require_http_methods(["GET", "HEAD", "POST"])
def endorse_report(request: HttpRequest, token: str) -> HttpResponse:
    """“This was not me”: staff are told, and nobody accepts until they looked into it."""
    signed = _signed_with(token)
    return report_page(
        request,
        signed,
        signed.sign_up.council,
        signing.report_signature,
        here=request.path,
        template="endorse_report",
    )


def _signed_with(token: str) -> Endorsement:
    rows = Endorsement.objects.select_related("sign_up__council", "wording", "request")
    return row_behind(token, rows, Endorsement.may_be_reported_with)
