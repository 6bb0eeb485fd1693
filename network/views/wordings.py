"""The versions of what is signed, in the Wagtail admin."""

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from network import actions
from network.forms import ApprovalForm, WordingForm, posted
from network.models import EndorsementWording, Refused
from network.views.reviewing import for_managers
from portal.client import MemberRequest


@for_managers
@require_safe
def wordings(request: MemberRequest) -> HttpResponse:
    """Every version: who approved it, and whether a sign-up has pinned it."""
    rows = EndorsementWording.objects.annotate(pinned=Count("sign_ups"))
    return render(request, "network/review/wordings.html", {"wordings": rows})


@for_managers
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: MemberRequest, version: int | None = None) -> HttpResponse:
    """A new version, begun from the newest; or a draft that is still free to change."""
    draft = get_object_or_404(EndorsementWording, version=version) if version else None
    start = draft or EndorsementWording.objects.newest()
    form = WordingForm(posted(request), initial={"text": start.text})
    if form.is_valid():
        text = form.cleaned_data["text"]
        try:
            if draft:
                actions.rewrite_wording(draft, by=request.user, text=text)
            else:
                draft = actions.write_wording(by=request.user, text=text)
            messages.success(request, f"Version {draft.version} is saved as a draft.")
        except Refused as refusal:
            messages.error(request, str(refusal))
        return redirect("network_review:wordings")
    return render(request, "network/review/wording_write.html", {"form": form, "draft": draft})


@for_managers
@require_POST
def approve(request: MemberRequest, version: int) -> HttpResponse:
    """Record who approved a version for the network."""
    wording = get_object_or_404(EndorsementWording, version=version)
    form = ApprovalForm(request.POST)
    try:
        if form.is_valid():
            actions.approve_wording(wording, by=request.user, **form.cleaned_data)
            messages.success(request, f"Version {version} may be sent from now on.")
        else:
            messages.error(request, "Enter the name of the person who approved it.")
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("network_review:wordings")
