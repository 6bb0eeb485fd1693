"""The picture: nothing is lost in it, and every band has its words."""

import itertools
from collections import Counter
from fractions import Fraction as F

import pytest
from hypothesis import given
from hypothesis import strategies as st

from multiplier.charts.flow import Flow, flow_of, narrow, wide
from multiplier.engine import Line, calculate
from multiplier.tests.builders import A, community_lines, provider, rounds
from multiplier.tests.engine.test_laws import line, pence


def sums(flow: Flow) -> dict[tuple[str, str], int]:
    """Pounds from where to where."""
    return {(link.source, link.target): link.amount / 100 for link in flow.links}


def nodes(flow: Flow) -> dict[str, F]:
    return {node.key: node.amount / 100 for column in flow.columns for node in column}


def test_the_community_organisation_s_money_goes_where_the_specification_says():
    assert sums(flow_of(calculate(A))) == {
        ("r1", "staff"): 240_000,
        ("r1", "supplier"): 60_000,
        ("r1", "premises"): 40_000,
        ("r1", "left2"): 140_000,
        ("r1", "held"): 20_000,
        ("staff", "again"): 84_000,
        ("staff", "left3"): 156_000,
        ("supplier", "again"): 30_000,
        ("supplier", "left3"): 30_000,
        ("premises", "again"): 12_000,
        ("premises", "left3"): 28_000,
    }


def test_what_is_held_is_not_drawn_as_having_left():
    tones = {node.key: node.tone for node in flow_of(calculate(A)).columns[1]}

    assert tones["held"] == "held"
    assert tones["left2"] == "left"


def test_what_is_not_known_is_a_band_of_its_own():
    lines = community_lines()
    lines[0] = Line("staff", 300_000, None, "0.35")
    lines[1] = Line("supplier", 120_000, "0.5", None)

    drawn = nodes(flow_of(calculate(provider(lines))))

    assert drawn["maybe"] == 300_000
    assert drawn["maybe3"] == 60_000
    assert "staff" not in drawn


def test_what_no_line_accounts_for_is_neither_held_nor_gone():
    drawn = nodes(flow_of(calculate(provider([Line("staff", 60, 1, 1)], 100))))

    assert drawn["unlisted"] == 40
    assert "left2" not in drawn


def test_more_spent_than_came_in_is_drawn_as_coming_from_reserves():
    flow = flow_of(calculate(provider([Line("other", 110, "0.5", 1)], 100)))

    assert sums(flow)[("r1", "other")] == 55
    assert sums(flow)[("r1", "left2")] == 45
    assert sums(flow)[("beyond", "left2")] == 10


def test_three_numbers_are_drawn_with_one_local_recipient():
    flow = flow_of(calculate(rounds(100, 50, 20)))

    assert sums(flow) == {
        ("r1", "local"): 50,
        ("r1", "left2"): 50,
        ("local", "again"): 20,
        ("local", "left3"): 30,
    }


def test_nothing_local_ends_in_the_second_round():
    flow = flow_of(calculate(rounds(100, 0, 0)))

    assert flow.columns[2] == ()
    assert narrow(flow).height < narrow(flow_of(calculate(A))).height


amounts = st.integers(1, 10**9)
quick = st.builds(
    lambda a, b, c: rounds(F(a, 100), b and F(b, 100), c and F(min(b or a, c), 100)),
    amounts,
    st.none() | amounts,
    st.none() | amounts,
)
guided = st.builds(
    lambda lines, surplus, income: provider([*lines, Line("surplus", surplus)], income),
    st.lists(line, max_size=6),
    pence,
    st.integers(1, 10**7),
)


@given(quick | guided)
def test_every_node_gets_out_what_it_gets_in(request_):
    flow = flow_of(calculate(request_))
    into, out = Counter(), Counter()
    for link in flow.links:
        into[link.target] += link.amount
        out[link.source] += link.amount

    first, middle, last = flow.columns
    assert all(node.amount > 0 for column in flow.columns for node in column)
    assert all(out[node.key] == node.amount for node in first)
    assert all(into[node.key] == node.amount for node in (*middle, *last))
    assert all(out[node.key] == node.amount for node in middle if node.tone == "local")


@given(quick | guided)
def test_both_drawings_hold_all_their_shapes_and_name_every_node(request_):
    flow = flow_of(calculate(request_))
    for made in (wide(flow), narrow(flow)):
        assert all(box.y >= 0 and box.y + box.height <= made.height for box in made.boxes)
        assert all(0 < text.y <= made.height for text in made.texts)
        words = Counter(text.words for text in made.texts)
        for column in flow.columns[1:]:
            assert all(words[node.name] for node in column)


def test_labels_that_stand_above_each_other_do_not_touch():
    for made, room in (
        (wide(flow_of(calculate(A))), 24),
        (narrow(flow_of(calculate(A))), 20),
    ):
        for x in {text.x for text in made.texts}:
            ys = sorted(text.y for text in made.texts if text.x == x)
            assert all(b - a >= room for a, b in itertools.pairwise(ys))


@pytest.mark.parametrize(("income", "has"), [(500_000, False), (600_000, False)])
def test_the_pattern_is_there_only_where_something_is_unknown(income, has):
    known = wide(flow_of(calculate(provider(community_lines(), income))))
    unknown = wide(flow_of(calculate(provider([Line("staff", 1, None)], income))))

    assert known.has_unknown is has
    assert unknown.has_unknown
