"""Transcripts of journeys as assistive technology gets them, compared with reviewed ones.

A transcript holds, step by step, a page's title, where the focus is, what is announced, and
the accessibility tree of its main part: roles, names and order. The reviewed ones are in
`tests/reviewed/`. After a change that you have read and want, write them anew with
`UPDATE_TRANSCRIPTS=1 make try FILE=…`, and read the difference before you commit it.
"""

import os
import re
from pathlib import Path

from playwright.sync_api import Page

REVIEWED = Path(__file__).parent / "reviewed"
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_DAYS = "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday"
# What differs from one run to the next.
_VARIES = [
    (rf"(?:(?:{_DAYS}) )?\d{{1,2}} (?:{_MONTHS})(?: \d{{4}})?", "DATE"),
    (r"KIL-\d{4}-\d{4}", "KIL-YEAR-NUMBER"),
    (r"\b\d{2}:\d{2}\b", "TIME"),
    (r"(/endorse/(?:[a-z]+/)?)\d+-[\w-]{43}", r"\1TOKEN"),
    (r"(/join/invited/)\d+-[\w-]{43}", r"\1TOKEN"),
    (r"typed=[\w=%-]+", "typed=SEALED"),
    (r"localhost:\d+", "SITE"),
]
_FOCUS = """() => {
    const e = document.activeElement
    if (!e || e === document.body) return "the page"
    const label = e.labels?.[0]?.innerText || e.getAttribute("aria-label") || e.innerText || ""
    const role = e.getAttribute("role") || e.tagName.toLowerCase()
    return `${role} "${label.trim().split("\\n")[0].slice(0, 80)}"`
}"""
_ANNOUNCED = """() => [...document.querySelectorAll(
        "[role=alert], [role=status], [aria-live]:not([aria-live=off])")]
    .map(e => e.innerText.trim().replace(/\\s+/g, " ")).filter(Boolean)"""


class Transcript:
    """One journey's transcript.

    Args:
        name: Names `tests/reviewed/<name>.txt`.
    """

    def __init__(self, name: str):
        self.path = REVIEWED / f"{name}.txt"
        self.steps: list[str] = []

    def note(self, page: Page, step: str) -> None:
        """Write down the page as it is now, under the name of a step."""
        page.wait_for_load_state()
        lines = [f"Title: {page.title()}", f"Focus: {page.evaluate(_FOCUS)}"]
        lines += [f"Announced: {text}" for text in page.evaluate(_ANNOUNCED)]
        lines.append(page.locator("main").aria_snapshot())
        text = "\n".join(lines)
        for pattern, same in _VARIES:
            text = re.sub(pattern, same, text)
        self.steps.append(f"=== {step}\n{text}\n")

    def compare(self) -> None:
        """Fail if a step reads otherwise than it was reviewed; or write it, if told to."""
        text = "\n".join(self.steps)
        if os.environ.get("UPDATE_TRANSCRIPTS"):
            self.path.write_text(text, encoding="utf-8")
        reviewed = self.path.read_text(encoding="utf-8") if self.path.exists() else ""
        assert text == reviewed, f"{self.path.name} was reviewed with other words, see {__doc__}"
