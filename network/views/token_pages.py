"""Pages behind an emailed link, whose token gives access."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import wraps
from typing import Generic, TypeVar
from urllib.parse import urlencode

from django.db.models import Model, QuerySet
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from network.models import Refused
from network.models.links import EmailedLink
from portal import links
from portal.security.origin import View, posted_behind_a_token

Row = TypeVar("Row", bound=Model)
Link = TypeVar("Link", bound=EmailedLink)
Answering = Callable[[HttpRequest, Link, str], HttpResponse | None]


def row_behind(token: str, rows: QuerySet[Row], opens: Callable[[Row, str], bool]) -> Row:
    """Return the row for a token if `opens` allows it; 404 if it never was a link."""
    pk = links.row_of(token)
    found = rows.filter(pk=pk).first() if pk is not None else None
    if found is None or not opens(found, token):
        raise Http404
    return found


def typed_in(request: HttpRequest, token: str) -> QueryDict | None:
    """Return what to bind a form to: what is posted, or what `shown_again` carried over."""
    if request.method == "POST":
        return request.POST
    sealed = request.GET.get("typed")
    typed = links.unseal(token, sealed) if sealed else None
    return None if typed is None else QueryDict(typed)


def as_typed(form: Form) -> list[tuple[str, str]]:
    """Return what was sent in a form's own fields, name by name."""
    ours = tuple(map(form.add_prefix, form.fields))
    sent = form.data.lists() if isinstance(form.data, QueryDict) else ()
    return [(name, value) for name, values in sent if name.startswith(ours) for value in values]


def shown_again(request: HttpRequest, token: str, form: Form) -> HttpResponse | None:
    """Redirect a POST that changed nothing to a GET of its page, with what was typed.

    So going back in the browser never asks to send a form again. No cookie and no row holds
    what was typed: the address carries it, encrypted (`links.seal`).

    Returns:
        None for a GET, and for more text than an address holds: show the page as it is.
    """
    if request.method != "POST":
        return None
    shown = ("shown", request.POST.get("shown", ""))
    sealed = links.seal(token, urlencode([shown, *as_typed(form)]))
    return redirect(f"{request.path}?typed={sealed}") if sealed else None


@dataclass(frozen=True)
class LinkPages(Generic[Link]):
    """Pages behind one kind of emailed link.

    Attributes:
        address: Name of the first page. Every answer leads back to it.
        new_link_address: Name of the page that mails a new link.
        rows: What a token can name, with what the pages show of it.
        context: What every page shows of a row, its council among it.
        outcome: Template for a row that was answered by its link; "" for any other.
        dead: Template for a dead link.
        send_link: Mails a link to the address on file. Takes the row and `by`.
    """

    address: str
    new_link_address: str
    rows: QuerySet[Link]
    context: Callable[[Link], dict[str, object]]
    outcome: Callable[[Link], str]
    dead: str
    send_link: Callable[..., object]

    def row_of(self, token: str) -> Link:
        """Return the row for its current or an older token, or 404."""
        return row_behind(token, self.rows, self.rows.model.was_link)

    def render(
        self,
        request: HttpRequest,
        template: str,
        row: Link,
        token: str,
        *,
        status: int = 200,
        **more: object,
    ) -> HttpResponse:
        """Render a page about a row."""
        context = {
            "asked": row,
            "token": token,
            "first_page": reverse(self.address, args=[token]),
            "new_link": reverse(self.new_link_address, args=[token]),
        }
        context |= self.context(row) | more
        return render(request, f"network/{template}.html", context, status=status)

    def answering(self, view: Answering[Link]) -> View:
        """Decorate a view that answers, and pass it the row of a live link.

        The view returns a page, or None after it has acted. If the link has expired, or someone
        else answered first, the first page shows the status.
        """

        @posted_behind_a_token
        @require_http_methods(["GET", "HEAD", "POST"])
        @wraps(view)
        def opened(request: HttpRequest, token: str) -> HttpResponse:
            row = self.row_of(token)
            if not row.opens_with(token):
                return self._as_it_stands(request, row, token)
            page = None
            with suppress(Refused):
                page = view(request, row, token)
            return page or redirect(self.address, token)

        return opened

    def _as_it_stands(self, request: HttpRequest, row: Link, token: str) -> HttpResponse:
        outcome = self.outcome(row) if row.is_link(token) else ""
        if outcome:
            return self.render(request, outcome, row, token)
        page = "endorse_new_link" if "sent" in request.GET else self.dead
        return self.render(request, page, row, token, status=410)

    def sending_links(self) -> View:
        """Return a view that emails a new link to the address on file.

        Its response does not reveal whether it sent one.
        """

        @posted_behind_a_token
        @require_POST
        def new_link(request: HttpRequest, token: str) -> HttpResponse:
            row = self.row_of(token)
            with suppress(Refused):
                self.send_link(row, by="holder of an old link")
            return redirect(reverse(self.address, args=[token]) + "?sent=yes")

        return new_link
