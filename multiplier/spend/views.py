"""The spend page. Files are read in memory only: CSV in the browser if it runs scripts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from allauth.account.adapter import get_adapter
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from multiplier import words
from multiplier.spend.cells import supplier_key
from multiplier.spend.columns import WORDS
from multiplier.spend.decoding import Refused
from multiplier.spend.forms import (
    LARGEST,
    SHOWN_SUPPLIERS,
    FileForm,
    InMemoryOnly,
    MarksForm,
    carried,
    mark_of,
    places_of,
    unwritten,
    written,
)
from multiplier.spend.grouping import Group, Reading, read
from multiplier.spend.proposal import MARKS, Marks, Proposal, propose
from portal.page_cache import kept
from portal.security.origin import same_site_post
from portal.security.rate_limits import allow

FILES_AN_HOUR = 60
TOO_MANY = (
    "Too many files came from your network in the last hour. Nothing is lost. Your "
    "browser can read files itself if it runs scripts, or you can try again later."
)


@kept()
@same_site_post
@require_http_methods(["GET", "HEAD", "POST"])
def spend(request: HttpRequest) -> HttpResponse:
    """Show the steps: choose a file, check it, mark local spending, open the calculator."""
    # Set before the body is read, because reading starts Django's own upload handlers.
    handler = InMemoryOnly(request)
    request.upload_handlers = [handler]
    context: dict[str, Any] = {"file_form": FileForm(), "marks_form": MarksForm()}
    if in_chunks := request.method == "POST" and not request.META.get("CONTENT_LENGTH"):
        context["file_form"] = _at_fault(WORDS["refusals"]["in_chunks"])
    elif request.method == "POST" and "groups" in request.POST:
        context |= _marked(request)
    elif request.method == "POST":
        context |= _file(request, handler)
    context |= {
        "section": "multiplier",
        "words": WORDS,
        "marks": list(zip(MARKS, ("Local", "Elsewhere", "Not known"), strict=True)),
        "empty": Proposal(),
        "largest": LARGEST,
    }
    response = render(request, "multiplier/spend.html", context, status=411 if in_chunks else 200)
    if request.method == "POST":
        response["Cache-Control"] = "no-store"
    return response


def _file(request: HttpRequest, handler: InMemoryOnly) -> dict[str, Any]:
    """Return the context of an uploaded file."""
    form = FileForm(request.POST, request.FILES)
    context: dict[str, Any] = {"file_form": form}
    if not handler.activated:
        form.errors["file"] = form.error_class([WORDS["refusals"]["too_large"]])
        return context
    if not form.is_valid():
        return context
    if not allow(
        "spend_file", get_adapter().get_client_ip(request), times=FILES_AN_HOUR, seconds=3600
    ):
        form.add_error("file", TOO_MANY)
        return context
    try:
        reading = _read(form)
    except Refused as refusal:
        form.add_error("file", WORDS["refusals"][str(refusal)])
        return context
    context |= {
        "reading": reading,
        "columns": _columns(reading),
        "chosen_for": mark_of(reading, reading.columns.header),
        "rows": _rows(reading),
    } | _told(reading)
    if not reading.groups:
        form.add_error("file", WORDS["refusals"]["no_amounts"])
        return context
    return context | _to_mark(list(carried(reading.groups)), Marks())


def _read(form: FileForm) -> Reading:
    """Read the file by its chosen columns.

    Choosing only another header guesses the columns again.

    Raises:
        Refused: If it is not a table.
    """
    sent, chosen, shown = form.cleaned_data, form.chosen, form.shown_columns
    data, sheet = sent["file"].read(), sent["sheet"]
    if chosen is not None and shown is not None:
        if chosen.header != shown.header and replace(chosen, header=shown.header) == shown:
            reading = read(data, header=chosen.header, sheet=sheet)
        else:
            reading = read(data, chosen, sheet=sheet)
        if sent["chosen_for"] in ("", mark_of(reading, shown.header)):
            return reading
    return read(data, sheet=sheet)


def _at_fault(fault: str) -> FileForm:
    form = FileForm({})
    form.errors["file"] = form.error_class([fault])
    return form


def _marked(request: HttpRequest) -> dict[str, Any]:
    """Return the context of the marks' result."""
    groups = unwritten(request.POST["groups"])
    if groups is None:
        return {
            "file_form": _at_fault("Select the file again. Part of what the page held was lost")
        }
    form = MarksForm(request.POST)
    marks = form.marks(request.POST, groups)
    context: dict[str, Any] = {"marks_form": form} | _to_mark(groups, marks)
    if form.is_valid():
        proposal = propose(groups, marks)
        cleaned = form.cleaned_data
        context |= {
            "proposal": proposal,
            "why_range": proposal.why_range(marks),
            "area": cleaned["area"],
            "fields": proposal.handed_over(cleaned["view"], cleaned["area"]),
        }
    return context


def _to_mark(groups: list[Group], marks: Marks) -> dict[str, Any]:
    """Return the lists to mark, with the current marks."""
    suppliers = [
        {
            "name": group.supplier or WORDS["no_name"],
            "place": group.place,
            "pounds": words.pounds(group.pence),
            "mark": marks.suppliers.get((supplier_key(group.supplier), group.place), ""),
        }
        for group in groups[:SHOWN_SUPPLIERS]
    ]
    places = [
        place | {"pounds": words.pounds(place["pence"]), "ticked": place["value"] in marks.places}
        for place in places_of(groups)
    ]
    return {
        "groups": written(tuple(groups)),
        "carried": len(groups),
        "carried_pounds": words.pounds(sum(group.pence for group in groups), whole=False),
        "places": places,
        "suppliers": suppliers,
        "more_suppliers": max(0, len(groups) - SHOWN_SUPPLIERS),
    }


def _told(reading: Reading) -> dict[str, Any]:
    """Return in words what was read and what was skipped."""
    return {
        "read_pounds": words.pounds(reading.pence, whole=False),
        "skipped": [
            (
                WORDS["skipped"][reason],
                number,
                [row for row, why in reading.examples if why == reason],
            )
            for reason, number in sorted(reading.skipped.items())
        ],
        "unread_sheets": [name for name in reading.sheets if name != reading.sheet],
    }


def _rows(reading: Reading) -> list[tuple[int, str]]:
    """Return the choices for the header row."""
    return [(0, WORDS["no_header"])] + [
        (number, f"Row {number}: {text[:60]}")
        for number, text in enumerate(reading.first_rows, 1)
        if text
    ]


def _columns(reading: Reading) -> list[dict[str, Any]]:
    """Return the three questions about columns."""
    names = [(-1, "None")] + [
        (index, name or f"Column {index + 1}") for index, name in enumerate(reading.headers)
    ]
    labels = {"supplier": "Supplier", "amount": "Amount", "place": "Postcode or place"}
    return [
        {"kind": kind, "label": label, "chosen": getattr(reading.columns, kind), "names": names}
        for kind, label in labels.items()
    ]
