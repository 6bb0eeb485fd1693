"""Who is asked to sign, and asking them."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from network import actions
from network.choices import Office
from network.forms import EndorserForm, endorsers_are_valid, posted
from network.models import EndorsementWording, Refused, SignUp
from network.views.of_a_sign_up import back_when_refused, page_of, to_edit
from portal.client import MemberRequest
from portal.models import User
from portal.rate_limits import allow

LINKS_A_DAY = 20


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@back_when_refused
def endorsers(request: MemberRequest, reference: str) -> HttpResponse:
    """The third task: who signs. Saving asks nobody; a button of its own does."""
    found = to_edit(request, reference)
    forms = [_endorser_form(request, found, office) for office in Office]
    editable = [form for form in forms if not form.signed]
    if request.method == "POST" and endorsers_are_valid(forms):
        for form in editable:
            _keep_endorser(found, request.user, form)
        messages.success(request, "Saved. Saving asks nobody: the button below does.")
        return redirect("network:sign_up_ask", reference)
    return page_of(request, "sign_up_endorsers", found, forms=forms)


def _keep_endorser(sign_up: SignUp, user: User, form: EndorserForm) -> None:
    if form.is_filled:
        actions.save_endorser(sign_up, by=user, office=form.office, **form.cleaned_data)
    elif form.request:
        actions.remove_endorser(sign_up, by=user, office=form.office)


def _endorser_form(request: MemberRequest, sign_up: SignUp, office: Office) -> EndorserForm:
    return EndorserForm(posted(request), office=office, known=sign_up.request_of(office))


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@back_when_refused
def ask(request: MemberRequest, reference: str) -> HttpResponse:
    """What the endorsers will read; sending it to them."""
    found = to_edit(request, reference)
    if request.method == "POST":
        _mind_the_limit(request.user)
        actions.ask_endorsers(found, by=request.user)
        messages.success(request, "The links are on their way.")
        return redirect(found)
    wording = found.wording or EndorsementWording.objects.newest()
    unsent = [r for r in found.current_requests() if r.is_to_be_asked]
    context = {
        "wording": wording,
        "text": wording.text_for(found.council.official_name),
        "unsent": unsent,
        "ready": not actions.what_is_missing(found, to_ask=True),
        "missing": actions.what_is_missing(found, to_ask=True),
    }
    return page_of(request, "sign_up_ask", found, **context)


@login_required
@require_POST
@back_when_refused
def send_again(request: MemberRequest, reference: str, office: str) -> HttpResponseBase:
    """A new link to the address on file; the old one dies."""
    found = to_edit(request, reference)
    if current := found.request_of(office):
        _mind_the_limit(request.user)
        actions.send_new_link(current, by=request.user)
        messages.success(request, f"A new link is on its way to {current.name}.")
    return redirect(found)


def _mind_the_limit(user: User) -> None:
    """Nobody sends many links in a day: an address is all that it takes to be asked."""
    if not allow("ask", str(user.pk), times=LINKS_A_DAY, seconds=24 * 3600):
        raise Refused("That is a lot of mail for one day. Please try again tomorrow.")
