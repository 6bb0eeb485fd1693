"""Which parts of a case study are answered, and what that makes it: full, or a short note.

A part is answered if it is filled, or if an editor has ticked that we found nothing published
about it. What the council did and the problem before cannot be ticked away.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casestudies.choices import ALWAYS, TAKEN, Completeness, Part

if TYPE_CHECKING:
    from casestudies.models import CaseStudyPage

FEWEST_STEPS = 3  # of a full case study
#: What nothing was found about, in a sentence, if that is not the part's heading.
IN_TEXT = {
    Part.MONEY: "the cost",
    Part.PEOPLE: "the people it took",
    Part.TIME: "how long it took",
    Part.PROCUREMENT_ROUTE: "the procurement route",
    Part.CONTACT: "a contact for this work",
}


def is_filled(page: CaseStudyPage, part: Part) -> bool:
    """Whether a part has content of its own."""
    if part == Part.WHAT_THEY_DID:
        return bool(page.story or page.steps)
    if part == Part.RESULTS:
        return bool(page.results.all() or page.worked_out)
    if part == Part.PROCUREMENT_ROUTE:
        return bool(page.procurement_route or page.what_it_took)
    return bool(getattr(page, part))


def is_answered(page: CaseStudyPage, part: Part) -> bool:
    """Whether a part is filled, or said to be nowhere published."""
    return is_filled(page, part) or (part not in ALWAYS and part in page.nothing_found)


def missing(page: CaseStudyPage) -> list[str]:
    """Return what a full case study still needs, as instructions to editors."""
    others = [part for part in Part if part != Part.WHAT_THEY_DID]
    found = [f"Fill in “{part.label}”" for part in others if not is_answered(page, part)]
    if len(page.steps) < FEWEST_STEPS:
        found.append(f"Add {FEWEST_STEPS} steps or more under “Step by step”")
    if not page.story:
        found.append("Write the “Longer story”")
    if not page.sources.all():
        found.append("Add a source")
    return found


def completeness(page: CaseStudyPage) -> Completeness:
    """Return whether a page is a full case study."""
    return Completeness.SHORT if missing(page) else Completeness.FULL


def shown(page: CaseStudyPage) -> list[Part]:
    """Return the parts that the page shows, in order.

    A full case study shows all. A short note shows what it has, and always what was hard.
    """
    if completeness(page) == Completeness.FULL:
        return list(Part)
    return [part for part in Part if is_filled(page, part) or part == Part.WHAT_WAS_HARD]


def unknown(page: CaseStudyPage) -> dict[Part, str]:
    """Return the parts shown about which nothing is published, each as a sentence names it."""
    lacking = [part for part in shown(page) if not is_filled(page, part)]
    return {part: IN_TEXT.get(part, str(part.label).lower()) for part in lacking}


def headings(page: CaseStudyPage) -> dict[str, str]:
    """Return id and text of the heading of each part shown; what it took has one for all."""
    links = {}
    for part in shown(page):
        id_, text = (
            ("what-it-took", "What it took") if part in TAKEN else (anchor(part), part.label)
        )
        links[id_] = str(text)
    return links


def anchor(part: Part) -> str:
    """Return the id of a part's heading."""
    return part.value.replace("_", "-")
