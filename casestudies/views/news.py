"""What is new in case studies: their feed, and every correction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from hashlib import sha256

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from casestudies import dates
from casestudies.models import CaseStudyIndexPage, CaseStudyPage, Correction
from casestudies.models.pages import LONG_TEXTS
from portal.feeds import Entry, EntryFeed
from portal.page_cache import kept

NEWEST = 50


@kept()
@require_safe
def corrections(request: HttpRequest) -> HttpResponse:
    """Show every correction of what is published, newest first."""
    context = {"corrections": _corrections(), "section": "case-studies"}
    return render(request, "casestudies/corrections.html", context)


def _corrections() -> Sequence[Correction]:
    """Return the corrections of published case studies, newest first, with their pages."""
    public = CaseStudyPage.objects.listed().values("pk")
    rows = Correction.objects.filter(page__in=public, day__isnull=False).select_related("page")
    return rows.defer(*(f"page__{name}" for name in LONG_TEXTS)).order_by("-day", "-pk")


class CaseStudyFeed(EntryFeed):
    """New and corrected case studies as an Atom feed."""

    title = "Keep it Local: case studies"
    subtitle = "New case studies, and corrections of those already published."
    list_address = CaseStudyIndexPage.ADDRESS
    pattern = "casestudies:feed"

    def items(self) -> list[Entry]:
        """Return the newest entries."""
        pages = CaseStudyPage.objects.listed().filter(first_published_at__isnull=False)
        entries = [_new(page) for page in pages.order_by("-first_published_at", "-pk")[:NEWEST]]
        entries += [_corrected(each, each.day) for each in _corrections()[:NEWEST] if each.day]
        return sorted(entries, key=lambda entry: entry.at, reverse=True)[:NEWEST]


def _new(page: CaseStudyPage) -> Entry:
    at, address = page.first_published_at, settings.SITE_URL + page.address
    text = " ".join(filter(None, (page.what_changed, page.summary_text)))
    updated = page.last_published_at or at
    return Entry(
        f"{settings.SITE_URL}/#case-study-{page.pk}", page.title, text, address, at, updated
    )


def _corrected(correction: Correction, day: date) -> Entry:
    """Return a correction as an entry; named by its words, because rows are saved anew."""
    page = correction.page
    at = timezone.make_aware(datetime.combine(day, time()))
    words = sha256(f"{day} {correction.note}".encode()).hexdigest()[:12]
    return Entry(
        f"{settings.SITE_URL}/#case-study-{page.pk}-correction-{words}",
        f"Correction of {dates.day_in_words(day)}: {page.title}",
        correction.note,
        f"{settings.SITE_URL}{page.address}#corrections",
        at,
        at,
    )


feed = kept()(require_safe(CaseStudyFeed()))
