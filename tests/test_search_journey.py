"""Searching by keyboard with suggestions, and without any script."""

import time
import urllib.request

import pytest
from playwright.sync_api import expect

from tests.conftest import axe_problems, typed_before_it_came

pytestmark = pytest.mark.browser
PATIENCE = 60  # seconds, until the worker has indexed what was seeded
LABEL = "Principles, case studies, councils and pages"


@pytest.fixture
def told(site):
    """Wait until search finds what was seeded."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        bradford, spend = (
            urllib.request.urlopen(f"{site.url}/search/?q={words}", timeout=20).read()
            for words in ("bmd", "local+spend")
        )
        if b"/councils/bradford/" in bradford and b'value="buying"' in spend:
            return
        time.sleep(0.5)
    raise AssertionError("The worker has not told search of what was seeded.")


def test_suggestion_is_chosen_by_keyboard(site, told, chromium):
    page = chromium.new_page(viewport={"width": 1280, "height": 800})
    page.goto(f"{site.url}/search/")
    page.get_by_role("searchbox", name=LABEL).focus()
    box = page.get_by_role("combobox", name=LABEL)
    box.wait_for()
    box.press_sequentially("bmd")
    first = page.get_by_role("option").first
    first.wait_for()

    assert first.inner_text().startswith("Bradford")
    assert axe_problems(page) == []
    page.keyboard.press("Enter")  # nothing is selected in the open list, so it searches
    page.wait_for_url("**/search/?q=bmd*")

    page.goto(f"{site.url}/search/")
    page.get_by_role("searchbox", name=LABEL).focus()
    box.press_sequentially("bmd")
    first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/councils/bradford/")
    page.close()


def test_typing_continues_when_suggestions_arrive(site, told, chromium):
    page = chromium.new_page(viewport={"width": 1280, "height": 800})
    page.goto(site.url)
    box = typed_before_it_came(page, page.get_by_label("Search this site"), "mansf")
    expect(page.get_by_role("option")).to_have_text(["Mansfield Council"])
    page.keyboard.type("ield")

    expect(box).to_have_value("mansfield")
    page.close()


def test_results_are_filtered_and_sorted_without_script(site, told, chromium):
    context = chromium.new_context(
        viewport={"width": 375, "height": 800}, java_script_enabled=False
    )
    page = context.new_page()
    page.goto(f"{site.url}/search/")
    box = page.get_by_role("searchbox", name=LABEL)
    box.fill("local spend")
    box.press("Enter")
    page.locator("summary", has_text="Filter").click()
    page.get_by_label("Case studies (").check()
    page.locator("summary", has_text="Theme").click()
    page.get_by_label("Buying and social value (").check()
    page.get_by_role("button", name="Apply filters").click()

    assert page.url.endswith("/search/?q=local+spend&type=case-study&theme=buying")
    page.get_by_role("link", name="Title", exact=True).click()
    titles = page.locator(".result__title").all_inner_texts()
    assert titles == sorted(titles, key=str.casefold)
    page.get_by_role("link", name="Remove filter: Buying and social value").click()
    assert page.url.endswith("/search/?q=local+spend&type=case-study&sort=title")
    context.close()
