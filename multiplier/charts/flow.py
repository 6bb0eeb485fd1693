"""The money-flow chart of three rounds, in a wide and a narrow drawing.

Money is drawn as local or gone only if that is certain; the rest is a band "not known". Every node
balances, and held money is not drawn as gone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from html import escape

from django.utils.safestring import SafeString

from multiplier.engine import KINDS, LineResult, Result
from multiplier.words import KIND_NAMES, RECEIVED, short_pounds

# ---- What is drawn -------------------------------------------------------------------------


@dataclass(frozen=True)
class Node:
    """A place where money is, in pence. `tone` selects its colour."""

    key: str
    name: str
    tone: str
    amount: Fraction


@dataclass(frozen=True)
class Link:
    """Money that moves between two nodes. Its tone is its target's."""

    source: str
    target: str
    tone: str
    amount: Fraction


@dataclass(frozen=True)
class Flow:
    """The nodes of rounds 1, 2 and 3, with the links between them."""

    columns: tuple[tuple[Node, ...], ...]
    links: tuple[Link, ...]


# A local recipient's key, name and amount, and how much of it was certainly spent again or lost.
_Local = tuple[str, str, Fraction, Fraction, Fraction]
# Name and tone of each end of round 3.
_LAST = {
    "again": ("Spent again here", "again"),
    "maybe3": ("Not known", "unknown"),
    "left3": ("Left the area", "left"),
}


def flow_of(result: Result) -> Flow:
    """Return the nodes and links of a result."""
    locals_ = list(_locals(result))
    middle = _middle(result, locals_)
    first = [Node("r1", RECEIVED[result.view], "first", Fraction(result.r1))]
    if beyond := _sum(middle) - result.r1:
        first.append(Node("beyond", "From reserves", "held", beyond))
    onward = [link for key, _, *money in locals_ for link in _onward(key, *money)]
    away = next((node for node in middle if node.key == "left2"), None)
    if result.mode == "extended" and away is not None:
        # Money that certainly went elsewhere.
        again = min(away.amount, result.returned.low)
        most = sum(map(_most_back, result.lines), Fraction(0))
        onward += _onward(away.key, away.amount, again, away.amount - most)
    last = (
        Node(key, name, tone, _sum(link for link in onward if link.target == key))
        for key, (name, tone) in _LAST.items()
    )
    return Flow(
        columns=(tuple(first), middle, tuple(node for node in last if node.amount)),
        links=(*_outward(first, middle), *onward),
    )


def _sum(parts: Iterator[Link] | tuple[Node, ...]) -> Fraction:
    return sum((each.amount for each in parts), Fraction(0))


def _locals(result: Result) -> Iterator[_Local]:
    """Yield the money certain to reach local recipients, by kind of line if there are lines."""
    if not result.lines and result.r2.low:
        lost = result.leak3.low if result.leak3.is_certain else Fraction(0)
        yield "local", "Spent here", result.r2.low, result.r3.low, lost
    for kind in KINDS:
        lines = [line for line in result.lines if line.kind == kind]
        if amount := sum((line.local.low for line in lines), Fraction(0)):
            again = sum((line.again.low for line in lines), Fraction(0))
            lost = sum((line.lost.low for line in lines), Fraction(0))
            yield kind, f"{KIND_NAMES[kind]} here", amount, again, lost


def _middle(result: Result, locals_: list[_Local]) -> tuple[Node, ...]:
    """Return round 2: paid locally, unknown, left and held."""
    spend = max(Fraction(result.r1), result.r2.high)
    if result.lines:
        spend = Fraction(result.spend - result.surplus)
    held, rest = Fraction(result.surplus), Fraction(result.held - result.surplus)
    nodes = [Node(key, name, "local", amount) for key, name, amount, *_ in locals_]
    nodes += [
        Node("maybe", "Not known if local", "unknown", result.r2.high - result.r2.low),
        Node("left2", "Left the area", "left", spend - result.r2.high),
        Node("held", "Held as surplus", "held", held),
        Node("unlisted", "Not accounted for", "held", rest),
    ]
    return tuple(node for node in nodes if node.amount)


def _outward(first: list[Node], middle: tuple[Node, ...]) -> Iterator[Link]:
    """Link round 1 to round 2 in order, and the rest from reserves."""
    names = [node.key for node in first]
    purses = [node.amount for node in first]
    for node in middle:
        wanted = node.amount
        while wanted:
            taken = min(wanted, purses[0])
            if taken:
                yield Link(names[0], node.key, node.tone, taken)
            purses[0] -= taken
            wanted -= taken
            if wanted:
                del purses[0], names[0]


