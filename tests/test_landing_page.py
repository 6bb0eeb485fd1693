"""An editor who has never seen the form makes a landing page and an event in one sitting.

Each kind of block is one function of `BLOCKS`: another is one line there.
"""

import io
import re

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.conftest import axe_problems
from tests.test_editor_journey import PATIENCE, Desk, desk_of, is_save

__all__ = ["desk_of"]
pytestmark = pytest.mark.browser

TITLE = "Halls that stay open"
ADDRESS = "/halls-that-stay-open/"
EVENT = "An evening about halls"
EVENT_ADDRESS = "/events/an-evening-about-halls/"


def photograph() -> bytes:
    """Return a picture that says where it was taken."""
    exif = Image.Exif()
    exif[0x010F] = "SECRET-PLACE"
    drawn = io.BytesIO()
    Image.linear_gradient("L").resize((1000, 700)).convert("RGB").save(drawn, "JPEG", exif=exif)
    return drawn.getvalue()


def add_block(page: Page, kind: str) -> Locator:
    """Add a block at the end of the page, and return it; blocks can hold lists of their own."""
    stream = page.locator("[data-contentpath=body]").first
    number = stream.locator("input").evaluate_all(
        "inputs => inputs.filter(each => /^body-\\d+-type$/.test(each.name)).length"
    )
    stream.get_by_title("Insert a block").last.click()
    page.get_by_role("option", name=kind, exact=True).last.click()
    of_it = page.locator(f"input[name=body-{number}-type]")
    of_it.wait_for(state="attached")
    return stream.locator("[data-streamfield-child]").filter(has=of_it).last


def write_in(block: Locator, name: str, text: str) -> None:
    """Write into one rich text of a block."""
    block.locator(f"[data-contentpath={name}] .public-DraftEditor-content").first.click()
    block.page.keyboard.type(text)


def hero(page: Page) -> None:
    block = add_block(page, "Hero")
    block.locator("input[name$=value-title]").fill("A hall is where it starts.")
    block.locator("textarea[name$=value-text]").fill("Halls that their users run stay open.")
    with_map = block.get_by_label("With the map of members")  # it has a band of its own below
    with_map.press("Space")  # a click can miss: the text's field grows as it is filled
    expect(with_map).not_to_be_checked()


def map_of_members(page: Page) -> None:
    block = add_block(page, "Map of members")
    block.locator("input[name$=value-title]").fill("Where councils keep halls open")


def calculator(page: Page) -> None:
    block = add_block(page, "Multiplier calculator")
    block.locator("input[name$=value-title]").fill("What does your hall’s money do?")


def image_and_text(page: Page) -> None:
    block = add_block(page, "Image and text")
    block.get_by_role("button", name="Choose an image").click()
    dialog = page.get_by_role("dialog").last
    dialog.get_by_role("tab", name="Upload").click()
    upload = dialog.locator("form[action*=chooser]").last
    file = {"name": "hall.jpg", "mimeType": "image/jpeg", "buffer": photograph()}
    upload.locator("input[type=file]").set_input_files(file)
    expect(upload.locator("input[name$=title]")).to_have_value("hall")
    upload.get_by_role("button", name="Upload").click()
    expect(dialog).to_contain_text("Select why we can publish this picture", timeout=PATIENCE)
    upload = dialog.locator("form[action*=chooser]").last
    upload.locator("input[type=file]").set_input_files(file)
    upload.locator("input[name$=title]").fill("A hall")
    upload.locator("select[name$=rights]").select_option(label="We made it")
    upload.locator("input[name$=credit]").fill("Ada Example")
    upload.get_by_role("button", name="Upload").click()
    expect(dialog).to_have_count(0, timeout=PATIENCE)
    block.locator("input[name$=alt_text]").fill("A hall with its doors open")
    block.locator("input[name$=value-title]").fill("Whose hall is it?")
    write_in(block, "text", "The people who use it run it.")


def figures(page: Page) -> None:
    block = add_block(page, "Figures")
    for name, value in {
        "figure": "69",
        "measures": "halls in this test",
        "as_at": "2026-11",
        "claimed_by": "nobody: an example",
        "source": "This test",
    }.items():
        block.locator(f"input[name$=value-{name}]").first.fill(value)


def quote(page: Page) -> None:
    block = add_block(page, "Quote")
    block.locator("textarea[name$=value-text]").fill("We keep the key, and the lights on.")
    for name, value in {
        "who": "A caretaker (invented)",
        "role": "Caretaker",
        "as_at": "November 2026",
    }.items():
        block.locator(f"input[name$=value-{name}]").fill(value)


