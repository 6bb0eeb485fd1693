"""Staff's page of everything that is held about someone: a copy for them, and erasure."""

from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from network import permissions
from network.actions import personal_data
from network.forms.personal_data import EraseForm, PersonForm
from network.views.pages import NOT_DONE, Sent, for_managers, refusal_beside, unconfirmed
from network.views.personal_data import file_for
from portal.forms import posted
from portal.models import MemberRequest
from portal.personal_data import registry
from portal.personal_data.registry import Person

ERASE = "Erase this person’s data"


@for_managers
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def person(request: MemberRequest) -> HttpResponse:
    """Find what is held about someone; give a copy of it, or erase it once that is confirmed.

    By POST, so that no address or name stands in an address of the browser or a log.
    """
    form = PersonForm(posted(request))
    erase = EraseForm(request.POST if "erase" in request.POST else None)
    also = request.POST.getlist("also")
    context: dict[str, object] = {"form": form, "erase_form": erase, "also": also}
    if form.is_valid():
        address, name = form.cleaned_data["address"], form.cleaned_data["name"]
        sought = registry.person_with(address, name)
        if not permissions.can_erase(request.user, sought):
            form.add_error("address", "Another network manager must look up what we hold about you")
            return render(request, "network/review/person.html", context)
        if ending := request.POST.get("copy"):
            with refusal_beside(form):
                return file_for(
                    sought, personal_data.copy(sought, by=request.user, also=also), ending
                )
        if "change" not in request.POST and erase.is_valid():
            with refusal_beside(erase, said=NOT_DONE):
                if done := _erased(request, sought, erase, also, address):
                    return done
        context |= {
            "person": sought,
            "found": registry.find(sought, for_staff=True),
            "first": list(personal_data.first(sought)),
        }
    return render(request, "network/review/person.html", context)


def _erased(
    request: MemberRequest, sought: Person, form: EraseForm, also: list[str], tell: str
) -> HttpResponse:
    """Return the page to confirm it, or erase them."""
    found = registry.chosen(registry.find(sought, for_staff=True), also)
    rows = sum(len(each.rows) for each in found)
    who = ", ".join(sorted(sought.names) + sorted(sought.addresses))
    sent = Sent(
        form,
        partial(personal_data.erase, sought, also=also, tell=tell),
        "Done. Their data is erased, except the public record.",
        confirm=ERASE,
        note=f"This is about {who}. It changes or deletes up to {rows} rows, as the page before "
        "showed. You cannot undo it.",
        ends=True,
    )
    if page := unconfirmed(request, sent):
        return page
    sent.do(request.user)
    messages.success(request, sent.done)
    return redirect("network_staff:person")
