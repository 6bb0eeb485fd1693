"""The multiplier's JSON: the contract of DESIGN section 4, word for word."""

import json
import logging
from decimal import Decimal
from fractions import Fraction as F

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from multiplier.api import MOST_BYTES
from multiplier.engine import InputErrors, half_up, json_format
from multiplier.engine import calculate as engine_calculate
from multiplier.engine.reading import Reader
from multiplier.tests.cases import CASES, FRAME, REFUSED, community, line, lines, outsourcer, three

URL = "/api/v1/multiplier"
NONSENSE = ["£1,234.50", "1.234,5", "12%", "٣", "", " ", "1e3", "NaN", "inf", "0x10", "1_000"]
NONSENSE += ["--1", "½", "１", "1 000", "1" * 31, "0." + "1" * 31]
NONSENSE += [True, False, [], [1], {}, {"low": 1}]
ELSEWHERE = {"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "cross-site"}


def post(data, path: str = URL, **more):
    body = data if isinstance(data, bytes | str) else json.dumps(data)
    client = Client(enforce_csrf_checks=True)
    return client.post(path, body, content_type="application/json", headers=ELSEWHERE, **more)


def faults(response) -> dict[str, str]:
    assert response.status_code == 422, response.content
    found = response.json()["errors"]
    assert all(set(error) == {"code", "field", "message"} for error in found)
    assert all(error["message"] for error in found)
    return {error["field"]: error["code"] for error in found}


def went(kind: str, amount: str, local: str, again: str, lost: str) -> dict[str, str]:
    """Where one line's money went, in standard mode."""
    given = {"kind": kind, "amount": amount, "local": local, "again": again, "lost": lost}
    return {**given, "returned": "0.00"}


def with_numbers(data):
    """The same request with JSON's own numbers where it has text that is one."""
    if isinstance(data, dict):
        return {name: with_numbers(value) for name, value in data.items()}
    if isinstance(data, list):
        return [with_numbers(value) for value in data]
    try:
        return float(data) if "." in data else int(data)
    except (TypeError, ValueError):
        return data


# ---- The specification's cases, through the engine and through the API ----------------------


@pytest.mark.parametrize("form", ["text", "numbers", "slash"])
@pytest.mark.parametrize("name", CASES)
def test_the_specified_case_comes_out_of_the_api(name, form):
    request, r2, r3, exact, rounded = CASES[name]

    response = post(
        with_numbers(request) if form == "numbers" else request, URL + "/" * (form == "slash")
    )

    assert response.status_code == 200
    found = response.json()
    assert found["lm3"] == {"exact": exact, "rounded": rounded, "low": exact, "high": exact}
    assert (found["r2"], found["r3"]) == (r2, r3)
    assert found["method_version"] == "1"
    lm2 = 1 + F(r2) / F(found["r1"])
    assert F(found["lm2"]["exact"]) == lm2
    assert found["lm2"]["rounded"] == str(half_up(lm2))


@pytest.mark.parametrize("name", CASES)
def test_the_specified_case_comes_out_of_the_engine(name):
    request, r2, r3, exact, rounded = CASES[name]
    reader = Reader()

    result = engine_calculate(json_format.read_request(request, reader))

    assert not reader.errors
    assert (result.r2.exact, result.r3.exact) == (F(r2) * 100, F(r3) * 100)
    assert result.lm3.exact == F(exact)
    assert result.lm3.rounded == Decimal(rounded)


@pytest.mark.parametrize("name", REFUSED)
def test_what_the_specification_refuses_is_refused_by_both(name):
    request, field, code = REFUSED[name]

    assert faults(post(request)) == {field: code}

    with pytest.raises(InputErrors) as caught:
        engine_calculate(json_format.read_request(request, Reader()))
    assert [(error.field, error.code) for error in caught.value.errors] == [(field, code)]


def test_t06_in_full():
    assert post(community()).json() == {
        "lm3": {"exact": "483/250", "rounded": "1.93", "low": "483/250", "high": "483/250"},
        "lm2": {"exact": "42/25", "rounded": "1.68", "low": "42/25", "high": "42/25"},
        "r1": "500000.00",
        "r2": "340000.00",
        "r3": "126000.00",
        "leak2": "160000.00",
        "leak3": "214000.00",
        "returned": "0.00",
        "held": "20000.00",
        "ranges": {
            "r2": {"low": "340000.00", "high": "340000.00"},
            "r3": {"low": "126000.00", "high": "126000.00"},
            "leak2": {"low": "160000.00", "high": "160000.00"},
            "leak3": {"low": "214000.00", "high": "214000.00"},
            "returned": {"low": "0.00", "high": "0.00"},
        },
        "lines": [
            went("staff", "300000.00", "240000.00", "84000.00", "156000.00"),
            went("supplier", "120000.00", "60000.00", "30000.00", "30000.00"),
            went("premises", "40000.00", "40000.00", "12000.00", "28000.00"),
            went("tax", "20000.00", "0.00", "0.00", "0.00"),
            went("surplus", "20000.00", "0.00", "0.00", "0.00"),
        ],
        "grade": {"accounts": "0", "survey": "0", "assumption": "1"},
        "warnings": [],
        "method_version": "1",
    }


@pytest.mark.parametrize(
    ("request_", "rounded"),
    [
        (three("1000", "1000", "675"), "2.68"),
        (three("1000", "5", "0"), "1.01"),
        (three("1000", "4.99", "0"), "1.00"),
        (three("3", "1", "1"), "1.67"),
    ],
)
def test_halves_are_rounded_up_on_the_exact_value(request_, rounded):
    assert post(request_).json()["lm3"]["rounded"] == rounded


@settings(max_examples=50)
@given(
    st.lists(st.tuples(st.integers(0, 10**7), *[st.none() | st.integers(0, 1000)] * 3), max_size=4),
    st.integers(1, 10**7),
    st.sampled_from(["standard", "extended"]),
)
def test_no_penny_is_lost_on_the_way_out(given_lines, spare, mode):
    """Node in = node out, on the text that leaves: exact, so no rounding is to be forgiven."""
    spent = [
        {
            "kind": "other",
            "amount": str(Decimal(pence) / 100),
            "local_share": None if local is None else str(Decimal(local) / 1000),
            "respend": None if again is None else str(Decimal(again) / 1000),
            "nonlocal_respend": None if away is None else str(Decimal(away) / 1000),
        }
        for pence, local, again, away in given_lines
    ]
    income = Decimal(sum(line[0] for line in given_lines) + spare) / 100

    found = json_format.calculate({**FRAME, "mode": mode, "income": str(income), "lines": spent})

    for line_ in found["lines"]:
        if None not in line_.values():
            assert Decimal(line_["again"]) + Decimal(line_["lost"]) == Decimal(line_["local"])
    sums = [found[name] for name in ("r1", "returned", "leak2", "leak3", "r3")]
    if None not in sums:
        r1, returned, leak2, leak3, r3 = map(Decimal, sums)
        assert r1 + returned == leak2 + leak3 + r3
        assert r1 == income


def test_the_warnings_are_told():
    assert post(CASES["T11"][0]).json()["warnings"] == [
        "W_SPEND_EXCEEDS_INCOME",
        "W_UNUSUALLY_HIGH",
    ]
    assert post(CASES["T13"][0]).json()["warnings"] == ["W_UNALLOCATED"]
    surveyed = {**line("staff", "1", "1", ".3", ".4"), "survey_size": 4}
    assert post(lines("1", surveyed, mode="extended")).json()["warnings"] == [
        "W_UNUSUALLY_HIGH",
        "W_Q_GT_R",
        "W_SMALL_SURVEY",
    ]


# ---- What is unknown ------------------------------------------------------------------------


@pytest.mark.parametrize("blank", [{}, {"respend": None}])
def test_where_a_share_is_unknown_only_the_range_is_claimed(blank):
    request = lines("100", {"kind": "staff", "amount": "100", "local_share": "0.5", **blank})

    found = post(request).json()

    assert found["lm3"] == {"exact": None, "rounded": None, "low": "3/2", "high": "2"}
    assert found["lm2"]["exact"] == "3/2"
    assert (found["r2"], found["r3"], found["leak3"]) == ("50.00", None, None)
    assert found["ranges"]["r3"] == {"low": "0.00", "high": "50.00"}


def test_an_unknown_local_share_runs_from_nothing_to_all():
    found = post(lines("100", {"kind": "staff", "amount": "100", "respend": "0.4"})).json()

    assert found["lm3"] == {"exact": None, "rounded": None, "low": "1", "high": "12/5"}
    assert found["r2"] is None


def test_a_share_may_have_three_points_or_two():
    share = {"low": "0.25", "central": 0.35, "high": ".5"}
    found = post(lines("1", {"kind": "staff", "amount": 1, "local_share": 1, "respend": share}))
    assert found.json()["lm3"] == {
        "exact": "47/20",
        "rounded": "2.35",
        "low": "9/4",
        "high": "5/2",
    }
    del share["central"]
    found = post(lines("1", {"kind": "staff", "amount": 1, "local_share": 1, "respend": share}))
    assert found.json()["lm3"]["exact"] is None


def test_pounds_and_take_home_pay_are_read():
    given = {"kind": "staff", "amount": "300", "local_amount": "100", "respend": "0.5"}
    net = {**line("staff", "100", "1", "0.35"), "pay_basis": "net", "net_to_gross": "0.8"}

    assert post(lines("300", given)).json()["lm3"]["exact"] == "3/2"
    assert post(lines("100", net)).json()["r3"] == "28.00"


def test_money_is_exact_to_the_last_place():
    found = post(lines("0.03", line("staff", "0.01", "0.333", "0.1"))).json()

    assert (found["r2"], found["r3"]) == ("0.00333", "0.000333")
    total = sum(Decimal(found[name]) for name in ("leak2", "leak3", "r3"))
    assert total == Decimal("0.03")


def test_a_json_number_is_never_read_through_a_float():
    exact = "0.1000000000000000055511151231257827"
    text = json.dumps(lines("1", line("staff", "1", "X", "0"))).replace('"X"', exact)

    assert F(post(text).json()["lm3"]["exact"]) == 1 + F(exact)


# ---- The other three -------------------------------------------------------------------------


def test_s1_s2_and_n1():
    shift = f"{URL}/shift"
    billions = {"amount": "4000000000", "respend": ".76", "nonlocal_respend": ".36"}
    found = post(billions, shift).json()
    assert found["extra"] == found["net"] == "5600000000.00"
    million = post({**billions, "amount": 1000000}, shift).json()
    assert (million["extra"], million["ignoring_nonlocal"]) == ("1400000.00", "1760000.00")
    less = {"amount": "30000", "respend": "0.5", "deadweight": "0.2", "displacement": "0.25"}
    assert post(less, f"{shift}/").json()["net"] == "27000.00"


def test_ten_per_cent_of_what():
    rates = {"respend": ".76", "nonlocal_respend": ".36"}
    part = {"part": "0.1", "of": "total", "spend": "100000000", "local_share": "0.3"}

    found = post({"amount": part, **rates}, f"{URL}/shift").json()
    assert (found["amount"], found["extra"]) == ("10000000.00", "14000000.00")

    found = post({"amount": {**part, "of": "local"}, **rates}, f"{URL}/shift").json()
    assert (found["amount"], found["extra"]) == ("3000000.00", "4200000.00")

    too_much = {"amount": {**part, "part": "0.8"}}
    assert faults(post(too_much, f"{URL}/shift")) == {"amount.part": "E_SHIFT_GT_NONLOCAL"}
    assert faults(post({"amount": {"x": 1}}, f"{URL}/shift")) == {
        "amount.x": "E_UNKNOWN_FIELD",
        "amount.of": "E_OF",
        "amount.spend": "E_NOT_A_NUMBER",
        "amount.part": "E_NOT_A_NUMBER",
        "amount.local_share": "E_NOT_A_NUMBER",
    }


def test_a_shift_with_an_unknown_rate_gives_its_range():
    found = post({"amount": "100"}, f"{URL}/shift").json()

    assert found == {
        "amount": "100.00",
        "extra": None,
        "ignoring_nonlocal": None,
        "net": None,
        "ranges": {
            "extra": {"low": "100.00", "high": "200.00"},
            "ignoring_nonlocal": {"low": "100.00", "high": "200.00"},
            "net": {"low": "100.00", "high": "200.00"},
        },
    }


def test_a_beside_b():
    request = {"a": community(), "b": outsourcer(), "price_a": "524250", "price_b": "500000"}

    found = post(request, f"{URL}/compare").json()

    assert found == {
        "difference": "242500.00",
        "cost_per_extra_local_pound": "0.10",
        "overlap": False,
        "ranges": {"difference": {"low": "242500.00", "high": "242500.00"}},
        "exact": {"cost_per_extra_local_pound": "1/10"},
    }
    request["price_a"] = "510000"
    found = post(request, f"{URL}/compare/").json()
    assert found["cost_per_extra_local_pound"] == "0.0412"
    assert found["exact"]["cost_per_extra_local_pound"] == "4/97"


def test_unlike_things_are_not_compared():
    other = {**outsourcer(), "view": "council"}

    assert faults(post({"a": community(), "b": other}, f"{URL}/compare")) == {"b.view": "E_VIEW"}


def test_x1():
    found = post({"claimed": "2.52", "respend": "0.35"}, f"{URL}/check").json()

    assert found == {
        "respend_min": "0.52",
        "local_share_min": "0.76",
        "equal_rate": "0.8304",
        "local_share_needed": "1.1259",
        "possible": False,
        "exact": {
            "respend_min": "13/25",
            "local_share_min": "19/25",
            "local_share_needed": "152/135",
        },
    }
    found = post({"claimed": 2.52}, f"{URL}/check/").json()
    assert found["possible"] is True
    assert found["local_share_needed"] is None


# ---- What is refused ---------------------------------------------------------------------------


@pytest.mark.parametrize("nonsense", NONSENSE)
@pytest.mark.parametrize("field", ["income", "amount", "local_share", "respend", "r1"])
def test_nonsense_in_any_field_is_told_at_that_field(field, nonsense):
    if field == "r1":
        request = three(nonsense, "0", "0")
    elif field == "income":
        request = lines(nonsense)
    else:
        request = lines("5", {**line("staff", "1", "1", "1"), field: nonsense})

    found = faults(post(request))

    assert found
    assert all(name.split(".")[0].startswith(("income", "r1", "lines[0]")) for name in found)
    assert all(field in name for name in found)


@pytest.mark.parametrize("number", ["1e308", "-1e308", "1e999999999", "1e-999999999999999999999"])
def test_a_monstrous_number_is_refused_at_once(number):
    text = json.dumps(lines("X", line("staff", "1", "1"))).replace('"X"', number)

    assert set(faults(post(text))) == {"income"}


def test_negative_zero_is_zero():
    assert post(three("1", "-0", "-0.0")).json()["lm3"]["exact"] == "1"
    assert faults(post(three("-0", "0", "0"))) == {"r1": "E_INCOME_ZERO"}


@pytest.mark.parametrize("path", [URL, f"{URL}/shift", f"{URL}/compare", f"{URL}/check"])
@pytest.mark.parametrize("body", ["[]", '"x"', "1", "null", "true"])
def test_json_that_is_no_object_has_the_wrong_shape(path, body):
    assert faults(post(body, path)) == {"": "E_SHAPE"}


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        ({**lines("1"), "lines": {}}, {"lines": "E_SHAPE"}),
        ({**lines("1"), "lines": [1]}, {"lines[0]": "E_SHAPE"}),
        ({**lines("1"), "lines": [{}] * 201}, {"lines": "E_LINES"}),
        ({**lines("1"), "incom": 1}, {"incom": "E_UNKNOWN_FIELD"}),
        (
            lines("1", {**line("tax", "1", "0"), "x" * 50: 1}),
            {f"lines[0].{'x' * 40}": "E_UNKNOWN_FIELD"},
        ),
        ({**FRAME, "view": ["provider"], "r1": 1}, {"view": "E_VIEW"}),
        ({**FRAME, "area": 5, "r1": 1}, {"area": "E_AREA"}),
        ({**FRAME, "area": "\ud800", "r1": 1}, {"area": "E_AREA"}),
        ({**FRAME, "mode": {}, "r1": 1}, {"mode": "E_MODE"}),
        ({**FRAME, "r1": 1, "income": 1}, {"r1": "E_ROUNDS"}),
        (FRAME, {"income": "E_NOT_A_NUMBER"}),
        ({**FRAME, "r2": 1}, {"r1": "E_NOT_A_NUMBER"}),
        (
            {"income": "x", "lines": [{"kind": "tax", "amount": "y", "local_share": {"low": 2}}]},
            {
                "view": "E_VIEW",
                "area": "E_AREA",
                "income": "E_NOT_A_NUMBER",
                "lines[0].amount": "E_NOT_A_NUMBER",
                "lines[0].local_share.low": "E_SHARE",
                "lines[0].local_share.high": "E_NOT_A_NUMBER",
            },
        ),
    ],
)
def test_all_that_is_wrong_is_told_at_once(request_, expected):
    assert faults(post(request_)) == expected


