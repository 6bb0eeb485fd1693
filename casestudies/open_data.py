"""Open data: the published case studies, and each figure in them, as rows.

A row's columns are named alike in CSV and JSON; docs/api.md says what each holds. Names are never
taken away within version 1 of the API, and new ones come last.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils import timezone

from casestudies.models import CaseStudyPage, Result, Source
from casestudies.models.pages import LONG_TEXTS, CaseStudyQuerySet
from portal.security.files import as_csv

Row = dict[str, Any]

#: The columns of each file in their order, and what they hold.
CASE_STUDY_COLUMNS = {
    "id": "Number of the case study, which never changes",
    "title": "Title of the case study",
    "url": "Address of the case study",
    "council": "The council’s name",
    "gss": "The council’s GSS code, if it has one",
    "region": "The council’s region",
    "kind": "Type of council",
    "principles": "The principles it is about",
    "theme": "Main subject",
    "summary": "Summary in at most 60 words",
    "what_changed": "What is different now, in a line",
    "status": "running, changed, ended or unknown",
    "as_at": "When a source last confirmed the status: 2019, 2019-07 or 2019-07-05",
    "status_note": "What is still running, in words",
    "began": "Year of the earliest dated step",
    "cost_band": "Public money for the whole work, if a source gives the sum: "
    "under_50k, to_500k, to_5m or over_5m",
    "procurement_route": "Main way the council bought or gave: "
    "grant, contract, framework, direct, lease, partnership or in_house",
    "partners": "Bodies that did the work with the council",
    "figures": "How many figures it has in the file of figures",
    "completeness": "full (every part is answered) or short",
    "nothing_found": "Parts about which we found nothing published",
    "written_on": "When we wrote it from its sources",
    "confirmed_on": "When the council last confirmed it",
    "first_published": "When it was first published here",
    "version": "How often it has been published here",
    "version_date": "When this version was published",
}
RESULT_COLUMNS = {
    "id": "Name of the figure, which never changes, even if we correct the figure",
    "value": "The figure as a plain number, in pounds for money; empty if it is not one number",
    "unit": "GBP, % or what is counted",
    "figure": "The figure as the page shows it",
    "measures": "What it measures; continues from the figure",
    "period": "The date or period it is about, or “undated”",
    "claimed_by": "Who claims it",
    "note": "What to know before you use it",
    "beside": "The same words for figures of one case study that count the same thing and disagree",
    "source": "Short name of the source",
    "source_title": "Title of the source",
    "source_publisher": "Publisher of the source",
    "source_published": "When the source was published, or “undated”",
    "source_url": "Address of the source, if it has one",
    "case_study": "Title of the case study",
    "case_study_url": "Address of the case study",
    "version": "Version of the case study",
    "version_date": "When this version was published",
    "council": "The council’s name",
    "gss": "The council’s GSS code, if it has one",
    "principles": "The principles the case study is about",
}
UNUSED = [name for name in LONG_TEXTS if name != "partners"]  # no column shows them


def case_studies(found: CaseStudyQuerySet) -> Iterator[Row]:
    """Yield a row for each case study, in a fixed number of queries."""
    for page in (
        found.select_related("council").defer(*UNUSED).prefetch_related("principles", "results")
    ):
        yield {
            "id": page.pk,
            "title": page.title,
            "url": settings.SITE_URL + page.address,
            **_place(page),
            "region": page.council.region,
            "kind": page.council.kind,
            "principles": [principle.slug for principle in page.principles.all()],
            "theme": page.theme,
            "summary": page.summary,
            "what_changed": page.what_changed,
            "status": page.status,
            "as_at": page.as_at,
            "status_note": page.status_note,
            "began": page.began,
            "cost_band": page.cost_band,
            "procurement_route": page.procurement_route,
            "partners": [partner.value["name"] for partner in page.partners],
            "figures": len(page.results.all()),
            "completeness": page.completeness,
            "nothing_found": page.nothing_found,
            "written_on": _day(page.written_on),
            "confirmed_on": _day(page.confirmed_on),
            "first_published": _day(page.first_published_at),
            **_version(page),
        }


def results(found: CaseStudyQuerySet) -> Iterator[Row]:
    """Yield a row for each figure of these case studies, in a fixed number of queries."""
    for page in (
        found.select_related("council")
        .defer(*LONG_TEXTS)
        .prefetch_related("principles", "results", "sources")
    ):
        sources = {source.label: source for source in page.sources.all()}
        for result in page.results.all():
            yield {
                **_figure(result),
                **_source(sources.get(result.source), result.source),
                "case_study": page.title,
                "case_study_url": settings.SITE_URL + page.address,
                **_version(page),
                **_place(page),
                "principles": [principle.slug for principle in page.principles.all()],
            }


def table(columns: Iterable[str], rows: Iterable[Row]) -> str:
    """Return rows as the text of a CSV file; a list is written with "; " between its parts."""
    heads = list(columns)
    return as_csv([heads, *([_cell(row[name]) for name in heads] for row in rows)])


def _figure(result: Result) -> Row:
    return {
        "id": result.public_id,
        "value": plain(result.value),
        "unit": result.unit_text,
        "figure": result.figure,
        "measures": result.measures,
        "period": result.period,
        "claimed_by": result.claimed_by,
        "note": result.note,
        "beside": result.beside,
    }


def _source(source: Source | None, label: str) -> Row:
    return {
        "source": label,
        "source_title": source.title if source else "",
        "source_publisher": source.publisher if source else "",
        "source_published": source.published_text if source else "",
        "source_url": source.url if source else "",
    }


def _place(page: CaseStudyPage) -> Row:
    council = page.council
    return {
        "council": council.name if council else None,
        "gss": (council and council.gss_code) or None,
    }


def _version(page: CaseStudyPage) -> Row:
    return {"version": page.version, "version_date": _day(page.last_published_at)}


def plain(value: Decimal | None) -> str | None:
    """Return a number as a decimal without zeros at its end: "474000000", "2.5"."""
    if value is None:
        return None
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _day(when: Any) -> str | None:
    """Return a date, or the date of a time here, as "2026-11-30"."""
    if when is None:
        return None
    return (timezone.localtime(when).date() if hasattr(when, "hour") else when).isoformat()


def _cell(value: object) -> str:
    if isinstance(value, list):
        return "; ".join(value)
    return "" if value is None else str(value)
