"""What a council takes away from its announcement: drafts, badge and certificate, in a browser."""

import pytest
from django.template.loader import render_to_string
from playwright.sync_api import expect

from network.badge import SIZES, Words, drawn
from network.tests.test_badges import NAMES
from tests.conftest import axe_problems, forms_without_token

pytestmark = pytest.mark.browser
KIT, BADGE = "/my/members/demo-samplebury/announcement/", "/my/members/demo-samplebury/badge/"


@pytest.fixture
def officer(site, chromium):
    """A page of the officer who represents Samplebury."""
    context = chromium.new_context(reduced_motion="reduce")
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=site.url)
    page = context.new_page()
    email, password = site.password_of("officer")
    page.goto(f"{site.url}/accounts/login/?next={KIT}")
    page.locator("input[name=login]").fill(email)
    page.locator("input[name=password]").fill(password)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_load_state()
    yield page
    context.close()


def test_drafts_and_badges_are_accessible_and_copied_with_one_press(officer, site):
    for path, label in [(KIT, "Short post"), (BADGE, "Code for the small badge on a dark page")]:
        for width in (1280, 320):
            officer.set_viewport_size({"width": width, "height": 800})
            officer.goto(site.url + path)
            assert axe_problems(officer) == [], path
            assert forms_without_token(officer) == []
            room = "document.documentElement.scrollWidth - window.innerWidth"
            assert officer.evaluate(room) <= 0, path
        officer.get_by_role("button", name=f"Copy: {label}").click()
        expect(officer.get_by_role("status").filter(has_text="Copied")).to_be_visible()
        copied = officer.evaluate("navigator.clipboard.readText()")
        assert copied == officer.get_by_label(label, exact=True).input_value()


def test_linked_badge_shows_on_another_site_and_leads_to_the_record(officer, site, chromium):
    officer.goto(site.url + BADGE)
    code = officer.get_by_label(
        "Code for the large badge on a light page", exact=True
    ).input_value()
    context = chromium.new_context()
    page = context.new_page()
    page.set_content(f"<!doctype html><title>Council</title><main>{code}</main>")
    picture = page.get_by_role("img")
    page.wait_for_function("document.images[0].complete")
    assert picture.evaluate("one => one.naturalWidth === one.width && one.width > 200")
    assert page.context.cookies() == []
    page.get_by_role("link").click()
    page.wait_for_url("**/councils/demo-samplebury/endorsement/")
    context.close()


@pytest.mark.parametrize("size", SIZES)
def test_no_letter_of_a_long_name_is_outside_the_badge(chromium, size):
    page = chromium.new_page()
    for name in NAMES:
        words = Words("Keep it Local council", name, "Member since March 2021", (), True)
        svg = render_to_string("network/badge.svg", {"badge": drawn(words, size, "light")})
        page.set_content(svg)
        inside = page.evaluate("""() => {
            const edge = document.querySelector("svg > rect").getBoundingClientRect()
            return [...document.querySelectorAll("svg use")].every(letter => {
                const box = letter.getBoundingClientRect()
                return box.width > 0 && box.left > edge.left && box.right < edge.right - 4
                    && box.top > edge.top + 4 && box.bottom < edge.bottom - 4
            })
        }""")
        assert inside, name
    page.close()
