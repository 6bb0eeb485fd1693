"""Choosing a council in the combobox: by mouse, by Enter, misspelled, or not at all."""

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import axe_problems, typed_before_it_came

pytestmark = pytest.mark.browser


@pytest.fixture
def page(site, chromium):
    page = chromium.new_page(viewport={"width": 1280, "height": 800})
    yield page
    page.close()


def box_of(page: Page, site, typed: str):
    page.goto(f"{site.url}/join/council/")
    page.get_by_label("Which council do you work for?").focus()
    box = page.locator("input[role=combobox]")  # a plain select also has that role
    box.wait_for()
    box.press_sequentially(typed)
    return box


def test_full_name_is_accepted_with_list_open(site, page):
    box_of(page, site, "Mansfield")
    expect(page.get_by_role("option")).to_have_count(1)
    button = page.get_by_role("button", name="Continue").bounding_box()
    x, y = button["x"] + button["width"] / 2, button["y"] + button["height"] - 4
    page.mouse.click(x, y)

    page.wait_for_url("**/accounts/login/code/**council%3Dmansfield*")


def test_typing_continues_when_combobox_arrives(site, page):
    page.goto(f"{site.url}/join/council/")
    box = typed_before_it_came(page, page.get_by_label("Which council do you work for?"), "mansf")
    expect(page.get_by_role("option")).to_have_text(
        ["Mansfield District Council (Nottinghamshire)"]
    )
    page.keyboard.type("ield")

    expect(box).to_have_value("mansfield")


def test_enter_selects_only_match(site, page):
    box = box_of(page, site, "Mansfield")
    expect(page.get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(box).to_have_value("Mansfield District Council (Nottinghamshire)")
    page.keyboard.press("Enter")

    page.wait_for_url("**/accounts/login/code/**council%3Dmansfield*")


def test_misspelled_name_offers_near_ones(site, page):
    box_of(page, site, "Mansfeild")
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**q=Mansfeild*")

    expect(page.locator("input[role=combobox]")).to_have_value("Mansfeild")
    assert axe_problems(page) == []
    page.get_by_role("link", name="Mansfield District Council").click()
    page.wait_for_url("**/accounts/login/code/**council%3Dmansfield*")


@pytest.mark.parametrize("typed", ["Mansfeild", "E07000174"])
def test_box_suggests_councils_by_other_names(site, page, typed):
    box = box_of(page, site, typed)
    expect(page.get_by_role("option")).to_have_count(1)
    page.get_by_role("option").click()

    expect(box).to_have_value("Mansfield District Council (Nottinghamshire)")
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/accounts/login/code/**council%3Dmansfield*")


@pytest.mark.parametrize("path", ["/", "/councils/", "/search/"])
@pytest.mark.parametrize("size", [(1280, 900), (375, 667), (320, 568)])
def test_long_list_of_suggestions_is_within_view(site, page, path, size):
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(f"{site.url}{path}")
    field = page.locator("main").get_by_role("searchbox").first
    typed_before_it_came(page, field, "north")

    expect(page.locator(".autocomplete__menu--visible")).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("path", ["/", "/councils/"])
def test_suggestions_are_in_view_and_lead_to_council(site, page, path):
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"{site.url}{path}")
    field = page.locator("main").get_by_role("searchbox").first
    typed_before_it_came(page, field, "mansfeild")
    option = page.get_by_role("option", name="Mansfield")
    expect(option).to_be_in_viewport(ratio=1)
    box = page.get_by_role("combobox").first.bounding_box()
    assert option.bounding_box()["y"] > box["y"], "the list hides nothing of the heading"
    option.click()

    page.wait_for_url("**/councils/mansfield/")


def test_error_summary_has_focus_after_skip_link(site, page):
    page.goto(f"{site.url}/join/council/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.get_by_role("button", name="Continue").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**council=*")

    expect(page.locator(".govuk-error-summary")).to_be_focused()
    page.wait_for_timeout(300)  # what a browser does after the load
    expect(page.locator(".govuk-error-summary")).to_be_focused()
