"""The page behind an emailed link. Reading it changes nothing; a typed name signs."""

from contextlib import suppress

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_http_methods, require_POST

from network import actions
from network.choices import RequestStatus
from network.forms import EndorseForm, posted
from network.models import EndorsementRequest, Refused
from portal import links
from portal.origin import same_site_post
from portal.rate_limits import allow

NEW_LINKS_A_DAY = 5


def _request_of(token: str) -> EndorsementRequest:
    """The request that a token is or was a link of; 404 for what never was a link."""
    pk = links.row_of(token)
    found = (
        EndorsementRequest.objects.select_related(
            "sign_up__council", "sign_up__wording", "endorsement"
        )
        .filter(pk=pk)
        .first()
        if pk is not None
        else None
    )
    if found is None or not found.once_opened_with(token):
        raise Http404
    return found


def _private(response: HttpResponse) -> HttpResponse:
    """Kept by nobody, named to nobody: the address is the key."""
    patch_cache_control(response, no_store=True, private=True)
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response


@same_site_post
@require_http_methods(["GET", "HEAD", "POST"])
def endorse(request: HttpRequest, token: str) -> HttpResponse:
    """The wording, and a form to sign it."""
    asked = _request_of(token)
    if asked.status == RequestStatus.SIGNED:
        return _private(_signed_page(request, asked))
    if not asked.opens_with(token) or not asked.sign_up.is_editable:
        return _private(_dead_page(request, asked, token))
    form = EndorseForm(posted(request), initial={"role": asked.role})
    if form.is_valid():
        signature = {name: form.cleaned_data[name] for name in ("name", "role")}
        try:
            actions.endorse(asked, **signature, shown=request.POST.get("shown", ""))
        except actions.PageChanged:
            return _private(_asking_page(request, asked, form, changed=True))
        except Refused:
            pass  # the page below shows how it stands now
        return _private(redirect("network:endorse", token))
    return _private(_asking_page(request, asked, form))


def _asking_page(
    request: HttpRequest, asked: EndorsementRequest, form: EndorseForm, *, changed: bool = False
) -> HttpResponse:
    sign_up = asked.sign_up
    context = {
        "asked": asked,
        "sign_up": sign_up,
        "council": sign_up.council,
        "wording": sign_up.wording,
        "text": sign_up.pinned_wording.text_for(sign_up.council.official_name),
        "shown": sign_up.snapshot,
        "fingerprint": sign_up.fingerprint,
        "changed": changed,
        "form": form,
    }
    return render(request, "network/endorse.html", context)


def _signed_page(request, asked: EndorsementRequest) -> HttpResponse:
    context = {"asked": asked, "council": asked.sign_up.council}
    return render(request, "network/endorse_signed.html", context)


def _dead_page(request, asked: EndorsementRequest, token: str) -> HttpResponse:
    context = {"asked": asked, "council": asked.sign_up.council, "token": token}
    return render(request, "network/endorse_dead.html", context, status=410)


@same_site_post
@require_POST
def endorse_new_link(request: HttpRequest, token: str) -> HttpResponse:
    """Send a new link to the address on file; says the same whether it could or not."""
    asked = _request_of(token)
    if allow("new_link", str(asked.pk), times=NEW_LINKS_A_DAY, seconds=24 * 3600):
        with suppress(Refused):  # the page below is true in both cases
            actions.send_new_link(asked, by="holder of an old link")
    context = {"council": asked.sign_up.council}
    return _private(render(request, "network/endorse_new_link.html", context))
