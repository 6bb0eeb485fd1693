"""What a page says when an action refuses: beside its form, as a message, on the task list."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponseBase
from django.shortcuts import redirect

from network.models import Refused
from portal.models import MemberRequest


@contextmanager
def refusal_beside(form: Form, *, field: str | None = None, said: str = "{}") -> Iterator[None]:
    """Add the refusal of what is done inside to a form, which is then shown again.

    Args:
        field: The field it belongs to; the whole form if None.
        said: How it is said; the refusal takes the place of the braces.
    """
    try:
        yield
    except Refused as refusal:
        form.add_error(field, said.format(refusal))


@contextmanager
def refusal_as_message(request: MemberRequest) -> Iterator[None]:
    """Say the refusal of what is done inside as a message on the next page."""
    try:
        yield
    except Refused as refusal:
        messages.error(request, str(refusal))


def back_when_refused(view: Callable[..., HttpResponseBase]):
    """Decorate a view of a sign-up: a refusal leads to the task list, which says why."""

    @wraps(view)
    def guarded(request: MemberRequest, reference: str, **kwargs: str) -> HttpResponseBase:
        with refusal_as_message(request):
            return view(request, reference, **kwargs)
        return redirect("network:sign_up", reference)

    return guarded