def _onward(key: str, amount: Fraction, again: Fraction, lost: Fraction) -> list[Link]:
    """Return one recipient's links to round 3."""
    ways = zip(_LAST, (again, amount - again - lost, lost), strict=True)
    return [Link(key, target, _LAST[target][1], money) for target, money in ways if money]


def _most_back(line: LineResult) -> Fraction:
    """Return the most that returns from the part of a line that is certainly not local."""
    sure, most = line.amount - line.local.high, line.amount - line.local.low
    return line.returned.high * sure / most if most else Fraction(0)


# ---- Where it is drawn ---------------------------------------------------------------------


@dataclass(frozen=True)
class Box:
    """A drawn node."""

    tone: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Text:
    """Text in a drawing. `anchor` is start or end; `tone` is strong, quiet or blank."""

    x: float
    y: float
    words: str
    anchor: str = "start"
    tone: str = ""


@dataclass(frozen=True)
class Drawing:
    """Shapes of a chart. A band is a tone and an SVG path.

    `name` makes its ids unique.
    """

    name: str
    width: float
    height: float
    boxes: list[Box]
    bands: list[tuple[str, str]]
    texts: list[Text]

    @property
    def has_unknown(self) -> bool:
        """Whether it needs the pattern for unknown money."""
        tones = {box.tone for box in self.boxes} | {tone for tone, _ in self.bands}
        return "unknown" in tones


WIDE_WIDTH = 1120
_WIDE_COLUMNS = ((0, 180), (300, 310), (790, 330))
_WIDE_MONEY = 280
_WIDE_LABEL = 34
# A box too narrow for its name and amount in one line has two.
_WIDE_STACKED = 58
_WIDE_LINE = 24
_WIDE_ROOM = 250
_WIDE_HEADING = 42
_WIDE_GAP = 10

NARROW_WIDTH = 320
_NARROW_BAR = 16
_NARROW_TARGET = 104
_NARROW_TEXT = 132
_NARROW_MONEY = 180
_NARROW_SLOT = 50
_NARROW_LINE = 22


def wide(flow: Flow, *, whole: bool = True) -> Drawing:
    """Lay out three columns, each box below its name and amount."""
    scale = _WIDE_MONEY / float(_sum(flow.columns[1]))
    labels = [_WIDE_LABEL if width >= _WIDE_ROOM else _WIDE_STACKED for _, width in _WIDE_COLUMNS]
    heights = [
        sum(float(node.amount) for node in column) * scale
        + len(column) * label
        + max(0, len(column) - 1) * _WIDE_GAP
        for column, label in zip(flow.columns, labels, strict=True)
    ]
    tall = max(heights)
    boxes: dict[str, Box] = {}
    texts: list[Text] = []
    for number, (column, (x, width)) in enumerate(zip(flow.columns, _WIDE_COLUMNS, strict=True)):
        texts.append(Text(x, _WIDE_HEADING - 22, f"Round {number + 1}", tone="quiet"))
        y = _WIDE_HEADING + (tall - heights[number]) / 2
        for node in column:
            y += labels[number]
            amount = short_pounds(node.amount, whole=whole)
            if width < _WIDE_ROOM:
                texts.append(Text(x, y - 10 - _WIDE_LINE, node.name))
                texts.append(Text(x, y - 10, amount, tone="strong"))
            else:
                texts.append(Text(x, y - 10, node.name))
                texts.append(Text(x + width, y - 10, amount, "end", "strong"))
            boxes[node.key] = Box(node.tone, x, y, width, float(node.amount) * scale)
            y += boxes[node.key].height + _WIDE_GAP
    # Bands join each box from the top down, on both sides.
    sent, got = dict.fromkeys(boxes, 0.0), dict.fromkeys(boxes, 0.0)
    bands = []
    for link in flow.links:
        source, target = boxes[link.source], boxes[link.target]
        thick = float(link.amount) * scale
        start = (source.x + source.width, source.y + sent[link.source])
        bands.append((link.tone, _ribbon(start, (target.x, target.y + got[link.target]), thick)))
        sent[link.source] += thick
        got[link.target] += thick
    height = round(_WIDE_HEADING + tall) + 2
    return Drawing("wide", WIDE_WIDTH, height, list(boxes.values()), bands, texts)


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
    """Lay out two fans below each other: from round 1, then from round 2."""
    drawn = Drawing("narrow", NARROW_WIDTH, 0, [], [], [])
    bottom = 0.0
    scale = _NARROW_MONEY / float(_sum(flow.columns[1]))
    for number, tone in enumerate(("first", "local"), 1):
        if nodes := flow.columns[number]:
            total = _sum(nodes)
            heading = f"Round {number + 1}: where {short_pounds(total, whole=whole)} went"
            bottom = 28 + _fan(drawn, heading, tone, nodes, bottom, scale, whole)
    shapes = (drawn.boxes, drawn.bands, drawn.texts)
    return Drawing("narrow", NARROW_WIDTH, round(bottom - 28) + 2, *shapes)


