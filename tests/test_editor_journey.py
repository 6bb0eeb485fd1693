"""An editor's whole session: write, preview, check, schedule, moderate, publish, take down.

Nothing on the way may complain in the browser's console.
"""

import re
import subprocess
import sys
from textwrap import dedent

import pytest
from playwright.sync_api import ConsoleMessage, Locator, Page, Response, expect

from tests.conftest import ROOT, Site, axe_problems

pytestmark = pytest.mark.browser

TITLE = "Leicester: a shop front for neighbours"
ADDRESS = "/case-studies/leicester-a-shop-front-for-neighbours/"
OVERFLOW = "document.documentElement.scrollWidth - window.innerWidth"
PATIENCE = 60_000  # milliseconds, on a busy machine
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
            "'violated ' + event.violatedDirective + ' by ' + event.blockedURI));"
            "document.addEventListener('w-unsaved:watch-edits',"
            "() => { document.documentElement.dataset.watched = 'yes' })"
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
        # What a form sends by itself can come after its button's, and is refused: nothing is lost.
        if "status of 400" in message.text and message.location["url"].endswith("/edit/"):
            return
        if message.type in {"error", "warning"} or COMPLAINT.search(message.text):
            self.complaints.append(f"{message.type} at {self.page.url}: {message.text}")

    def open_panel(self, name: str) -> None:
        """Open a side panel; it may be open already."""
        toggle = self.page.locator(f"[data-side-panel-toggle={name}]").first
        if toggle.get_attribute("aria-expanded") != "true":
            toggle.click()

    def choose_action(self, name: str) -> None:
        """Choose an action of the menu at the foot of the editing form, by how it begins."""
        foot = self.page.get_by_role("navigation", name="Actions (footer)")
        button = foot.locator("button", has_text=name).first
        if not button.is_visible():
            foot.locator("[data-w-dropdown-target=toggle]").click()
        with self.page.expect_navigation():
            button.click()

    def content_checks(self) -> tuple[int, int]:
        """Return the words counted and the issues found by the content checks, once run."""
        self.open_panel("checks")
        panel = self.page.locator("[data-side-panel=checks]")
        words = panel.locator("[data-content-word-count]")
        expect(words).not_to_have_text("-", timeout=PATIENCE)
        issues = panel.locator("[data-content-checker-count]").first
        return int(words.inner_text()), int(issues.inner_text())


def is_save(got: Response) -> bool:
    """Whether this answers the saving of a page, and not its preview."""
    return got.request.method == "POST" and got.url.endswith("/edit/")


@pytest.fixture
def desk_of(site, chromium):
    """Return a function that signs in one member of staff, by role."""
    desks = []

    def sign_in(role: str) -> Desk:
        desks.append(Desk(site, chromium, role))
        return desks[-1]

    yield sign_in
    for desk in desks:
        desk.context.close()


def write_rich_text(page: Page, field: str, text: str) -> None:
    page.locator(f"[data-contentpath={field}] .public-DraftEditor-content").click()
    page.keyboard.type(text)
    # The editor hands its text to the form a moment later.
    expect(page.locator(f"input[name={field}]")).to_have_value(re.compile(re.escape(text)))


def add_block(page: Page, field: str, kind: str = "") -> Locator:
    """Add a block at the end of a stream, and return it."""
    stream = page.locator(f"[data-contentpath={field}]")
    blocks = stream.locator("[data-streamfield-child]")
    there = blocks.count()
    stream.get_by_title("Insert a block").last.click()
    if kind:
        page.get_by_role("option", name=kind, exact=True).last.click()
    expect(blocks).to_have_count(there + 1)
    return blocks.last


def write(desk: Desk) -> None:
    """Write a case study in the order of its form; Wagtail saves it from the title on."""
    page = desk.page
    page.goto(f"{desk.site.url}/admin/case_studies/")
    page.get_by_role("link", name="Add case study").first.click()
    # Wagtail compares with what the form held two seconds after it was opened.
    page.locator("html[data-watched]").wait_for(state="attached")
    page.locator("input[name=title]").press_sequentially(TITLE)
    page.wait_for_url("**/edit/**")  # saved, without a council
    page.locator("select[name=council]").select_option(label="Leicester")
    page.locator("input[name=principles]").first.check()
    page.locator("textarea[name=summary]").fill("An invented case study of this test.")
    write_rich_text(page, "the_problem", "Nobody knew whom to ask about anything.")
    add_block(page, "story", "Paragraph").locator(".public-DraftEditor-content").click()
    page.keyboard.type("They opened a shop front in the high street.")
    expect(page.locator("[name=story-0-value]")).to_have_value(re.compile("in the high street"))
    page.get_by_role("checkbox", name="What was hard", exact=True).check()


