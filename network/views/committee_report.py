"""Draft committee reports as pages and as Word files."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from network import committee_report, permissions
from network.models import SignUp
from portal.models import MemberRequest
from portal.page_cache import kept
from portal.security.files import by_rule


@kept()
@require_safe
def blank(request: HttpRequest) -> HttpResponse:
    """Show the report with blanks, before anyone has started a sign-up."""
    return _page(request, committee_report.blank_paper(), reverse("network:committee_paper_docx"))


@require_safe
def blank_docx(request: HttpRequest) -> HttpResponse:
    """Return the same report as a Word file."""
    return _file(committee_report.blank_paper(), "keep-it-local-committee-paper.docx")


@never_cache
@login_required
@require_safe
def of_sign_up(request: MemberRequest, reference: str) -> HttpResponse:
    """Show the report of one sign-up to people with access."""
    found = _sign_up(request, reference)
    address = reverse("network:sign_up_committee_paper_docx", args=[reference])
    return _page(
        request, committee_report.paper(found), address, sign_up=found, council=found.council
    )


@never_cache
@login_required
@require_safe
def of_sign_up_docx(request: MemberRequest, reference: str) -> HttpResponse:
    """Return the same report as a Word file."""
    return _file(
        committee_report.paper(_sign_up(request, reference)), f"{reference}-committee-paper.docx"
    )


def _sign_up(request: MemberRequest, reference: str) -> SignUp:
    rows = SignUp.objects.select_related("council", "wording", "decision")
    rows = rows.prefetch_related("champions", "practices", "collaborators")
    found = get_object_or_404(rows, reference=reference)
    if not permissions.can_read(request.user, found):
        raise Http404
    return found


def _page(
    request: HttpRequest, paper: committee_report.Paper, docx: str, **context: object
) -> HttpResponse:
    context |= {"paper": paper, "docx": docx, "section": "join"}
    return render(request, "network/committee_paper.html", context)


def _file(paper: committee_report.Paper, name: str) -> HttpResponse:
    # Import late: python-docx takes 9 MB of memory, and few people need it.
    from network.committee_report_docx import as_docx  # noqa: PLC0415

    return by_rule(HttpResponse(as_docx(paper)), name)
