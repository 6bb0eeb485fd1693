"""What a screen reader meets on the way to joining: a transcript that people have reviewed.

`UPDATE_TRANSCRIPTS=1` writes it anew. Read the difference aloud before you commit it.
"""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.test_main_job import Visit

pytestmark = pytest.mark.browser

TRANSCRIPT = Path(__file__).parent / "transcripts" / "joining.txt"
FOCUS = """() => {
  const e = document.activeElement
  if (!e || e === document.body) return "nothing"
  const label = e.labels && e.labels[0] ? e.labels[0].innerText : ""
  return (label || e.getAttribute("aria-label") || e.innerText || e.id).trim().split("\\n")[0]
}"""
CHANGES = [  # what differs from run to run
    (r"KIL-\d{4}-\d{4}", "KIL-YEAR-NUMBER"),
    (r"\d{1,2} [A-Z][a-z]+ 20\d\d", "DATE"),
    (r"\b\d\d:\d\d\b", "TIME"),
    (r'"\d{6}"', '"CODE"'),
]


def heard(page: Page) -> str:
    """Return title, focus, and roles and names in order, as assistive technology gets them."""
    page.wait_for_load_state("networkidle")
    text = f"== {page.title()}\nfocus: {page.evaluate(FOCUS)}\n"
    text += page.locator("main").aria_snapshot() + "\n"
    for pattern, instead in CHANGES:
        text = re.sub(pattern, instead, text)
    return text


def test_joining_sounds_as_reviewed(site, chromium):
    officer = Visit(site, chromium, scripts=True)
    page, parts = officer.page, []

    def note() -> None:
        parts.append(heard(page))

    officer.goto("/join/council/?council=harborough")
    note()
    officer.fill(Work_email_address="someone")
    officer.press("Email me a code")
    note()  # an error: the summary has the focus
    email = "transcript@harborough.gov.uk"
    officer.fill(Work_email_address=email)
    officer.press("Email me a code")
    code = re.search(r"\b(\d{6})\b", site.wait_for_mail(email, "code")).group(1)
    officer.fill(Code=f"{(int(code) + 1) % 10**6:06d}")
    officer.press("Continue")
    note()
    officer.fill(Code=code)
    officer.press("Continue")
    note()
    officer.press("Start the application")
    note()
    for task, button in [("About you", "Save"), ("Champions", "Save")]:
        officer.follow(task)
        if task == "About you":
            officer.fill(Your_name="Terry Transcript", Your_job_title="Officer")
        else:
            page.locator("#id_political_email").fill("nobody@harborough.gov.uk")
        officer.press(button)
        note()
    officer.goto(re.search(r".*/join/KIL-[\d-]+/", page.url).group())
    officer.follow("Check your answers and send")
    note()

    text = "\n".join(parts)
    if os.environ.get("UPDATE_TRANSCRIPTS"):
        TRANSCRIPT.write_text(text)
    assert text == TRANSCRIPT.read_text()
