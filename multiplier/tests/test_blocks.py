"""The calculator in a story: what editors may fill in, and what comes of it."""

import pytest
from django.template.loader import render_to_string
from wagtail.blocks.struct_block import StructBlockValidationError

from multiplier.blocks import MultiplierBlock

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
    ],
)
def test_numbers_that_the_calculator_takes_may_stand_in_it(given):
    clean(**given)


def test_numbers_are_checked_by_the_engine_itself():
    assert "more than £0" in faults(income="0")["income"][0]
    assert "cannot be more than round 2" in faults(income="9", r2="1", r3="2")["r3"][0]
    assert "Type round 1" in faults(r2="1")["income"][0]
    assert "1.234,5" not in str(faults(income="1.234,5"))


def test_lines_are_checked_too_and_stand_once_each():
    wrong = {**STAFF, "local": "120"}

    assert "between 0% and 100%" in faults(mode="guided", income="9", lines=[wrong])["lines"][0]
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
