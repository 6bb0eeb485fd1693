"""What can be taken away from a result: a sentence to cite, a CSV, a JSON."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from io import StringIO
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.formats import date_format

from multiplier import wire
from multiplier.answers import answer_to
from multiplier.figures import Estimate
from multiplier.kept import Kept
from multiplier.pictures import pictures
from multiplier.questions import typed_in
from multiplier.tables import Table
from multiplier.words import WARNINGS

FILES = ("csv", "json")
CAVEATS = (
    "Spending only: not profit, jobs or well-being. The same pound is counted at each till.",
    "Not additional: what would have happened anyway is not taken off unless it says so.",
    "Not comparable with figures of another area, year, view or mode.",
    "From the figures of whoever typed them; Keep it Local has not checked them.",
)


def sentence_of(kept: Kept) -> str:
    """The plain sentence of a kept result."""
    if kept.question.finding is None:
        return answer_to(kept.form).sentence
    return kept.question.finding(kept.form).sentence


def tables_of(kept: Kept) -> tuple[Table, ...]:
    """Every table that the page shows."""
    if kept.question.finding is None:
        said = answer_to(kept.form)
        return (said.table, *(chart.table for chart in pictures(kept.form).charts))
    return tuple(chart.table for chart in kept.question.finding(kept.form).charts)


def citation(kept: Kept) -> str:
    """One passage to quote: the sentence, its basis, its caveats, where it can be seen."""
    if kept.question.finding is None:
        said = answer_to(kept.form)
        figure = f"LM3 {said.figure}" + (f" (range {said.range})" if said.is_claimed else "")
        over = ["more was spent than came in"] if said.spends_more_than_came_in else []
        basis = "; ".join([figure, *over, *said.basis])
    else:
        basis = "; ".join(kept.question.finding(kept.form).basis)
    today = date_format(timezone.localdate(), "j F Y")
    return (
        f"{sentence_of(kept)} {basis}. Worked out with Keep it Local’s multiplier calculator,"
        f" method {kept.method.number}, from figures that its user typed and nobody else has"
        " checked. It counts spending only, is not additional, and cannot be compared with"
        f" other areas or kinds of money. {kept.address} (seen {today})"
    )


def typed_table(kept: Kept) -> Table:
    """What was typed, as it was read."""
    rows = [(each.label, each.shown) for each in typed_in(kept.form)]
    return Table.of("What was typed", ("Field", "Typed"), rows)


def file(kind: str, kept: Kept) -> HttpResponse:
    """The result as a file to keep."""
    text = _csv(kept) if kind == "csv" else json.dumps(_json(kept), ensure_ascii=False, indent=2)
    types = {"csv": "text/csv; charset=utf-8", "json": "application/json"}
    response = HttpResponse(text, content_type=types[kind])
    name = f"local-multiplier-{kept.question.name}.{kind}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _csv(kept: Kept) -> str:
    """Rows of what was typed, what came of it and what to know; spreadsheets run none of it."""
    out = StringIO()
    out.write("\ufeff")  # spreadsheets need it to see the pound sign
    writer = csv.writer(out)
    for row in _rows(kept):
        writer.writerow([_harmless(cell) for cell in row])
    return out.getvalue()


def _rows(kept: Kept) -> Iterable[tuple[str, ...]]:
    yield ("Result", sentence_of(kept))
    yield ("Method", kept.method.number)
    yield ("Address", kept.address)
    for table in (typed_table(kept), *tables_of(kept)):
        yield ()
        yield (table.caption,)
        yield table.heads
        for group in table.groups:
            if group.title:
                yield (group.title,)
            yield from group.rows
    yield ()
    for caveat in (*_cautions(kept), *CAVEATS):
        yield ("Know this", caveat)


def _cautions(kept: Kept) -> tuple[str, ...]:
    """What the page warns of, or says in its notes."""
    if kept.question.finding is None:
        return tuple(WARNINGS[code] for code in kept.form.result.warnings)
    return kept.question.finding(kept.form).notes


def _harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: some text was typed by a visitor."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


def _json(kept: Kept) -> dict[str, Any]:
    return {
        "question": kept.question.name,
        "method_version": kept.method.number,
        "address": kept.address,
        "typed": {each.name: each.text for each in typed_in(kept.form)},
        "sentence": sentence_of(kept),
        "result": _result_json(kept),
        "caveats": list(CAVEATS),
    }


def _result_json(kept: Kept) -> dict[str, Any]:
    """The figures, exactly: money in pounds, shares and multipliers as fractions."""
    form = kept.form
    if kept.question.name == "calculator":
        return wire.result_json(form.result)
    if kept.question.name == "compare":
        sides = {"a": wire.result_json(form.a_result), "b": wire.result_json(form.b_result)}
        return {**sides, **_plain(form.result)}
    return _plain(form.result)


def _plain(result: object) -> dict[str, Any]:
    return {name: _value(value) for name, value in vars(result).items()}


def _value(value: object) -> Any:
    if isinstance(value, Estimate):  # in these three answers always money
        return {end: wire.money(getattr(value, end)) for end in ("exact", "low", "high")}
    return value if value is None or isinstance(value, bool) else str(value)
