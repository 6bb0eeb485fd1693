"""Rules for publishing a case study.

Each function returns what is wrong, in words for editors, or nothing. The model checks them
before it saves a live page, and the editing form shows each problem beside its field.
"""

from collections.abc import Collection, Mapping, Sequence

SUMMARY_WORDS = 60
NO_DATE = "date not given in the copy that was read"

#: The parts of a figure, and the message if one is empty.
FIGURE_PARTS = {
    "figure": "Write the figure as it should be shown.",
    "measures": "Say what the figure measures.",
    "period": f"Give the figure's date; if the source has none, write “{NO_DATE}”.",
    "claimed_by": "Say who claims this figure.",
    "source": "Name the source: the label of one of the sources of this page.",
}


def summary_problem(summary: str) -> str:
    """Return what is wrong with a summary, or ""."""
    words = len(summary.split())
    if words <= SUMMARY_WORDS:
        return ""
    return f"The summary has {words} words; the most is {SUMMARY_WORDS}."


def labels_problem(labels: Sequence[str]) -> str:
    """Return what is wrong with the labels of a page's sources, or ""."""
    twice = sorted({label for label in labels if labels.count(label) > 1})
    if not twice:
        return ""
    return (
        f"Two sources have the label “{twice[0]}”. "
        "Give each its own, so that a figure can say which it means."
    )


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
            f"No source of this page has the label “{figure['source']}”. "
            "Use a label exactly as it stands under Sources."
        )
    return problems