def publish_what_is_scheduled(site: Site) -> None:
    """Let the one scheduled time come, and run the jobs that are due."""
    code = """
        from datetime import timedelta
        from django.core.management import call_command
        from django.utils import timezone
        from wagtail.models import Revision
        ago = timezone.now() - timedelta(minutes=1)
        due = Revision.page_revisions.get(approved_go_live_at__isnull=False)
        content = {**due.content, "go_live_at": ago.isoformat()}
        Revision.objects.filter(pk=due.pk).update(approved_go_live_at=ago, content=content)
        call_command("tick")
    """
    command = [sys.executable, "manage.py", "shell", "-c", dedent(code)]
    subprocess.run(command, cwd=ROOT, env=site.environment(), check=True)


def test_editor_writes_schedules_and_moderator_approves_and_takes_down(site, desk_of):
    author, moderator = desk_of("author"), desk_of("editor")
    page, desk = author.page, moderator.page
    visitor = page.request  # its cookies do not matter to what is public

    write(author)
    author.open_panel("preview")
    framed = page.frame_locator("iframe.w-preview__iframe").last
    expect(framed.locator("h1")).to_have_text(TITLE, timeout=PATIENCE)
    expect(framed.locator("main")).to_contain_text("in the high street", timeout=PATIENCE)
    expect(page.locator(".w-preview--has-errors")).to_have_count(0)
    words, issues = author.content_checks()
    assert (words > 15, issues) == (True, 0)

    author.open_panel("status")
    page.get_by_role("button", name="Set schedule").first.click()
    with page.expect_response(is_save):
        page.locator("input[name=go_live_at]").fill("2099-12-31 09:00")
    page.wait_for_load_state("networkidle")  # else Wagtail's own saving collides with ours
    # With the keyboard: the calendar lies over the button.
    page.get_by_role("button", name="Save schedule").press("Enter")
    expect(page.locator("body")).to_contain_text("2099", timeout=PATIENCE)
    author.choose_action("Submit to a publisher")
    expect(page.locator("body")).to_contain_text("has been submitted for moderation")

    desk.goto(f"{site.url}/admin/")
    desk.locator("main").get_by_role("link", name=TITLE).first.click()
    desk.wait_for_url("**/edit/**")
    words, issues = moderator.content_checks()
    assert (words > 15, issues) == (True, 0)
    address = desk.url
    moderator.choose_action("Approve")
    desk.goto(address)
    expect(desk.locator("body")).to_contain_text("scheduled to go live at 31 Dec 2099")
    assert visitor.get(site.url + ADDRESS).status == 404, "it is scheduled, not live"

    publish_what_is_scheduled(site)
    answer = visitor.get(site.url + ADDRESS)
    assert answer.status == 200
    assert "Nobody knew whom to ask" in answer.text()

    desk.goto(address.replace("/edit/", "/unpublish/"))
    desk.get_by_role("button", name="Yes, unpublish it").click()
    expect(desk.locator("body")).to_contain_text("unpublished")
    assert visitor.get(site.url + ADDRESS).status == 410
    assert author.complaints == moderator.complaints == []


NEWS = "A library that neighbours run"
NEWS_ADDRESS = "/news/a-library-that-neighbours-run/"


def answer_with_comment(desk: Desk, action: str, comment: str) -> None:
    """Choose an action of the workflow, and write the comment that it asks for."""
    page = desk.page
    foot = page.get_by_role("navigation", name="Actions (footer)")
    button = foot.locator("button", has_text=action).first
    if not button.is_visible():
        foot.locator("[data-w-dropdown-target=toggle]").click()
    button.click()
    dialog = page.locator(".modal-content, [role=dialog]:visible").last
    dialog.locator("textarea[name=comment]").fill(comment)
    with page.expect_navigation():
        dialog.locator("button[type=submit], input[type=submit]").first.click()


