"""The art of a case study's card: its own figure drawn to scale, or else its theme's pattern.

It is decoration, because the card says the same in words. CSS gives neighbours other colours.
"""

import hashlib
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from math import ceil, sqrt

from django.utils.html import format_html
from django.utils.safestring import SafeString

from casestudies.choices import Theme
from casestudies.figures import PERCENT, POUNDS
from councils.hexmap import CROP_HEIGHT, CROP_WIDTH, hexagon

MOST_ONE_BY_ONE = 400
MOST_POUNDS = 20
_MARGIN, _LARGEST = 14, 46.0
_ROWS_OF_SHARE, _MOST_ROWS = 5, 21
_HUNDRED = 100
_LIGHT, _MIDDLE, _STRONG = "land", "member", "here"
_KINDS = (_LIGHT, _MIDDLE, _STRONG)
Shapes = list[tuple[str, str]]  # of what kind, and the path's data


@lru_cache(maxsize=128)  # the cards of some pages, at up to 25 kB each
def of(value: Decimal | None, unit: str, theme: str, name: str) -> SafeString:
    """Return the art as SVG.

    Args:
        value: The number of the figure that leads the card; None if it has none.
        unit: Its unit: "GBP", "%", or what it counts.
        theme: One of `Theme`, or "".
        name: Gives cards of one theme variants of its pattern.
    """
    shapes = _of_figure(value, unit) if value and value > 0 else []
    fit = "meet" if shapes else "slice"
    if not shapes:
        draw = _PATTERNS.get(theme, _neighbourhoods)
        shapes = draw(hashlib.sha256(name.encode()).digest())
    joined = {kind: "".join(path for each, path in shapes if each == kind) for kind in _KINDS}
    paths = [f'<path class="hexcrop__{kind}" d="{d}"/>' for kind, d in joined.items() if d]
    return format_html(
        '<svg class="hexcrop art art--by-place" viewBox="0 0 {} {}" width="{}" height="{}" '
        'preserveAspectRatio="xMidYMid {}" aria-hidden="true" focusable="false">{}</svg>',
        *(CROP_WIDTH, CROP_HEIGHT) * 2,
        fit,
        SafeString("".join(paths)),  # our own classes and numbers alone
    )


def _of_figure(value: Decimal, unit: str) -> Shapes:
    """Return a share, a count or pounds for each £1, drawn to scale; nothing for other figures."""
    if unit == PERCENT:
        return _hexes(int(value + Decimal("0.5")), _HUNDRED) if value <= _HUNDRED else []
    if unit == POUNDS:
        return _pounds(float(value)) if 1 < value <= MOST_POUNDS else []
    is_whole = value == int(value) and value <= MOST_ONE_BY_ONE
    return _hexes(int(value), int(value)) if is_whole else []


def _hexes(part: int, whole: int) -> Shapes:
    """One hex for each, the part filled from the left; as large as there is room for."""
    width, height = CROP_WIDTH - 2 * _MARGIN, CROP_HEIGHT - 2 * _MARGIN
    steps = {}
    for rows in range(1, _MOST_ROWS):
        high = (rows - 1) * sqrt(3) / 2 + 2 / sqrt(3)
        steps[rows] = min(width / (ceil(whole / rows) + 0.5), height / high, _LARGEST)
    rows = _ROWS_OF_SHARE if whole == _HUNDRED else max(steps, key=lambda n: steps[n])
    step = steps[rows]
    down = step * sqrt(3) / 2
    left = (CROP_WIDTH - step * (ceil(whole / rows) + 0.5)) / 2 + step / 2
    top = (CROP_HEIGHT - down * (rows - 1)) / 2
    shapes = []
    for n in range(whole):
        along, row = divmod(n, rows)
        middle = hexagon(left + step * (along + row % 2 / 2), top + down * row, step, 0.9)
        shapes.append((_STRONG if n < part else _LIGHT, middle))
    return shapes


def _pounds(value: float) -> Shapes:
    """The first pound, and to its right all that came on top."""
    width, top, height = CROP_WIDTH - 2 * _MARGIN, 52, 64
    first = width / value
    rest = width - first
    return [
        (_STRONG, f"M{_MARGIN} {top}h{first:.0f}v{height}h-{first:.0f}z"),
        (_MIDDLE, f"M{_MARGIN + first:.0f} {top}h{rest:.0f}v{height}h-{rest:.0f}z"),
    ]