def _fan(
    drawn: Drawing,
    heading: str,
    tone: str,
    nodes: tuple[Node, ...],
    top: float,
    scale: float,
    whole: bool,
) -> float:
    """Draw a source and its targets from `top` down, and return the bottom."""
    drawn.texts.append(Text(0, top + 18, heading, tone="strong"))
    y = top + 36
    targets = []
    for node in nodes:
        box = Box(node.tone, _NARROW_TARGET, y, _NARROW_BAR, float(node.amount) * scale)
        targets.append(box)
        drawn.texts.append(Text(_NARROW_TEXT, y + 15, node.name))
        amount = short_pounds(node.amount, whole=whole)
        drawn.texts.append(Text(_NARROW_TEXT, y + 15 + _NARROW_LINE, amount, tone="strong"))
        y += max(box.height, _NARROW_SLOT) + 8
    height = float(_sum(nodes)) * scale
    source = Box(tone, 0, top + 36 + (y - 8 - top - 36 - height) / 2, _NARROW_BAR, height)
    drawn.boxes.extend((source, *targets))
    sent = source.y
    for box in targets:
        path = _ribbon((_NARROW_BAR, sent), (_NARROW_TARGET, box.y), box.height)
        drawn.bands.append((box.tone, path))
        sent += box.height
    return y


# ---- As markup -----------------------------------------------------------------------------

# Pattern for unknown money, with a placeholder for its name.
STRIPED = (
    '<defs><pattern id="{}_unknown" width="10" height="10"'
    ' patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect class="flow__ground" width="10" height="10"/>'
    '<rect class="flow__stripe" width="3.5" height="10"/></pattern></defs>'
)


def picture(
    attributes: str, name: str, title: str, desc: str, defs: str, shapes: list[str]
) -> SafeString:
    """Return shapes as an SVG with a title and description."""
    # Safe because all text is escaped and the rest are numbers.
    return SafeString(
        f'<svg {attributes} role="img" aria-labelledby="{name}_title {name}_desc">'
        f'<title id="{name}_title">{escape(title)}</title>'
        f'<desc id="{name}_desc">{escape(desc)}</desc>{defs}{"".join(shapes)}</svg>'
    )


def flow_picture(drawing: Drawing, mark: str = "flow") -> SafeString:
    """Return a drawing as SVG. `mark` makes ids unique on a page with several."""
    name = f"{mark}_{drawing.name}"

    def fill(tone: str) -> str:
        return f' fill="url(#{name}_unknown)"' if tone == "unknown" else ""

    shapes = [
        f'<path class="flow__band flow__band--{tone}" d="{path}"{fill(tone)}/>'
        for tone, path in drawing.bands
    ]
    shapes += [
        f'<rect class="flow__box flow__box--{box.tone}" x="{box.x:.1f}" y="{box.y:.1f}"'
        f' width="{box.width:.1f}" height="{box.height:.1f}"{fill(box.tone)}/>'
        for box in drawing.boxes
    ]
    shapes += [
        f'<text class="flow__text{f" flow__text--{text.tone}" if text.tone else ""}"'
        f' x="{text.x:.1f}" y="{text.y:.1f}" text-anchor="{text.anchor}">'
        f"{escape(text.words)}</text>"
        for text in drawing.texts
    ]
    return picture(
        f'class="flow flow--{drawing.name}" viewBox="0 0 {drawing.width} {drawing.height}"',
        name,
        "Where the money went, in three rounds",
        "Bands as wide as the sums. The table after this picture gives every sum.",
        STRIPED.format(name) if drawing.has_unknown else "",
        shapes,
    )
