"""Accent colours of embedded calculators: parsing, contrast and corrections.

Contrast as in WCAG 2.2: (lighter + 0.05) / (darker + 0.05) of the relative luminances.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_HEX = re.compile(r"#?(?:[0-9a-f]{3}|[0-9a-f]{6})", re.IGNORECASE | re.ASCII)
BLACK, WHITE = "#000000", "#ffffff"


@dataclass(frozen=True)
class Theme:
    """Backgrounds of a theme, and the contrast an accent needs on them."""

    name: str
    grounds: tuple[str, ...]
    needs: float
    accent: str


# The grounds are those of multiplier/assets/embed.scss; a test keeps them equal.
THEMES = {
    "light": Theme("light", ("#fbf8f1", "#ffffff"), 4.5, "#0c5549"),
    "dark": Theme("dark", ("#10201d", "#1a302b"), 4.5, "#8fd3bf"),
    "contrast": Theme("contrast", ("#ffffff",), 7.0, "#00332b"),
}


def read(text: str) -> str | None:
    """Return `#rrggbb` from `#0C5549`, `0c5549` or `#abc`; None for other text."""
    text = text.strip().lower()
    if not _HEX.fullmatch(text):
        return None
    digits = text.removeprefix("#")
    return "#" + (digits if len(digits) == 6 else "".join(digit * 2 for digit in digits))


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two `#rrggbb` colours, 1 to 21."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def worst_contrast(colour: str, theme: Theme) -> float:
    """Return the lowest contrast of a colour on the theme's backgrounds."""
    return min(contrast(colour, ground) for ground in theme.grounds)


def passes(colour: str, theme: Theme) -> bool:
    """Whether links in this colour are readable in this theme."""
    return worst_contrast(colour, theme) >= theme.needs


def nearest(colour: str, theme: Theme) -> str:
    """Return the nearest darker colour that passes (lighter on a dark theme)."""
    to_dark = _luminance(theme.grounds[0]) > 0.5
    for step in range(101):
        mixed = _mixed(colour, BLACK if to_dark else WHITE, step / 100)
        if passes(mixed, theme):
            return mixed
    return theme.accent


def ink_on(colour: str) -> str:
    """Return black or white, whichever has more contrast on the colour: at least 4.5."""
    return max((WHITE, BLACK), key=lambda ink: contrast(colour, ink))


def edge_of(colour: str) -> str:
    """Return a shade for a button's lower edge."""
    return _mixed(colour, BLACK, 0.3)


def _mixed(colour: str, other: str, part: float) -> str:
    pairs = zip(bytes.fromhex(colour[1:]), bytes.fromhex(other[1:]), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * part):02x}" for a, b in pairs)


def _luminance(colour: str) -> float:
    def linear(channel: int) -> float:
        share = channel / 255
        return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4

    red, green, blue = map(linear, bytes.fromhex(colour[1:]))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
