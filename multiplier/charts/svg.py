"""Pictures as SVG and the tables beside them. Made here and not by a template: a picture has a
hundred parts.

Two ways to say where: in the units of a view box, which grows and shrinks with its words
(the money flow); or in hundredths of the room there is, where words keep their size and the
bars get longer, so that one drawing serves a telephone and a committee paper.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from html import escape
from textwrap import wrap

from django.utils.safestring import SafeString

Cells = tuple[str, ...]
# Name, tone and amount of one part of a bar.
Segment = tuple[str, str, Fraction]
# Characters that fit beside each other at 320 pixels.
_LINE_LENGTH = 38
# The pattern for what is not known; its name goes in.
STRIPED = (
    '<defs><pattern id="{}_unknown" width="10" height="10"'
    ' patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect class="flow__ground" width="10" height="10"/>'
    '<rect class="flow__stripe" width="3.5" height="10"/></pattern></defs>'
)


@dataclass(frozen=True)
class Group:
    """Rows under a heading of their own; without a title, just rows."""

    title: str
    rows: tuple[Cells, ...]


@dataclass(frozen=True)
class Table:
    """A caption, the columns' heads, and rows in groups. The first cell heads its row.

    `ends_in_words`: the last column holds words, not figures.
    """

    caption: str
    heads: Cells
    groups: tuple[Group, ...]
    ends_in_words: bool = False

    @classmethod
    def of(
        cls, caption: str, heads: Cells, rows: Sequence[Cells], *, ends_in_words: bool = False
    ) -> Table:
        """Make a table of rows alone."""
        return cls(caption, heads, (Group("", tuple(rows)),), ends_in_words)

    @property
    def is_wide(self) -> bool:
        """Whether it has more columns than fit beside a picture."""
        return len(self.heads) > 4

    @property
    def html(self) -> SafeString:
        """The table as markup; every word in it escaped here."""
        heads = "".join(f'<th scope="col">{escape(head)}</th>' for head in self.heads)
        bodies = ""
        for group in self.groups:
            rows = ""
            if group.title:
                rows = (
                    f'<tr><th class="answer__round" scope="rowgroup" colspan="{len(self.heads)}">'
                    f"{escape(group.title)}</th></tr>"
                )
            for head, *rest in group.rows:
                cells = "".join(f"<td>{escape(cell)}</td>" for cell in rest)
                rows += f'<tr><th scope="row">{escape(head)}</th>{cells}</tr>'
            if not group.rows:
                rows += f'<tr><td colspan="{len(self.heads)}">Nothing</td></tr>'
            bodies += f"<tbody>{rows}</tbody>"
        words = " answer__table--words" if self.ends_in_words else ""
        return SafeString(
            f'<table class="answer__table{words}"><caption>{escape(self.caption)}</caption>'
            f"<thead><tr>{heads}</tr></thead>{bodies}</table>"
        )


@dataclass(frozen=True)
class Chart:
    """A picture, its name and its table."""

    title: str
    picture: SafeString
    table: Table
    note: str = ""


def picture(
    attributes: str, name: str, title: str, desc: str, defs: str, shapes: list[str]
) -> SafeString:
    """Write shapes as an SVG with its title and description."""
    # Every word in it is escaped, every number is one.
    return SafeString(
        f'<svg {attributes} role="img" aria-labelledby="{name}_title {name}_desc">'
        f'<title id="{name}_title">{escape(title)}</title>'
        f'<desc id="{name}_desc">{escape(desc)}</desc>{defs}{"".join(shapes)}</svg>'
    )


class Bars:
    """Bars and words under each other, from left to right in hundredths of the room."""

    LINE = 23
    BAR = 34

    def __init__(self, name: str) -> None:
        self.name = name
        self.y = 0
        self._shapes: list[str] = []
        self._stripes = False

    def say(self, text: str, tone: str = "") -> None:
        """Write words in as many lines as they need."""
        for line in wrap(text, _LINE_LENGTH) if len(text) > _LINE_LENGTH else [text]:
            self.words(line, tone=tone)

    def words(self, text: str, at: float = 0, tone: str = "") -> None:
        """Write a line of words that starts, or if there is little room ends, at `at`."""
        self.y += self.LINE
        self.beside(text, at, self.y - 6, tone)

    def beside(self, text: str, at: float, y: float, tone: str = "") -> None:
        """Write words at a height of their own."""
        anchor = "end" if at > 55 else "start"
        shade = f" bars__text--{tone}" if tone else ""
        self._shapes.append(
            f'<text class="bars__text{shade}" x="{at:.2f}%" y="{y:.0f}" text-anchor="{anchor}">'
            f"{escape(text)}</text>"
        )

    def segments(self, whole: Fraction, segments: Sequence[Segment]) -> None:
        """Draw a bar of several parts, and go below it."""
        start = 0.0
        for _, tone, amount in segments:
            end = start + float(amount / whole) * 100
            self.bar(start, end, tone)
            start = end
        self.y += self.BAR

    def bar(self, start: float, end: float, tone: str, *, height: int = BAR) -> None:
        """Draw a bar at the present height; what has no length leaves no mark."""
        if end - start < 0.05:
            return
        unknown = tone == "unknown"
        self._stripes |= unknown
        fill = f' fill="url(#{self.name}_unknown)"' if unknown else ""
        self._shapes.append(
            f'<rect class="bars__bar bars__bar--{tone}" x="{start:.2f}%" y="{self.y:.0f}"'
            f' width="{end - start:.2f}%" height="{height}"{fill}/>'
        )

    def rule(self, at: float, top: float, bottom: float, tone: str = "") -> None:
        """Draw a thin upright line."""
        shade = f" bars__rule--{tone}" if tone else ""
        self._shapes.append(
            f'<line class="bars__rule{shade}" x1="{at:.2f}%" x2="{at:.2f}%"'
            f' y1="{top:.0f}" y2="{bottom:.0f}"/>'
        )

    def point(self, at: float, tone: str) -> None:
        """Draw a thin line from side to side at the present height, and a mark on it."""
        y = f"{self.y:.0f}"
        self._shapes += [
            f'<line class="bars__rule bars__rule--axis" x1="0" x2="100%" y1="{y}" y2="{y}"/>',
            f'<circle class="bars__dot bars__dot--{tone}" cx="{at:.2f}%" cy="{y}" r="7"/>',
        ]

    def picture(self, title: str, desc: str) -> SafeString:
        """Write all of it."""
        attributes = f'class="bars" width="100%" height="{self.y}"'
        defs = STRIPED.format(self.name) if self._stripes else ""
        return picture(attributes, self.name, title, desc, defs, self._shapes)
