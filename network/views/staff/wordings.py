"""Staff's pages about wording versions."""

from functools import partial

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from network import permissions
from network.actions import wordings as wordings_actions
from network.choices import TrusteeAct
from network.forms.reviews import ApprovalForm, SecondApprovalForm, WordingForm
from network.models import EndorsementWording
from network.views.pages import (
    NOT_DONE,
    Sent,
    ask_trustee,
    for_managers,
    refusal_beside,
    trustee_panel,
    unconfirmed,
)
from portal.forms import posted
from portal.models import MemberRequest, User


@for_managers
@require_safe
def wordings(request: MemberRequest) -> HttpResponse:
    """List versions: who approved each, and whether a sign-up has pinned it."""
    return _page(request)


def _page(request: MemberRequest, version: int = 0, form: ApprovalForm | None = None):
    """Render the page, with the form that was filled in wrongly for a version, if any."""
    rows = EndorsementWording.objects.annotate(pinned=Count("sign_ups")).select_related(
        "approval_recorded_by", "approval_confirmed_by", "approval_trustee"
    )
    context = {
        "wordings": [
            {
                "wording": row,
                "form": form
                if form and row.version == version
                else ApprovalForm(auto_id=f"id_%s_{row.version}"),
                "may_confirm": permissions.can_confirm_approval(request.user, row),
                "trustee": trustee_panel(request.user, row, TrusteeAct.APPROVE_WORDING)
                if row.waits_for_second
                else None,
            }
            for row in rows
        ]
    }
    return render(request, "network/review/wordings.html", context)


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
            messages.success(request, f"Version {kept.version} saved as a draft.")
            return redirect("network_staff:wordings")
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


FOR_ALL = (
    "This is about every council: each application that asks for its first signature from now on "
    "uses this wording, and new holders of an office are asked to sign it. You cannot take an "
    "approval back."
)


@for_managers
@require_POST
def approve(request: MemberRequest, version: int) -> HttpResponse:
    """Record who approved a version for the network."""
    wording = get_object_or_404(EndorsementWording, version=version)
    sent = Sent(
        ApprovalForm(request.POST, auto_id=f"id_%s_{version}"),
        partial(wordings_actions.approve_wording, wording),
        "Approval saved. Someone else must confirm it: another manager, or a trustee if there is "
        "no other manager.",
        confirm=f"Approve version {version} for all councils",
        note=FOR_ALL,
    )
    return _approved(request, version, sent)


@for_managers
@require_POST
def confirm_approval(request: MemberRequest, version: int) -> HttpResponse:
    """Confirm, as a second manager, that a version was approved, or ask a trustee to."""
    wording = get_object_or_404(EndorsementWording, version=version)
    sent = Sent(
        SecondApprovalForm(request.POST),
        partial(wordings_actions.confirm_approval, wording),
        f"Version {version} may be sent from now on.",
        confirm=f"Confirm version {version} for all councils",
        note=FOR_ALL,
        trustee=(TrusteeAct.APPROVE_WORDING, wording),
    )
    is_allowed = sent.may_be_done_by(request.user)
    permissions.require(is_allowed or sent.needs_trustee(request.user))
    if not is_allowed and sent.form.is_valid() and "change" not in request.POST:
        return ask_trustee(request, sent)
    return _approved(request, version, sent)


def _approved(request: MemberRequest, version: int, sent: Sent) -> HttpResponse:
    """Do what was sent once it is confirmed, or show the page with what is wrong."""
    if "change" not in request.POST and sent.form.is_valid():
        with refusal_beside(sent.form, said=NOT_DONE):
            if page := unconfirmed(request, sent):
                return page
            sent.do(request.user)
            messages.success(request, sent.done)
            return redirect("network_staff:wordings")
    if isinstance(sent.form, ApprovalForm):
        return _page(request, version, sent.form)
    for error in sent.form.non_field_errors():
        messages.error(request, str(error))
    return redirect("network_staff:wordings")
