"""The other three questions: what they answer, and what they tell of what is wrong."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from multiplier.calculator import saved_result
from multiplier.calculator.answers import answer, pictures
from multiplier.calculator.assumptions import AGAIN
from multiplier.calculator.examples import EXAMPLES
from multiplier.calculator.questions import QUESTIONS
from multiplier.calculator.saved_result import SavedResult

pytestmark = pytest.mark.django_db
COMPARE = EXAMPLES["compare"][0].typed
SHIFT = EXAMPLES["shift"][0].typed
B_LINES = [name for name in COMPARE if name.startswith("b-") and "_" in name]


def text(response) -> str:
    return " ".join(response.content.decode().split())


def finding(client, name, typed):
    response = client.post(f"/multiplier/{name}/", typed)
    assert response.status_code == 200
    assert "finding" in response.context, response.context["form"].errors
    return response.context["finding"]


def errors(client, name, typed) -> set[str]:
    """The fields that are told something; each stands in the summary and at its field too."""
    response = client.post(f"/multiplier/{name}/", typed)
    page = text(response)
    assert "<title>Error:" in page and "There is a problem" in page
    found = set()
    for form in response.context["form"].forms:
        for field in form.errors:
            found.add(form.add_prefix(field))
            focus = form[field].govuk_focus_id
            assert f'href="#{focus}"' in page and f'id="{focus}"' in page
    return found


@pytest.mark.parametrize("name", [name for name in QUESTIONS if name != "calculator"])
def test_each_question_has_a_page_that_leads_to_the_others(client, name):
    page = text(client.get(f"/multiplier/{name}/"))

    assert f"<h1>{QUESTIONS[name].title}</h1>" in page
    assert 'href="/multiplier/"' in page
    assert page.count('aria-current="page"') == 1
    assert "Result:" not in page


@pytest.mark.parametrize(
    ("name", "typed"),
    [(name, example.typed) for name, many in EXAMPLES.items() for example in many],
)
def test_every_example_has_an_answer(client, name, typed):
    assert "<title>Result:" in text(client.post(QUESTIONS[name].address, typed))


# ---- What if we moved spending? ------------------------------------------------------


def test_what_suppliers_elsewhere_spend_is_taken_off(client):
    """lm3.md S2."""
    said = finding(client, "shift", SHIFT)

    assert "Moving £1,000,000 to suppliers in Northumberland would bring it about £1,400,000" in (
        said.sentence
    )
    assert [figure.number for figure in said.figures] == ["£1,400,000", "none", "£1,760,000"]
    assert "gross figure" in said.notes[0]
    assert not said.charts[0].note  # there is nothing striped


def test_ten_per_cent_of_what(client):
    """lm3.md section 3: £14.0m or £4.2m."""
    tenth = {**SHIFT, "amount": "", "part": "10", "spend": "100m", "local_share": "30"}
    total = finding(client, "shift", {**tenth, "how": "total"})
    more = finding(client, "shift", {**tenth, "how": "local"})

    assert (total.figures[0].number, more.figures[0].number) == ("£14,000,000", "£4,200,000")
    assert "is £10,000,000" in total.notes[0] and "about the first" in total.notes[0]
    assert "is £3,000,000" in more.notes[0] and "about the second" in more.notes[0]


def test_what_would_have_happened_anyway_is_taken_off_where_it_is_typed(client):
    """lm3.md N1: £45,000 less 20% and 25%."""
    typed = {**SHIFT, "amount": "45000", "respend": "0", "nonlocal_respend": "0"}
    said = finding(client, "shift", {**typed, "deadweight": "20", "displacement": "25"})

    assert said.figures[0].number == "£27,000"
    assert "and what would have happened anyway." in said.sentence
    assert not any("gross" in note for note in said.notes)


def test_a_blank_share_is_unknown_and_not_nothing(client):
    said = finding(client, "shift", {**SHIFT, "nonlocal_respend": ""})

    assert [figure.number for figure in said.figures] == ["£760,000 to £1,760,000", "£1,760,000"]
    assert "between £760,000 and £1,760,000" in said.sentence
    assert [origin.label.split()[0] for origin in said.origins] == ["Suppliers"]
    assert said.charts[0].note.startswith("Striped")
    ranged = finding(client, "shift", {**SHIFT, "respend": "76 (70 to 80)"})
    assert "about £1,400,000 (range £1,340,000 to £1,440,000)" in ranged.sentence


@pytest.mark.parametrize(
    ("typed", "fields"),
    [
        ({}, {"area", "amount"}),
        ({"how": "total"}, {"area", "part", "spend"}),
        ({**SHIFT, "how": "local"}, {"part", "spend", "local_share"}),
        ({**SHIFT, "amount": "-1"}, {"amount"}),
        ({**SHIFT, "amount": "£"}, {"amount"}),
        ({**SHIFT, "respend": "101", "deadweight": "-1"}, {"respend", "deadweight"}),
        (
            {"amount": "1,5m", "respend": "101", "deadweight": "50-30", "substitution": "-1"},
            {"area", "amount", "respend", "deadweight", "substitution"},
        ),
        (
            {"how": "total", "part": "lots", "spend": "x", "local_share": "101", "respend": "-1"},
            {"area", "part", "spend", "local_share", "respend"},
        ),
        ({**SHIFT, "how": "total", "part": "5 to 6", "spend": "1"}, {"part"}),
        (
            {**SHIFT, "how": "local", "part": "300", "spend": "1m", "local_share": "30"},
            {"part"},
        ),
        (
            {**SHIFT, "how": "total", "part": "80", "spend": "1m", "local_share": "30"},
            {"part"},
        ),
    ],
)
def test_what_is_wrong_with_a_shift_is_told(client, typed, fields):
    assert errors(client, "shift", typed) == fields


def test_a_range_out_of_order_is_told_in_plain_words(client):
    page = text(client.post("/multiplier/shift/", {**SHIFT, "deadweight": "50-30"}))

    summary, _, at_field = page.partition("<h1>")
    assert "(deadweight): Enter the smaller number first: 30 to 50" in summary
    assert "</span> Enter the smaller number first: 30 to 50" in at_field
    assert "central" not in page


# ---- Is that figure possible? --------------------------------------------------------


def test_a_claim_needs_this_at_least(client):
    """lm3.md X1."""
    said = finding(client, "check", {"claimed": "£2.52"})

    assert "at least 76p of each £1 must be spent locally" in said.sentence
    assert "at least 52p of each of those pounds" in said.sentence
    assert [f.number for f in said.figures] == ["possible", "76p", "52p", "83p"]


def test_a_claim_at_a_rate_may_be_impossible(client):
    said = finding(client, "check", {"claimed": "2.52", "respend": "35"})

    assert "is not possible: £1.13 of each £1" in said.sentence
    assert said.figures[0].number == "not possible"
    possible = finding(client, "check", {"claimed": "2.52", "respend": "35 (25 to 60)"})
    assert possible.sentence == (
        "If 60p of each local pound is spent locally again, £2.52 needs 95p of each £1 to be"
        " spent locally."
    )
    assert "is not possible in 3 rounds" in finding(client, "check", {"claimed": "3.5"}).sentence
    assert finding(client, "check", {"claimed": "1.5"}).figures[2].number == "0p"


def test_what_just_cannot_be_true_does_not_look_as_if_it_could(client):
    at_a_rate = finding(client, "check", {"claimed": "2.3501", "respend": "35"})
    alone = finding(client, "check", {"claimed": "3.0001"})

    assert "£2.3501 is not possible: just over £1.00 of each £1" in at_a_rate.sentence
    assert alone.sentence.startswith("£3.0001 is not possible in 3 rounds")
    assert "just over £1.00: not possible" in str(alone.charts[0].table.html)


def test_all_that_is_wrong_with_a_claim_is_told_at_once(client):
    assert errors(client, "check", {"claimed": "lots", "respend": "101"}) == {"claimed", "respend"}


@pytest.mark.parametrize("claimed", ["", "0.5", "lots", "-2", "1e308", "٣", "1001"])
def test_what_is_no_claim_is_told(client, claimed):
    assert errors(client, "check", {"claimed": claimed}) == {"claimed"}
    page = client.post("/multiplier/check/", {"claimed": claimed}).content.decode()
    assert ("cannot be more than 3" in page) == (claimed == "1001")


# ---- A beside B ----------------------------------------------------------------------


def test_a_and_b_are_compared_on_what_each_adds(client):
    """lm3.md T06 - T07."""
    typed = {**COMPARE, "b-staff_local": "60", "a-price": "510,000", "b-price": "500,000"}
    said = finding(client, "compare", typed)

    assert "adds about £242,500 more than National company" in said.sentence
    assert [figure.number for figure in said.figures] == ["+£242,500", "£1.93", "£1.45", "4p"]
    assert any("services" in note for note in said.notes)
    swapped = {f"{'b' if n[0] == 'a' else 'a'}{n[1:]}": v for n, v in typed.items() if n[1] == "-"}
    frame = {name: typed[name] for name in ("view", "area")}
    said = finding(client, "compare", {**frame, **swapped})
    assert "Community organisation (invented) adds about £242,500" in said.sentence
    assert said.figures[0].number == "−£242,500"


def test_what_a_single_multiplier_warns_of_is_warned_of_beside_another(client):
    """More than £3 for each £1 is never shown without saying that more was spent than came in."""
    typed = {"view": "council", "area": "Leeds", "a-name": "Spender", "a-income": "100"}
    typed |= {"a-other_amount": "110", "a-other_local": "100", "a-other_again": "100"}
    typed |= {"b-income": "100", "b-tax_amount": "100"}
    said = finding(client, "compare", typed)

    assert said.figures[1].number == "£3.20"
    assert said.notes[0].startswith("Spender: More was spent than came in")
    sheet = client.post("/multiplier/compare/", {**typed, "do": "csv"}).content.decode()
    assert "Spender: More was spent than came in" in sheet


def test_what_is_unknown_of_one_makes_a_range_of_both(client):
    said = finding(client, "compare", COMPARE)

    assert "between £107,500 and £445,000 more" in said.sentence
    assert said.origins[0].label.startswith("National company (invented): Staff")
    unsure = finding(client, "compare", {**COMPARE, "a-staff_local": ""})
    assert "do not show which adds more" in unsure.sentence
    assert "overlap" in unsure.notes[0]


def test_two_of_the_same_add_the_same(client):
    same = {"view": "council", "area": "Leeds"}
    for side in "ab":
        same |= {f"{side}-income": "9", f"{side}-tax_amount": "9", f"{side}-tax_local": "0"}

    assert finding(client, "compare", same).sentence.startswith("A and B add the same in Leeds")


@pytest.mark.parametrize(
    ("typed", "fields"),
    [
        (
            {},
            {"view", "area", "a-income", "b-income", "a-staff_amount", "b-staff_amount"},
        ),
        ({**COMPARE, **dict.fromkeys(B_LINES, "")}, {"b-staff_amount"}),
        ({**COMPARE, "view": "mine"}, {"view"}),
        ({**COMPARE, "area": "x" * 81}, {"area"}),
        ({**COMPARE, "a-price": "5"}, {"b-price"}),
        ({**COMPARE, "a-staff_local": "120", "b-other_amount": "-1"}, None),
        ({**COMPARE, "b-name": "x" * 61, "a-income": "0"}, {"b-name", "a-income"}),
    ],
)
def test_what_is_wrong_with_a_comparison_is_told(client, typed, fields):
    wanted = {"a-staff_local", "b-other_amount"} if fields is None else fields

    assert errors(client, "compare", typed) == wanted


def test_a_price_below_nothing_is_not_taken_for_a_missing_one(client):
    typed = {**COMPARE, "a-price": "-5", "b-price": "5"}
    form = client.post("/multiplier/compare/", typed).context["form"]

    assert [message for _, message in form.errors] == [
        "A: Price of the contract, pounds: An amount cannot be less than £0."
    ]


def test_an_assumed_figure_goes_to_its_own_side(client):
    response = client.post(
        "/multiplier/compare/", {**COMPARE, "do": "assume b-staff_again", "b-staff_again": ""}
    )

    form = response.context["form"]
    assert form.b["staff_again"].value() == AGAIN["staff"].text
    assert form.a["staff_again"].value() == "35"


# ---- Whatever is typed ---------------------------------------------------------------


NASTY = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ["£1,234.50", "1.234,5", "12%", "٣", "-0", "1e308", "1 to", "5 (1 to 9)", "NaN", "\0", "∞"]
    ),
)


@pytest.mark.parametrize("name", QUESTIONS)
@given(data=st.data())
@settings(max_examples=40)
def test_no_text_in_any_field_is_a_fault_of_ours(name, data):
    """The forms themselves, as the pages are slow; the pages are tried with a few below."""
    question = QUESTIONS[name]
    names = [
        form.add_prefix(field) for form in question.form_class().forms for field in form.fields
    ]
    begun = {"compare": COMPARE, "shift": SHIFT, "calculator": EXAMPLES["calculator"][0].typed}
    begun = begun.get(name, {})
    typed = {**begun, **data.draw(st.dictionaries(st.sampled_from(names), NASTY))}

    form = question.form_class(typed)

    if form.is_valid():
        assert saved_result.read_address(SavedResult(question, form).path).form.is_valid()
        if question.finding is not None:
            assert question.finding(form).sentence
        else:
            assert answer(form.result, form.origins).sentence and pictures(form).charts
    else:
        assert any(part.errors for part in form.forms)


@pytest.mark.parametrize("name", QUESTIONS)
@pytest.mark.parametrize("nasty", ["1e308", "٣", "\0", "-0", "<b>" * 99, "9" * 10_000])
def test_nonsense_in_every_field_is_answered_by_the_page(client, name, nasty):
    question = QUESTIONS[name]
    names = [
        form.add_prefix(field) for form in question.form_class().forms for field in form.fields
    ]

    address = question.address
    response = client.post(address, dict.fromkeys(names, nasty))

    assert response.status_code == 200
    if "<b>" in nasty:
        assert b"<b><b>" not in response.content
