"""The badge: a picture of a member's standing, for its own website.

Letters are drawn as shapes, because a picture on another site cannot load our typeface. So it
looks the same everywhere, and its size follows what it says: no name is cut or squeezed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from django.conf import settings

from network.choices import MembershipStatus
from network.models import Membership

FONT = "portal/static/portal/fonts/kil-display.woff2"
LEADING = 1.18
GAP = 0.12  # above the name and what is below it, of the letters' height


@dataclass(frozen=True)
class Size:
    """Measures of a badge in pixels: of the mark, the 3 kinds of line, and the widest line."""

    mark: int
    kicker: int
    name: int
    note: int
    measure: int
    edge: int


SIZES = {"small": Size(44, 14, 19, 13, 210, 14), "large": Size(84, 21, 34, 18, 400, 24)}
# Ground, edge, mark, its middle, kicker, name, note: the tokens of portal/assets/scss/_tokens.scss.
THEMES = {
    "light": ("#fff", "#0c5549", "#0c5549", "#f6b32b", "#0c5549", "#14302b", "#4d605b"),
    "dark": ("#0c5549", "#9cc5b7", "#fff", "#f6b32b", "#f6b32b", "#fff", "#dcece5"),
}
# The same for a membership that is paused or has ended: without our colours.
NEUTRAL = {
    "light": ("#fff", "#4d605b", "#4d605b", "#fff", "#4d605b", "#14302b", "#4d605b"),
    "dark": ("#14302b", "#9cc5b7", "#9cc5b7", "#14302b", "#dcece5", "#fff", "#dcece5"),
}


@dataclass(frozen=True)
class Words:
    """What a badge says. `since` is left out where there is little room, a note never is."""

    kicker: str
    name: str
    since: str
    notes: tuple[str, ...]
    is_current: bool

    @property
    def title(self) -> str:
        """All of it, for people who do not see the picture."""
        return ". ".join(filter(None, (f"{self.name}: {self.kicker}", self.since, *self.notes)))


def words_of(membership: Membership) -> Words:
    """Return what the badge of an announced membership says today."""
    council = membership.council
    kicker = "Keep it Local council" if council.is_council else "Keep it Local member"
    since = membership.since_text if membership.joined_on else ""
    notes: list[str] = []
    is_current = membership.is_live and membership.status != MembershipStatus.PAUSED
    if not membership.is_live:
        former = "council" if council.is_council else "member"
        kicker, since, notes = f"Former Keep it Local {former}", "", [membership.years_text]
    elif not is_current:
        since, notes = "", ["Membership paused"]
    if council.is_demonstration:
        notes.append("Demonstration: not a real council")
    return Words(kicker, council.name, since, tuple(notes), is_current)


@dataclass(frozen=True)
class Line:
    """One line: its letters with where each begins in the font's units, its place and size."""

    letters: tuple[tuple[str, int], ...]
    x: int
    y: int
    scale: str
    colour: str


@dataclass(frozen=True)
class Badge:
    """A drawing, for the template `network/badge.svg`."""

    title: str
    width: int
    height: int
    ground: str
    edge: str
    mark: str
    mark_transform: str
    middle: str
    shapes: dict[str, str]
    lines: tuple[Line, ...]


def drawn(words: Words, size: str, theme: str) -> Badge:
    """Return the drawing of a badge in one of SIZES and THEMES."""
    by = SIZES[size]
    colours = (THEMES if words.is_current else NEUTRAL)[theme]
    ground, edge, mark, middle, kicker, name, note = colours
    below = [words.since] if size == "large" and words.since else []
    texts = [(words.kicker, by.kicker, kicker), (words.name, by.name, name)]
    texts += [(text, by.note, note) for text in (*below, *words.notes)]
    left, y, widest = by.edge * 2 + by.mark, float(by.edge), 0.0
    lines = []
    for number, (text, high, colour) in enumerate(texts):
        y += high * GAP if number in (1, 2) else 0
        for part in wrapped(text, by.measure * _units() / high):
            y += high * LEADING
            scale = high / _units()
            widest = max(widest, _length(part) * scale)
            # The line's foot is its baseline and what hangs below it.
            foot = round(y - high * 0.27)
            lines.append(Line(tuple(_placed(part)), left, foot, f"{scale:.5f}", colour))
    height = max(round(y), by.edge + by.mark) + by.edge
    up = (height - by.mark) / 2
    return Badge(
        title=words.title,
        width=round(left + widest) + by.edge,
        height=height,
        ground=ground,
        edge=edge,
        mark=mark,
        mark_transform=f"translate({by.edge} {up:.1f}) scale({by.mark / 40:.3f})",
        middle=middle,
        shapes={name: _shape(name) for line in lines for name, _ in line.letters},
        lines=tuple(lines),
    )


