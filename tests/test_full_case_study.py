"""An editor who has never seen the form writes a full case study from a paper on the desk.

While it is a draft, no list, count, feed, search or data file knows it. Then it is published.
"""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.test_editor_journey import (
    PATIENCE,
    Desk,
    add_block,
    desk_of,
    write_rich_text,
)

__all__ = ["desk_of"]
pytestmark = pytest.mark.browser

TITLE = "Rutland: one van for nine villages"
ADDRESS = "/case-studies/rutland-one-van-for-nine-villages/"
LABEL = "Van report, 2024"
LISTS = [
    "/case-studies/",
    "/case-studies/?q=Rutland",
    "/search/?q=Rutland+van",
    "/api/v1/search?q=Rutland+van",
    "/sitemap.xml",
    "/case-studies/feed/",
    "/data/case-studies.csv",
    "/data/results.json",
    "/principles/neighbourhood-level/",
    "/councils/rutland/",
]


def write_block(block: Locator, name: str, text: str) -> None:
    """Write into one rich text of a block."""
    block.locator(f"[data-contentpath={name}] .public-DraftEditor-content").click()
    block.page.keyboard.type(text)


def enter_sources_and_figures(page: Page) -> None:
    page.get_by_role("tab", name="Figures and sources").click()
    page.get_by_role("button", name="Add source").click()
    for name, value in {
        "label": LABEL,
        "title": "A van for the villages",
        "publisher": "An invented council",
        "published": "May 2024",
    }.items():
        page.locator(f"[name=sources-0-{name}]").fill(value)
    page.get_by_role("button", name="Add figure").click()
    for name, value in {
        "figure": "412",
        "measures": "journeys to a doctor in the first year",
        "period": "2023",
        "claimed_by": "An invented council",
        "source": LABEL,
    }.items():
        page.locator(f"[name=results-0-{name}]").fill(value)


def write_the_story(page: Page) -> None:
    page.get_by_role("tab", name="Story").click()
    page.locator("select[name=council]").select_option(label="Rutland")
    page.get_by_label("2. Coordinate services at the neighbourhood level").check()
    page.locator("textarea[name=summary]").fill("An invented case study of this test.")
    page.locator("input[name=what_changed]").fill("People in 9 villages reach a doctor by van.")
    page.locator("select[name=status]").select_option("running")
    page.locator("input[name=as_at]").fill("2024-05")
    write_rich_text(page, "the_problem", f"The last bus stopped in 2021 [[{LABEL}]].")
    for date, words in (("2022-03", "Met."), ("2022-09-01", "Bought it."), ("2023", "Drove it.")):
        step = add_block(page, "steps")
        step.locator("input[name$=value-date]").fill(date)
        write_block(step, "what", f"{words} [[{LABEL}]]")
    add_block(page, "story", "Heading").locator("input[name$=value]").fill("A van of their own")
    paragraph = add_block(page, "story", "Paragraph")
    paragraph.locator(".public-DraftEditor-content").click()
    page.keyboard.type(f"Volunteers drive it in turn [[{LABEL}]]. ")
    quote = add_block(page, "story", "Quote")
    quote.locator("textarea[name$=value-text]").fill("It gets me to the surgery.")
    for name, value in {
        "who": "A passenger (invented)",
        "role": "Resident",
        "as_at": "May 2024",
        "source": LABEL,
    }.items():
        quote.locator(f"input[name$=value-{name}]").fill(value)
    write_rich_text(page, "who_decided", f"The cabinet, in March 2022 [[{LABEL}]].")
    write_rich_text(page, "money", f"A grant of £30,000 [[{LABEL}]].")
    page.locator("select[name=cost_band]").select_option("under_50k")
    page.locator("select[name=procurement_route]").select_option("grant")
    write_rich_text(page, "what_was_hard", f"Insurance took 5 months [[{LABEL}]].")


def test_editor_writes_a_full_case_study_from_a_paper(site, desk_of, tmp_path):
    desk: Desk = desk_of("editor")
    page = desk.page
    public = page.request  # its cookies do not matter to what is public

    page.goto(f"{site.url}/admin/case_studies/")
    page.get_by_role("link", name="Add case study").first.click()
    page.locator("html[data-watched]").wait_for(state="attached")
    expect(page.locator("body")).to_contain_text("Begin with your sources.")
    page.locator("input[name=title]").press_sequentially(TITLE)
    page.wait_for_url("**/edit/**")
    enter_sources_and_figures(page)
    write_the_story(page)
    page.screenshot(path=tmp_path / "story.png", full_page=True)

    # The form names what is missing, and keeps all that was typed.
    desk.choose_action("Publish")
    expect(page.locator("body")).to_contain_text("Enter what the figure counts")
    expect(page.locator("[name=results-0-figure]")).to_have_value("412")
    page.get_by_role("tab", name="Figures and sources").click()
    page.locator("[name=results-0-unit]").fill("journeys")
    with page.expect_navigation():
        page.get_by_role("navigation", name="Actions (footer)").get_by_text("Save draft").click()
    page.goto(page.url.partition("#")[0])
    panel = page.get_by_role("region", name="Full case study or short note")
    expect(panel).to_contain_text("As last saved, this is a short note")
    expect(panel).to_contain_text("Fill in “Partners”")

    for path in (*LISTS, ADDRESS):
        assert TITLE not in public.get(site.url + path).text(), path
    assert public.get(site.url + ADDRESS).status == 404

    for part in ("Partners", "People", "Time", "Advice to other councils", "Who to contact"):
        page.get_by_role("checkbox", name=part, exact=True).check()
    desk.open_panel("preview")
    framed = page.frame_locator("iframe.w-preview__iframe").last
    expect(framed.locator("main")).to_contain_text("A van of their own", timeout=PATIENCE)
    desk.choose_action("Publish")
    expect(page.locator("body")).to_contain_text("has been published")

    html = public.get(site.url + ADDRESS).text()
    assert "Short note" not in html
    assert re.search(r"March 2022.*1 September 2022.*2023", html, re.DOTALL)
    assert "We found nothing published about partners." in html
    assert "[[" not in html
    assert html.count("Source </span>1</a>") >= 8
    for path in ("/case-studies/", "/data/results.json"):
        assert TITLE in public.get(site.url + path).text(), path
    visitor = desk.context.new_page()
    for width in (1280, 375):
        visitor.set_viewport_size({"width": width, "height": 900})
        visitor.goto(site.url + ADDRESS)
        assert visitor.evaluate("document.documentElement.scrollWidth") <= width
        visitor.screenshot(path=tmp_path / f"published_{width}.png", full_page=True)
    assert desk.complaints == []
