"""Forms of the spend page: a file with its columns, and marks on its groups.

An uploaded file stays in memory.
"""

from __future__ import annotations

import json
from typing import Any
from zlib import crc32

from django import forms
from django.core.files.uploadhandler import MemoryFileUploadHandler, StopUpload
from django.http import QueryDict

from multiplier.engine import AREA_LENGTH
from multiplier.spend.cells import area_of, supplier_key
from multiplier.spend.columns import HEADER_WITHIN, KINDS, WORDS, Columns
from multiplier.spend.grouping import Group, Reading
from multiplier.spend.proposal import ELSEWHERE, MARKS, UNKNOWN, Marks
from multiplier.words import WHOSE

LARGEST = 20 * 1024 * 1024
MOST_GROUPS = 5_000
SHOWN_SUPPLIERS = 60
SHOWN_PLACES = 300


class InMemoryOnly(MemoryFileUploadHandler):
    """Keeps files up to LARGEST in memory and discards larger ones; see `activated`.

    Django's own handlers would write large files to disk.
    """

    activated = True

    def handle_raw_input(self, input_data: Any, META: Any, content_length: int, *rest: Any) -> None:
        """Check the length of the whole request."""
        self.activated = content_length <= LARGEST

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Read an oversized file to its end, so that the browser gets the answer."""
        if not self.activated:
            raise StopUpload(connection_reset=False)
        return super().receive_data_chunk(raw_data, start)


class FileForm(forms.Form):
    """A file, with its columns if they were chosen."""

    file = forms.FileField(
        label="Spending file: CSV, Excel or OpenDocument",
        help_text="Use the file as it was published, with its title rows and refunds. Up to 20 MB.",
        allow_empty_file=True,
        widget=forms.FileInput(
            attrs={"accept": ".csv,.txt,.tsv,.xlsx,.xlsm,.xlsb,.xls,.ods,text/csv,text/plain"}
        ),
        error_messages={"required": "Select a file", "invalid": "Select a file"},
    )
    # Header row, from 1; 0 if no row names the columns.
    header = forms.IntegerField(required=False, min_value=0, max_value=HEADER_WITHIN)
    supplier = forms.IntegerField(required=False, min_value=-1, max_value=500)
    amount = forms.IntegerField(required=False, min_value=-1, max_value=500)
    place = forms.IntegerField(required=False, min_value=-1, max_value=500)
    # The columns as they were shown, and by its header for which file: another may be sent.
    shown = forms.RegexField(r"\A[0-9]+( -?[0-9]+){3}\Z", required=False, max_length=20)
    chosen_for = forms.CharField(required=False, max_length=20)
    sheet = forms.CharField(required=False, max_length=100, strip=False)

    @property
    def chosen(self) -> Columns | None:
        """The chosen columns, if any."""
        header = self.cleaned_data.get("header")
        if header is None:
            return None
        found = (self.cleaned_data.get(kind) for kind in KINDS)
        return Columns(header - 1, *(-1 if column is None else column for column in found))

    @property
    def shown_columns(self) -> Columns | None:
        """The columns shown when these were chosen."""
        numbers = [
            int(number) for number in self.cleaned_data.get("shown", "").split(" ") if number
        ]
        return Columns(numbers[0] - 1, *numbers[1:]) if numbers else self.chosen


class MarksForm(forms.Form):
    """Marks: whose money, where, and which places and suppliers are local."""

    view = forms.ChoiceField(
        label="Whose money are you tracing?",
        choices=list(WHOSE.items()),
        initial="council",
        error_messages={"required": "Select whose money you are tracing"},
    )
    area = forms.CharField(
        label="Which area counts as local?",
        help_text="For example Bradford district.",
        max_length=AREA_LENGTH,
        error_messages={"required": WORDS["no_area"]},
    )
    others = forms.ChoiceField(
        label="Once you have selected a place, suppliers in other places are",
        choices=[(ELSEWHERE, "elsewhere"), (UNKNOWN, "not known")],
        initial=ELSEWHERE,
        widget=forms.RadioSelect,
    )

    def marks(self, data: QueryDict, groups: list[Group]) -> Marks:
        """Return the marks. Ignores any other data."""
        chosen = {}
        for index, group in enumerate(groups[:SHOWN_SUPPLIERS]):
            mark = data.get(f"supplier_{index}", "")
            if mark in MARKS:
                chosen[supplier_key(group.supplier), group.place] = mark
        others = data.get("others", "")
        return Marks(
            frozenset(data.getlist("places")), others if others in MARKS else ELSEWHERE, chosen
        )


def mark_of(reading: Reading, header: int) -> str:
    """Return a fingerprint of a file's columns: of the names in its header."""
    within = 0 <= header < len(reading.first_rows)
    names = reading.first_rows[header] if within else str(len(reading.headers))
    return f"{crc32(names.encode('utf-8', 'replace')):08x}"


def carried(groups: tuple[Group, ...]) -> tuple[Group, ...]:
    """Return as many groups as a form can carry. The smallest are merged as unknown."""
    if len(groups) <= MOST_GROUPS:
        return groups
    kept, rest = groups[: MOST_GROUPS - 1], groups[MOST_GROUPS - 1 :]
    paid = [group for group in rest if group.pence > 0]
    back = tuple(group for group in rest if group.pence <= 0)[: MOST_GROUPS // 10]
    small = Group(WORDS["rest"], "", sum(group.pence for group in paid), len(paid))
    return (*kept, small, *back)


def written(groups: tuple[Group, ...]) -> str:
    """Serialise the groups for a hidden field, because the server stores nothing."""
    rows = [[group.supplier, group.place, group.pence, group.lines] for group in groups]
    return json.dumps(rows, separators=(",", ":"), ensure_ascii=False)


def unwritten(text: str) -> list[Group] | None:
    """Parse the hidden field's groups; None if it was altered."""
    try:
        rows: Any = json.loads(text)
        groups = [Group(str(name), str(place), pence, lines) for name, place, pence, lines in rows]
    except (ValueError, TypeError, RecursionError):
        return None
    whole = all(type(group.pence) is int and type(group.lines) is int for group in groups)
    small = all(abs(group.pence) < 10**16 for group in groups) if whole else False
    return groups if groups and small and len(groups) <= 2 * MOST_GROUPS else None


def places_of(groups: list[Group]) -> list[dict[str, Any]]:
    """Return places with their sums, largest first: postcode areas, then others."""
    areas: dict[str, int] = {}
    places: dict[str, int] = {}
    for group in groups:
        if group.place and group.pence > 0:
            places[group.place] = places.get(group.place, 0) + group.pence
            if area := area_of(group.place):
                areas[area] = areas.get(area, 0) + group.pence
    return [
        {"value": value, "label": f"{value} (all of it)" if sums is areas else value, "pence": sum_}
        for sums in (areas, places)
        for value, sum_ in sorted(sums.items(), key=lambda item: (-item[1], item[0]))[:SHOWN_PLACES]
    ]
