"""Pages behind an emailed link, whose token gives access."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import wraps
from typing import Generic, TypeVar

from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_http_methods, require_POST

from network.models import Refused
from network.models.links import EmailedLink
from portal import links
from portal.security.origin import View, posted_behind_a_token
from portal.security.rate_limits import allow

NEW_LINKS_A_DAY = 5
Row = TypeVar("Row", bound=Model)
Link = TypeVar("Link", bound=EmailedLink)
Answering = Callable[[HttpRequest, Link, str], HttpResponse | None]


def private(response: HttpResponse) -> HttpResponse:
    """Add headers that stop caching, referrers and indexing."""
    patch_cache_control(response, no_store=True, private=True)
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response


def row_behind(token: str, rows: QuerySet[Row], opens: Callable[[Row, str], bool]) -> Row:
    """Return the row for a token if `opens` allows it; 404 if it never was a link."""
    pk = links.row_of(token)
    found = rows.filter(pk=pk).first() if pk is not None else None
    if found is None or not opens(found, token):
        raise Http404
    return found


def may_have_a_new_link(kind: str, row: Model) -> bool:
    """Whether another link for this row can be emailed today."""
    return allow(kind, str(row.pk), times=NEW_LINKS_A_DAY, seconds=24 * 3600)


@dataclass(frozen=True)
class LinkPages(Generic[Link]):
    """Pages behind one kind of emailed link.

    Attributes:
        address: URL name of the first page. Every answer leads back to it.
        new_link_address: URL name of the page that emails a new link.
        rows: Rows that tokens refer to, with everything the pages show.
        context: Return the context of every page, including the council.
        outcome: Return the template for an answered row; "" for any other.
        dead: Template for an expired link.
        limit: Name of the rate limit for new links.
        send_link: Email a link to the address on file. Takes the row and `by`.
    """

    address: str
    new_link_address: str
    rows: QuerySet[Link]
    context: Callable[[Link], dict[str, object]]
    outcome: Callable[[Link], str]
    dead: str
    limit: str
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
                return private(self._as_it_stands(request, row, token))
            page = None
            with suppress(Refused):
                page = view(request, row, token)
            return private(page or redirect(self.address, token))

        return opened

    def _as_it_stands(self, request: HttpRequest, row: Link, token: str) -> HttpResponse:
        outcome = self.outcome(row) if row.is_link(token) else ""
        if outcome:
            return self.render(request, outcome, row, token)
        return self.render(request, self.dead, row, token, status=410)

    def sending_links(self) -> View:
        """Return a view that emails a new link to the address on file.

        Its response does not reveal whether it sent one.
        """

        @posted_behind_a_token
        @require_POST
        def new_link(request: HttpRequest, token: str) -> HttpResponse:
            row = self.row_of(token)
            if may_have_a_new_link(self.limit, row):
                with suppress(Refused):
                    self.send_link(row, by="holder of an old link")
            return private(self.render(request, "endorse_new_link", row, token))

        return new_link