def test_the_faults_of_both_sides_and_of_the_prices_are_told():
    assert faults(post({}, f"{URL}/compare")) == {"a": "E_SHAPE", "b": "E_SHAPE"}
    both = {"a": lines("0"), "b": {**lines("1"), "lines": 1}, "price_a": "x"}
    assert faults(post(both, f"{URL}/compare")) == {
        "a.income": "E_INCOME_ZERO",
        "b.lines": "E_SHAPE",
        "price_a": "E_NOT_A_NUMBER",
        "price_b": "E_NOT_A_NUMBER",
    }
    unlike = {"a": {**lines("1"), "view": "x"}, "b": {**lines("1"), "area": "", "mode": "x"}}
    found = post(unlike, f"{URL}/compare").json()["errors"]
    fields = sorted(error["field"] for error in found)
    assert fields == ["a.view", "b.area", "b.mode"]  # once each
    assert faults(post({}, f"{URL}/shift")) == {"amount": "E_NOT_A_NUMBER"}
    assert faults(post({}, f"{URL}/check")) == {"claimed": "E_NOT_A_NUMBER"}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"view=provider",
        b"{'view': 1}",
        b'{"r1": NaN}',
        b'{"r1": -Infinity}',
        b'{"r1": 01}',
        b'{"r1": 1, "r1": 2}',
        b"\xff\xfe{\x00}\x00",
        b'{"area": "\xed\xa0\x80"}',
        b"[" * 60_000,
        b'{"a":' * 12_000,
    ],
)
def test_what_is_not_json_is_400(body):
    response = post(body)

    assert response.status_code == 400
    (error,) = response.json()["errors"]
    assert error["code"] == "E_JSON"
    assert response["Access-Control-Allow-Origin"] == "*"


