"""The hex map: positions, members, labels and crops."""

import re
from itertools import product
from types import SimpleNamespace

import pytest

from councils import hexmap
from councils.hexmap import Atlas, Cell


def cell(slug, position, *, member=False, county="", kind="unitary", name=""):
    return Cell(
        slug=slug,
        name=name or slug.title(),
        region="South East",
        kind=kind,
        county=county,
        position=position,
        is_member=member,
        url=f"/councils/{slug}/",
    )


@pytest.fixture
def atlas():
    """A member city, another city, and a member county with two districts."""
    return Atlas(
        (
            cell("ayton", (0, 4), member=True),
            cell("beeford", (1, 4)),
            cell("shire", None, member=True, kind="county"),
            cell("seaby", (0, 3), county="shire", kind="district"),
            cell("teeby", (1, 3), county="shire", kind="district"),
        )
    )


def hexes(path):
    return path.count("M")


def test_members_are_links_and_rest_is_one_path(atlas):
    england = hexmap.england(atlas)
    assert [shape.cell.slug for shape in england.members] == ["ayton"]
    assert hexes(england.land) == 3
    assert england.others == []


def test_directory_links_every_council_once(atlas):
    england = hexmap.england(atlas, every_link=True)
    slugs = [shape.cell.slug for shape in england.members + england.others]
    assert sorted(slugs) == ["ayton", "beeford", "seaby", "teeby"]
    assert england.land == ""


def test_member_county_has_outline_and_label(atlas):
    (county,) = hexmap.england(atlas).counties
    assert county.cell.slug == "shire"
    assert hexes(county.outline) == 1
    assert county.outline.count("L") == 9  # ten corners round two neighbours


def test_other_county_has_no_outline(atlas):
    shire = cell("shire", None, kind="county")
    others = tuple(c for c in atlas.cells if c.slug != "shire")
    assert hexmap.england(Atlas((*others, shire))).counties == []


def test_outline_goes_round_islands_and_holes():
    ring = hexmap.neighbours((4, 4))
    assert hexes(hexmap.outline(ring)) == 2
    assert hexes(hexmap.outline([(0, 0), (5, 5)])) == 2


@pytest.mark.parametrize("place", [(0, 0), (3, 2), (3, 3), (2, 7)])
def test_neighbours_touch_and_are_mutual(place):
    x, y = hexmap.middle(place)
    found = hexmap.neighbours(place)
    assert len(set(found)) == 6
    for other in found:
        cx, cy = hexmap.middle(other)
        assert ((cx - x) ** 2 + (cy - y) ** 2) ** 0.5 == pytest.approx(hexmap.STEP)
        assert place in hexmap.neighbours(other)


def test_north_is_up():
    assert hexmap.middle((0, 9))[1] < hexmap.middle((0, 1))[1]


def test_drawing_lies_within_viewbox(atlas):
    england = hexmap.england(atlas)
    starts = re.findall(r"M([\d.-]+) ([\d.-]+)", england.land + england.members[0].path)
    assert starts
    for x, y in starts:
        assert 0 < float(x) < england.width
        assert 0 < float(y) < england.height


def test_title_names_members(atlas):
    title = hexmap.england(atlas).title
    assert title == "Map of England’s councils. Ayton and Shire are members."


def test_title_without_members_says_so():
    england = hexmap.england(Atlas((cell("ayton", (0, 0)),)))
    assert "None is a member yet" in england.title


def test_names_cover_every_council(atlas):
    assert set(hexmap.england(atlas).names) == {c.name for c in atlas.cells}


def test_england_without_councils_is_empty():
    assert hexmap.england(Atlas(())).members == []


def test_link_says_name_region_and_status(atlas):
    titles = {c.slug: c.title for c in atlas.cells}
    assert titles["ayton"] == "Ayton, South East: member council"
    assert titles["beeford"] == "Beeford, South East: not a member yet"


def test_link_is_escaped():
    odd = cell("odd", (0, 0), member=True, name='<b>O\'Dd & "Co"')
    markup = hexmap.england(Atlas((odd,))).links_to_members
    assert 'href="/councils/odd/"' in markup
    assert "<b>" not in markup
    assert "&lt;b&gt;O&#x27;Dd &amp; &quot;Co&quot;" in markup
    assert markup.count("<a ") == markup.count("</a>") == 1


def test_crop_shows_council_neighbours_and_sea(atlas):
    crop = hexmap.around(SimpleNamespace(slug="beeford"), atlas)
    assert hexes(crop.here) == 1
    assert hexes(crop.member) == 1
    assert hexes(crop.land) == 2
    assert hexes(crop.sea) > 10
    middle_of_crop = re.match(r"M([\d.]+) ([\d.]+)l", crop.here)
    assert float(middle_of_crop[1]) == pytest.approx(crop.width / 2, abs=0.1)


def test_county_crop_shows_all_districts(atlas):
    crop = hexmap.around(SimpleNamespace(slug="shire"), atlas)
    assert hexes(crop.here) == 2


def test_council_without_position_has_crop(atlas):
    crop = hexmap.around(SimpleNamespace(slug="exampleshire"), atlas)
    assert hexes(crop.here) == 1
    assert crop.land == crop.member == ""


def test_crop_has_no_gap(atlas):
    crop = hexmap.around(SimpleNamespace(slug="ayton"), atlas)
    drawn = crop.sea + crop.land + crop.member + crop.here
    starts = [(float(x), float(y)) for x, y in re.findall(r"M([\d.-]+) ([\d.-]+)", drawn)]
    side = hexmap.CROP_STEP / 3**0.5
    for x, y in product(range(0, crop.width + 1, 30), range(0, crop.height + 1, 28)):
        nearest = min((cx - x) ** 2 + (cy + side - y) ** 2 for cx, cy in starts)
        assert nearest**0.5 <= side * 1.05


def test_county_label_covers_no_hex_if_there_is_room():
    row = [cell(f"d{q}", (q, 5), county="shire", kind="district") for q in range(3, 6)]
    north = [cell(f"n{q}", (q, 6)) for q in range(12)]
    shire = cell("shire", None, member=True, kind="county", name="East Shire")
    england = hexmap.england(Atlas((shire, *row, *north)))
    (label,) = england.counties
    long = len("East Shire") * hexmap.LABEL_SIZE * hexmap.LETTER
    left = {"start": label.x, "end": label.x - long, "middle": label.x - long / 2}
    starts = re.findall(r"M([\d.-]+) ([\d.-]+)", england.land)
    assert len(starts) == 15
    for x, top in starts:
        middle = float(top) + hexmap.STEP / 3**0.5
        beside = not left[label.anchor] < float(x) < left[label.anchor] + long
        assert beside or not label.y - hexmap.LABEL_SIZE * 0.7 < middle < label.y
