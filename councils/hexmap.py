"""Hex map of England's councils, and crops of it for cards and page headings.

Drawn from positions in the register (`hex_q`, `hex_r`: odd-r lattice, pointy tops, rows
counted upwards), so that every council has a picture and no picture needs a licence.

`load()` makes one query. Everything else is arithmetic over plain values: `england()` returns
the whole map and `around()` the surroundings of one council. The register changes a few times
a year, so drawings are cached. Templates: components/hexmap.html and components/hexcrop.html.
In a template that has a council but no crop, use
`{% load network %}{% hexcrop_of council as crop %}` (one query a request).

Counties have no hex of their own. A member county is one outline round its districts with one
label, and a county's crop shows its districts.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import sqrt

from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from councils.choices import Kind, Region
from councils.models import CouncilQuerySet

Position = tuple[int, int]

# Distances between the centres of two hexes in a row, and between two rows.
STEP = 40.0
ROW = STEP * sqrt(3) / 2
# The share of a hex that is filled. The rest is the gap between it and its neighbours.
FILL = 0.93
MARGIN = 6
# Space for a label: its type size on narrow screens, and the mean width of a letter.
LABEL_SIZE = 38
LETTER = 0.56

CROP_WIDTH, CROP_HEIGHT, CROP_STEP = 360, 168, 58.0


@dataclass(frozen=True, slots=True)
class Cell:
    """One council on the map; a county has no position."""

    slug: str
    name: str
    region: str
    kind: str
    county: str  # the county council's slug, or ""
    position: Position | None
    is_member: bool
    url: str

    @property
    def place(self) -> Position:
        """Position of a council that has one.

        Raises:
            ValueError: For a council without a position, for example a county.
        """
        if self.position is None:
            raise ValueError(f"{self.name} has no hex of its own.")
        return self.position

    @property
    def title(self) -> str:
        """Text for tooltips and screen readers."""
        standing = "member council" if self.is_member else "not a member yet"
        return f"{self.name}, {self.region}: {standing}"


@dataclass(frozen=True, eq=False)
class Atlas:
    """The councils in force; compared by identity, so that it is a cheap key of caches."""

    cells: tuple[Cell, ...]

    @cached_property
    def by_slug(self) -> dict[str, Cell]:
        """Every cell by its slug."""
        return {cell.slug: cell for cell in self.cells}

    @cached_property
    def by_position(self) -> dict[Position, Cell]:
        """Cells that have a position."""
        return {cell.position: cell for cell in self.cells if cell.position}

    def districts_of(self, slug: str) -> list[Cell]:
        """Return the cells of a county's districts."""
        return [cell for cell in self.cells if cell.county == slug and cell.position]


@dataclass(frozen=True, slots=True)
class Shape:
    """One hex that is a link: its outline, and the place of its name on hover."""

    cell: Cell
    path: str
    x: float
    y: float
    anchor: str

    def svg(self) -> str:
        """Return the link's markup; faster than a template, because the directory has 300."""
        cell = self.cell
        title, name = escape(cell.title), escape(cell.name)
        kind = "member" if cell.is_member else "hex"
        return (
            f'<a href="{escape(cell.url)}" aria-label="{title}"><title>{title}</title>'
            f'<path class="hexmap__{kind}" d="{self.path}"/>'
            f'<text class="hexmap__name" x="{self.x}" y="{self.y}" text-anchor="{self.anchor}">'
            f"{name}</text></a>"
        )


@dataclass(frozen=True, slots=True)
class County:
    """A member county: one outline round its districts, and one label."""

    cell: Cell
    outline: str
    x: float
    y: float
    anchor: str


@dataclass(frozen=True)
class England:
    """Everything that components/hexmap.html draws.

    Attributes:
        land: One path of all hexes that are not links.
        sentence: What the map shows, if it is less than all of England.
    """

    width: int
    height: int
    land: str
    members: list[Shape]
    others: list[Shape]
    counties: list[County]
    member_names: list[str]
    names: list[str]
    sentence: str = ""

    @cached_property
    def links_to_members(self) -> SafeString:
        """Markup of the members' hexes, each a link."""
        return mark_safe("".join(shape.svg() for shape in self.members))  # noqa: S308

    @cached_property
    def links_to_others(self) -> SafeString:
        """Markup of the other councils' hexes; empty if they are one path."""
        return mark_safe("".join(shape.svg() for shape in self.others))  # noqa: S308

    @property
    def title(self) -> str:
        """Map in one sentence, for people who cannot see it."""
        if self.sentence:
            return self.sentence
        names = self.member_names
        if not names:
            return "Map of England’s councils. None is a member yet."
        listed = ", ".join(names[:-1]) + " and " + names[-1] if names[1:] else names[0]
        are = "is a member" if len(names) == 1 else "are members"
        return f"Map of England’s councils. {listed} {are}."


@dataclass(frozen=True, slots=True)
class Crop:
    """The surroundings of one council: four paths, from back to front."""

    width: int
    height: int
    sea: str
    land: str
    member: str
    here: str


