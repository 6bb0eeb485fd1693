"""The pages behind the link to a new office holder."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial, wraps

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from network.actions import offices, refusals
from network.choices import Office, OfficeChangeStatus
from network.forms.signing import EndorseForm, NoForm, who_qualifies
from network.models import LaterEndorsement, OfficeChange, Refused
from network.views.token_pages import may_have_a_new_link, private, report_page, row_behind
from portal.forms import posted
from portal.security.origin import posted_behind_a_token

Answering = Callable[[HttpRequest, OfficeChange, str], HttpResponse]


def _change_of(token: str) -> OfficeChange:
    """The row that a token is or was a link of; 404 for what never was a link."""
    rows = OfficeChange.objects.select_related(
        "membership__council", "membership__sign_up", "wording", "endorsement"
    )
    return row_behind(token, rows, OfficeChange.was_link)


def _behind_the_link(view: Answering) -> Callable[..., HttpResponseBase]:
    """Hand a view the row whose live link this is; else show how it stands."""

    @posted_behind_a_token
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def opened(request: HttpRequest, token: str) -> HttpResponse:
        change = _change_of(token)
        if change.is_present_link(token) and change.is_waited_for:
            return private(view(request, change, token))
        return private(_as_it_stands(request, change, token))

    return opened


def _as_it_stands(request: HttpRequest, change: OfficeChange, token: str) -> HttpResponse:
    """Signed, declined, or a dead link."""
    context = _context(change, token)
    if change.is_present_link(token) and change.status == OfficeChangeStatus.SIGNED:
        return render(request, "network/again_signed.html", context)
    if change.is_present_link(token) and change.status == OfficeChangeStatus.DECLINED:
        return render(request, "network/again_answered.html", context)
    return render(request, "network/again_dead.html", context, status=410)


def _context(change: OfficeChange, token: str) -> dict[str, object]:
    sign_up = change.membership.sign_up
    return {
        "asked": change,
        "council": change.council,
        "token": token,
        "qualifies": who_qualifies(Office(change.office), sign_up.governance if sign_up else ""),
    }


def _page(
    request: HttpRequest, change: OfficeChange, token: str, name: str, **more: object
) -> HttpResponse:
    wording = change.pinned_wording
    context = _context(change, token) | {
        "wording": wording,
        "text": wording.text_for(change.council.official_name),
        "shown": change.snapshot,
        "fingerprint": change.fingerprint,
        **more,
    }
    return render(request, f"network/{name}.html", context)


@_behind_the_link
def endorse_again(request: HttpRequest, change: OfficeChange, token: str) -> HttpResponse:
    """The wording, and a form to sign it; what was typed is shown before it signs."""
    form = EndorseForm(posted(request), initial={"role": change.role})
    shown = request.POST.get("shown", "")
    changed = request.method == "POST" and shown != change.fingerprint
    page = partial(_page, request, change, token, form=form)
    if changed or not form.is_valid() or "change" in request.POST:
        return page("again", changed=changed)
    if "sign" not in request.POST:
        differs = form.signature() != {"name": change.name, "role": change.role}
        typed = [(n, v) for n, v in request.POST.items() if n in form.fields]
        return page("again_check", typed=typed, differs=differs)
    try:
        offices.endorse_again(change, **form.signature(), shown=shown)
    except refusals.PageChanged:
        return page("again", changed=True)
    except Refused:
        pass  # somebody was quicker: the page says how it stands
    return redirect("network:endorse_again", token)


@_behind_the_link
def endorse_again_no(request: HttpRequest, change: OfficeChange, token: str) -> HttpResponse:
    """Do not endorse, with a reason if they like."""
    form = NoForm(posted(request))
    form.fields["why"].help_text = "Whoever represents the council reads it. Never published."
    if form.is_valid():
        with suppress(Refused):  # somebody was quicker: the page says how it stands
            offices.refuse_again(change, why=form.cleaned_data["why"])
        return redirect("network:endorse_again", token)
    return render(request, "network/again_no.html", _context(change, token) | {"form": form})


@posted_behind_a_token
@require_POST
def endorse_again_new_link(request: HttpRequest, token: str) -> HttpResponse:
    """Send a link to the address on file; says the same whether it could or not."""
    change = _change_of(token)
    if may_have_a_new_link("new_link_again", change):
        with suppress(Refused):  # the page below is true in both cases
            offices.send_again_on_file(change, by="holder of an old link")
    context = {"council": change.council}
    return private(render(request, "network/endorse_new_link.html", context))


@posted_behind_a_token
@require_http_methods(["GET", "HEAD", "POST"])
def endorse_again_report(request: HttpRequest, token: str) -> HttpResponse:
    """“This was not me”: staff are told, and it is not public until they looked into it."""
    signed = _signed_with(token)
    return report_page(
        request,
        signed,
        signed.change.council,
        offices.report_later_endorsement,
        here=request.path,
        template="again_report",
    )


def _signed_with(token: str) -> LaterEndorsement:
    rows = LaterEndorsement.objects.select_related(
        "change__membership__council", "change__membership__sign_up", "wording"
    )
    return row_behind(token, rows, LaterEndorsement.may_be_reported_with)
