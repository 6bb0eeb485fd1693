"""Drawing of the pictures that never change: the favicons and the sharing picture of all pages.

Run by hand when the mark changes: `python portal/assets/pictures.py`.
"""

import io
import sys
from pathlib import Path

import resvg_py
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
IMAGES = ROOT / "portal" / "static" / "portal" / "img"
TOP = ROOT / "portal" / "root"  # sent from the first level: /favicon.ico
FONTS = [str(ROOT / "campaign" / "data" / f"{face}.ttf") for face in ("kil-display", "kil-text")]
ICON_SIZES = [(16, 16), (32, 32), (48, 48)]

MARK = (
    '<path fill="{outer}" d="M18 0l18 10v20L18 40 0 30V10z"/>'
    '<path fill="#f6b32b" d="M18 10.5l8.6 4.8v9.4L18 29.5l-8.6-4.8v-9.4z"/>'
)


def drawn(svg: str) -> bytes:
    """Return an SVG as PNG."""
    return resvg_py.svg_to_bytes(svg_string=svg, skip_system_fonts=True, font_files=FONTS)


def touch_icon() -> str:
    """Return the icon of a phone's home screen: the mark on paper, without transparency."""
    mark = MARK.format(outer="#0c5549")
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="180" height="180" viewBox="0 0 60 60">'
        f'<rect width="60" height="60" fill="#fbf8f1"/><g transform="translate(12 10)">{mark}</g>'
        "</svg>"
    )


def card() -> str:
    """Return the sharing picture of pages that have none of their own."""
    hexes = "".join(
        f'<path fill="{colour}" transform="translate({x} {y}) scale(4.6)" '
        'd="M18 0l18 10v20L18 40 0 30V10z"/>'
        for x, y, colour in [
            (836, -40, "#17685a"),
            (1010, -40, "#1d7a68"),
            (749, 110, "#1d7a68"),
            (923, 110, "#f6b32b"),
            (1097, 110, "#17685a"),
            (836, 260, "#17685a"),
            (1010, 260, "#9cc5b7"),
            (749, 410, "#17685a"),
            (923, 410, "#1d7a68"),
            (1097, 410, "#17685a"),
        ]
    )
    words = "".join(
        f'<text x="64" y="{y}" font-family="{face}" font-size="{size}" fill="#fff">{text}</text>'
        for y, face, size, text in [
            (300, "kil-display", 96, "Keep it Local"),
            (364, "kil-text", 36, "A network of councils that unlock"),
            (412, "kil-text", 36, "the power of their communities"),
        ]
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="630">'
        f'<rect width="1200" height="630" fill="#0c5549"/>{hexes}{words}'
        f'<g transform="translate(64 96) scale(2)">{MARK.format(outer="#fff")}</g></svg>'
    )


def main() -> int:
    """Write every picture."""
    TOP.mkdir(exist_ok=True)
    mark = (IMAGES / "mark.svg").read_text()
    large = mark.replace("<svg ", '<svg width="256" height="256" ', 1)
    Image.open(io.BytesIO(drawn(large))).save(TOP / "favicon.ico", sizes=ICON_SIZES)
    (TOP / "apple-touch-icon.png").write_bytes(drawn(touch_icon()))
    (IMAGES / "card.png").write_bytes(drawn(card()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
