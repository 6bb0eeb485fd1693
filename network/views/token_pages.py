"""What all pages behind an emailed link share: the address is the key."""

from collections.abc import Callable
from typing import TypeVar

from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_cache_control

from councils.models import Council
from network.forms.signing import ReportForm
from network.models.signing import Signature
from portal import links
from portal.forms import posted
from portal.security.rate_limits import allow

NEW_LINKS_A_DAY = 5
Row = TypeVar("Row", bound=Model)
Signed = TypeVar("Signed", bound=Signature)


def private(response: HttpResponse) -> HttpResponse:
    """Kept by nobody, named to nobody, found by no search engine."""
    patch_cache_control(response, no_store=True, private=True)
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response


def row_behind(token: str, rows: QuerySet[Row], opens: Callable[[Row, str], bool]) -> Row:
    """The row that a token leads to, if `opens` says so; 404 for what never was a link."""
    pk = links.row_of(token)
    found = rows.filter(pk=pk).first() if pk is not None else None
    if found is None or not opens(found, token):
        raise Http404
    return found


def may_have_a_new_link(kind: str, row: Model) -> bool:
    """Whether another link to this row may be mailed today."""
    return allow(kind, str(row.pk), times=NEW_LINKS_A_DAY, seconds=24 * 3600)


def report_page(
    request: HttpRequest,
    signed: Signed,
    council: Council,
    act: Callable[..., object],
    *,
    here: str,
    template: str,
) -> HttpResponse:
    """“This was not me”: the form, what came of it, or that it is too late.

    Args:
        act: reports the signature, with the form's answers.
        here: the address of this page.
        template: the form's; with "ed" at its end, what came of it.
    """
    form = ReportForm(posted(request))
    context = {"signed": signed, "council": council, "form": form}
    if signed.report_link_has_ended:
        return private(render(request, "network/endorse_report_ended.html", context, status=410))
    if form.is_valid():
        act(signed, **form.cleaned_data)
        return private(redirect(here))
    done = signed.is_disputed or signed.struck_out_at
    name = f"{template}ed" if done else template
    return private(render(request, f"network/{name}.html", context))
