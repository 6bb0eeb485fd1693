"""What every page of a sign-up does first: find it for those who work on it."""

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render

from network.models import Refused, SignUp
from portal.models import MemberRequest


def back_when_refused(view: Callable[..., HttpResponseBase]):
    """When an act is refused, say why on the task list; nothing typed elsewhere is lost."""

    @wraps(view)
    def guarded(request: MemberRequest, reference: str, **kwargs: str) -> HttpResponseBase:
        try:
            return view(request, reference, **kwargs)
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect("network:sign_up", reference)

    return guarded


def sign_up_of(request: MemberRequest, reference: str) -> SignUp:
    """The sign-up, for those who work on it; 404 for everybody else."""
    visible = SignUp.objects.visible_to(request.user)
    return get_object_or_404(
        visible.select_related("council", "wording", "decision").prefetch_related(
            "champions", "requests__endorsement", "collaborators"
        ),
        reference=reference,
    )


def no_longer(request: MemberRequest, sign_up: SignUp, what: str) -> HttpResponse:
    """For who opens what can no longer be changed: the task list, which says so. A POST is
    refused; pages with something to type have `too_late` for it."""
    since = "has been sent" if sign_up.submitted_at else "has ended"
    words = f"“{what}” can no longer be changed: this sign-up {since}."
    if request.method == "POST":
        raise PermissionDenied(words)
    if sign_up.submitted_at:
        words += " Open “Check your answers and send” to read what was sent."
    messages.info(request, words)
    return redirect(sign_up)


def too_late(request: MemberRequest, sign_up: SignUp, typed: list[tuple[str, str]]) -> HttpResponse:
    """What was typed while the sign-up left the council's hands: shown, to be copied."""
    response = page_of(request, "sign_up_too_late", sign_up, typed=typed)
    response.status_code = 409
    return response


def page_of(
    request: MemberRequest, template: str, sign_up: SignUp, **context: object
) -> HttpResponse:
    """A page of a sign-up, with what each of them shows."""
    return render(
        request,
        f"network/{template}.html",
        {"sign_up": sign_up, "council": sign_up.council, "section": "join", **context},
    )
