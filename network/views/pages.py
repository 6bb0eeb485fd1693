"""Running of actions by views: showing refusals, and the pattern of staff's pages."""

import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import wraps
from typing import Any, Generic, TypeVar

from django.contrib import messages
from django.db.models import Model
from django.forms import Form
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe
from wagtail.admin.ui.tables import TitleColumn
from wagtail.admin.views.reports import ReportView

from network import permissions
from network.actions import trustees
from network.forms.trustees import AskTrusteeForm, said_in
from network.models import ProfileChange, Refused, TrusteeRequest, Upload
from portal.mail import outbox
from portal.models import MemberRequest, SiteOperator, User
from portal.security.files import by_rule, harmless


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


def file_of(upload: Upload | ProfileChange, *, as_attachment: bool) -> FileResponse:
    """Return an uploaded file.

    Raises:
        Http404: If the file is gone.
    """
    try:
        file = upload.file.open("rb")
    except FileNotFoundError as gone:
        raise Http404 from gone
    return by_rule(FileResponse(file), upload.download_name, download=as_attachment)


class Spreadsheet:
    """A list whose columns are its spreadsheet's, in which nothing typed becomes a formula."""

    @property
    def list_export(self) -> list[str]:
        """Return the headings of the spreadsheet: those of the columns."""
        return [str(column.label) for column in self.columns]  # type: ignore[attr-defined]

    def get_heading(self, queryset, field: str) -> str:
        """Return a heading, which is its own name."""
        return field

    def to_row_dict(self, item) -> dict[str, object]:
        """Return a row of the spreadsheet."""
        columns = self.columns  # type: ignore[attr-defined]
        return {str(c.label): self._cell(c.get_value(item)) for c in columns}

    def _cell(self, value: object) -> object:
        if isinstance(value, datetime):
            return timezone.localtime(value).replace(tzinfo=None)
        if isinstance(value, date):
            return value
        return harmless("" if value is None else str(value))


class Report(Spreadsheet, ReportView):
    """A list for staff: search, filters, sorting, pages, and its columns as a spreadsheet."""

    is_searchable = True
    search_backend_name = None
    namespace = "network_staff"
    guard: Callable[["View"], "View"] | None = None  # who may open it; by default, managers

    def get_paginator(self, *args, **kwargs):
        """Return a paginator that counts in the words of this list, not of its model."""
        paginator = super().get_paginator(*args, **kwargs)
        paginator.verbose_name = self.verbose_name
        paginator.verbose_name_plural = self.verbose_name_plural
        return paginator

    def search_queryset(self, queryset):
        """Return each row once, although a council has several names."""
        found = super().search_queryset(queryset)
        return found.distinct() if self.is_searching else found

    @classmethod
    def addresses(cls, path_: str, name: str) -> list:
        """Return the addresses of the list, and of the part that filters replace."""
        named = {"index_url_name": f"{cls.namespace}:{name}"}
        named["index_results_url_name"] = f"{cls.namespace}:{name}_results"
        whole, part = cls.as_view(**named), cls.as_view(**named, results_only=True)
        guard = cls.guard or for_managers
        return [
            path(path_, guard(require_safe(whole)), name=name),
            path(f"{path_}results/", guard(require_safe(part)), name=f"{name}_results"),
        ]


def council_column(
    sort_key: str,
    get_url: Callable[[Any], str] = lambda row: row.staff_url,
    accessor: str = "council.official_name",
) -> TitleColumn:
    """Return the first column of a report: the council's official name, with a link.

    Args:
        sort_key: Field of the council's name, from the row.
        get_url: Where a row's name leads.
        accessor: The official name, from the row.
    """
    return TitleColumn(
        "council", label="Council", accessor=accessor, sort_key=sort_key, get_url=get_url
    )


def day_of(name: str) -> Callable[[Any], date | None]:
    """Return a function that reads a row's day in London from its time."""

    def read(row) -> date | None:
        at = getattr(row, name)
        return timezone.localdate(at) if at else None

    return read


Row = TypeVar("Row")
View = Callable[..., HttpResponse]
NOT_DONE = "Not done. {}"
# An announcement at another hour, or at none: what was done, and what is to be confirmed.
MOVED = "The announcement has moved.", "Move the announcement of"
HELD = "The announcement is on hold.", "Hold the announcement of"


