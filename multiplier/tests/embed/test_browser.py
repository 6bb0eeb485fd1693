"""The widget on somebody else's page, in a real browser."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Frame, Page, expect

from multiplier.embed.snippets import HEIGHTS
from multiplier.tests.browsing import axe, complaints, fill_in, opened, overflows

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

# What a page may do to frames without meaning harm, and then some.
HOSTILE = """
  * { box-sizing: content-box !important; letter-spacing: .1em !important; }
  body { font: 32px/3 serif; }
  iframe { height: 50px !important; max-height: 90px !important; width: 70px !important;
    min-width: 900px !important; padding: 20px !important; border: 9px solid red !important;
    aspect-ratio: 1 !important; overflow: scroll !important; display: block; }
  .column { width: 640px; } .narrow { width: 320px; } [hidden] { display: none; }
"""


@pytest.fixture
def towns_page(tmp_path: Path, foreign: str, site: str) -> str:
    """Three widgets: in a column, sandboxed in a narrow one, in a hidden tab; two scripts."""
    script = f'<script async src="{site}/embed/v1.js"></script>'
    frame = f'src="{site}/embed/multiplier/v1/'
    (tmp_path / "town.html").write_text(
        f"""<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">
        <link rel="icon" href="data:,"><title>A town’s own page</title><style>{HOSTILE}</style>
        </head><body><main><h1>Our money</h1><p><a href="#" id="before">Before</a></p>
        <div class="column"><iframe data-keepitlocal="multiplier" {frame}" title="One"></iframe>
        </div>{script}
        <div class="narrow"><iframe data-keepitlocal="multiplier" title="Two"
        {frame}?theme=contrast#?secret=aB3dE6gH9j" sandbox="allow-scripts"></iframe></div>
        <div class="column" id="tab" hidden><div data-keepitlocal="multiplier" data-theme="dark"
        data-accent="#fc6" data-area="Ely" data-title="Three"></div></div>{script}
        <p><a href="#" id="after">After</a></p></main></body></html>"""
    )
    return f"{foreign}/town.html"


def frame_of(page: Page, title: str) -> Frame:
    return page.locator(f'iframe[title="{title}"]').element_handle().content_frame()


def fits(page: Page, title: str) -> None:
    """Wait until the frame is as tall as its content, as wide as its column, bar-less."""
    page.wait_for_function(
        """(title) => {
            const frame = document.querySelector(`iframe[title="${title}"]`)
            return frame.clientHeight > 300 && frame.offsetWidth === frame.parentNode.clientWidth
        }""",
        arg=title,
    )
    frame = frame_of(page, title)
    frame.wait_for_function(
        """() => innerHeight === Math.ceil(document.body.getBoundingClientRect().height)
            && document.documentElement.scrollHeight <= innerHeight"""
    )
    assert not overflows(frame)
    assert frame.evaluate("document.documentElement.clientWidth === innerWidth")


def test_three_widgets_hold_on_a_hostile_page(chromium: Browser, towns_page: str):
    context = chromium.new_context(viewport={"width": 900, "height": 1000})
    page = opened(context)
    said = complaints(page)
    page.add_init_script(
        """if (parent === window) {
            window.told = []
            window.addEventListener("message", ({ source, data }) => {
                const frames = [...document.querySelectorAll("iframe")]
                const from = frames.find((frame) => frame.contentWindow === source)?.title
                window.told.push({ ...data, from })
            })
        }"""
    )
    page.goto(towns_page)

    # Right sizes, in a hidden tab too once it opens; then nothing moves any more.
    fits(page, "One")
    page.locator('iframe[title="Two"]').scroll_into_view_if_needed()
    fits(page, "Two")
    page.evaluate("document.getElementById('tab').hidden = false")
    page.locator('iframe[title="Three"]').scroll_into_view_if_needed()
    fits(page, "Three")
    # WordPress, which names a pasted frame by a secret, is told in its own words.
    heights = page.evaluate("told.filter((said) => said.secret === 'aB3dE6gH9j')")
    assert {said["message"] for said in heights} == {"height"}
    assert heights[-1]["value"] == frame_of(page, "Two").evaluate("innerHeight")

    told = page.evaluate("told.length")
    page.wait_for_timeout(400)
    assert page.evaluate("told.length") == told < 25

    # A widget that comes later is taken, too; a hyphen in its options is an underscore.
    page.evaluate(
        """() => {
            const later = document.createElement("div")
            later.innerHTML = `<div data-keepitlocal="multiplier" data-title="Four"
                data-how="guided" data-staff-amount="77"></div>`
            document.querySelector(".column").append(later)
            window.keepItLocal[Object.keys(window.keepItLocal)[0]].look()
            const frame = document.querySelector('iframe[title="One"]').cloneNode()
            document.querySelector(".column").append(frame)
        }"""
    )
    page.locator('iframe[title="Four"]').scroll_into_view_if_needed()
    fits(page, "Four")
    assert frame_of(page, "Four").locator("[name=staff_amount]").input_value() == "77"
    page.locator('iframe[title="One (2)"]').scroll_into_view_if_needed()
    fits(page, "One (2)")
    page.evaluate(
        """document.querySelectorAll('[title="Four"], [title$="(2)"]').forEach((f) => f.remove())"""
    )

    third = frame_of(page, "Three")
    assert third.get_by_label("Which area counts as local?").input_value() == "Ely"
    button = third.get_by_role("button", name="Calculate")
    assert button.evaluate("(b) => getComputedStyle(b).backgroundColor") == "rgb(255, 204, 102)"

    # The keyboard passes through all three.
    page.focus("#before")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "after":
            break
    expect(page.locator("#after")).to_be_focused()

    # Answers, wrong and right, by click and by Enter, without leaving the page.
    for title in ("One", "Two"):
        frame = frame_of(page, title)
        frame.get_by_role("button", name="Calculate").click()
        frame.get_by_role("heading", name="There is a problem").wait_for()
        fits(page, title)
        assert axe(frame) == []
        fill_in(frame)
        frame.get_by_label("Round 1: the money that came in, pounds a year").press("Enter")
        frame.get_by_role("heading", name="more was spent again in Bradford district").wait_for()
        fits(page, title)
        assert axe(frame) == []
        expect(frame.locator("#answer_sentence")).to_be_focused()
        frame.get_by_role("button", name="Use the assumed 50% for suppliers").click()
        taken = frame.locator("#multiplier_supplier_again")
        frame.wait_for_function("() => document.activeElement.id === 'multiplier_supplier_again'")
        assert taken.input_value() == "50 (30 to 75)"
    assert axe(third) == []
    assert axe(page) == []
    assert page.evaluate("history.length") == 2, "Back leads off the page, not through answers"

    # Nobody else is believed, and nobody is believed without end.
    tall = page.locator('iframe[title="One"]').evaluate("(frame) => frame.clientHeight")
    mine = page.evaluate("told.find((said) => said.id && said.from === 'One')")
    page.evaluate("(said) => postMessage({ ...said, height: 5000 }, '*')", mine)
    frame_of(page, "Two").evaluate(
        "(said) => parent.postMessage({ ...said, height: 5000 }, '*')", mine
    )
    page.wait_for_function("told.filter((said) => said.height === 5000).length === 2")
    assert page.locator('iframe[title="One"]').evaluate("(f) => f.clientHeight") == tall
    frame_of(page, "One").evaluate(
        "(said) => parent.postMessage({ ...said, height: 1e9 }, '*')", mine
    )
    page.wait_for_function("document.querySelector('iframe').clientHeight === 20000")

    assert context.cookies() == []
    assert said == []
    context.close()


def test_the_widget_works_without_scripts(chromium, foreign):
    context = chromium.new_context(java_script_enabled=False)
    page = opened(context)
    page.goto(f"{foreign}/frame.html")
    frame = page.frame_locator("iframe")

    fill_in(frame)
    frame.get_by_role("button", name="Calculate").click()

    frame.get_by_role("heading", name="more was spent again in Bradford district").wait_for()
    assert context.cookies() == []
    context.close()


def test_the_fixed_heights_show_the_first_view_whole_and_little_more(chromium, site):
    page = opened(chromium)
    for how in ("quick", "guided"):
        for width, height in HEIGHTS[how].items():
            page.set_viewport_size({"width": width, "height": height})
            page.goto(f"{site}/embed/multiplier/v1/?how={how}")
            tall = page.evaluate("document.body.getBoundingClientRect().height")
            assert tall * 1.03 <= height <= tall * 1.4, f"{how} at {width}: {tall}"
    page.close()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_short_answer_fits_the_fixed_heights_and_leads_to_the_whole_one(chromium, site, scripts):
    context = chromium.new_context(java_script_enabled=scripts)
    page = opened(context)
    for width, height in HEIGHTS["short"].items():
        page.set_viewport_size({"width": width, "height": height})
        page.goto(f"{site}/embed/multiplier/v1/?result=short&area=Ely&view=council")
        for number, pounds in (("1", "500,000"), ("2", "340,000"), ("3", "126,000")):
            page.get_by_label(f"Round {number}:").fill(pounds)
        page.get_by_role("button", name="Calculate").click()
        page.get_by_role("heading", name="about 93p more was spent again in Ely").wait_for()
        tall = page.locator("body").bounding_box()["height"]
        assert tall <= height <= tall * 1.4, f"{tall} at {width}"
        if scripts:
            assert axe(page) == []
    page.get_by_text("Change the numbers").click()
    expect(page.get_by_label("Round 2:")).to_have_value("340,000")
    page.get_by_role("button", name="See the figures behind the answer").click()
    page.get_by_role("table").wait_for()
    expect(page.locator("#answer_more")).to_be_focused()
    assert context.cookies() == []
    context.close()


@pytest.mark.parametrize("width", [1280, 375, 320])
def test_the_snippets_page_follows_what_is_chosen(chromium, site, width):
    context = chromium.new_context(viewport={"width": width, "height": 900})
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = opened(context)
    said = complaints(page)
    page.goto(f"{site}/multiplier/embed/")

    page.get_by_label("Dark").check()
    page.get_by_label("Which area counts as local?").fill("Ely")
    page.wait_for_function(
        "() => document.getElementById('code_script').value.includes('theme=dark&amp;area=Ely')"
    )
    assert page.get_by_text("We have updated the preview and the code.").is_visible()
    code = page.get_by_label("Frame and script", exact=True)
    page.get_by_role("button", name="Copy: Frame and script").click()
    page.get_by_text("We have copied the code.").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == code.input_value()
    fits(page, page.locator("iframe").get_attribute("title"))
    assert axe(page) == []
    assert not overflows(page)
    page.get_by_label("Your colour for links and buttons").fill("#333333")
    page.locator(".builder__refused").wait_for()
    assert axe(page) == []
    page.goto(f"{site}/multiplier/embed/terms/")
    assert axe(page) == []
    assert not overflows(page)
    assert context.cookies() == []
    assert said == []
    context.close()
