"""An officer makes a briefing pack: with the keyboard, without JavaScript, on a phone too."""

import io
import re

import pytest
from docx import Document
from playwright.sync_api import expect

from tests.conftest import axe_problems

pytestmark = [pytest.mark.browser, pytest.mark.looks]


@pytest.mark.parametrize("width", [375, 1280])
def test_officer_makes_a_pack_with_the_keyboard_and_no_script(site, chromium, width):
    context = chromium.new_context(
        viewport={"width": width, "height": 800}, java_script_enabled=False
    )
    page = context.new_page()
    page.goto(f"{site.url}/case-studies/")
    for council in ("Bradford:", "York:"):
        box = page.get_by_role("checkbox", name=re.compile(f"Add to a briefing pack.*{council}"))
        box.focus()
        page.keyboard.press("Space")
        expect(box).to_be_checked()
    page.get_by_role("button", name="Make a briefing pack").focus()
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Briefing pack: 2 case studies")
    expect(page.locator(".pack__contents li a")).to_have_count(2)
    expect(page.locator(".pack__study h2")).to_have_count(2)
    assert context.cookies() == []

    with page.expect_download() as found:
        page.get_by_role("link", name="Download as a Word file").click()
    document = Document(io.BytesIO(found.value.path().read_bytes()))
    assert found.value.suggested_filename == "keep-it-local-briefing-pack.docx"
    assert document.core_properties.title == "Briefing pack: 2 case studies"

    page.get_by_role("checkbox", name="York:").uncheck()
    page.get_by_role("button", name="Make a briefing pack").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Briefing pack: 1 case study")
    context.close()


def test_pack_of_eight_is_accessible_and_prints_on_a4(site, chromium):
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.goto(f"{site.url}/case-studies/")
    boxes = page.get_by_role("checkbox", name="Add to a briefing pack")
    for number in range(8):
        boxes.nth(number).check()
    page.get_by_role("button", name="Make a briefing pack").click()

    expect(page.locator(".pack__study")).to_have_count(8)
    assert axe_problems(page) == []
    page.set_viewport_size({"width": 320, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    assert axe_problems(page) == []

    page.emulate_media(media="print")
    page.set_viewport_size({"width": 670, "height": 950})  # an A4 page within its margins
    for hidden in (".header__nav", ".pack__change", ".footer", ".case-study-head__pack"):
        assert page.locator(hidden).first.is_hidden(), hidden
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    shown = """place => [...document.querySelectorAll(place)].map(
        link => getComputedStyle(link, '::after').content)"""
    assert set(page.evaluate(shown, ".case-study__text p a[href^=http]")) <= {"none"}
    assert all("http" in text for text in page.evaluate(shown, ".sources > li > a[href^=http]"))
    context.close()