def test_author_submits_publisher_asks_for_changes_then_approves(site, desk_of):
    author, publisher = desk_of("author"), desk_of("editor")
    page, desk = author.page, publisher.page
    visitor = page.request

    # From the starter page, as the guide says.
    page.get_by_role("link", name="Start a new news item").click()
    page.locator("input[name=new_title]").fill(NEWS)
    page.locator("input[name=new_slug]").fill(NEWS_ADDRESS.strip("/").removeprefix("news/"))
    page.get_by_role("button", name="Copy this page").click()
    page.get_by_role("link", name="Edit", exact=True).last.click()
    page.wait_for_url("**/edit/")
    page.locator("html[data-watched]").wait_for(state="attached")
    page.locator("textarea[name=summary]").fill("It is open 41 hours a week, invented for this.")
    author.choose_action("Submit to a publisher")
    expect(page.locator("body")).to_contain_text("has been submitted for moderation")

    mails = site.mails_to("editor@demo.example")
    assert any(subject == f"Ready to check: {NEWS}" for subject, _ in mails)
    assert visitor.get(site.url + NEWS_ADDRESS).status == 404
    officer = desk_of("officer").page
    assert NEWS not in officer.content()

    desk.goto(f"{site.url}/admin/")
    expect(desk.locator("#desk-approval")).to_contain_text("Waiting for you to approve: 1")
    desk.locator("main").get_by_role("link", name=NEWS).first.click()
    desk.wait_for_url("**/edit/**")
    answer_with_comment(publisher, "Request changes", "Who counted the hours?")
    mails = site.mails_to("author@demo.example")
    assert any("Who counted the hours?" in text for _, text in mails)

    page.goto(f"{site.url}/admin/")
    page.locator("main").get_by_role("link", name=NEWS).first.click()
    page.wait_for_url("**/edit/**")
    expect(page.locator("body")).to_contain_text("Who counted the hours?")
    page.locator("html[data-watched]").wait_for(state="attached")
    page.locator("textarea[name=summary]").fill("It is open every day, invented for this test.")
    author.choose_action("Resubmit")

    desk.goto(f"{site.url}/admin/")
    desk.locator("main").get_by_role("link", name=NEWS).first.click()
    desk.wait_for_url("**/edit/**")
    publisher.choose_action("Approve")
    answer = visitor.get(site.url + NEWS_ADDRESS)
    assert answer.status == 200
    assert "It is open every day" in answer.text()
    assert any(
        subject == f"Published: {NEWS}" for subject, _ in site.mails_to("author@demo.example")
    )
    assert author.complaints == publisher.complaints == []


DESK = ["/admin/", "/admin/guide/", "/admin/reports/content/", "/admin/reports/reviews/"]


def test_pages_of_editors_are_accessible_wide_and_narrow(site, desk_of):
    publisher = desk_of("editor")
    for path in DESK:
        for width in (1280, 375):
            publisher.page.set_viewport_size({"width": width, "height": 800})
            assert publisher.page.goto(site.url + path).status == 200
            assert axe_problems(publisher.page, within="main") == [], path
            assert publisher.page.evaluate(OVERFLOW) <= 0, path
    assert publisher.complaints == []


PAGES = ["/", "/principles/", "/principles/whole-system/", "/case-studies/", "/about/"]
PAGES += ["/accessibility/", "/contact/", "/privacy/"]


def test_published_pages_show_userbar_without_issues_to_staff_alone(site, chromium, desk_of):
    moderator = desk_of("editor")
    links = moderator.page.request.get(f"{site.url}/sitemap.xml").text()
    below = set(re.findall(r"(/case-studies/[^/<]+/)<", links))
    studies = sorted(below - {"/case-studies/corrections/"})  # a view, without the bar
    visitor = chromium.new_page()
    for path in PAGES + studies:
        moderator.page.goto(site.url + path)
        expect(moderator.page.locator("wagtail-userbar")).to_be_attached()
        count = moderator.page.locator("#checker-trigger [data-content-checker-count]")
        expect(count).to_have_text("0", timeout=PATIENCE)
        visitor.goto(site.url + path)
        assert visitor.locator("wagtail-userbar").count() == 0
    visitor.close()
    assert moderator.complaints == []