def wrapped(text: str, measure: float) -> Iterator[str]:
    """Yield the lines of a text, about equally long, none wider than this unless it is one word."""
    words = text.split()
    fewest = len(list(_filled(words, measure)))
    # The narrowest column that needs no more lines; 12 halvings come within a letter of it.
    low, high = 0.0, measure
    for _ in range(12):
        middle = (low + high) / 2
        if len(list(_filled(words, middle))) > fewest:
            low = middle
        else:
            high = middle
    return _filled(words, high)


def _filled(words: list[str], measure: float) -> Iterator[str]:
    line = ""
    for word in words:
        longer = f"{line} {word}".strip()
        if line and _length(longer) > measure:
            yield line
            line = word
        else:
            line = longer
    yield line


@lru_cache(maxsize=1)
def _face() -> Any:
    # Import late: fontTools takes memory, and badges are kept by the page cache once drawn.
    from fontTools.ttLib import TTFont  # noqa: PLC0415

    return TTFont(Path(settings.BASE_DIR) / FONT)


@lru_cache(maxsize=1)
def _units() -> int:
    return _face()["head"].unitsPerEm


def _letters(text: str) -> list[str]:
    """Return the names of the glyphs of a text."""
    known = _face().getBestCmap()
    return [known.get(ord(sign), ".notdef") for sign in text]


def _placed(text: str) -> Iterator[tuple[str, int]]:
    """Yield each letter that leaves a mark with where it begins."""
    glyphs, at, before = _face().getGlyphSet(), 0, ""
    for name in _letters(text):
        at += _kerning(before, name) if before else 0
        if _shape(name):
            yield name, at
        at, before = at + glyphs[name].width, name


@lru_cache(maxsize=4096)
def _length(text: str) -> int:
    glyphs, letters = _face().getGlyphSet(), _letters(text)
    nearer = sum(_kerning(left, right) for left, right in pairwise(letters))
    return nearer + sum(glyphs[name].width for name in letters)


@lru_cache(maxsize=512)
def _shape(name: str) -> str:
    """Return a letter as the data of a path, in the font's units; "" for a space."""
    from fontTools.pens.svgPathPen import SVGPathPen  # noqa: PLC0415

    glyphs = _face().getGlyphSet()
    pen = SVGPathPen(glyphs, ntos=lambda number: str(round(number)))
    glyphs[name].draw(pen)
    return pen.getCommands()


@lru_cache(maxsize=4096)
def _kerning(left: str, right: str) -> int:
    """Return how much nearer two letters stand than others, below zero, as their face says."""
    for pairs in _kerning_tables():
        if left not in pairs.Coverage.glyphs:
            continue
        if pairs.Format == 1:
            row = pairs.PairSet[pairs.Coverage.glyphs.index(left)].PairValueRecord
            value = next((each.Value1 for each in row if each.SecondGlyph == right), None)
            if value is None:
                continue
        else:
            first = pairs.Class1Record[pairs.ClassDef1.classDefs.get(left, 0)]
            value = first.Class2Record[pairs.ClassDef2.classDefs.get(right, 0)].Value1
        return getattr(value, "XAdvance", 0)
    return 0


@lru_cache(maxsize=1)
def _kerning_tables() -> list[Any]:
    table = _face()["GPOS"].table
    numbers = {
        number
        for record in table.FeatureList.FeatureRecord
        if record.FeatureTag == "kern"
        for number in record.Feature.LookupListIndex
    }
    found = [sub for number in sorted(numbers) for sub in table.LookupList.Lookup[number].SubTable]
    return [
        each for each in (getattr(sub, "ExtSubTable", sub) for sub in found) if each.LookupType == 2
    ]
