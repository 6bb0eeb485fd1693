"""Staff's pages about wording versions."""

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from network.actions import wordings as wordings_actions
from network.forms.reviews import ApprovalForm, WordingForm
from network.models import EndorsementWording
from network.views.pages import for_managers, refusal_as_message, refusal_beside
from portal.forms import posted
from portal.models import MemberRequest, User


@for_managers
@require_safe
def wordings(request: MemberRequest) -> HttpResponse:
    """List versions: who approved each, and whether a sign-up has pinned it."""
    rows = EndorsementWording.objects.annotate(pinned=Count("sign_ups"))
    return render(request, "network/review/wordings.html", {"wordings": rows})


@for_managers
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: MemberRequest, version: int | None = None) -> HttpResponse:
    """Write a new version based on the newest, or change a draft."""
    draft = get_object_or_404(EndorsementWording, version=version) if version else None
    start = draft or EndorsementWording.objects.last_written()
    form = WordingForm(posted(request), initial={"text": start.text})
    clash = False
    if form.is_valid():
        with refusal_beside(form, field="text"):
            kept = _keep(request.user, draft, **form.cleaned_data)
            messages.success(request, f"Version {kept.version} is saved as a draft.")
            return redirect("network_review:wordings")
        start.refresh_from_db()  # show the text they would now change
        clash = draft is not None
    context = {"form": form, "draft": draft, "start": start, "clash": clash}
    return render(request, "network/review/wording_write.html", context)


def _keep(by: User, draft: EndorsementWording | None, *, text: str, shown: str):
    """Save the text, and return its version."""
    if draft is None:
        return wordings_actions.write_wording(by=by, text=text)
    wordings_actions.rewrite_wording(draft, by=by, text=text, shown=shown)
    return draft


@for_managers
@require_POST
def approve(request: MemberRequest, version: int) -> HttpResponse:
    """Record who approved a version for the network."""
    wording = get_object_or_404(EndorsementWording, version=version)
    form = ApprovalForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Enter the name of the person who approved it.")
        return redirect("network_review:wordings")
    with refusal_as_message(request):
        wordings_actions.approve_wording(wording, by=request.user, **form.cleaned_data)
        messages.success(request, f"Version {version} may be sent from now on.")
    return redirect("network_review:wordings")
