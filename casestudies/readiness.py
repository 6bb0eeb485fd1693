"""What a member's case study still lacks before it can be sent, by section, in plain words.

The same rules as for editors (`casestudies.rules`), said to people who write one case study.
"""

from collections import defaultdict

from casestudies import citations, rules, submitted
from casestudies.choices import Section
from casestudies.models import CaseStudyPage
from councils.models import Council

#: The section in which each text is, whose citations must name a source.
SECTION_OF = {
    **{name: section for section, names in submitted.RICH.items() for name in names},
    "steps": Section.STEPS,
    "story": Section.STEPS,
}


def problems(page: CaseStudyPage, council: Council) -> dict[str, list[str]]:
    """Return what is missing or wrong, by section; empty if it can be sent."""
    found: dict[str, list[str]] = defaultdict(list)
    _about(page, council, found)
    _evidence(page, found)
    if not page.the_problem:
        found[Section.PROBLEM].append("Enter what was wrong before")
    if not (page.steps or page.story):
        found[Section.STEPS].append("Enter at least one step, or write the longer story")
    if any(not step.value["what"].source for step in page.steps):
        found[Section.STEPS].append("Enter what was done in each step, or clear its dates")
    if any(not (each.value["name"] and each.value["kind"]) for each in page.partners):
        found[Section.PEOPLE].append("Enter the name and the type of each partner")
    if not page.what_was_hard:
        found[Section.HARD].append(
            "Enter what was hard. Other councils learn most from it, and one sentence is enough"
        )
    _quote(page, found)
    if page.council_notes.get("author_agrees") and not page.council_notes.get("author_name"):
        found[Section.CONTACT].append("Enter the name of the author, or do not show it")
    return dict(found)


def _about(page: CaseStudyPage, council: Council, found: dict[str, list[str]]) -> None:
    if page.title == submitted.untitled(council):
        found[Section.ABOUT].append("Enter a title")
    if not page.summary:
        found[Section.ABOUT].append("Enter a summary")
    elif problem := rules.summary_problem(page.summary):
        found[Section.ABOUT].append(problem)
    if not page.principles.all():
        found[Section.ABOUT].append("Select at least one principle")


def _evidence(page: CaseStudyPage, found: dict[str, list[str]]) -> None:
    """Check sources, citations and figures."""
    labels = [source.label for source in page.sources.all()]
    if problem := rules.labels_problem(labels, called="short name"):
        found[Section.SOURCES].append(problem)
    for source in page.sources.all():
        if not (source.label and source.title and source.publisher):
            found[Section.SOURCES].append(
                f"{source.label or 'A source'}: enter its short name, title and publisher"
            )
    quoted_from = submitted.KEEPERS[Section.QUOTE].read(page)["quote_source"]  # see _quote
    for name in (*citations.TEXTS, *citations.STREAMS):
        for label in citations.labels_of(getattr(page, name)):
            problem = (
                f"“{label}” is not the short name of a source. Add the source under Sources, or "
                "remove the double brackets"
            )
            if label not in (*labels, quoted_from) and problem not in found[SECTION_OF[name]]:
                found[SECTION_OF[name]].append(problem)
    for result in page.results.all():
        said = result.problems(labels)
        if "source" in said:
            said["source"] = "Select the source of this figure"
        called = result.figure or "A figure"
        found[Section.FIGURES] += [
            f"{called}: {text[0].lower()}{text[1:]}" for text in said.values()
        ]
        if problem := rules.unit_problem(result.figure, result.unit):
            found[Section.FIGURES].append(f"{called}: {problem[0].lower()}{problem[1:]}")
    if not found[Section.FIGURES]:
        del found[Section.FIGURES]


def _quote(page: CaseStudyPage, found: dict[str, list[str]]) -> None:
    read = submitted.KEEPERS[Section.QUOTE].read
    given = read(page)
    if not given["quote_text"]:
        return
    if not (given["quote_who"] and given["quote_role"] and given["quote_as_at"]):
        found[Section.QUOTE].append("Enter who said it, their role, and when")
    if given["quote_source"] not in [source.label for source in page.sources.all()]:
        found[Section.QUOTE].append("Select where the quotation is from")
    public = CaseStudyPage.objects.filter(pk=page.pk, live=True).first()
    is_public = public is not None and read(public) == given  # editors answer for what it says
    if not (is_public or page.council_notes.get("quote_agreed")):
        found[Section.QUOTE].append("Confirm that the person quoted has agreed")


def is_begun(section: str, page: CaseStudyPage, council: Council) -> bool:
    """Whether a section has an answer that the council gave."""
    if section == Section.PICTURES:
        return bool(submitted.pictures(page))
    answers = submitted.read(section, page, council)
    if section == Section.SOURCES:  # the first one is ours
        return len(submitted.rows(answers, "source", submitted.SOURCE)) > 1
    if section == Section.CONTACT:
        answers = {name: text for name, text in answers.items() if name != "status"}
    if section == Section.QUOTE:
        answers = {name: text for name, text in answers.items() if name != "quote_source"}
    return any(answers.values())
