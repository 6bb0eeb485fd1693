"""Every kind of public page in a browser: accessibility, privacy and narrow screens."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.conftest import axe_problems, forms_without_token

pytestmark = [pytest.mark.browser, pytest.mark.looks]

PAGES = [
    "/",
    "/principles/",
    "/principles/local-spend/",
    "/principles/local-spend/?print",
    "/case-studies/",
    "/case-studies/?region=yorkshire-and-the-humber&principle=local-spend",
    "/case-studies/?region=london&principle=whole-system&kind=county",
    "/case-studies/bradford-spending-with-the-district-first/",
    "/councils/",
    "/councils/?q=zzzz",
    "/councils/?view=map",
    "/community-organisations/",
    "/community-organisations/?council=bradford",
    "/community-organisations/?council=preston",
    "/journalists/",
    "/councils/bradford/",
    "/councils/leicester/",
    "/councils/craven/",
    "/councils/demo-samplebury/",
    "/councils/demo-samplebury/endorsement/",
    "/councils/bradford/endorsement/",
    "/councils/bradford/certificate/",
    "/councils/demo-samplebury/certificate/",
    "/councils/nhs-west-yorkshire/",
    "/join/",
    "/join/ask-my-council/",
    "/join/not-listed/",
    "/supporters/",
    "/supporters/sent/",
    "/supporters/erased/",
    "/supporters/asked/",
    "/supporters/asked/?council=bradford",
    "/join/committee-paper/",
    "/join/council/",
    "/join/council/?council=nowhere",
    "/join/council/?council=bradford",
    "/join/council/?council=craven",
    "/multiplier/",
    "/multiplier/compare/",
    "/multiplier/shift/",
    "/multiplier/check/",
    "/multiplier/result/?of=check&method=1&claimed=2.52",
    "/multiplier/method/",
    "/multiplier/spend/",
    "/multiplier/embed/",
    "/multiplier/embed/terms/",
    "/embed/multiplier/v1/",
    "/search/",
    "/search/?q=local+spend",
    "/search/?q=qwertyuiop",
    "/search/?q=Kirkless",
    "/search/?q=bradford+multiplier&region=yorkshire-and-the-humber&sort=title&size=25",
    "/search/?q=local+spend&type=council&theme=grants",
    "/case-studies/?q=asset+transfer",
    "/case-studies/?like=bradford&sort=council",
    "/case-studies/?like=richm",
    "/case-studies/start-here/",
    "/councils/?region=london&region=north-west&status=member",
    "/news/",
    "/news/?topic=health&year=2024&council=bradford",
    "/news/first-eleven-councils/",
    "/news/nhs-west-yorkshire-adopts-keep-it-local/",
    "/events/",
    "/events/?when=past",
    "/events/demo-champions-meeting/",
    "/events/demo-site-visit/",
    "/data/",
    "/case-studies/corrections/",
    "/case-studies/pack/",
    "/case-studies/pack/?page=bradford-spending-with-the-district-first&page=nope",
    "/why-keep-it-local/",
    "/timeline/",
    "/buying-locally-and-the-law/",
    "/what-joining-brings/",
    "/resources/",
    "/resources/?kind=law&principle=local-spend",
    "/resources/?q=zzzz",
    "/resources/reserving-below-threshold-contracts/",
    "/glossary/",
    "/about/",
    "/accessibility/",
    "/privacy/",
    "/contact/",
    "/accounts/login/",
    "/accounts/login/code/",
    "/styleguide/",
]
SIGN_IN = "/accounts/"
PRINCIPLES = ["whole-system", "neighbourhood", "local-spend"]
PRINCIPLES += ["early-intervention", "commit-to-community", "local-by-default"]


@pytest.fixture
def look(site, chromium):
    """Return a function: `look(path)` opens a page that records its requests and messages."""
    contexts = []

    def opened(path: str):
        # Without transitions, because a colour in between can have too little contrast.
        calm = {"viewport": {"width": 1280, "height": 800}, "reduced_motion": "reduce"}
        context = chromium.new_context(**calm)
        contexts.append(context)
        page = context.new_page()
        page.asked, page.said = [], []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("console", lambda message: page.said.append(message.text))
        page.goto(site.url + path)
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.mark.parametrize("path", PAGES)
def test_public_page_is_accessible_and_private(look, site, path):
    page = look(path)

    assert axe_problems(page) == [] == forms_without_token(page)
    page.set_viewport_size({"width": 320, "height": 800})
    page.reload()  # as on a phone
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    assert axe_problems(page) == []
    hosts = {urlsplit(url).netloc for url in page.asked if not url.startswith("data:")}
    assert hosts == {urlsplit(site.url).netloc}
    assert page.said == []
    if not path.startswith(SIGN_IN):
        assert page.context.cookies() == []


@pytest.mark.parametrize("slug", ["bradford", "nhs-west-yorkshire", "demo-samplebury"])
def test_certificate_prints_on_one_sheet(look, slug):
    page = look(f"/councils/{slug}/certificate/")

    for background in (True, False):
        paper = page.pdf(prefer_css_page_size=True, print_background=background)
        assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 1
        assert re.search(rb"/MediaBox \[0 0 84[12][.\d]* 59[4-6]", paper), "A4, landscape"


@pytest.mark.parametrize("slug", PRINCIPLES)
def test_questions_of_each_principle_print_on_one_sheet(look, slug):
    page = look(f"/principles/{slug}/")
    page.get_by_role("link", name="Print these questions on one sheet").click()
    page.get_by_text("Print this page with your browser").wait_for()

    paper = page.pdf(format="A4", prefer_css_page_size=True)

    assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 1


def test_header_keeps_name_join_and_menu_in_one_row_on_the_narrowest_screen(look):
    page = look("/")
    page.set_viewport_size({"width": 320, "height": 568})
    page.reload()

    assert page.locator("header").first.bounding_box()["height"] <= 72


@pytest.mark.parametrize("path", ["/", "/councils/", "/multiplier/", "/case-studies/"])
def test_keyboard_reaches_content_first(look, path):
    page = look(path)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.locator("#main")).to_be_focused()


def test_menu_opens_on_phone_without_script(site, chromium):
    context = chromium.new_context(
        viewport={"width": 375, "height": 800}, java_script_enabled=False
    )
    page = context.new_page()
    page.goto(site.url)
    menu = page.locator("header details summary")

    assert page.get_by_role("link", name="Join", exact=True).first.is_visible()
    menu.click()
    assert page.locator("header details").get_by_role("link", name="Principles").is_visible()
    context.close()


@pytest.mark.parametrize("size", [(1280, 900), (375, 667)])
def test_finder_on_home_page_shows_suggestions_on_the_first_screen(look, size):
    page = look("/")
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.reload()
    finder = page.locator("#find-council")
    assert finder.bounding_box()["y"] < size[1], "it is on the first screen"

    finder.click()
    page.keyboard.type("brad", delay=50)
    bradford = page.locator(".hero").get_by_role("option").first
    expect(bradford).to_contain_text("Bradford")

    box = bradford.bounding_box()
    assert box["y"] >= 0 and box["y"] + box["height"] <= size[1]
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/councils/bradford/")


def test_home_page_works_without_script(site, chromium):
    context = chromium.new_context(
        viewport={"width": 375, "height": 667}, java_script_enabled=False
    )
    page = context.new_page()
    page.goto(site.url)
    page.locator("#find-council").fill("Bradford")
    page.get_by_role("button", name="Find", exact=True).click()
    page.wait_for_url("**/councils/bradford/")

    page.goto(site.url)
    page.locator("#ask-council").fill("Torbay")
    page.get_by_role("button", name="Draft the letter").click()
    expect(page.get_by_label("The letter")).to_contain_text("Torbay")
    context.close()
