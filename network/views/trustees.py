"""Views for a trustee who is asked to confirm something, by an emailed link."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from network import matter
from network.actions import trustees
from network.choices import TrusteeStatus
from network.forms.trustees import ConfirmAsTrusteeForm, DeclineAsTrusteeForm
from network.models import TrusteeRequest
from network.views.pages import NOT_DONE, refusal_beside
from network.views.token_pages import LinkPages, shown_again, typed_in

ANSWERED = {TrusteeStatus.CONFIRMED, TrusteeStatus.DECLINED}


def _outcome(asked: TrusteeRequest) -> str:
    """Return the page of what was answered, or done meanwhile; "" for a link that has expired."""
    if asked.status in ANSWERED:
        return "trustee_answered"
    is_over = asked.status != TrusteeStatus.ASKED or not asked.is_wanted
    return "trustee_over" if is_over and asked.status != TrusteeStatus.EXPIRED else ""


LINK = LinkPages(
    address="network:trustee",
    new_link_address="network:trustee_new_link",
    rows=TrusteeRequest.objects.with_all(),
    context=lambda asked: {"council": asked.council, "asks_trustee": True},
    outcome=_outcome,
    dead="trustee_dead",
    send_link=trustees.send_trustee_link,
)


@LINK.answering
def confirm(request: HttpRequest, asked: TrusteeRequest, token: str) -> HttpResponse | None:
    """Show the whole matter, and a form to confirm it. Only a typed name confirms."""
    form = ConfirmAsTrusteeForm(typed_in(request, token), initial={"role": asked.role})
    if request.method == "POST" and form.is_valid():
        with refusal_beside(form, said=NOT_DONE):
            shown = request.POST.get("shown", "")
            return trustees.confirm_as_trustee(asked, shown=shown, **form.cleaned_data)
        if not LINK.row_of(token).opens_with(token):
            return None  # someone was faster: show what has become of it
    elif page := shown_again(request, token, form):
        return page
    context: dict[str, Any] = {
        "sections": matter.sections_of(asked),
        "shown": matter.fingerprint_of(asked),
    }
    return LINK.render(request, "trustee", asked, token, form=form, **context)


@LINK.answering
def decline(request: HttpRequest, asked: TrusteeRequest, token: str) -> HttpResponse | None:
    """Let the trustee say no, with a reason."""
    form = DeclineAsTrusteeForm(typed_in(request, token))
    if request.method == "POST" and form.is_valid():
        return trustees.decline_as_trustee(asked, why=form.cleaned_data["why"])
    page = shown_again(request, token, form)
    return page or LINK.render(request, "trustee_decline", asked, token, form=form)


new_link = LINK.sending_links()
