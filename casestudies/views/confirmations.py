"""Pages behind the yearly link: is this case study still true?"""

from contextlib import suppress

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from casestudies.actions import confirmations
from casestudies.choices import ConfirmationStatus
from casestudies.forms.confirmations import StillTrueForm
from casestudies.models import Confirmation
from network.models import Refused
from network.views.token_pages import row_behind
from portal.forms import posted
from portal.security.origin import posted_behind_a_token

ROWS = Confirmation.objects.select_related("page__council")


def _behind(token: str) -> Confirmation:
    return row_behind(token, ROWS, Confirmation.was_link)


@posted_behind_a_token
@require_http_methods(["GET", "HEAD", "POST"])
def still_true(request: HttpRequest, token: str) -> HttpResponse:
    """Ask whether a case study is still true, and take the answer. Opening changes nothing."""
    found = _behind(token)
    form = StillTrueForm(posted(request))
    if found.opens_with(token) and form.is_valid():
        with suppress(Refused):  # the next page shows how it stands
            confirmations.answer(found, **form.cleaned_data)
        return redirect("casestudies:still_true", token)
    is_answered = found.is_link(token) and found.status == ConfirmationStatus.ANSWERED
    alive = found.opens_with(token)
    context = {
        "asked": found,
        "page": found.page,
        "council": found.council,
        "token": token,
        "form": form,
        "state": "alive" if alive else "answered" if is_answered else "over",
        "is_sent": "sent" in request.GET,
        "section": "case-studies",
    }
    status = 200 if alive or is_answered else 410
    return render(request, "casestudies/still_true.html", context, status=status)


@posted_behind_a_token
@require_POST
def new_link(request: HttpRequest, token: str) -> HttpResponse:
    """Email a new link to the address on file. The answer does not reveal whether it did."""
    found = _behind(token)
    with suppress(Refused):
        confirmations.send_link_on_file(found, by="holder of an old link")
    return redirect(f"{request.path.removesuffix('new-link/')}?sent=yes")
