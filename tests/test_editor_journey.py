"""An editor at work in the admin: writing a page, its preview and the content checks."""

import re

import pytest
from playwright.sync_api import ConsoleMessage, Page, expect

from tests.conftest import Site

pytestmark = pytest.mark.browser

TITLE = "Leicester: a shop front for neighbours"
PATIENCE = 60_000  # milliseconds, on a busy machine
AUTOSAVE = "status of 400"
COMPLAINT = re.compile("error|refused|violat|blocked", re.IGNORECASE)


class Desk:
    """One member of staff in a browser of their own, whose console must stay silent."""

    def __init__(self, site: Site, chromium, role: str):
        self.site = site
        self.context = chromium.new_context(
            viewport={"width": 1400, "height": 1000}, reduced_motion="reduce"
        )
        # Else a refused frame or style would be seen in the console only.
        self.context.add_init_script(
            "document.addEventListener('securitypolicyviolation', event => console.error("
            "'violated ' + event.violatedDirective + ' by ' + event.blockedURI))"
        )
        self.complaints: list[str] = []
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda problem: self.complaints.append(str(problem)))
        email, password = site.password_of(role)
        self.page.goto(f"{site.url}/admin/")
        self.page.locator("input[name=login]").fill(email)
        self.page.locator("input[name=password]").fill(password)
        self.page.locator("main form button[type=submit]").first.click()
        self.page.wait_for_url("**/admin/**")

    def _note(self, message: ConsoleMessage) -> None:
        if AUTOSAVE in message.text and "/add/" in self.page.url:
            return  # Wagtail tries to save before what a draft needs has been filled in
        if message.type in {"error", "warning"} or COMPLAINT.search(message.text):
            self.complaints.append(f"{message.type} at {self.page.url}: {message.text}")

    def open_panel(self, name: str) -> None:
        """Open a side panel; it may be open already."""
        toggle = self.page.locator(f"[data-side-panel-toggle={name}]").first
        if toggle.get_attribute("aria-expanded") != "true":
            toggle.click()

    def words_counted(self) -> int:
        """Return the word count of the content checks, once they have run."""
        self.open_panel("checks")
        count = self.page.locator("[data-content-word-count]")
        expect(count).not_to_have_text("-", timeout=PATIENCE)
        return int(count.inner_text())


@pytest.fixture
def author(site, chromium):
    desk = Desk(site, chromium, "author")
    yield desk
    desk.context.close()


def write_rich_text(page: Page, field: str, text: str) -> None:
    page.locator(f"[data-contentpath={field}] .public-DraftEditor-content").click()
    page.keyboard.type(text)
    # The editor hands its text to the form a moment later.
    expect(page.locator(f"input[name={field}]")).to_have_value(re.compile(re.escape(text)))


def fill_in(desk: Desk) -> None:
    page = desk.page
    page.goto(f"{desk.site.url}/admin/case_studies/")
    page.get_by_role("link", name="Add case study").first.click()
    page.locator("input[name=title]").fill(TITLE)
    page.locator("select[name=council]").select_option(label="Leicester")
    page.locator("input[name=principles]").first.check()
    page.locator("textarea[name=summary]").fill("An invented case study of this test.")
    write_rich_text(page, "the_problem", "Nobody knew whom to ask about anything.")
    write_rich_text(page, "what_they_did", "They opened a shop front in the high street.")


def test_author_sees_preview_in_frame_and_words_are_counted(author):
    page = author.page
    fill_in(author)

    author.open_panel("preview")
    framed = page.frame_locator("iframe.w-preview__iframe").last
    expect(framed.locator("h1")).to_have_text(TITLE, timeout=PATIENCE)
    expect(framed.locator("main")).to_contain_text("Nobody knew whom to ask", timeout=PATIENCE)
    assert author.words_counted() > 15
    assert author.complaints == []
