"""A sign-up as a whole: the task list, checking and sending it, withdrawing it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from network import actions, task_list
from network.forms import DeclarationForm, posted
from network.models import Refused, SignUp
from network.views.of_a_sign_up import back_when_refused, page_of, sign_up_of
from portal.client import MemberRequest


@never_cache
@login_required
@require_safe
def sign_up(request: MemberRequest, reference: str) -> HttpResponse:
    """The task list, with whom we wait for."""
    found = sign_up_of(request, reference)
    return page_of(request, "sign_up", found, groups=task_list.groups(found))


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: MemberRequest, reference: str) -> HttpResponse:
    """The last task: read everything once more, and send it. Twice sends once."""
    found = sign_up_of(request, reference)
    if found.submitted_at:
        return redirect("network:sign_up_sent", reference)
    if not found.is_editable:
        return redirect(found)
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
    return page_of(request, "sign_up_sent", found, sections=task_list.answers(found))


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@back_when_refused
def withdraw(request: MemberRequest, reference: str) -> HttpResponse:
    """End the sign-up at the council's wish."""
    found = sign_up_of(request, reference)
    if request.method == "POST":
        actions.withdraw(found, by=request.user)
        messages.success(request, "The sign-up is withdrawn.")
        return redirect(found)
    if not found.is_open:
        return redirect(found)
    return page_of(request, "sign_up_withdraw", found)


@never_cache
@login_required
@require_safe
def my(request: MemberRequest) -> HttpResponse:
    """The person's sign-ups: the way back in."""
    mine = SignUp.objects.visible_to(request.user).select_related("council")
    return render(request, "network/my.html", {"sign_ups": mine, "section": "join"})
