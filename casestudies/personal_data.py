"""What case studies hold about the people who answer for them."""

from portal.personal_data.declared import FOR_GOOD, NAMELESS
from portal.personal_data.registry import ERASED, Fate, Held

STILL_TRUE = "To ask once a year whether a case study is still true"
WRITTEN = "To publish what a council writes about its work"

HELD = [
    Held(
        "That you are the contact for a case study",
        "casestudies.NamedContact",
        STILL_TRUE,
        "Until an editor names someone else, or the page is deleted",
        Fate.DELETED,
        found_by=("email", "name"),
        shows=("page",),
    ),
    Held(
        "What we asked you about a case study, and what you answered",
        "casestudies.Confirmation",
        STILL_TRUE,
        FOR_GOOD,
        Fate.EMPTIED,
        stays="What the council said of its case study, and when.",
        found_by=("email", "name", "told_by"),
        mentions=("sentence",),
        shows=("page", "asked_on", "answer", "answered_at", "told_on"),
        empties={"name": ERASED, "email": "", "told_by": ""},
    ),
    Held(
        "Answers about case studies that you recorded or read",
        "casestudies.Confirmation",
        STILL_TRUE,
        FOR_GOOD,
        Fate.STAYS,
        stays=NAMELESS,
        found_by=("recorded_by", "read_by"),
        shows=("page", "asked_on"),
    ),
    Held(
        "Case studies that you sent us for a council",
        "casestudies.Submission",
        WRITTEN,
        FOR_GOOD,
        Fate.STAYS,
        stays=NAMELESS,
        found_by=("sent_by",),
        shows=("page", "membership", "sent_at", "published_at", "withdrawn_at"),
    ),
    Held(
        "Case studies that name you as their author, or in what the council told our editors",
        "casestudies.CaseStudyPage",
        WRITTEN,
        "As long as the page",
        Fate.EMPTIED,
        stays="The case study, which is the council’s.",
        mentions=("written_by", "council_notes"),
        shows=("slug",),
        is_for_staff=True,
    ),
]
