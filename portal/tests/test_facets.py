"""Facets of a list."""

from types import SimpleNamespace

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from portal.facets import Choices, fitting, tally

KNOWN = {"region": {"n": "North", "s": "South"}, "kind": {"a": "Alpha", "b": "Beta"}}
LABELS = {"region": "Region", "kind": "Kind"}
SETTINGS = {"sort": ("name", "newest"), "size": ("10", "25")}


def read(query: str, known=KNOWN, q="") -> Choices:
    return Choices.read(QueryDict(query), known, q=q, settings=SETTINGS)


def test_read_takes_known_values_in_the_order_shown_and_names_the_others():
    choices = read("kind=b&region=s&region=n&region=x&kind=&kind=b&sort=newest&size=7&page=3")

    assert choices.chosen == {"region": ("n", "s"), "kind": ("b",)}
    assert choices.settings == {"sort": "newest"}
    assert choices.unknown == ("x",)
    assert choices.url == "?region=n&region=s&kind=b&sort=newest"


def test_facet_without_closed_list_takes_whatever_looks_like_a_slug():
    choices = read("year=2021&year=No!&year=" + "&year=".join(map(str, range(99))), {"year": None})

    assert choices.chosen["year"][:2] == ("2021", "0")
    assert len(choices.chosen["year"]) == 20
    assert choices.unknown == ("No!",)


def test_unknown_values_are_few_short_and_printable():
    query = "&".join(f"kind={n}%00%0A{'x' * 500}" for n in range(9))

    assert len(read(query).unknown) == 3
    assert all(len(value) <= 80 and value.isprintable() for value in read(query).unknown)


def test_addresses_beside_leave_out_one_thing_each():
    choices = read("region=n&region=s&kind=a&sort=newest", q="spend more")

    assert choices.url == "?q=spend+more&region=n&region=s&kind=a&sort=newest"
    assert choices.without("region", "s").url == "?q=spend+more&region=n&kind=a&sort=newest"
    assert choices.without("region").url == "?q=spend+more&kind=a&sort=newest"
    assert choices.without("q").url == "?region=n&region=s&kind=a&sort=newest"
    assert choices.cleared().url == "?q=spend+more&sort=newest"
    assert choices.before_page == "q=spend+more&region=n&region=s&kind=a&sort=newest&"
    assert read("").before_page == ""
    assert choices.kept_by_filters == [("q", "spend more"), ("sort", "newest")]
    assert ("q", "spend more") not in choices.kept_by_words
    assert [chip.label for chip in choices.chips(KNOWN)] == ["North", "South", "Alpha"]
    assert choices.in_words(KNOWN) == "North or South, and Alpha"


def test_links_of_a_setting_leave_out_its_default():
    links = read("sort=newest&size=25").links("sort", {"name": "By name", "newest": "Newest"})

    assert [(link["url"], link["is_now"]) for link in links] == [
        ("?size=25", False),
        ("?sort=newest&size=25", True),
    ]


def test_facets_leave_out_what_finds_nothing_and_what_narrows_nothing():
    counts = {"region": {"n": 2, "s": 1}, "kind": {"a": 3}}
    (region,) = read("").facets(LABELS, KNOWN, counts)

    assert [(o.label, o.count, o.checked) for o in region.options] == [
        ("North", 2, False),
        ("South", 1, False),
    ]
    kind = read("kind=b").facets(LABELS, KNOWN, counts)[1]
    assert [(o.value, o.count, o.checked) for o in kind.options] == [
        ("a", 3, False),
        ("b", 0, True),
    ]
    assert kind.chosen == 1


@pytest.mark.parametrize(("query", "is_open"), [("", [True, False]), ("kind=a", [True, True])])
def test_facets_after_the_first_are_folded_unless_chosen(query, is_open):
    counts = {"region": {"n": 2, "s": 1}, "kind": {"a": 1, "b": 2}}
    facets = read(query).facets(LABELS, KNOWN, counts, first=1)

    assert [facet.is_open for facet in facets] == is_open


VALUES = {"region": ("n", "s", ""), "kind": ("a", "b", ""), "year": ("1", "2", "3")}
ANY = {name: {value: value for value in values if value} for name, values in VALUES.items()}
ROWS = st.lists(st.tuples(*map(st.sampled_from, VALUES.values())), max_size=30)
CHOSEN = st.tuples(*(st.sets(st.sampled_from(list(ANY[name]))) for name in VALUES))


@given(rows=ROWS, chosen=CHOSEN)
def test_tally_and_fitting_equal_a_look_at_every_row_for_every_box(rows, chosen):
    choices = Choices("", {n: tuple(sorted(c)) for n, c in zip(VALUES, chosen, strict=True)})
    items = [SimpleNamespace(**dict(zip(VALUES, row, strict=True))) for row in rows]

    def fits(without=""):
        return [
            item
            for item in items
            if all(
                not values or getattr(item, name) in values
                for name, values in choices.chosen.items()
                if name != without
            )
        ]

    columns = {name: [getattr(item, name) for item in items] for name in VALUES}
    counts, total = tally(columns, choices)

    assert total == len(fits())
    for name, value in ((n, v) for n in VALUES for v in VALUES[n]):
        assert counts[name][value] == sum(getattr(i, name) == value for i in fits(name))
    assert list(fitting(items, columns, choices)) == fits()
