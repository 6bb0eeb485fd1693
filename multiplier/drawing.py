"""Lays a flow out as shapes for an SVG: one wide, one narrow with room for words.

Geometry only: the markup is templates/multiplier/_flow.html, the colours are the style
sheet's.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from multiplier.flows import Flow, Link, Node
from multiplier.words import short_pounds


@dataclass(frozen=True)
class Box:
    """A node as drawn."""

    tone: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Text:
    """Words in a drawing. `anchor` is start or end; `tone` strong, quiet or none."""

    x: float
    y: float
    words: str
    anchor: str = "start"
    tone: str = ""


@dataclass(frozen=True)
class Band:
    """A link as drawn: the outline of a band, as an SVG path."""

    tone: str
    path: str


@dataclass(frozen=True)
class Drawing:
    """Everything an SVG needs. `name` keeps its ids apart from another drawing's."""

    name: str
    width: float
    height: float
    boxes: tuple[Box, ...]
    bands: tuple[Band, ...]
    texts: tuple[Text, ...]

    @property
    def has_unknown(self) -> bool:
        """Whether the pattern for what is not known is needed."""
        tones = {box.tone for box in self.boxes} | {band.tone for band in self.bands}
        return "unknown" in tones


WIDE_WIDTH = 1120
_WIDE_COLUMNS = ((0, 180), (300, 310), (790, 330))
_WIDE_MONEY = 280
_WIDE_LABEL = 34
# Where a box is too narrow for its name and amount in one line, they take two.
_WIDE_STACKED = 58
_WIDE_LINE = 24
_WIDE_ROOM = 250
_WIDE_HEADING = 42
_WIDE_GAP = 10

NARROW_WIDTH = 320
_NARROW_BAR = 16
_NARROW_TARGET = 104
_NARROW_TEXT = 132
_NARROW_MONEY = 190
_NARROW_SLOT = 50
_NARROW_LINE = 22


def wide(flow: Flow, *, whole: bool = True) -> Drawing:
    """Three columns beside each other, each box under its name and amount."""
    total = sum((node.amount for node in flow.columns[1]), Fraction(0))
    scale = _WIDE_MONEY / float(total)
    columns = list(zip(flow.columns, _WIDE_COLUMNS, strict=True))
    heights = [_column_height(column, width, scale) for column, (_, width) in columns]
    tall = max(heights)
    boxes: dict[str, Box] = {}
    texts: list[Text] = []
    for number, (column, (x, width)) in enumerate(columns):
        texts.append(Text(x, _WIDE_HEADING - 22, f"Round {number + 1}", tone="quiet"))
        y = _WIDE_HEADING + (tall - heights[number]) / 2
        for node in column:
            y += _label_height(width)
            texts += _label_above(node, x, y - 10, width, whole)
            boxes[node.key] = Box(node.tone, x, y, width, float(node.amount) * scale)
            y += boxes[node.key].height + _WIDE_GAP
    bands = _bands(flow.links, boxes, scale)
    shapes = tuple(boxes.values())
    height = round(_WIDE_HEADING + tall) + 2
    return Drawing("wide", WIDE_WIDTH, height, shapes, bands, tuple(texts))


def _column_height(column: tuple[Node, ...], width: int, scale: float) -> float:
    money = sum(float(node.amount) for node in column) * scale
    gaps = max(0, len(column) - 1) * _WIDE_GAP
    return money + len(column) * _label_height(width) + gaps


def _label_height(width: int) -> int:
    return _WIDE_LABEL if width >= _WIDE_ROOM else _WIDE_STACKED


def _label_above(node: Node, x: float, bottom: float, width: int, whole: bool) -> list[Text]:
    amount = short_pounds(node.amount, whole=whole)
    if width < _WIDE_ROOM:
        name = Text(x, bottom - _WIDE_LINE, node.name)
        return [name, Text(x, bottom, amount, tone="strong")]
    return [
        Text(x, bottom, node.name),
        Text(x + width, bottom, amount, "end", "strong"),
    ]


def _bands(links: tuple[Link, ...], boxes: dict[str, Box], scale: float) -> tuple[Band, ...]:
    """Each box is used up from the top, on its right side and on its left."""
    sent = dict.fromkeys(boxes, 0.0)
    got = dict.fromkeys(boxes, 0.0)
    bands = []
    for link in links:
        source, target = boxes[link.source], boxes[link.target]
        thick = float(link.amount) * scale
        start = (source.x + source.width, source.y + sent[link.source])
        end = (target.x, target.y + got[link.target])
        bands.append(Band(link.tone, _ribbon(start, end, thick)))
        sent[link.source] += thick
        got[link.target] += thick
    return tuple(bands)


def _ribbon(start: tuple[float, float], end: tuple[float, float], thick: float) -> str:
    (x0, y0), (x1, y1) = start, end
    middle = (x0 + x1) / 2
    numbers = (
        (x0, y0),
        (middle, y0, middle, y1, x1, y1),
        (x1, y1 + thick),
        (middle, y1 + thick, middle, y0 + thick, x0, y0 + thick),
    )
    points = [" ".join(f"{number:.1f}" for number in step) for step in numbers]
    return f"M{points[0]}C{points[1]}L{points[2]}C{points[3]}Z"


def narrow(flow: Flow, *, whole: bool = True) -> Drawing:
    """Two fans below each other: where round 1 went, then where round 2 went."""
    _, middle, last = flow.columns
    boxes: list[Box] = []
    bands: list[Band] = []
    texts: list[Text] = []
    bottom = 0.0
    total = sum((node.amount for node in middle), Fraction(0))
    for heading, tone, nodes in (
        ("Round 2", "first", middle),
        ("Round 3", "local", last),
    ):
        if nodes:
            fan = _fan(heading, tone, nodes, bottom, _NARROW_MONEY / float(total), whole)
            boxes += fan.boxes
            bands += fan.bands
            texts += fan.texts
            bottom = fan.height + 28
    height = round(bottom - 28) + 2
    return Drawing("narrow", NARROW_WIDTH, height, tuple(boxes), tuple(bands), tuple(texts))


def _fan(
    heading: str,
    tone: str,
    nodes: tuple[Node, ...],
    top: float,
    scale: float,
    whole: bool,
) -> Drawing:
    """One source and where it went, from `top` down; `height` is where it ends."""
    total = sum((node.amount for node in nodes), Fraction(0))
    words = f"{heading}: where {short_pounds(total, whole=whole)} went"
    texts = [Text(0, top + 18, words, tone="strong")]
    y = top + 36
    targets = []
    for node in nodes:
        box = Box(node.tone, _NARROW_TARGET, y, _NARROW_BAR, float(node.amount) * scale)
        targets.append(box)
        texts.append(Text(_NARROW_TEXT, y + 15, node.name))
        amount = short_pounds(node.amount, whole=whole)
        texts.append(Text(_NARROW_TEXT, y + 15 + _NARROW_LINE, amount, tone="strong"))
        y += max(box.height, _NARROW_SLOT) + 8
    height = float(total) * scale
    source = Box(tone, 0, top + 36 + (y - 8 - top - 36 - height) / 2, _NARROW_BAR, height)
    bands = []
    sent = source.y
    for box in targets:
        path = _ribbon((_NARROW_BAR, sent), (_NARROW_TARGET, box.y), box.height)
        bands.append(Band(box.tone, path))
        sent += box.height
    return Drawing("", NARROW_WIDTH, y, (source, *targets), tuple(bands), tuple(texts))
