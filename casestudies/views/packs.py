"""Briefing packs, to print and as Word files."""

from typing import Any

from allauth.account.adapter import get_adapter
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from casestudies.models import CaseStudyPage
from casestudies.packs import ABOUT, MOST, Pack, within
from network import member_map
from portal.security.files import by_rule
from portal.security.rate_limits import allow

TIMES, SECONDS = 10, 60


@require_safe
def pack(request: HttpRequest) -> HttpResponse:
    """Show the case studies that the address names, as one page to print."""
    chosen = Pack.of(request.GET.getlist("page"))
    atlas = member_map.load()
    studies = [
        (f"study-{number}", page, _study(request, page, f"study-{number}", atlas))
        for number, page in enumerate(chosen.pages, start=1)
    ]
    context = {
        "pack": chosen,
        "studies": studies,
        "about": ABOUT,
        "most": MOST,
        "section": "case-studies",
    }
    status = 404 if chosen.missing and not chosen.pages else 200
    return _hidden(render(request, "casestudies/pack.html", context, status=status))


@require_safe
def pack_docx(request: HttpRequest) -> HttpResponse:
    """Return the same pack as a Word file; the page says why if there is nothing in it."""
    chosen = Pack.of(request.GET.getlist("page"))
    if not chosen.pages:
        return pack(request)
    who = get_adapter().get_client_ip(request)
    if not allow("briefing-pack", who, times=TIMES, seconds=SECONDS):
        return render(request, "429.html", status=429)
    # Import late: python-docx takes 9 MB of memory, and few people need it.
    from casestudies.pack_docx import as_docx  # noqa: PLC0415

    return _hidden(by_rule(HttpResponse(as_docx(chosen)), "keep-it-local-briefing-pack.docx"))


def _study(request: HttpRequest, page: CaseStudyPage, name: str, atlas: Any) -> str:
    """Return one case study's page, as a part of the pack."""
    cell = atlas.by_slug.get(page.council.slug) if page.council else None
    context = {
        "page": page,
        "layout": "casestudies/pack_study.html",
        "in_pack": True,
        "is_member": bool(cell and cell.is_member),
        **page.cited_content(),
    }
    html = render_to_string("pages/case_study_page.html", context, request)
    return mark_safe(within(html, name))  # noqa: S308


def _hidden(response: HttpResponse) -> HttpResponse:
    """Keep a pack out of search engines: it repeats pages in any number of ways."""
    response["X-Robots-Tag"] = "noindex"
    return response