def test_money_and_decimals_are_written_out_or_near_where_they_never_end():
    assert json_format.money(F(100, 3)) == "0.3333"
    assert json_format.money(F(-200)) == "-2.00"
    assert json_format.decimal_text(F(1, 8)) == "0.125"
    assert json_format.decimal_text(F(-1, 8), 4) == "-0.1250"
    assert json_format.decimal_text(F(5)) == "5"
    assert json_format.decimal_text(F(1, 3)) == "0.3333"


def test_a_byte_order_mark_is_no_fault():
    assert post(b"\xef\xbb\xbf" + json.dumps(three("1", "0", "0")).encode()).status_code == 200


def test_what_is_too_large_is_413():
    fits = json.dumps(three("1", "0", "0"))
    assert post(fits.ljust(MOST_BYTES)).status_code == 200
    response = post(fits.ljust(MOST_BYTES + 1))
    assert response.status_code == 413
    assert response.json()["errors"][0]["code"] == "E_TOO_LARGE"
    for length in ("9" * 30, str(10**9)):
        assert post(fits, CONTENT_LENGTH=length).status_code == 413


@pytest.mark.parametrize("path", [URL, f"{URL}/shift", f"{URL}/compare", f"{URL}/check"])
def test_only_post_is_answered(path):
    for method in ("get", "put", "patch", "delete", "head"):
        response = getattr(Client(), method)(path)
        assert response.status_code == 405
        assert response["Allow"] == "POST, OPTIONS"
    preflight = Client().options(path, headers=ELSEWHERE)
    assert preflight.status_code == 204
    assert preflight["Access-Control-Allow-Methods"] == "POST, OPTIONS"


