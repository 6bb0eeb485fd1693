"""What a screen reader meets on the way to joining, compared with a reviewed transcript."""

import re

import pytest

from tests.test_main_job import Visit
from tests.transcripts import Transcript

pytestmark = pytest.mark.browser


def test_joining_sounds_as_reviewed(site, chromium):
    officer = Visit(site, chromium, scripts=True)
    page, transcript = officer.page, Transcript("joining")
    email = "transcript@harborough.gov.uk"

    officer.goto("/join/council/?council=harborough")
    transcript.note(page, "They have chosen a council")
    officer.fill(Work_email_address="someone")
    officer.press("Email me a code")
    transcript.note(page, "They mistype their email address")
    officer.fill(Work_email_address=email)
    officer.press("Email me a code")
    code = re.search(r"\b(\d{6})\b", site.wait_for_mail(email, "code")).group(1)
    officer.fill(Code="12345")  # a digit too few
    officer.press("Continue")
    transcript.note(page, "They mistype the code")
    officer.fill(Code=code)
    officer.press("Continue")
    transcript.note(page, "They are about to start")
    officer.press("Start the application")
    transcript.note(page, "The task list of a new application")
    task_list = page.url
    officer.follow("About you")
    officer.fill(Your_name="Terry Transcript", Your_job_title="Officer")
    officer.press("Save")
    transcript.note(page, "They have saved the first task")
    officer.follow("Champions")
    page.locator("#id_political_email").fill("nobody@harborough.gov.uk")
    officer.press("Save")
    transcript.note(page, "They enter a champion’s address without agreement")
    officer.goto(task_list)
    officer.follow("Check your answers and send")
    transcript.note(page, "They check their answers")
    transcript.compare()
