"""Figures of case studies that editors choose for a page, drawn to scale as SVG.

A page keeps which figure was chosen and not what it says, so that a correction of the case study
also corrects the page and its drawing.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from math import ceil, sqrt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail import blocks
from wagtail.admin.forms.choosers import BaseFilterForm
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic import chooser
from wagtail.admin.viewsets.chooser import ChooserViewSet

from casestudies.figures import PERCENT, POUNDS
from casestudies.models import CaseStudyPage, Result
from councils.hexmap import hexagon

MOST_ONE_BY_ONE = 400
MOST_POUNDS = 20
_HUNDRED = 100


class FigureFilter(BaseFilterForm):
    """The search box of the chooser."""

    q = forms.CharField(required=False, label="Figure, case study or council")

    def filter(self, objects: Any) -> Any:
        """Return the figures with every word in their own text or their case study's title."""
        words = self.cleaned_data["q"].split()
        self.is_searching = bool(words)
        self.search_query = self.cleaned_data["q"]
        places = ("figure", "measures", "page__title", "page__council__name")
        for word in words:
            found = Q()
            for place in places:
                found |= Q(**{f"{place}__icontains": word})
            objects = objects.filter(found)
        return objects


class ChooseFigure(chooser.BaseChooseView):
    """What the chooser lists: figures of published case studies, with their title and date."""

    filter_form_class = FigureFilter

    def get_object_list(self) -> Any:
        """Return figures that any page can show."""
        listed = CaseStudyPage.objects.listed()
        found = Result.objects.filter(page__in=listed).select_related("page")
        return found.order_by("page__title", "sort_order")

    @property
    def columns(self) -> list[Column]:
        """The figure with what it measures, its case study, and its date."""
        figure, *others = super().columns
        figure.label = "Figure"
        return [
            figure,
            *others,
            Column("page", label="Case study", accessor="page.title"),
            Column("period", label="Date"),
        ]


class ChooseView(chooser.ChooseViewMixin, chooser.CreationFormMixin, ChooseFigure):
    """The chooser."""


class ChooseResultsView(chooser.ChooseResultsViewMixin, chooser.CreationFormMixin, ChooseFigure):
    """The list in the chooser, after a search."""


class FigureChooser(ChooserViewSet):
    """A chooser of figures."""

    model = Result
    icon = "order"
    choose_one_text = "Choose a figure"
    choose_another_text = "Choose another figure"
    edit_item_text = "Edit the case study"
    choose_view_class = ChooseView
    choose_results_view_class = ChooseResultsView


figure_chooser = FigureChooser("figures")


class KeyMixin:
    """A chooser whose value is the key of what was chosen.

    Wagtail reads what each chooser holds by itself. A page of many bands reads it all at once
    (`campaign.bands.Shown`).
    """

    model_class: Any

    def to_python(self, value: Any) -> Any:
        """Return the key."""
        return value

    def bulk_to_python(self, values: Iterable[Any]) -> list[Any]:
        """Return the keys."""
        return list(values)

    def get_prep_value(self, value: Any) -> Any:
        """Return the key."""
        return value

    def value_from_form(self, value: Any) -> int | None:
        """Return the key of what the form gives: an instance, or a key as text."""
        key = getattr(value, "pk", value)
        return int(key) if key else None

    def extract_references(self, value: Any) -> Iterator[tuple[Any, str, str, str]]:
        """Yield what was chosen, for Wagtail's index of where things are used."""
        if value is not None:
            yield self.model_class, str(value), "", ""


class FigureChooserBlock(KeyMixin, blocks.ChooserBlock):
    """A chooser of a figure, kept as its key."""

    target_model = Result

    @cached_property
    def widget(self) -> Any:
        """What opens the chooser."""
        return figure_chooser.widget_class()

    class Meta:
        icon = "order"