def load(councils: CouncilQuerySet) -> Atlas:
    """Return the map of councils in force, without invented ones and other bodies. One query.

    Args:
        councils: All councils, each with `is_member`.
    """
    rows = (
        councils.in_force()
        .real()
        .councils()
        .order_by("name")
        .values_list(
            "slug", "name", "region", "kind", "upper_tier__slug", "hex_q", "hex_r", "is_member"
        )
    )
    return _atlas_of(tuple(rows))


@lru_cache(maxsize=2)
def _atlas_of(rows: tuple[tuple, ...]) -> Atlas:
    prefix = reverse("network:council", args=["-"]).removesuffix("-/")
    regions = dict(Region.choices)
    return Atlas(
        tuple(
            Cell(
                slug=slug,
                name=name,
                region=regions.get(region, region),
                kind=kind,
                county=county or "",
                position=None if q is None or r is None else (q, r),
                is_member=is_member,
                url=f"{prefix}{slug}/",
            )
            for slug, name, region, kind, county, q, r, is_member in rows
        )
    )


@lru_cache(maxsize=32)
def of_region(atlas: Atlas, region: str) -> Atlas:
    """Return the councils of one region, given its label."""
    return Atlas(tuple(cell for cell in atlas.cells if cell.region == region))


def middle(position: Position, step: float = STEP) -> tuple[float, float]:
    """Return the centre of a hex; y grows downwards, and the origin is q = 0, r = 0."""
    q, r = position
    return (q + (r % 2) / 2) * step, -r * step * sqrt(3) / 2


def neighbours(position: Position) -> list[Position]:
    """Return the six positions round a hex: east first, then clockwise on the screen."""
    q, r = position
    right = r % 2
    return [
        (q + 1, r),
        (q + right, r - 1),
        (q + right - 1, r - 1),
        (q - 1, r),
        (q + right - 1, r + 1),
        (q + right, r + 1),
    ]


def hexagon(x: float, y: float, step: float = STEP, fill: float = FILL) -> str:
    """Return one hex as SVG path data; relative points repeat, so they compress well."""
    half = step / 2 * fill
    side = step / sqrt(3) * fill
    return (
        f"M{x:.1f} {y - side:.1f}l{half:.1f} {side / 2:.1f}v{side:.1f}"
        f"l-{half:.1f} {side / 2:.1f}-{half:.1f}-{side / 2:.1f}v-{side:.1f}z"
    )


def outline(positions: Iterable[Position], offset: tuple[float, float] = (0, 0)) -> str:
    """Return the outline of a set of hexes as SVG path data, with holes and islands.

    Args:
        positions: The hexes.
        offset: Added to each point.
    """
    inside = set(positions)
    corner_to_next: dict[tuple[int, int], tuple[int, int]] = {}
    points: dict[tuple[int, int], tuple[float, float]] = {}
    side = STEP / sqrt(3)
    for position in sorted(inside):
        x, y = middle(position)
        corners = [
            (x + STEP / 2, y - side / 2),
            (x + STEP / 2, y + side / 2),
            (x, y + side),
            (x - STEP / 2, y + side / 2),
            (x - STEP / 2, y - side / 2),
            (x, y - side),
        ]
        keys = [(round(cx * 10), round(cy * 10)) for cx, cy in corners]
        points |= dict(zip(keys, corners, strict=True))
        for edge, beyond in enumerate(neighbours(position)):
            if beyond not in inside:
                corner_to_next[keys[edge]] = keys[(edge + 1) % 6]
    parts = []
    while corner_to_next:
        start = corner = min(corner_to_next)
        loop = []
        while corner in corner_to_next:
            loop.append(points[corner])
            corner = corner_to_next.pop(corner)
        if corner != start:
            raise ValueError("An outline that does not close.")
        moved = [f"{x + offset[0]:.1f} {y + offset[1]:.1f}" for x, y in loop]
        parts.append("M" + "L".join(moved) + "z")
    return "".join(parts)


@lru_cache(maxsize=32)  # each region's, with links and without
def england(atlas: Atlas, *, every_link: bool = False) -> England:
    """Return the whole map.

    Args:
        atlas: The councils to draw.
        every_link: Make every council a link, as in the directory. Without it only members
            are links, as on the home page, and the rest is one path.
    """
    places = list(atlas.by_position)
    if not places:
        return England(1, 1, "", [], [], [], [], [])
    side = STEP / sqrt(3)
    middles = [middle(place) for place in places]
    left = min(x for x, _ in middles) - STEP / 2 - MARGIN
    top = min(y for _, y in middles) - side - MARGIN
    width = round(max(x for x, _ in middles) + STEP / 2 + MARGIN - left)
    height = round(max(y for _, y in middles) + side + MARGIN - top)

    def shape(cell: Cell) -> Shape:
        x, y = middle(cell.place)
        x, y = x - left, y - top
        room = len(cell.name) * LABEL_SIZE * LETTER / 2
        anchor = "start" if x < room else "end" if x > width - room else "middle"
        edge = {"start": -STEP / 2, "end": STEP / 2, "middle": 0}[anchor]
        return Shape(cell, hexagon(x, y), round(x + edge, 1), round(y - side - 6, 1), anchor)

    # From the top down, so that no hex covers the label above another.
    ordered = [atlas.by_position[q, r] for q, r in sorted(places, key=lambda p: (-p[1], p[0]))]
    members = [shape(cell) for cell in ordered if cell.is_member]
    rest = [cell for cell in ordered if not cell.is_member]
    others = [shape(cell) for cell in rest] if every_link else []
    spots = [middle(cell.place) for cell in rest]
    land = "" if every_link else "".join(hexagon(x - left, y - top) for x, y in spots)
    counties = [
        county
        for cell in atlas.cells
        if cell.is_member and cell.kind == Kind.COUNTY
        if (county := _county(atlas, cell, left, top))
    ]
    member_names = [cell.name for cell in atlas.cells if cell.is_member]
    names = [cell.name for cell in atlas.cells]
    return England(width, height, land, members, others, counties, member_names, names)


