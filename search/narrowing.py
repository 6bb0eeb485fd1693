"""What the search page and the API say about facets: their names, values and counts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from casestudies.choices import Theme
from councils.choices import Region
from councils.models import Council
from principles.models import Principle
from search.asked import Asked
from search.engines import FACETS, FacetCount, Results
from search.entries import TYPES

LABELS = {
    "type": "What it is",
    "principle": "Principle",
    "theme": "Theme",
    "region": "Region",
    "council": "Council",
    "year": "Year",
}
COUNCILS_SHOWN = 8  # the others are found by asking for them

Known = Mapping[str, Mapping[str, str]]  # by facet: value and label, in their order


def fixed_values() -> dict[str, dict[str, str]]:
    """The values of the facets that have a list of their own. One query."""
    return {
        "type": {kind.type: kind.plural for kind in TYPES},
        "principle": {
            principle.slug: f"{principle.number}. {principle.short_name}"
            for principle in Principle.objects.all()
        },
        "theme": dict(Theme.choices),
        "region": dict(Region.choices),
    }


def all_values(fixed: Known, chosen: Mapping[str, tuple[str, ...]], results: Results) -> Known:
    """And of those that depend on what was found: years, the newest first, and councils.
    One query where there are councils."""
    years = {*chosen["year"], *(count.value for count in results.facets.get("year", ()))}
    return {
        **fixed,
        "year": {year: year for year in sorted(years, reverse=True)},
        "council": _council_names(chosen["council"], results.facets.get("council", ())),
    }


def _council_names(chosen: Iterable[str], counts: Iterable[FacetCount]) -> dict[str, str]:
    """The chosen councils and those with the most hits, by name."""
    most = [count.value for count in counts][:COUNCILS_SHOWN]
    wanted = {*chosen, *most}
    if not wanted:
        return {}
    rows = Council.objects.real().filter(slug__in=wanted).order_by("name")
    return dict(rows.values_list("slug", "name"))


@dataclass(frozen=True)
class Option:
    """One box to tick. `count`: hits it would give, the facet's other choices lifted."""

    value: str
    label: str
    count: int
    checked: bool


@dataclass(frozen=True)
class Facet:
    """One group of boxes; `open` where it should not be folded away."""

    name: str
    label: str
    options: list[Option]
    open: bool

    @property
    def chosen(self) -> int:
        return sum(option.checked for option in self.options)


@dataclass(frozen=True)
class Chip:
    """One choice in force, and the address of the page without it."""

    facet: str
    label: str
    url: str


def facets(asked: Asked, known: Known, results: Results) -> list[Facet]:
    """The groups that have something to tick, in their order."""
    found = []
    for name in LABELS:
        options = _options(known[name], asked.chosen[name], results.facets.get(name, ()))
        checked = any(option.checked for option in options)
        if checked or len(options) > 1:
            found.append(Facet(name, LABELS[name], options, checked or name in FACETS[:2]))
    return found


def _options(
    known: Mapping[str, str], chosen: tuple[str, ...], counts: tuple[FacetCount, ...]
) -> list[Option]:
    found = {count.value: count.count for count in counts}
    return [
        Option(value, label, found.get(value, 0), value in chosen)
        for value, label in known.items()
        if value in found or value in chosen
    ]


def chips(asked: Asked, known: Known) -> list[Chip]:
    """The choices in force, each with its way out."""
    return [
        Chip(LABELS[name], known[name][value], asked.without(name, value).url)
        for name in LABELS
        for value in asked.chosen[name]
        if value in known[name]
    ]
