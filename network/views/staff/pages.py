"""What staff's pages share: who may open them, and the forms that act on one row."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Generic, TypeVar

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from network import permissions
from network.views.refusals import refusal_beside
from portal.models import MemberRequest, User

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
