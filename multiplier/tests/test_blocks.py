"""The calculator in a story: what editors may fill in, and what comes of it."""

import re

import pytest
from django.template.loader import render_to_string
from wagtail.blocks.struct_block import StructBlockValidationError

from multiplier import blocks
from multiplier.blocks import MultiplierBlock, MultiplierResultBlock
from multiplier.calculator.examples import EXAMPLES

EMPTY = {
    "title": "How far?",
    "intro": "",
    "view": "",
    "area": "",
    "mode": "quick",
    "income": "",
    "r2": "",
    "r3": "",
    "lines": [],
}
STAFF = {"kind": "staff", "amount": "300", "local": "80", "again": ""}


def value(**given):
    return MultiplierBlock().to_python({**EMPTY, **given})


def clean(**given):
    return MultiplierBlock().clean(value(**given))


def faults(**given) -> dict[str, list[str]]:
    with pytest.raises(StructBlockValidationError) as caught:
        clean(**given)
    return {name: error.messages for name, error in caught.value.block_errors.items()}


def test_an_empty_calculator_is_fine():
    assert clean()["title"] == "How far?"


@pytest.mark.parametrize(
    "given",
    [
        {"income": "£500,000", "r2": "260k"},
        {"view": "council", "area": "Leeds"},
        {"mode": "guided", "income": "400", "lines": [STAFF]},
        {"mode": "guided", "income": "400"},  # the visitor types the lines
    ],
)
def test_numbers_that_the_calculator_takes_may_stand_in_it(given):
    clean(**given)


def test_numbers_are_checked_by_the_engine_itself():
    assert "more than £0" in faults(income="0")["income"][0]
    assert "cannot be more than round 2" in faults(income="9", r2="1", r3="2")["r3"][0]
    assert "Enter round 1" in faults(r2="1")["income"][0]
    assert "1.234,5" not in str(faults(income="1.234,5"))


def test_lines_are_checked_too_and_stand_once_each():
    wrong = {**STAFF, "local": "120"}

    assert "between 0% and 100%" in faults(mode="guided", income="9", lines=[wrong])["lines"][0]
    assert list(faults(mode="guided", income="0")) == ["income"]
    assert faults(lines=[STAFF, STAFF])["lines"] == ["Only one line of each kind."]


def test_it_sends_what_it_holds_to_the_calculator_without_a_token(client):
    block = MultiplierBlock()
    page = block.render(value(income="£500,000", view="council", area="Leeds"))

    assert 'action="/multiplier/#answer_sentence"' in page
    assert 'method="post"' in page
    assert page.count('value="£500,000"') == 2
    assert 'value="council"' in page and 'value="Leeds"' in page
    assert "csrf" not in page.lower()


def test_lines_filled_in_beforehand_stand_in_the_table():
    page = MultiplierBlock().render(value(mode="guided", income="400", lines=[STAFF]))

    assert 'name="staff_amount" value="300"' in page
    assert 'name="staff_local" value="80"' in page


def test_two_calculators_on_a_page_share_no_ids():
    one, other = (MultiplierBlock().get_context(value(income=n))["form"] for n in ("1", "2"))

    assert one["r1"].auto_id != other["r1"].auto_id


def test_the_preview_is_a_calculator_that_passes_its_own_check():
    block = MultiplierBlock()
    preview = block.get_preview_value()

    block.clean(preview)
    assert "Exampleton" in block.render(preview)
    assert block.get_description()


def test_the_picture_is_not_drawn_in_a_block():
    context = MultiplierBlock().get_context(value())

    assert "<svg" not in render_to_string("blocks/multiplier_block.html", context)


# ---- A published example, and a kept result --------------------------------------------


def test_editors_are_offered_sourced_examples_only():
    block = MultiplierBlock().child_blocks["example"]
    offered = [label for value, label in block.field.choices if value]

    sourced = [example.button for example in EXAMPLES["calculator"] if example.is_sourced]
    assert offered == sourced != []


def test_an_example_fills_the_form_in_and_names_its_source():
    number = next(iter(blocks._SOURCED))
    cleaned = clean(example=number, area="Ely")

    page = MultiplierBlock().render(cleaned)

    assert 'name="income" value="200,000"' in page and 'name="staff_again" value="40"' in page
    assert 'name="area" value="Ely"' in page
    assert "New Economics Foundation" in page


KEPT = MultiplierResultBlock().get_preview_value()


def result(**given):
    return MultiplierResultBlock().to_python({**dict(KEPT), **given})


def test_a_kept_result_is_worked_out_in_the_page():
    block = MultiplierResultBlock()

    page = block.render(block.clean(result(claimed_by="The trust", as_at="May 2026")))

    assert "about 84p more was spent again in Exampleton" in page
    assert "£1.84" in page and "entered by The trust, as at May 2026" in page
    assert '<svg class="flow' in page
    assert "/multiplier/result/?of=calculator&amp;method=1" in page
    over = result(address=KEPT["address"].replace("r2=60000", "r2=150000"))
    assert "More was spent than came in" in block.render(block.clean(over))
    assert "More was spent" not in page


def test_a_whole_address_and_another_question_may_be_kept_too():
    address = "https://keep.example/multiplier/result/?of=check&method=1&claimed=2.52#x"

    page = MultiplierResultBlock().render(result(address=address))

    assert "For £2.52 to be true" in page


@pytest.mark.parametrize(
    "address",
    [
        "https://keep.example/multiplier/",
        "https://evil.example/?of=check&method=1&claimed=2",
        "/multiplier/result/?of=check&method=99&claimed=2",
        "/multiplier/result/?of=check&method=1&claimed=lots",
        "/multiplier/result/?" + "a=1&" * 300,
        "https://[::1/multiplier/result/",
        "\0",
    ],
)
def test_what_holds_no_result_is_refused_and_never_shown(address):
    block = MultiplierResultBlock()

    with pytest.raises(StructBlockValidationError) as caught:
        block.clean(result(address=address))
    assert set(caught.value.block_errors) == {"address"}
    assert block.render(result(address=address)).strip() == ""


def test_two_results_on_a_page_share_no_ids():
    block = MultiplierResultBlock()
    other = KEPT["address"].replace("60000", "50000")
    one, two = (block.render(result(address=address)) for address in (KEPT["address"], other))

    ids = [set(re.findall(r' id="([^"]+)"', page)) for page in (one, two)]
    assert ids[0] and not ids[0] & ids[1]