# ---- What never happens --------------------------------------------------------------------------


@pytest.mark.django_db
def test_nothing_is_stored_or_logged_and_no_cookie_is_set(caplog):
    with (
        CaptureQueriesContext(
            connection,
        ) as queries,
        caplog.at_level(logging.DEBUG),
    ):
        for request in (community(area="Secretshire"), lines("-987654321"), "{"):
            response = post(request)
            assert not response.cookies
            assert response["Cache-Control"] == "no-store"
            assert response["Access-Control-Allow-Origin"] == "*"

    assert not queries.captured_queries
    assert "Secretshire" not in caplog.text
    assert "987654321" not in caplog.text


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["low", "central", "high", "kind", "amount", "respend", "a", "lines"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)
fields = [
    *json_format._REQUEST,
    *json_format._LINE,
    *json_format._SHIFT_SHARES,
    "a",
    "b",
    "price_a",
    "claimed",
]


@settings(max_examples=50)
@given(st.dictionaries(st.sampled_from(fields), anything, max_size=8))
def test_any_json_has_an_answer_or_its_faults(data):
    for act in (json_format.calculate, json_format.shift, json_format.compare, json_format.check):
        for given_data in (data, {**FRAME, **data}, {"a": data, "b": data}):
            try:
                json.dumps(act(given_data))
            except InputErrors as found:
                assert found.errors


@settings(max_examples=50)
@given(
    st.binary(max_size=40) | st.text(max_size=40).map(lambda text: text.encode("utf-8", "replace"))
)
def test_any_bytes_are_json_or_said_not_to_be(body):
    try:
        json_format.parse(body)
    except json_format.NotJson as fault:
        assert str(fault)