def _county(atlas: Atlas, cell: Cell, left: float, top: float) -> County | None:
    """Return a member county's outline and label, or None if no district has a position."""
    places = [district.place for district in atlas.districts_of(cell.slug)]
    if not places:
        return None
    path = outline(places, (-left, -top))
    x, y, anchor = _label_place(atlas, places, len(cell.name))
    return County(cell, path, round(x - left, 1), round(y - top, 1), anchor)


def _label_place(atlas: Atlas, places: list[Position], letters: int) -> tuple[float, float, str]:
    """Return the place beside, below or above a county where its name covers fewest hexes."""
    middles = {place: middle(place) for place in places}
    long = letters * LABEL_SIZE * LETTER
    candidates = []
    for x, y in (
        max(middles.values(), key=lambda spot: (spot[1], spot[0])),
        min(middles.values(), key=lambda spot: (spot[1], -spot[0])),
        max(middles.values()),
        min(middles.values()),
    ):
        candidates += [(x + STEP * 0.7, y + 20, "start"), (x - STEP * 0.7, y + 20, "end")]
    xs = [x for x, _ in middles.values()]
    across = sum(xs) / len(xs)
    candidates.append((across, max(y for _, y in middles.values()) + STEP * 1.3, "middle"))
    candidates.append((across, min(y for _, y in middles.values()) - STEP * 0.85, "middle"))
    taken = [middle(place) for place in atlas.by_position]

    def covered(candidate: tuple[float, float, str]) -> int:
        x, y, anchor = candidate
        start = {"start": x, "end": x - long, "middle": x - long / 2}[anchor]
        reach = STEP / 2
        return sum(
            start - reach < cx < start + long + reach and y - LABEL_SIZE < cy < y + reach
            for cx, cy in taken
        )

    return min(candidates, key=covered)


def around(council, atlas: Atlas) -> Crop:
    """Return the surroundings of a council, with the council in the middle.

    A county is shown by its districts. A council without a position (another public body, or
    an invented or abolished council) is one hex in an empty lattice, so every one has a picture.

    Args:
        council: Anything with a `slug`.
        atlas: The councils round it.
    """
    return _around(council.slug, atlas)


@lru_cache(maxsize=256)
def _around(slug: str, atlas: Atlas) -> Crop:
    cell = atlas.by_slug.get(slug)
    if cell and cell.position:
        own = {cell.position}
    else:
        own = {district.place for district in atlas.districts_of(slug)}
    known = bool(own)
    own = own or {(0, 0)}
    step = CROP_STEP if len(own) == 1 else CROP_STEP * 0.62
    middles = [middle(place, step) for place in own]
    left = sum(x for x, _ in middles) / len(middles) - CROP_WIDTH / 2
    top = sum(y for _, y in middles) / len(middles) - CROP_HEIGHT / 2
    paths: dict[str, list[str]] = {"sea": [], "land": [], "member": [], "here": []}
    for place in _window(left, top, step):
        x, y = middle(place, step)
        there = atlas.by_position.get(place) if known else None
        if place in own:
            kind = "here"
        elif there is None:
            kind = "sea"
        else:
            kind = "member" if there.is_member else "land"
        paths[kind].append(hexagon(x - left, y - top, step))
    joined = {kind: "".join(parts) for kind, parts in paths.items()}
    return Crop(CROP_WIDTH, CROP_HEIGHT, **joined)


def _window(left: float, top: float, step: float) -> Iterable[Position]:
    """Yield the positions of hexes that lie at least partly within the crop."""
    row = step * sqrt(3) / 2
    highest = int(-(top - step) // row) + 1
    lowest = int(-(top + CROP_HEIGHT + step) // row)
    for r in range(highest, lowest - 1, -1):
        first = int((left - step) // step)
        for q in range(first, first + int(CROP_WIDTH // step) + 4):
            x, y = middle((q, r), step)
            if -step < x - left < CROP_WIDTH + step and -step < y - top < CROP_HEIGHT + step:
                yield q, r