# ---- A pattern for each theme, as wide as the card; the digest of the page's name varies it
def _buying(digest: bytes) -> Shapes:
    """Money that flows."""
    streams = []
    for n in range(5):
        y, down = 4 + n * 36, digest[n] % 72 - 36
        kind = _KINDS[(digest[5] + n * 2) % 3]
        back = f"v20c-120 0-240 {-down}-360 {-down}z"
        streams.append((kind, f"M0 {y}c120 0 240 {down} 360 {down}{back}"))
    return streams


def _anchors(digest: bytes) -> Shapes:
    """Rings round one place."""
    x, y = 120 + digest[0] % 120, 60 + digest[1] % 48
    middle = [(_LIGHT, 300, 230), (_MIDDLE, 190, 130), (_STRONG, 78, 0)]
    return [(kind, _ring(x, y, wide, hole)) for kind, wide, hole in middle]


def _ring(x: float, y: float, wide: float, hole: float) -> str:
    """Return a hex with a hole, whose points run the other way round."""
    outer = hexagon(x, y, wide, 1)
    if not hole:
        return outer
    half, side = hole / 2, hole / sqrt(3)
    return (
        f"{outer}M{x:.1f} {y - side:.1f}l-{half:.1f} {side / 2:.1f}v{side:.1f}"
        f"l{half:.1f} {side / 2:.1f} {half:.1f}-{side / 2:.1f}v-{side:.1f}z"
    )


def _neighbourhoods(digest: bytes) -> Shapes:
    """Places of seven hexes each."""
    shapes, step = [], 34.0
    for n, x in enumerate((52, 154, 256, 358)):
        y = 56 + digest[n] % 56
        kind = _KINDS[(digest[4] + n) % 3]
        around = [(0, 0), (1, 0), (-1, 0), (0.5, 1), (-0.5, 1), (0.5, -1), (-0.5, -1)]
        shapes += [(kind, hexagon(x + a * step, y + b * step * 0.866, step)) for a, b in around]
    return shapes


def _buildings(digest: bytes) -> Shapes:
    """A street of roofs."""
    shapes, x = [], -8
    for n in range(8):
        wide, high = 44 + digest[n] % 28, 44 + digest[n + 8] % 64
        roof = wide // 2
        walls = f"M{x} {CROP_HEIGHT}v-{high}l{roof} -{roof}l{roof} {roof}v{high}z"
        shapes.append((_KINDS[(digest[16] + n * 2 + digest[n] % 2) % 3], walls))
        x += roof * 2 + 5
    return shapes


def _grants(digest: bytes) -> Shapes:
    """Small sums in many places."""
    shapes = []
    for n in range(27):
        row, along = divmod(n, 9)
        x, y = 20 + along * 40 + row % 2 * 18, 30 + row * 54 + digest[n] % 13 - 6
        shapes.append((_KINDS[digest[n] % 3], _circle(x, y, 6 + digest[n + 3] % 15)))
    return shapes


def _circle(x: int, y: int, radius: int) -> str:
    half = f"a{radius} {radius} 0 1 0 "
    return f"M{x - radius} {y}{half}{radius * 2} 0{half}-{radius * 2} 0z"


def _cohesion(digest: bytes) -> Shapes:
    """Circles that overlap, and what they share."""
    shapes, radius = [], 58
    first = -digest[0] % 40
    for n in range(6):
        x, y = first + n * 80, 84
        shapes.append(((_LIGHT, _MIDDLE)[n % 2], _circle(x, y, radius)))
        lens = f"M{x + 40} {y - 42}a{radius} {radius} 0 0 1 0 84a{radius} {radius} 0 0 1 0 -84z"
        shapes.append((_STRONG, lens))
    return shapes


def _wellbeing(digest: bytes) -> Shapes:
    """Waves."""
    waves = []
    for n, kind in enumerate(_KINDS):
        y, high, x = 52 + n * 38, 22 + digest[n] % 20, -(digest[n + 3] % 90)
        waves.append((kind, f"M{x} {y}q45 -{high} 90 0t90 0 90 0 90 0 90 0V{CROP_HEIGHT}H{x}z"))
    return waves


_PATTERNS: dict[str, Callable[[bytes], Shapes]] = {
    Theme.BUYING: _buying,
    Theme.ANCHORS: _anchors,
    Theme.NEIGHBOURHOODS: _neighbourhoods,
    Theme.BUILDINGS: _buildings,
    Theme.GRANTS: _grants,
    Theme.COHESION: _cohesion,
    Theme.WELLBEING: _wellbeing,
}