class CaseStudyChooserBlock(KeyMixin, blocks.PageChooserBlock):
    """A chooser of a case study, kept as its key."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs["page_type"] = [CaseStudyPage]
        super().__init__(**kwargs)


@dataclass(frozen=True)
class DrawnFigure:
    """A figure as a page shows it: its sentence, its drawing ("" if none), and its source.

    `other` is the figure that it is compared with, or None.
    """

    lead: str
    result: Result
    study: CaseStudyPage
    other: Result | None
    drawing: SafeString
    kind: str


class FigureBlock(blocks.StructBlock):
    """A figure of a published case study, drawn."""

    lead = blocks.CharBlock(
        max_length=80,
        label="In a few words",
        help_text="What it shows, without the number: “Two pounds in five stay in the district”.",
    )
    figure = FigureChooserBlock(
        help_text="Per cent are drawn as a hundred hexagons, numbers up to 400 one by one, pounds "
        "for each £1 as bands. Any other figure is shown as a large number."
    )
    compared_with = FigureChooserBlock(
        required=False,
        label="Earlier figure to compare with",
        help_text="A figure of the same case study that counts the same thing. Both are drawn.",
    )
    out_of = blocks.IntegerBlock(
        required=False,
        min_value=2,
        max_value=MOST_ONE_BY_ONE,
        help_text="For a number that is part of a whole: of 69 suppliers, enter 69.",
    )

    class Meta:
        icon = "order"
        label = "Figure"
        description = "A figure of a case study, drawn"

    def clean(self, value: blocks.StructValue) -> blocks.StructValue:
        """Check that a comparison compares, and that a part is no more than its whole.

        Raises:
            StructBlockValidationError: If not, unless a draft is saved.
        """
        cleaned = super().clean(value)
        keys = [cleaned["figure"], cleaned["compared_with"]]
        results = Result.objects.in_bulk([key for key in keys if key])
        figure, other = (results.get(key) for key in keys)
        whole = cleaned["out_of"]
        problems = {}
        if figure and other and not _compares(figure, other):
            problems["compared_with"] = (
                "Choose a figure of the same case study that counts the same: people with "
                "people, pounds with pounds"
            )
        if figure and whole and not (figure.value and 0 <= figure.value <= whole):
            problems["out_of"] = "The whole must be at least as large as the figure"
        if problems and not self.is_deferred_validation:
            raise blocks.StructBlockValidationError(
                {name: ValidationError(problem) for name, problem in problems.items()}
            )
        return cleaned


def _compares(figure: Result, other: Result) -> bool:
    return (
        figure.page_id == other.page_id
        and figure.pk != other.pk
        and _measured_in(figure) == _measured_in(other)
        and bool(figure.value)
        and bool(other.value)
    )


def _measured_in(figure: Result) -> str:
    """Return "GBP", "%", or "" for a count, whatever its words: members are people."""
    return figure.unit_text if figure.unit_text in (POUNDS, PERCENT) else ""


def drawn(
    values: Iterable[blocks.StructValue], studies: Mapping[int, CaseStudyPage]
) -> list[DrawnFigure]:
    """Return the chosen figures, drawn, in order.

    Args:
        values: Those of `FigureBlock`.
        studies: The case studies that can be shown. A figure of any other is left out.
    """
    results = {each.pk: each for study in studies.values() for each in study.results.all()}
    found = []
    for value in values:
        if result := results.get(value["figure"]):
            other = results.get(value["compared_with"])
            other = other if other and _compares(result, other) else None
            kind, drawing = draw(result, other, value["out_of"])
            study = studies[result.page_id]
            found.append(DrawnFigure(value["lead"], result, study, other, drawing, kind))
    return found


def draw(
    result: Result, other: Result | None = None, out_of: int | None = None
) -> tuple[str, SafeString]:
    """Return how a figure is drawn ("share", "count", "pounds", "pair" or "") and its SVG."""
    value, unit = result.value, result.unit_text
    if value is None or value <= 0:
        return "", SafeString("")
    if other is not None and other.value:
        return "pair", _pair(other, result)
    if unit == PERCENT:
        return ("share", _share(value)) if value <= _HUNDRED else ("", SafeString(""))
    if unit == POUNDS:
        is_each = 1 < value <= MOST_POUNDS
        return ("pounds", _pounds(value)) if is_each else ("", SafeString(""))
    is_whole = value == int(value) and value <= MOST_ONE_BY_ONE
    if is_whole and (out_of is None or value <= out_of):
        return "count", _count(int(value), out_of or int(value))
    return "", SafeString("")


def _share(percent: Decimal) -> SafeString:
    """A hundred hexagons, as many filled as there are per cent; from the bottom up."""
    step, row = 36.0, 36.0 * sqrt(3) / 2
    width, height = step * 10.5, row * 9 + step * 2 / sqrt(3)
    filled = int(percent + Decimal("0.5"))
    paths = {True: "", False: ""}
    for n in range(_HUNDRED):
        up, along = divmod(n, 10)
        x = step * (along + 0.5 + (up % 2) / 2)
        paths[n < filled] += hexagon(x, height - step / sqrt(3) - up * row, step)
    return _svg(
        f"{filled} of 100 hexagons are filled.",
        width,
        height,
        f'<path class="drawn__rest" d="{paths[False]}"/>'
        f'<path class="drawn__part" d="{paths[True]}"/>',
    )


def _count(part: int, whole: int) -> SafeString:
    """One dot for each, the part filled."""
    across = max(1, ceil(sqrt(whole * 1.15)))
    step = 378.0 / max(across, 5)
    radius = step * 0.38
    paths = {True: "", False: ""}
    for n in range(whole):
        down, along = divmod(n, across)
        x, y = step * (along + 0.5) - radius, step * (down + 0.5)
        around = f"a{radius:.1f} {radius:.1f} 0 1 0 {radius * 2:.1f} 0"
        back = f"a{radius:.1f} {radius:.1f} 0 1 0 -{radius * 2:.1f} 0"
        paths[n < part] += f"M{x:.1f} {y:.1f}{around}{back}"
    words = f"{part} dots." if part == whole else f"{part} of {whole} dots are filled."
    rest = f'<path class="drawn__rest" d="{paths[False]}"/>' if part < whole else ""
    return _svg(
        words,
        step * max(across, 5),
        step * ceil(whole / across),
        f'{rest}<path class="drawn__part" d="{paths[True]}"/>',
    )


def _pounds(value: Decimal) -> SafeString:
    """The first pound, and to its right all that came on top."""
    first = 378 / float(value)
    return _svg(
        "A band for the first pound, and beside it, to scale, a band for the rest.",
        378,
        120,
        f'<rect class="drawn__part" width="{first:.1f}" height="120"/>'
        f'<rect class="drawn__more" x="{first:.1f}" width="{378 - first:.1f}" height="120"/>',
    )


def _pair(before: Result, after: Result) -> SafeString:
    """Two columns on one line, as high as their figures."""
    was, now = float(before.value or 0), float(after.value or 0)
    full = max(was, now)
    low, high = 300 * was / full, 300 * now / full
    return _svg(
        f"Two columns to scale: {before.figure}, {before.period}, and {after.figure}, "
        f"{after.period}.",
        378,
        304,
        f'<rect class="drawn__rest" x="0" y="{300 - low:.1f}" width="179" height="{low:.1f}"/>'
        f'<rect class="drawn__part" x="199" y="{300 - high:.1f}" width="179" height="{high:.1f}"/>'
        '<path class="drawn__line" d="M0 302h378"/>',
    )


def _svg(words: str, width: float, height: float, shapes: str) -> SafeString:
    return format_html(
        '<svg class="drawn" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>',
        round(width),
        round(height),
        words,
        SafeString(shapes),  # numbers alone
    )
