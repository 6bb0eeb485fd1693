"""The members on the map, near a council, and like it; the map is made of the register's hexes."""

from collections import defaultdict
from dataclasses import replace
from math import dist

from councils import hexmap
from councils.choices import Kind, Region
from councils.models import Council
from network.models import Membership
from network.models.memberships import members, with_membership_flag
from portal.facets import Choices
from portal.page_cache import Remembered

NEARBY = 3
SHOWN = ("slug", "name", "kind", "region", "population", "population_year")


#: The map of all councils in force, members marked.
load = Remembered(
    lambda: hexmap.load(with_membership_flag(Council.objects.all())),
    hexmap.Atlas(()),
    Council,
    Membership,
)


#: The members, read once for each public change.
member_councils = Remembered(
    lambda: list(members(Council.objects.real()).only(*SHOWN)), [], Council, Membership
)


def members_like(council: Council, most: int) -> list[tuple[Council, str]]:
    """Return the members most like a council, each with the reason in words. Never itself."""
    others = [other for other in member_councils() if other.pk != council.pk]
    ways = {other: len(council.ways_like(other)) for other in others}
    alike = sorted(
        (other for other in others if ways[other]),
        key=lambda other: (-ways[other], council.distance_in_people(other), other.name),
    )
    return [(other, council.why_like(other)) for other in alike[:most]]


def of_search(found, choices: Choices, one_region: str, *, every_link: bool) -> hexmap.England:
    """Return the map beside or above the list of a search.

    One region is drawn alone. On the map of every council (`every_link`), councils that other
    filters leave out stay as outlines, to show where they are.
    """
    atlas = load()
    region = Region(one_region).label if one_region else ""
    if region:
        atlas = hexmap.of_region(atlas, region)
    whole = hexmap.england(atlas, every_link=every_link)
    if every_link and (choices.without("region") if region else choices).is_narrowed:
        return _only(whole, set(found.order_by().values_list("slug", flat=True)))
    if not region:
        return whole
    _, _, standing = whole.title.partition(". ")
    return replace(whole, sentence=f"Map of the councils of {region}. {standing}")


def _only(whole: hexmap.England, slugs: set[str]) -> hexmap.England:
    """Return the map with these councils filled and linked, and the others as outlines."""
    shapes = [*whole.members, *whole.others]
    rest = [shape.path for shape in shapes if shape.cell.slug not in slugs]
    return replace(
        whole,
        members=[shape for shape in whole.members if shape.cell.slug in slugs],
        others=[shape for shape in whole.others if shape.cell.slug in slugs],
        counties=[county for county in whole.counties if county.cell.slug in slugs],
        land="".join(rest),
        sentence="Map of the councils that fit your filters. The list below names them.",
    )


def members_nearby(council: Council, atlas: hexmap.Atlas) -> list:
    """The nearest other members of its region, or of England if its region has none.

    Each with its kind and its crop. A county is where its districts are. No query.
    """
    region = council.get_region_display()
    others = [cell for cell in atlas.cells if cell.is_member and cell.slug != council.slug]
    others = [cell for cell in others if cell.region == region] or others
    spots: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for cell in atlas.cells:
        if cell.position:
            spots[cell.slug].append(hexmap.middle(cell.position))
            spots[cell.county].append(hexmap.middle(cell.position))

    def far(cell: hexmap.Cell) -> float:
        between = (dist(a, b) for a in spots[council.slug] for b in spots[cell.slug])
        return min(between, default=1e9)

    return [
        {"cell": cell, "kind": Kind(cell.kind).label, "crop": hexmap.around(cell, atlas)}
        for cell in sorted(others, key=far)[:NEARBY]
    ]
