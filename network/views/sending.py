"""A sign-up as a whole: the task list, checking and sending it, withdrawing it."""

from allauth.account.models import EmailAddress
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from network import actions, permissions, task_list
from network.forms import DeclarationForm, posted
from network.models import AccessRequest, Invitation, Refused, Removal, Representative, SignUp
from network.views.of_a_sign_up import back_when_refused, page_of, sign_up_of
from portal.models import MemberRequest


@never_cache
@login_required
@require_safe
def sign_up(request: MemberRequest, reference: str) -> HttpResponse:
    """The task list, with whom we wait for."""
    found = sign_up_of(request, reference)
    context = {
        "groups": task_list.groups(found),
        "colleagues": len(found.collaborators.all()),
        "can_withdraw": permissions.can_withdraw(request.user, found),
    }
    return page_of(request, "sign_up", found, **context)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: MemberRequest, reference: str) -> HttpResponse:
    """The last task: read everything once more, and send it. Twice sends once."""
    found = sign_up_of(request, reference)
    if not found.is_editable:
        return redirect("network:sign_up_sent" if found.submitted_at else found, reference)
    form = DeclarationForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            actions.submit(found, by=request.user)
            return redirect("network:sign_up_sent", reference)
        except Refused as refusal:
            form.add_error(None, str(refusal))
    context = {
        "form": form,
        "sections": task_list.answers(found),
        "missing": actions.what_is_missing(found),
        "unfinished": task_list.said_to_be_unfinished(found),
    }
    return page_of(request, "sign_up_check", found, **context)


@never_cache
@login_required
@require_safe
def sent(request: MemberRequest, reference: str) -> HttpResponse:
    """What was sent, with the reference and what happens next."""
    found = sign_up_of(request, reference)
    if not found.submitted_at:
        return redirect(found)
    context = {
        "sections": task_list.answers(found),
        "usual": SignUp.objects.usual_days_to_decide(),
    }
    return page_of(request, "sign_up_sent", found, **context)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@back_when_refused
def withdraw(request: MemberRequest, reference: str) -> HttpResponse:
    """End the sign-up at the council's wish."""
    found = sign_up_of(request, reference)
    leads = permissions.leads(request.user, found)
    if request.method == "POST" and leads:
        actions.withdraw(found, by=request.user)
        messages.success(request, "The sign-up is withdrawn.")
        return redirect(found)
    if not found.may_be_signed:
        return redirect(found)
    page = page_of(request, "sign_up_withdraw", found, leads=leads)
    page.status_code = 200 if leads else 403
    return page


@never_cache
@login_required
@require_safe
def my(request: MemberRequest) -> HttpResponse:
    """The person's sign-ups: the way back in; and who asks them for something."""
    mine = SignUp.objects.visible_to(request.user).select_related("council")
    addresses = EmailAddress.objects.filter(user=request.user, verified=True)
    invitations = Invitation.objects.waiting_at(
        addresses.values_list("email", flat=True)
    ).select_related("sign_up__council", "by")
    asking = AccessRequest.objects.waiting_for(request.user)
    context = {
        "sign_ups": mine,
        "invitations": invitations,
        "not_invited": _opened_of_another(request, invitations),
        "asking": asking.select_related("sign_up__council", "membership__council"),
        "asked": AccessRequest.objects.open_of(request.user),
        "represented": Representative.objects.current()
        .filter(user=request.user, membership__announced_at__isnull=False)
        .select_related("membership__council"),
        "removals": Removal.objects.to_be_answered_by(request.user).with_all(),
        "section": "join",
    }
    return render(request, "network/my.html", context)


def _opened_of_another(request: MemberRequest, mine: QuerySet[Invitation]) -> bool:
    """Signed in to answer an invitation that is none of theirs. Says the same of any number."""
    opened = request.GET.get("invited", "")
    return bool(opened) and opened not in {str(invitation.pk) for invitation in mine}