def table(page: Page) -> None:
    block = add_block(page, "Table")
    block.locator("input[name$=table-caption]").fill("Halls by who runs them")
    for kind, heading in (("Text", "Who runs it"), ("Number (right-aligned)", "Halls")):
        # By keyboard: the form grows under the mouse when it has saved itself.
        block.locator("[data-append-column]").press("Enter")
        page.get_by_role("button", name=kind, exact=True).last.press("Enter")
        block.locator("input[name*=column][name$=heading]").last.fill(heading)
    block.locator(".public-DraftEditor-content").first.click()
    page.keyboard.type("Their users")
    block.locator("input[name*=table-cell]").last.fill("69")


def accordion(page: Page) -> None:
    block = add_block(page, "Accordion")
    entries = block.locator("[data-contentpath=entries]")
    given = [("May we hire it?", "Yes, ask the caretaker."), ("Is it warm?", "Since 2025.")]
    for n, (question, answer) in enumerate(given):
        if entries.locator("input[name$=question]").count() <= n:
            entries.get_by_role("button", name="Add").last.click()
        entries.locator("input[name$=question]").nth(n).fill(question)
        entries.locator("[data-contentpath=answer] .public-DraftEditor-content").nth(n).click()
        page.keyboard.type(answer)
        # The editor hands its text to the form a moment later.
        handed = entries.locator("input[name$=answer]").nth(n)
        expect(handed).to_have_value(re.compile(re.escape(answer)), timeout=PATIENCE)


#: What the page is made of, in order, and words that readers then see.
BLOCKS = {
    hero: "A hall is where it starts.",
    image_and_text: "The people who use it run it.",
    figures: "halls in this test",
    quote: "We keep the key, and the lights on.",
    table: "Halls by who runs them",
    map_of_members: "Where councils keep halls open",
    calculator: "What does your hall’s money do?",
    accordion: "May we hire it?",
}


def add_page(desk: Desk, below: str, title: str) -> None:
    """Add a page by the menus, as someone does who knows no address."""
    page = desk.page
    page.goto(f"{desk.site.url}/admin/pages/")
    for name in ["Keep it Local", *([below] if below else [])]:
        page.get_by_role("link", name=f"Explore child pages of '{name}'").first.click()
    page.get_by_role("link", name="Add child page").first.click()
    page.locator("html[data-watched]").wait_for(state="attached")
    page.locator("input[name=title]").press_sequentially(title)
    page.wait_for_url("**/edit/**")


def add_event(desk: Desk, tmp_path) -> None:
    page = desk.page
    add_page(desk, "Events", EVENT)
    page.locator("textarea[name=summary]").fill("An invented evening of this test.")
    page.locator("input[name=begins]").fill("2099-12-30 19:00")
    page.locator("input[name=ends]").fill("2099-12-30 21:00")
    page.keyboard.press("Escape")
    page.locator("input[name=place]").fill("The hall")
    page.screenshot(path=tmp_path / "event.png")
    desk.choose_action("Publish")
    expect(page.locator("body")).to_contain_text("has been published")
    assert EVENT in page.request.get(f"{desk.site.url}/events/").text()


def look_at(desk: Desk, address: str, tmp_path, name: str) -> None:
    """Look at a page as a visitor does, on a desk and on a phone."""
    visitor = desk.context.browser.new_context(reduced_motion="reduce").new_page()
    for width in (1280, 375):
        visitor.set_viewport_size({"width": width, "height": 900})
        visitor.goto(desk.site.url + address)
        assert visitor.evaluate("document.documentElement.scrollWidth") <= width
        assert axe_problems(visitor) == []
        visitor.screenshot(path=tmp_path / f"{name}_{width}.png", full_page=True)
    visitor.context.close()


def test_editor_publishes_a_landing_page_and_an_event_in_one_sitting(site, desk_of, tmp_path):
    desk: Desk = desk_of("editor")
    page = desk.page
    add_page(desk, "", TITLE)
    for add in BLOCKS:
        add(page)
        page.screenshot(path=tmp_path / f"{add.__name__}.png")
    assert page.request.get(site.url + ADDRESS).status == 404
    # Wagtail saves a moment after the last change, and that must not collide with ours.
    with page.expect_response(is_save):
        page.locator("input[name=title]").press_sequentially("!")
    page.wait_for_load_state("networkidle")
    desk.choose_action("Publish")
    expect(page.locator("body")).to_contain_text("has been published")

    html = page.request.get(site.url + ADDRESS).text()
    for words in BLOCKS.values():
        assert words in html, words
    assert 'type="image/avif"' in html
    assert 'alt="A hall with its doors open"' in html
    file = page.request.get(site.url + re.search(r'src="(/media/[^"]+)"', html)[1])
    assert b"SECRET-PLACE" not in file.body()
    look_at(desk, ADDRESS, tmp_path, "landing")

    add_event(desk, tmp_path)
    look_at(desk, EVENT_ADDRESS, tmp_path, "event")
    assert desk.complaints == []
