"""Rules for publishing a case study.

Each function returns what is wrong, in words for editors, or nothing. The model checks them
before it saves a live page, and the editing form shows each problem beside its field.
"""

from collections.abc import Collection, Mapping, Sequence

from django.utils.text import slugify

from casestudies.figures import amount

SUMMARY_WORDS = 60
NO_DATE = "undated"

#: The parts of a figure, and the message if one is empty.
FIGURE_PARTS = {
    "figure": "Enter the figure as readers should see it",
    "measures": "Enter what the figure measures",
    "period": f"Enter the date of the figure, or “{NO_DATE}” if the source has none",
    "claimed_by": "Enter who claims this figure",
    "source": "Enter the label of one of the sources on this page",
}


def summary_problem(summary: str) -> str:
    """Return what is wrong with a summary, or ""."""
    words = len(summary.split())
    if words <= SUMMARY_WORDS:
        return ""
    return f"Summary must be {SUMMARY_WORDS} words or fewer (it has {words})"


def labels_problem(labels: Sequence[str], called: str = "label") -> str:
    """Return what is wrong with the labels of a page's sources, or "".

    Args:
        labels: The labels.
        called: What the reader's form calls a label.
    """
    twice = sorted({label for label in labels if labels.count(label) > 1})
    if twice:
        return (
            f"2 sources have the {called} “{twice[0]}”. Give each its own, so that figures can "
            "refer to it"
        )
    by_slug: dict[str, str] = {}  # links to a source hold it
    for label in labels:
        other = by_slug.setdefault(slugify(label), label)
        if other != label:
            return (
                f"The {called}s “{other}” and “{label}” differ only in punctuation or capitals. "
                f"Give each source a {called} of its own, so that links can tell them apart"
            )
    return ""


def hard_problem(is_answered: bool) -> str:
    """Return what is wrong if nobody has answered what was hard, or ""."""
    if is_answered:
        return ""
    return "Enter what was hard, or select “What was hard” under “We found nothing published about”"


def figure_problems(figure: Mapping[str, str], labels: Collection[str]) -> dict[str, str]:
    """Return what is wrong with a figure, by part.

    "Every figure has a date and a source" (DESIGN section 5, point 11).

    Args:
        figure: The text of each of FIGURE_PARTS.
        labels: The labels of the page's sources.
    """
    problems = {part: message for part, message in FIGURE_PARTS.items() if not figure[part].strip()}
    if "source" not in problems and figure["source"] not in labels:
        problems["source"] = (
            f"No source on this page has the label “{figure['source']}”. "
            "Use a label exactly as it appears under Sources"
        )
    return problems


def unit_problem(figure: str, unit: str) -> str:
    """Return what is wrong if nothing says what a number counts, or "".

    Only the editing form asks. A page without it can be published, because the words beside
    the figure say it to readers.
    """
    number = amount(figure)
    if number is None or number.unit or unit.strip():
        return ""
    return "Enter what the figure counts, for example “people”"
