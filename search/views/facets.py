"""Facets of the search page and the API: labels, values and counts."""

from collections.abc import Mapping
from dataclasses import dataclass

from casestudies.choices import Theme
from councils.choices import Region
from councils.models import Council
from principles.models import Principle
from search.documents.entries import TYPES
from search.engines.interface import FACETS, Results
from search.views.params import Chosen, Params

LABELS = {
    "type": "Type of page",
    "principle": "Principle",
    "theme": "Theme",
    "region": "Region",
    "council": "Council",
    "year": "Year",
}
COUNCILS_SHOWN = 8  # the others are found by searching for them

Known = Mapping[str, Mapping[str, str]]  # by facet: values and labels, in order


def fixed_values() -> dict[str, dict[str, str]]:
    """Return values and labels of the facets with a closed list. One query."""
    return {
        "type": {kind.type: kind.plural for kind in TYPES},
        "principle": {
            principle.slug: f"{principle.number}. {principle.short_name}"
            for principle in Principle.objects.all()
        },
        "theme": dict(Theme.choices),
        "region": dict(Region.choices),
    }


def all_values(fixed: Known, chosen: Chosen, results: Results) -> Known:
    """Add the values that depend on the results: years and councils.

    Years come newest first. Councils are the chosen ones and those with the most hits, by
    name. One query if there are councils.
    """
    found = {name: [c.value for c in results.facets.get(name, ())] for name in ("year", "council")}
    slugs = {*chosen["council"], *found["council"][:COUNCILS_SHOWN]}
    councils = Council.objects.real().filter(slug__in=slugs).order_by("name")
    years = sorted({*chosen["year"], *found["year"]}, reverse=True)
    return {
        **fixed,
        "year": {year: year for year in years},
        "council": dict(councils.values_list("slug", "name")),
    }


@dataclass(frozen=True)
class Option:
    """One checkbox. `count`: hits that ticking it gives, other choices in its facet lifted."""

    value: str
    label: str
    count: int
    checked: bool


@dataclass(frozen=True)
class Facet:
    """One group of checkboxes. `open`: not folded away."""

    name: str
    label: str
    options: list[Option]
    open: bool

    @property
    def chosen(self) -> int:
        """The number of ticked boxes."""
        return sum(option.checked for option in self.options)


@dataclass(frozen=True)
class Chip:
    """One choice in force, and the address of the page without it."""

    label: str
    url: str


def shown_facets(params: Params, known: Known, results: Results) -> list[Facet]:
    """Return the facets that have something to tick, in their order."""
    shown = []
    for name, label in LABELS.items():
        counts = {count.value: count.count for count in results.facets.get(name, ())}
        chosen = params.chosen[name]
        options = [
            Option(value, text, counts.get(value, 0), value in chosen)
            for value, text in known[name].items()
            if value in counts or value in chosen
        ]
        checked = any(option.checked for option in options)
        if checked or len(options) > 1:
            shown.append(Facet(name, label, options, checked or name in FACETS[:2]))
    return shown


def chips(params: Params, known: Known) -> list[Chip]:
    """Return the choices in force, each with the address that removes it."""
    return [
        Chip(known[name][value], params.without(name, value).url)
        for name in LABELS
        for value in params.chosen[name]
        if value in known[name]
    ]
