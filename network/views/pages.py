"""How a page runs an action: what a refusal looks like, and the pattern of staff's pages."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from typing import Any, Generic, TypeVar

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from network import permissions
from network.models import Refused
from portal.models import MemberRequest, User


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


Row = TypeVar("Row")
View = Callable[..., HttpResponse]
# A form, the action it asks for (which takes `by` and the answers), and what is said once done.
Sent = tuple[Form, Callable[..., object], str]
NOT_DONE = "Not done. {}"


def for_managers(view: View) -> View:
    """Let only network managers in; 403 for everyone else who can enter the admin."""

    @wraps(view)
    def guarded(request: MemberRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        permissions.require(permissions.can_review(request.user))
        return view(request, *args, **kwargs)

    return guarded


@dataclass(frozen=True)
class StaffPage(Generic[Row]):
    """The page of one row, with the forms on it.

    Attributes:
        address: Name of the page's address.
        find: Returns the row by what its address holds, or 404.
        show: Renders the page; takes the request, the row, and context beside it.
    """

    address: str
    find: Callable[[str], Row]
    show: View

    def acts(self, form_name: str, may: Callable[[User, Row], bool] = lambda user, row: True):
        """Decorate a view that returns what was sent: its form, action and message.

        If the form is not valid, or the action refuses, the page is shown as it is now, with
        the form as `form_name`: somebody else may have decided, and the form be gone.
        """

        def decorate(view: Callable[..., Sent]) -> View:
            @for_managers
            @require_POST
            @wraps(view)
            def acted(request: MemberRequest, **at: str) -> HttpResponse:
                key, *beneath = at.values()
                row = self.find(key)
                permissions.require(may(request.user, row))
                form, action, done = view(request, row, *beneath)
                if form.is_valid():
                    with refusal_beside(form, said=NOT_DONE):
                        action(by=request.user, **form.cleaned_data)
                        messages.success(request, done)
                        return redirect(self.address, key)
                wrong = {form_name: form, "wrong_form": form, "wrong_at": request.path}
                return self.show(request, self.find(key), **wrong)

            return acted

        return decorate
