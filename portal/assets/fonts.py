"""Font subsetting: the two typefaces with only the glyphs and weights this site uses.

Input: the Latin files of the @fontsource-variable packages (SIL Open Font Licence 1.1).
Output: two woff2 files in portal/static/portal/fonts/, the same bytes on every run, and both
again as TrueType in campaign/data/, in the one weight that the sharing pictures are drawn with.

Glyphs: Basic Latin, Latin-1, the Welsh circumflexes that the source has, and the punctuation
of running text. Weights: the range in the style sheets. The files are renamed because the
licence keeps the name "Source" for unmodified copies. Run by `npm run assets`.
"""

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ROOT / "node_modules" / "@fontsource-variable"
OUT = ROOT / "portal" / "static" / "portal" / "fonts"

DRAWN = ROOT / "campaign" / "data"
DRAWN_WEIGHT = 600  # of the text face

UNICODES = [
    *range(0x20, 0x7F),
    *range(0xA0, 0x100),
    *(0x131, 0x152, 0x153, 0x174, 0x175, 0x176, 0x177),
    *range(0x2010, 0x2016),
    *range(0x2018, 0x201F),
    *(0x2020, 0x2022, 0x2026, 0x2032, 0x2033, 0x2039, 0x203A, 0x2044, 0x20AC, 0x2122),
    *(0x2190, 0x2191, 0x2192, 0x2193, 0x2212, 0x2248, 0x2264, 0x2265),
]

FEATURES = ["kern", "mark", "mkmk", "ccmp", "locl", "liga", "calt", "tnum", "pnum"]

FONTS: list[tuple[str, str, tuple[int, int] | int]] = [
    # package and file, our name, weights
    ("bricolage-grotesque/files/bricolage-grotesque-latin-wght-normal.woff2", "kil-display", 800),
    ("source-sans-3/files/source-sans-3-latin-wght-normal.woff2", "kil-text", (400, 700)),
]


def cut(source: Path, name: str, weights: tuple[int, int] | int) -> bytes:
    """Write the subset of a font as woff2 and as TrueType, and return the woff2's bytes.

    Args:
        source: The font file.
        name: The new name, of the file and within it.
        weights: The lowest and highest weight, or one number to fix the weight.
    """
    font = TTFont(source, recalcTimestamp=False)
    options = subset.Options()
    options.flavor = "woff2"
    options.layout_features = FEATURES
    options.hinting = False
    options.recalc_timestamp = False
    options.name_IDs = [0, 1, 2, 4, 6, 13, 14]
    options.drop_tables += ["DSIG", "MVAR"]
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=UNICODES)
    subsetter.subset(font)
    font = instancer.instantiateVariableFont(font, {"wght": weights})
    for record in font["name"].names:
        if record.nameID in (1, 4, 6):
            record.string = name
    target = OUT / f"{name}.woff2"
    subset.save_font(font, str(target), options)
    still = TTFont(target, recalcTimestamp=False)
    if "fvar" in still:
        still = instancer.instantiateVariableFont(still, {"wght": DRAWN_WEIGHT})
    still.flavor = None
    still.save(DRAWN / f"{name}.ttf")
    return target.read_bytes()


def main() -> int:
    """Write every font and print its size."""
    OUT.mkdir(parents=True, exist_ok=True)
    for source, name, weights in FONTS:
        size = len(cut(PACKAGES / source, name, weights))
        print(f"fonts    {name}.woff2 {size / 1000:.1f} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
