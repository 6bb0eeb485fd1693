"""Writes pictures as SVG. Made here and not by a template: a picture has a hundred parts.

Two ways to say where: in the units of a view box, which grows and shrinks with its words
(the money flow); or in hundredths of the room there is, where words keep their size and the
bars get longer, so that one drawing serves a telephone and a committee paper.
"""

from __future__ import annotations

from html import escape

from django.utils.safestring import SafeString

from multiplier.drawing import Drawing


def flow(drawing: Drawing, title: str, mark: str = "flow") -> SafeString:
    """The money as bands. `mark` keeps the ids of two pictures on one page apart."""
    name = f"{mark}_{drawing.name}"
    size = f'viewBox="0 0 {drawing.width} {drawing.height}"'
    pattern = _stripes(name) if drawing.has_unknown else ""
    shapes = [
        f'<path class="flow__band flow__band--{band.tone}" d="{band.path}"'
        f"{_fill(band.tone, name)}/>"
        for band in drawing.bands
    ]
    shapes += [
        f'<rect class="flow__box flow__box--{box.tone}" x="{box.x:.1f}" y="{box.y:.1f}"'
        f' width="{box.width:.1f}" height="{box.height:.1f}"{_fill(box.tone, name)}/>'
        for box in drawing.boxes
    ]
    shapes += [
        f'<text class="flow__text{f" flow__text--{text.tone}" if text.tone else ""}"'
        f' x="{text.x:.1f}" y="{text.y:.1f}" text-anchor="{text.anchor}">'
        f"{escape(text.words)}</text>"
        for text in drawing.texts
    ]
    desc = "Bands as wide as the sums. The table after this picture gives every sum."
    return _picture(f"flow flow--{drawing.name}", name, size, (title, desc), pattern, shapes)


def _fill(tone: str, name: str) -> str:
    return f' fill="url(#{name}_unknown)"' if tone == "unknown" else ""


def _stripes(name: str) -> str:
    return (
        f'<defs><pattern id="{name}_unknown" width="10" height="10"'
        ' patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        '<rect class="flow__ground" width="10" height="10"/>'
        '<rect class="flow__stripe" width="3.5" height="10"/></pattern></defs>'
    )


def _picture(
    classes: str, name: str, size: str, said: tuple[str, str], defs: str, shapes: list[str]
) -> SafeString:
    title, desc = said
    head = (
        f'<svg class="{classes}" {size} role="img"'
        f' aria-labelledby="{name}_title {name}_desc">'
        f'<title id="{name}_title">{escape(title)}</title>'
        f'<desc id="{name}_desc">{escape(desc)}</desc>{defs}'
    )
    # Every word in it is escaped above, every number is one.
    return SafeString(f"{head}{''.join(shapes)}</svg>")


class Bars:
    """Bars and words under each other, from left to right in hundredths of the room."""

    LINE = 23
    BAR = 34

    def __init__(self, name: str) -> None:
        self.name = name
        self.y = 0
        self._shapes: list[str] = []
        self._stripes = False

    def words(self, text: str, at: float = 0, tone: str = "") -> None:
        """A line of words that starts, or where there is little room ends, at `at`."""
        self.y += self.LINE
        self.beside(text, at, self.y - 6, tone)

    def beside(self, text: str, at: float, y: float, tone: str = "") -> None:
        """Words at a height of their own."""
        anchor = "end" if at > 55 else "start"
        shade = f" bars__text--{tone}" if tone else ""
        self._shapes.append(
            f'<text class="bars__text{shade}" x="{at:.2f}%" y="{y:.0f}" text-anchor="{anchor}">'
            f"{escape(text)}</text>"
        )

    def bar(self, start: float, end: float, tone: str, *, height: int = BAR) -> None:
        """A bar at the present height; what has no length leaves no mark."""
        if end - start < 0.05:
            return
        self._stripes |= tone == "unknown"
        self._shapes.append(
            f'<rect class="bars__bar bars__bar--{tone}" x="{start:.2f}%" y="{self.y:.0f}"'
            f' width="{end - start:.2f}%" height="{height}"{_fill(tone, self.name)}/>'
        )

    def rule(self, at: float, top: float, bottom: float, tone: str = "") -> None:
        """A thin upright line."""
        shade = f" bars__rule--{tone}" if tone else ""
        self._shapes.append(
            f'<line class="bars__rule{shade}" x1="{at:.2f}%" x2="{at:.2f}%"'
            f' y1="{top:.0f}" y2="{bottom:.0f}"/>'
        )

    def across(self, y: float) -> None:
        """A thin line from side to side."""
        self._shapes.append(
            f'<line class="bars__rule bars__rule--axis" x1="0" x2="100%"'
            f' y1="{y:.0f}" y2="{y:.0f}"/>'
        )

    def dot(self, at: float, y: float, tone: str) -> None:
        """A mark at one point."""
        self._shapes.append(
            f'<circle class="bars__dot bars__dot--{tone}" cx="{at:.2f}%" cy="{y:.0f}" r="7"/>'
        )

    def skip(self, pixels: int) -> None:
        """Go down."""
        self.y += pixels

    def picture(self, title: str, desc: str) -> SafeString:
        """All of it."""
        size = f'width="100%" height="{self.y}"'
        defs = _stripes(self.name) if self._stripes else ""
        return _picture("bars", self.name, size, (title, desc), defs, self._shapes)
