"""Running of actions by views: showing refusals, and the pattern of staff's pages."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from typing import Any, Generic, TypeVar

from django.contrib import messages
from django.forms import Form
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from network import permissions
from network.models import Refused, Upload
from portal.models import MemberRequest, User


@contextmanager
def refusal_beside(form: Form, *, field: str | None = None, said: str = "{}") -> Iterator[None]:
    """Add a refusal raised inside the block to a form, which the view then shows again.

    Args:
        form: The form.
        field: The field it belongs to; None for the whole form.
        said: Format of the message; the refusal replaces the braces.
    """
    try:
        yield
    except Refused as refusal:
        form.add_error(field, said.format(refusal))


@contextmanager
def refusal_as_message(request: MemberRequest) -> Iterator[None]:
    """Show a refusal raised inside the block as a message on the next page."""
    try:
        yield
    except Refused as refusal:
        messages.error(request, str(refusal))


def back_when_refused(view: Callable[..., HttpResponseBase]):
    """Decorate a view of a sign-up: redirect a refusal to the task list, which explains it."""

    @wraps(view)
    def guarded(request: MemberRequest, reference: str, **kwargs: str) -> HttpResponseBase:
        with refusal_as_message(request):
            return view(request, reference, **kwargs)
        return redirect("network:sign_up", reference)

    return guarded


def file_of(upload: Upload, *, as_attachment: bool) -> FileResponse:
    """Return an uploaded file, harmless even if a browser takes it for a page.

    Raises:
        Http404: If the file is gone.
    """
    try:
        file = upload.file.open("rb")
    except FileNotFoundError as gone:
        raise Http404 from gone
    response = FileResponse(
        file,
        as_attachment=as_attachment,
        filename=upload.download_name,
        content_type=upload.content_type,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


Row = TypeVar("Row")
View = Callable[..., HttpResponse]
# A form, its action (which takes `by` and the answers), and the success message.
Sent = tuple[Form, Callable[..., object], str]
NOT_DONE = "Not done. {}"


def for_managers(view: View) -> View:
    """Allow only network managers; others who can enter the admin get 403."""

    @wraps(view)
    def guarded(request: MemberRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        permissions.require(permissions.can_review(request.user))
        return view(request, *args, **kwargs)

    return guarded


@dataclass(frozen=True)
class StaffPage(Generic[Row]):
    """A page about one row, with its forms.

    Attributes:
        address: URL name of the page.
        find: Return the row for the URL's arguments, or 404.
        show: Render the page from the request, the row and extra context.
    """

    address: str
    find: Callable[[str], Row]
    show: View

    def acts(self, form_name: str, may: Callable[[User, Row], bool] = lambda user, row: True):
        """Decorate a view that returns its form, action and success message.

        If the form is invalid or the action refuses, the page shows the row's current state with
        the form as `form_name`. Someone else may have decided, so the form may be gone.
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
