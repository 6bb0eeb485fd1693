"""The whole journey of a council that joins, with JavaScript and without."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.conftest import Site, axe_problems, forms_without_token

pytestmark = pytest.mark.browser


class Visit:
    """One person in one browser window; axe checks every page they reach."""

    def __init__(self, site: Site, chromium, *, scripts: bool):
        self.site = site
        self.scripts = scripts
        self.context = chromium.new_context(java_script_enabled=scripts)
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(8000)
        # axe is a script, so it checks the same pages only with JavaScript.
        self.looks = scripts
        self.requested: list[str] = []
        self.page.on("request", lambda request: self.requested.append(request.url))

    def goto(self, path: str) -> Page:
        address = path if path.startswith("http") else self.site.url + path
        self.page.goto(address)
        self.look()
        return self.page

    def press(self, name: str) -> Page:
        self.page.get_by_role("button", name=name).first.click()
        self.page.wait_for_load_state()
        self.look()
        return self.page

    def follow(self, name: str) -> Page:
        self.page.locator("main").get_by_role("link", name=name).first.click()
        self.page.wait_for_load_state()
        self.look()
        return self.page

    def fill(self, **fields: str) -> None:
        for label, value in fields.items():
            self.page.get_by_label(label.replace("_", " "), exact=False).first.fill(value)

    def tick(self, label: str) -> None:
        self.page.get_by_label(label).check()

    def look(self) -> None:
        if not self.looks:
            return
        assert forms_without_token(self.page) == [], self.page.url
        if "/admin/" not in self.page.url:
            assert axe_problems(self.page) == [], self.page.url
        elif "/admin/sign-ups/" in self.page.url:  # ours within Wagtail's frame and messages
            ours = "main .nice-padding"
            assert axe_problems(self.page, within=ours) == [], self.page.url

    def see(self, text: str | re.Pattern[str]) -> None:
        expect(self.page.locator("main, body").first).to_contain_text(text)


class KeyboardVisit(Visit):
    """One person without a mouse, who uses Tab and must always see the focus."""

    FURTHEST = 60  # stops on one page
    SHOWN = """e => { const s = getComputedStyle(e)
        return s.outlineStyle !== "none" || s.boxShadow !== "none" || s.borderWidth !== "0px" }"""

    def reach(self, target: Locator) -> None:
        for _ in range(self.FURTHEST):
            if target.evaluate("e => e === document.activeElement"):
                assert target.evaluate(self.SHOWN), "Nobody sees where the focus is"
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab does not lead to {target}")

    def press(self, name: str) -> Page:
        self.reach(self.page.get_by_role("button", name=name).first)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        self.look()
        return self.page

    def fill(self, **fields: str) -> None:
        for label, value in fields.items():
            self.reach(self.page.get_by_label(label.replace("_", " "), exact=False).first)
            self.page.keyboard.press("ControlOrMeta+a")
            self.page.keyboard.type(value)

    def tick(self, label: str) -> None:
        self.reach(self.page.get_by_label(label))
        self.page.keyboard.press("Space")


@pytest.mark.parametrize(
    ("scripts", "slug", "name", "domain"),
    [
        (True, "leicester", "Leicester City Council", "leicester.gov.uk"),
        (False, "stroud", "Stroud District Council", "stroud.gov.uk"),
    ],
    ids=["with-javascript", "without-javascript"],
)
def test_council_joins_and_visitor_finds_it(site, chromium, scripts, slug, name, domain):
    officer = Visit(site, chromium, scripts=scripts)
    email = f"officer@{domain}"
    reference = _start(officer, slug, name, email)
    _do_the_tasks(officer, domain)
    _ask(officer)
    _work_together(officer, domain)

    for signatory, office, who, title in [
        (Visit(site, chromium, scripts=scripts), "leader", "Lena Leader", "Leader of the Council"),
        (KeyboardVisit(site, chromium, scripts=scripts), "chief", "Cheng Chief", "Chief Executive"),
    ]:
        _endorse(signatory, f"{office}@{domain}", who, title)

    _send(officer, reference)
    _accept(site, chromium, reference)
    site.wait_for_mail(email, "is now a Keep it Local council")
    _find_it(Visit(site, chromium, scripts=scripts), slug, name)


def _start(officer: Visit, slug: str, name: str, email: str) -> str:
    officer.goto("/")
    officer.goto("/join/")
    officer.follow("Start now")
    if officer.scripts:
        officer.page.get_by_label("Which council do you work for?").focus()
        box = officer.page.locator("input[role=combobox]")
        expect(box).to_be_visible()
        box.fill(name.split()[0])
        officer.page.get_by_role("option", name=name).first.click()
        officer.look()
    else:
        officer.page.get_by_label("Which council do you work for?").select_option(slug)
    officer.press("Continue")
    officer.fill(Work_email_address=email)
    officer.page.locator("main form button[type=submit]").first.click()
    officer.look()
    code = re.search(r"\b(\d{6})\b", officer.site.wait_for_mail(email, "code")).group(1)
    officer.page.get_by_label("Code", exact=False).first.fill(code)
    officer.page.locator("main form button[type=submit]").first.click()
    officer.page.wait_for_load_state()
    officer.look()
    officer.see(name)
    officer.press("Start")
    officer.see("KIL-")
    reference = re.search(r"KIL-\d{4}-\d{4}", officer.page.content()).group()
    officer.site.wait_for_mail(email, "Keep it Local application")
    return reference


def _do_the_tasks(officer: Visit, domain: str) -> None:
    officer.follow("About you")
    officer.fill(Your_name="Olive Officer", Your_job_title="Policy Officer")
    officer.page.get_by_label("Yes, it is finished").check()
    officer.press("Save")
    officer.see("Completed")
    for task in ("About the council", "Each principle in practice", "Community conversation"):
        officer.follow(task)
        officer.press("Save")  # a draft may be empty
    officer.follow("Champions")
    page = officer.page
    for kind, who, role in [
        ("political", "Pat Councillor", "Cabinet Member for Communities"),
        ("officer", "Sam Director", "Director of Communities"),
    ]:
        page.locator(f"#id_{kind}_name").fill(who)
        page.locator(f"#id_{kind}_role").fill(role)
    page.locator("#id_political_may_be_published").check()
    officer.press("Save")
    officer.follow("Your endorsers")
    for office, who, role, box in [
        ("leader", "Lena Leader", "Leader of the Council", "leader"),
        ("chief_executive", "Cheng Chief", "Chief Executive", "chief"),
    ]:
        page.locator(f"#id_{office}-name").fill(who)
        page.locator(f"#id_{office}-role").fill(role)
        page.locator(f"#id_{office}-email").fill(f"{box}@{domain}")
    officer.press("Save")


def _work_together(officer: Visit, domain: str) -> None:
    """Let a second window save first, then invite a colleague by keyboard alone."""
    task_list = officer.page.url
    officer.follow("Publicity")
    second = officer.context.new_page()
    second.goto(officer.page.url)
    second.locator("#id_quote").fill("Local first.")
    second.get_by_role("button", name="Save", exact=True).click()
    second.wait_for_load_state()
    second.close()
    officer.page.locator("#id_quote_by").fill("Pat Councillor")
    officer.press("Save")
    officer.see("You saved this section in another window")
    officer.see("Local first.")
    officer.page.get_by_role("button", name="Save", exact=True).click()
    officer.page.wait_for_load_state()
    officer.follow("Colleagues")
    officer.press("Send invitation")
    officer.see("Enter your colleague’s email address")
    officer.page.get_by_label("Your colleague’s work email address").focus()
    officer.page.keyboard.type(f"second@{domain}")
    officer.page.keyboard.press("Enter")
    officer.page.wait_for_load_state()
    officer.see(f"second@{domain}, invited by")
    text = officer.site.wait_for_mail(f"second@{domain}", "Will you help")
    invited = Visit(officer.site, officer.context.browser, scripts=officer.scripts)
    invited.goto(re.search(r"http://\S+/join/invited/\S+", text).group())
    invited.see("Sign in with the email address we sent the invitation to")
    officer.follow("Who changed what")
    officer.see("Local first.")
    officer.goto(task_list)


def _ask(officer: Visit) -> None:
    officer.see("This is what they will read")
    officer.fill(A_personal_message_to_Lena_Leader="As we said on Tuesday")
    officer.press("Save and read the email")
    officer.see("As we said on Tuesday")
    officer.press("Send the links now")
    officer.see("Waiting for the leader")
    officer.follow("Leader: Lena Leader")
    officer.see("See who has replied and who we are waiting for")
    officer.press("Remind")
    officer.see("a reminder")
    officer.follow("Back to your tasks")


def _endorse(signatory: Visit, email: str, who: str, title: str) -> None:
    site = signatory.site
    text = site.wait_for_mail(email, "Will you endorse")
    link = re.search(r"http://\S+/endorse/\S+", text).group()
    for _ in range(3):  # a scanner that opens the link signs nothing
        signatory.page.request.head(link)
        signatory.page.request.get(link)
    signatory.goto(link)
    signatory.see("Opening this page does not sign anything")
    _look_at_the_other_answers(signatory, link)
    signatory.press("Check before you sign")
    signatory.see("Enter your full name")
    signatory.fill(Enter_your_full_name_to_sign=who, Your_role_at_the_council=title)
    signatory.tick("I hold this role")
    signatory.press("Check before you sign")
    signatory.see("Nothing is signed yet")
    signatory.press("Sign the endorsement")
    signatory.see("was signed on")
    assert signatory.context.cookies() == []
    copy = site.wait_for_mail(email, "Your copy")
    report = re.search(r"http://\S+/endorse/report/\S+", copy).group()
    signatory.goto(report)
    signatory.press("This was not me")
    signatory.see("Enter your name")


def _look_at_the_other_answers(signatory: Visit, link: str) -> None:
    """Submit each form without an answer, as a scanner would, and see what is missing."""
    for answer, button, says in [
        ("for-them", "Check before you sign", "Enter your own name"),
        ("not-me", "Send this answer", "Confirm that you are not the right person"),
        ("no", "Send this answer", "Confirm that you do not want to endorse this"),
    ]:
        signatory.goto(f"{link}{answer}/")
        signatory.press(button)
        signatory.see(says)
    signatory.goto(link)


def _send(officer: Visit, reference: str) -> None:
    officer.goto("/my/")
    officer.page.locator("main").get_by_role("link").first.click()
    officer.see("Both have signed")
    officer.follow("Check your answers and send")
    officer.press("Send to the network")
    officer.see("Confirm that you can send this")
    officer.see("Confirm that you are sending it without these")
    officer.page.get_by_label("Send the application without these").check()
    officer.page.get_by_label("What I have entered is true").check()
    officer.press("Send to the network")
    officer.see(reference)


def _accept(site, chromium, reference: str) -> None:
    # Staff work in the Wagtail admin, which needs JavaScript.
    manager = Visit(site, chromium, scripts=True)
    email, password = site.password_of("manager")
    manager.goto("/admin/")
    manager.page.locator("input[name=login]").fill(email)
    manager.page.locator("input[name=password]").fill(password)
    manager.page.locator("main form button[type=submit]").first.click()
    manager.page.wait_for_load_state()
    manager.goto("/admin/sign-ups/")
    manager.page.get_by_role("row", name=reference).get_by_role("link").first.click()
    manager.press("Start review")
    # An hour that is over at any time of the day: the council is announced straight away.
    manager.page.locator("input[name=announce_at_1]").fill("00:00")
    manager.press("Accept: see the email first")
    manager.see("Nothing has been done yet")
    manager.press("Accept ")
    manager.see("Accepted")


def _find_it(visitor: Visit, slug: str, name: str) -> None:
    short = name.split()[0]
    visitor.goto(f"/councils/?q={short}")
    visitor.see("Member since")
    visitor.goto(f"/councils/{slug}/")
    for text in ["Member since", "Lena Leader", "Cheng Chief", "Pat Councillor"]:
        visitor.see(text)
    assert "Sam Director" not in visitor.page.content()  # did not consent
    visitor.follow("The public record")
    visitor.see("The exact wording")
    assert "Sam Director" not in visitor.page.content()
    visitor.goto("/principles/")
    visitor.page.locator("main a[href^='/principles/']").first.click()
    visitor.look()
    visitor.goto("/case-studies/")
    for title, figure in [
        ("Bradford: spending with the district first", "£2.52"),
        ("Calderdale: anchors with a worker and a budget", "£2.43"),
    ]:
        visitor.goto("/case-studies/")
        visitor.follow(title)
        visitor.see(figure)
    visitor.page.locator("input[name=q]:visible").first.fill("procuring locally")
    visitor.page.locator("input[name=q]:visible").first.press("Enter")
    visitor.page.wait_for_load_state()
    visitor.look()
    visitor.see(re.compile(r"\d+ results?"))
    _work_out_a_multiplier(visitor)
    assert visitor.context.cookies() == []
    assert all(url.startswith(visitor.site.url) for url in visitor.requested)


def _work_out_a_multiplier(visitor: Visit) -> None:
    page = visitor.goto("/multiplier/")
    page.locator("input[name=view][value=provider]").first.check()
    page.locator("input[name=area]").first.fill("Leicester")
    for name, value in [("r1", "500,000"), ("r2", "£260,000"), ("r3", "95000")]:
        page.locator(f"input[name={name}]").first.fill(value)
    visitor.press("Calculate")
    visitor.see("1.71")
