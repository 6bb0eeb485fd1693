"""A leader who knows nothing of the network, on a phone: from the email to the announcement."""

import os
import re
import subprocess
import sys
from email.message import EmailMessage
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from portal.mail.dev_page import read_mails
from tests.conftest import ROOT, Site, axe_problems
from tests.transcripts import Transcript

pytestmark = pytest.mark.browser
LEADER, OFFICER = "leader@preston.gov.uk", "olive@preston.gov.uk"
PHONE = {"width": 375, "height": 700}

# What the officer, the chief executive and a manager do meanwhile, by their actions.
ASKED = f"""
from councils.models import Council
from network.actions import requests
from network.choices import Office, SignUpTask
from network.models import SignUp
from network.tests.factories import CHAMPIONS, Story, approve_wording
from portal.models import User

officer = User.objects.create_user({OFFICER!r}, first_name="Olive", last_name="Officer")
story = Story(Council.objects.get(slug="preston"), officer)
sign_up = story.started()
about = {{"name": "Olive Officer", "job_title": "Head of Communities", "phone": "01632 960 960"}}
story.save(sign_up, SignUpTask.ABOUT_YOU, about)
story.save(sign_up, SignUpTask.CHAMPIONS, CHAMPIONS)
for office, name, role, email in [
    (Office.LEADER, "Lena Leader", "Leader of the Council", {LEADER!r}),
    (Office.CHIEF_EXECUTIVE, "Cheng Chief", "Chief Executive", "chief@preston.gov.uk"),
]:
    who = {{"name": name, "role": role, "email": email}}
    requests.save_endorser(sign_up, by=officer, office=office, **who)
sign_up = SignUp.objects.get(pk=sign_up.pk)
approve_wording()
messages = {{"leader": "Lena, this is what we spoke about on Tuesday"}}
requests.keep_letter(sign_up, by=officer, messages=messages)
requests.ask_endorsers(SignUp.objects.get(pk=sign_up.pk), by=officer)
"""
ACCEPTED = f"""
from datetime import timedelta
from django.utils import timezone
from network.actions import reviews, sign_ups, signing
from network.models import SignUp
from network.tests.factories import nell
from portal.models import User

def now():
    return SignUp.objects.get(council__slug="preston")

chief = now().request_of("chief_executive")
signing.endorse(chief, name=chief.name, role=chief.role, shown=now().fingerprint)
sign_ups.submit(now(), by=User.objects.get(email={OFFICER!r}))
reviews.take_on(now(), by=nell())
reviews.accept(now(), by=nell(), announce_at=timezone.now() + timedelta(days=3))
"""
ANNOUNCED = """
from django.utils import timezone
from network.actions import memberships
from network.models import Membership
from network.tests.factories import nell

member = Membership.objects.get(council__slug="preston")
memberships.postpone(member, by=nell(), announce_at=timezone.now(), why="They asked us to")
"""


def meanwhile(site: Site, code: str) -> None:
    """Run actions on the site's own data."""
    command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", code]
    done = subprocess.run(command, cwd=ROOT, env=site.environment(), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def mail_to(site: Site, address: str, subject: str) -> EmailMessage:
    """Wait for an email, and return it whole."""
    site.wait_for_mail(address, subject)
    found = [m for m in read_mails(site.var / "mail") if m["To"] == address]
    return next(m for m in reversed(found) if subject in str(m["Subject"]))


def look(page: Page, name: str) -> None:
    """Check what every page of the journey has to be, and take its picture if asked to."""
    if page.url != "about:blank":  # an email has no landmarks
        assert axe_problems(page) == [], page.url
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], page.url
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=Path(folder) / f"endorsing-{name}.png", full_page=True)


