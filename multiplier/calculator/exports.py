"""Exports of a result: a citation, CSV and JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.formats import date_format

from multiplier.calculator.saved_result import SavedResult
from multiplier.charts.bars import Table
from multiplier.engine import Estimate, json_format
from portal.security.files import as_csv, by_rule

FILES = {"csv", "json"}
CAVEATS = (
    "Spending only: not profit, jobs or well-being. The same pound is counted each time it is"
    " spent.",
    "Not additional: nothing is taken off for what would have happened anyway, unless it says so.",
    "Not comparable with figures for another area, year, view or mode.",
    "Based on figures entered by the user. Keep it Local has not checked them.",
)


def citation(saved: SavedResult) -> str:
    """Return a citation: the sentence, its basis, its caveats and its address."""
    today = date_format(timezone.localdate(), "j F Y")
    return (
        f"{saved.outcome.sentence} {saved.outcome.cited}. Calculated with Keep it Local’s"
        f" multiplier calculator, method {saved.method.number}, from figures entered by its user,"
        " which Keep it Local has not checked. It counts spending only, is not additional, and"
        f" cannot be compared with other areas or types of money. {saved.address} (seen {today})"
    )


def typed_table(saved: SavedResult) -> Table:
    """Return a table of the entered values, as parsed."""
    rows = [(each.label, each.shown) for each in saved.typed]
    return Table.of("Figures entered", ("Field", "Entered"), rows)


def file(kind: str, saved: SavedResult) -> HttpResponse:
    """Return the result as a download."""
    if kind == "csv":
        text = as_csv(_rows(saved))
    else:
        text = json.dumps(_json(saved), ensure_ascii=False, indent=2)
    return by_rule(HttpResponse(text), f"local-multiplier-{saved.question.name}.{kind}")


def _rows(saved: SavedResult) -> Iterator[tuple[str, ...]]:
    """Yield the rows: entered values, results and warnings."""
    yield ("Result", saved.outcome.sentence)
    yield ("Method", saved.method.number)
    yield ("Address", saved.address)
    for table in (typed_table(saved), *saved.tables):
        yield ()
        yield (table.caption,)
        yield table.heads
        for group in table.groups:
            if group.title:
                yield (group.title,)
            yield from group.rows
    yield ()
    for caveat in (*saved.outcome.cautions, *CAVEATS):
        yield ("Note", caveat)


def _json(saved: SavedResult) -> dict[str, Any]:
    form = saved.form
    # The figures, exactly: money in pounds, shares and multipliers as fractions.
    if saved.question.name == "calculator":
        result = json_format.result_json(form.result)
    else:
        result = {name: _value(value) for name, value in vars(form.result).items()}
    if saved.question.name == "compare":
        sides = {"a": form.a_result, "b": form.b_result}
        result = {name: json_format.result_json(side) for name, side in sides.items()} | result
    return {
        "question": saved.question.name,
        "method_version": saved.method.number,
        "address": saved.address,
        "typed": {each.name: each.text for each in saved.typed},
        "sentence": saved.outcome.sentence,
        "result": result,
        "caveats": list(CAVEATS),
    }


def _value(value: object) -> Any:
    if isinstance(value, Estimate):  # in these three answers always money
        return {end: json_format.money(getattr(value, end)) for end in ("exact", "low", "high")}
    return value if value is None or isinstance(value, bool) else str(value)
