"""Values and labels of search's facets."""

from casestudies.choices import Theme
from councils.choices import Region
from councils.models import Council
from portal.facets import Counts, Known
from principles.models import Principle
from search.documents.entries import TYPES
from search.engines.interface import FACETS, Results
from search.views.params import Params

LABELS = {
    "type": "Type of page",
    "principle": "Principle",
    "theme": "Theme",
    "region": "Region",
    "council": "Council",
    "year": "Year",
}
COUNCILS_SHOWN = 8  # the others are found by searching for them


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


def counted(results: Results) -> Counts:
    """Return how many hits each value of each facet has."""
    return {
        name: {each.value: each.count for each in results.facets.get(name, ())} for name in FACETS
    }


def all_values(fixed: Known, params: Params, results: Results) -> Known:
    """Add the values that depend on the results: years and councils.

    Years come newest first. Councils are the chosen ones and those with the most hits, by
    name. One query if there are councils.
    """
    found = {name: [c.value for c in results.facets.get(name, ())] for name in ("year", "council")}
    slugs = {*params.chosen["council"], *found["council"][:COUNCILS_SHOWN]}
    councils = Council.objects.real().filter(slug__in=slugs).order_by("name")
    years = sorted({*params.chosen["year"], *found["year"]}, reverse=True)
    return {
        **fixed,
        "year": {year: year for year in years},
        "council": dict(councils.values_list("slug", "name")),
    }