def test_leader_on_a_phone_checks_who_asks_signs_and_hears_what_became_of_it(site, chromium):
    meanwhile(site, ASKED)
    letter = mail_to(site, LEADER, "Will you endorse Keep it Local for Preston City Council?")
    assert letter["Reply-To"] == OFFICER
    page = chromium.new_context(viewport=PHONE).new_page()
    page.set_default_timeout(8000)
    transcript = Transcript("endorsing")

    page.set_content(letter.get_body(("html",)).get_content())
    look(page, "mail")
    body = page.locator("body")
    expect(body).to_contain_text("Olive Officer, Head of Communities, is applying")
    expect(body).to_contain_text("01632 960 960")
    expect(body).to_contain_text("through the council’s switchboard")
    expect(body).to_contain_text("Lena, this is what we spoke about on Tuesday")
    page.locator("a.button").click()
    page.wait_for_load_state()

    main = page.locator("main")
    expect(main.get_by_role("link", name=OFFICER)).to_have_attribute("href", f"mailto:{OFFICER}")
    expect(main.get_by_role("link", name="01632 960 960")).to_have_attribute(
        "href", "tel:01632960960"
    )
    page.get_by_text("How to check that this is genuine").click()
    expect(main).to_contain_text("is on a domain we recognise for Preston City Council")
    expect(main).to_contain_text(re.compile(r"Reference\s*KIL-\d{4}-\d{4}"))
    look(page, "page")
    transcript.note(page, "The leader opens the link and reads who asks")
    main.get_by_role("link", name="Increase local spend").click()
    expect(page.locator("h1")).to_contain_text("Increase local spend")
    page.go_back()

    page.get_by_role("button", name="Check before you sign").click()
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    look(page, "error")
    transcript.note(page, "They forget to enter anything")
    page.get_by_label("Enter your full name to sign").fill("Lena Leader")
    page.get_by_label("I hold this role").check()
    page.get_by_role("button", name="Check before you sign").click()
    expect(page.locator("h1")).to_have_text("Check before you sign")
    look(page, "check")
    transcript.note(page, "They check what they entered")
    page.get_by_role("link", name="Change these details").click()
    expect(page.get_by_label("Enter your full name to sign")).to_have_value("Lena Leader")
    page.get_by_role("button", name="Check before you sign").click()
    page.get_by_role("button", name="Sign the endorsement").click()
    expect(page.locator("h1")).to_have_text("Signed")
    look(page, "signed")
    transcript.note(page, "They have signed")
    page.go_back()
    expect(page.locator("h1")).to_have_text("Signed")
    assert page.context.cookies() == []

    copy = mail_to(site, LEADER, "Your copy: you endorsed Keep it Local for Preston City Council")
    page.goto(re.search(r"http://\S+/endorse/report/\S+", text_of(copy)).group())
    look(page, "report")
    transcript.note(page, "They open the link of their copy")
    meanwhile(site, ACCEPTED)
    accepted = text_of(mail_to(site, LEADER, "has been accepted"))
    assert "do not publish or post about it before then" in accepted
    meanwhile(site, ANNOUNCED)
    announced = text_of(mail_to(site, LEADER, "is now a Keep it Local council"))
    page.goto(re.search(r"http://\S+/councils/preston/", announced).group())
    expect(main).to_contain_text("Lena Leader")
    transcript.compare()


def text_of(mail: EmailMessage) -> str:
    """Return a mail's plain text."""
    return mail.get_body(("plain",)).get_content()


@pytest.mark.parametrize("answer", ["not-me", "no", "for-them"])
def test_other_answers_read_well_without_scripts_and_going_back_asks_nothing(
    site, chromium, answer
):
    link = demonstration_link(site)
    page = chromium.new_context(viewport=PHONE, java_script_enabled=False).new_page()
    page.set_default_timeout(8000)
    page.goto(link)
    page.goto(f"{link}{answer}/")
    page.locator("main form button").click()
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    assert "typed=" in page.url
    page.go_back()
    expect(page.locator("main form button")).to_be_visible()
    page.go_forward()
    expect(page.locator(".govuk-error-summary")).to_be_visible()


def demonstration_link(site: Site) -> str:
    """Return a live link of the demonstration."""
    code = (
        "from network.models import EndorsementRequest as R\n"
        "from portal.links import absolute\n"
        "row = next(r for r in R.objects.filter(status='sent') if r.is_waited_for)\n"
        "print('LINK', absolute('network:endorse', row.token))"
    )
    command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", code]
    told = subprocess.run(command, cwd=ROOT, env=site.environment(), capture_output=True, text=True)
    return re.search(r"LINK (\S+)", told.stdout).group(1)