@dataclass(frozen=True)
class Sent:
    """What staff sent.

    Attributes:
        form: What they entered.
        act: The action it asks for, which takes `by` and the answers.
        done: The message once it is done.
        confirm: If given, staff first see the emails that would leave; it is the title of
            that page and the words on its button.
        note: What else they should know there.
        ends: Whether it ends something, so that its button looks like that.
        trustee: What a trustee confirms if no manager may do it: which act, about which row.
    """

    form: Form
    act: Callable[..., object]
    done: str
    confirm: str = ""
    note: str = ""
    ends: bool = False
    trustee: tuple[str, Model] | None = None

    def do(self, by: User) -> None:
        """Do it."""
        self.act(by=by, **self.form.cleaned_data)

    def may_be_done_by(self, user: User) -> bool:
        """Whether this manager may do it without a trustee, as far as that is what it asks."""
        return self.trustee is None or trustees.may_do(*self.trustee, by=user)

    def needs_trustee(self, user: User) -> bool:
        """Whether only a trustee can confirm it for this manager."""
        return self.trustee is not None and trustees.needs_trustee(*self.trustee, by=user)


def unconfirmed(request: MemberRequest, sent: Sent) -> HttpResponse | None:
    """Return the page that shows what would leave, or None if staff confirmed just that.

    Raises:
        Refused: If the action would refuse.
    """
    if not sent.confirm:
        return None
    letters = outbox.rehearse(lambda: sent.do(request.user))
    own = {"csrfmiddlewaretoken", "confirmed", "change"}
    entered = [(n, v) for n, vs in request.POST.lists() if n not in own for v in vs]
    # PostgreSQL gives no number twice, so a row made by the act has another one each time.
    read = re.sub(r"/\d+/", "/n/", repr(letters))
    shown = repr([sent.confirm, sent.note, read, sorted(entered)])
    fingerprint = hashlib.sha256(shown.encode()).hexdigest()
    if request.POST.get("confirmed") == fingerprint:
        return None
    recipients: dict[tuple[str, ...], list[str]] = {}
    for letter in letters:
        words = letter.title, letter.reply_to, letter.subject, letter.text
        recipients.setdefault(words, []).append(letter.to)
    context = {
        "sent": sent,
        "letters": [(*words, to) for words, to in recipients.items()],
        "fingerprint": fingerprint,
        "is_changed": "confirmed" in request.POST,
        "entered": entered,
    }
    return render(request, "network/review/check_first.html", context)


def ask_trustee(request: MemberRequest, sent: Sent) -> HttpResponse:
    """Ask a trustee to confirm what was sent, which no manager may do; or show the form for that.

    Raises:
        PermissionDenied: If a trustee does not confirm this, or a manager can do it.
    """
    permissions.require(sent.needs_trustee(request.user))
    form = AskTrusteeForm(request.POST if "trustee-name" in request.POST else None)
    if form.is_valid():
        with refusal_beside(form, said=NOT_DONE):
            asked = trustees.ask_trustee(
                *sent.trustee,  # type: ignore[misc]  # required above
                by=request.user,
                answers=sent.form.cleaned_data,
                said=said_in(sent.form),
                **form.cleaned_data,
            )
            messages.success(request, f"We have emailed a link to {asked.email}.")
            return redirect(asked.staff_url)
    own = {"csrfmiddlewaretoken", "change", *(form.add_prefix(name) for name in form.fields)}
    entered = [(n, v) for n, vs in request.POST.lists() if n not in own for v in vs]
    context = {"form": form, "sent": sent, "said": said_in(sent.form), "entered": entered}
    context["notice_to"] = SiteOperator.current().email
    return render(request, "network/review/ask_trustee.html", context)


def trustee_panel(user: User, row: Model, *acts: str) -> dict[str, object]:
    """Return what a page says of a trustee: whether one can be asked, and who has been."""
    requests = TrusteeRequest.objects.about(row).waiting().with_all()
    return {
        "may_ask": any(trustees.needs_trustee(act, row, by=user) for act in acts),
        "requests": requests,
    }


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
        """Decorate a view that returns what was sent.

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
                sent = view(request, row, *beneath)
                is_allowed = may(request.user, row) and sent.may_be_done_by(request.user)
                permissions.require(is_allowed or sent.needs_trustee(request.user))
                if "change" in request.POST:
                    again = {form_name: sent.form, "wrong_at": request.path}
                    return self.show(request, self.find(key), **again)
                if sent.form.is_valid():
                    with refusal_beside(sent.form, said=NOT_DONE):
                        if not is_allowed:
                            return ask_trustee(request, sent)
                        if page := unconfirmed(request, sent):
                            return page
                        # What was rehearsed has changed these rows in memory.
                        fresh = view(request, self.find(key), *beneath)
                        fresh.form.full_clean()
                        fresh.do(request.user)
                        messages.success(request, sent.done)
                        return redirect(self.address, key)
                wrong = {form_name: sent.form, "wrong_form": sent.form, "wrong_at": request.path}
                return self.show(request, self.find(key), **wrong)

            return acted

        return decorate
