"""What a member answers about a case study, section by section, and where the page holds it.

Answers are plain text by the names of the form's fields. Rows are numbered from 1: "step_2_what".
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from wagtail.blocks import StreamValue
from wagtail.rich_text import RichText

from casestudies.choices import Section
from casestudies.models import CaseStudyPage, Result, Source
from casestudies.plain_texts import paragraphs, split, to_html, to_plain
from councils.models import Council
from principles.models import Principle

Answers = dict[str, Any]
STEP = ("date", "until", "what")
PARTNER = ("name", "kind", "role")
SOURCE = ("label", "title", "publisher", "published", "url")
FIGURE = ("figure", "unit", "measures", "period", "claimed_by", "source")
QUOTE = ("text", "who", "role", "as_at", "source")
#: The fields of the page in each section, by whether they are rich texts.
PLAIN: dict[str, tuple[str, ...]] = {
    Section.ABOUT: ("title", "summary", "what_changed", "theme"),
    Section.TOOK: ("cost_band", "procurement_route"),
    Section.CONTACT: ("status", "as_at", "status_note"),
}
RICH: dict[str, tuple[str, ...]] = {
    Section.PROBLEM: ("the_problem",),
    Section.PEOPLE: ("who_decided",),
    Section.FIGURES: ("on_the_figures",),
    Section.TOOK: ("money", "people", "time", "what_it_took"),
    Section.HARD: ("what_was_hard", "advice"),
    Section.CONTACT: ("contact",),
}
#: What the page notes for editors (`CaseStudyPage.council_notes`), with what stands for no answer.
NOTES: dict[str, Answers] = {
    Section.QUOTE: {"quote_agreed": False},
    Section.CONTACT: {"author_name": "", "author_role": "", "author_agrees": False},
}
TEXT_BLOCKS = ("heading", "paragraph")


def untitled(council: Council) -> str:
    """Return the title of a case study that has none yet."""
    return f"{council.name}: a new case study"


def own_source(council: Council) -> Source:
    """Return the source of what a council says of itself here."""
    today = timezone.localdate()
    return Source(
        label=f"{council.name[:50]}, {today.year}",
        title="What the council told us when it sent this case study",
        publisher=council.official_name[:120],
        published=f"{today:%B %Y}",
    )


def read(section: str, page: CaseStudyPage, council: Council) -> Answers:
    """Return the answers of one section."""
    answers: Answers = {name: getattr(page, name) for name in PLAIN.get(section, ())}
    answers |= {name: to_plain(getattr(page, name)) for name in RICH.get(section, ())}
    answers |= {n: page.council_notes.get(n, none) for n, none in NOTES.get(section, {}).items()}
    if keeper := KEEPERS.get(section):
        answers |= keeper.read(page)
    if section == Section.ABOUT and page.title == untitled(council):
        answers["title"] = ""
    return answers


def write(section: str, page: CaseStudyPage, council: Council, answers: Answers) -> None:
    """Put the answers of one section into the page, without saving it."""
    for name in PLAIN.get(section, ()):
        setattr(page, name, answers[name])
    for name in RICH.get(section, ()):
        setattr(page, name, to_html(answers[name], before=getattr(page, name)))
    page.council_notes |= {name: answers[name] for name in NOTES.get(section, ())}
    if keeper := KEEPERS.get(section):
        keeper.write(page, answers)
    if section == Section.ABOUT and not page.title:
        page.title = untitled(council)


def rows(answers: Answers, called: str, fields: tuple[str, ...]) -> list[dict[str, str] | None]:
    """Return the rows of one kind, None for those that are blank; as many as there are numbers."""
    numbers = [int(name.split("_")[1]) for name in answers if name.startswith(f"{called}_")]
    found = []
    for number in range(1, max(numbers, default=0) + 1):
        row = {field: str(answers.get(f"{called}_{number}_{field}") or "") for field in fields}
        found.append(row if any(row.values()) else None)
    return found


def _numbered(called: str, given: list[dict[str, str]]) -> Answers:
    return {
        f"{called}_{number}_{field}": text
        for number, row in enumerate(given, start=1)
        for field, text in row.items()
    }


# ---- Principles, steps, partners


def _read_principles(page: CaseStudyPage) -> Answers:
    return {"principles": sorted(str(each.number) for each in page.principles.all())}


def _write_principles(page: CaseStudyPage, answers: Answers) -> None:
    page.principles = Principle.objects.filter(number__in=answers["principles"])


def _read_steps(page: CaseStudyPage) -> Answers:
    given = [
        {
            "date": step.value["date"] or "",
            "until": step.value.get("until") or "",
            "what": to_plain(step.value["what"].source),
        }
        for step in page.steps
    ]
    return {**_numbered("step", given), "story": _story_text(page)}


def _write_steps(page: CaseStudyPage, answers: Answers) -> None:
    were = list(page.steps)
    steps = []
    for number, row in enumerate(rows(answers, "step", STEP)):
        if row is None:
            continue
        was = were[number] if number < len(were) else None
        what = to_html(row["what"], before=was.value["what"].source if was else "")
        value = {"date": row["date"], "until": row["until"], "what": RichText(what)}
        steps.append(("step", value, was.id if was else None))
    page.steps = StreamValue(page.steps.stream_block, steps)
    _write_story(page, answers["story"])


def _read_partners(page: CaseStudyPage) -> Answers:
    given = [{field: each.value[field] or "" for field in PARTNER} for each in page.partners]
    return _numbered("partner", given)


def _write_partners(page: CaseStudyPage, answers: Answers) -> None:
    page.partners = [("partner", row) for row in rows(answers, "partner", PARTNER) if row]


# ---- Sources and figures


def _read_sources(page: CaseStudyPage) -> Answers:
    return _numbered("source", _values(page.sources.all(), SOURCE))


def _read_figures(page: CaseStudyPage) -> Answers:
    return _numbered("figure", _values(page.results.all(), FIGURE))


def _values(found: Any, fields: tuple[str, ...]) -> list[dict[str, str]]:
    return [{field: getattr(row, field) for field in fields} for row in found]


def _write_sources(page: CaseStudyPage, answers: Answers) -> None:
    page.sources = _filled(list(page.sources.all()), Source, rows(answers, "source", SOURCE))


def _write_figures(page: CaseStudyPage, answers: Answers) -> None:
    page.results = _filled(list(page.results.all()), Result, rows(answers, "figure", FIGURE))


def _filled(were: list[Any], model: type, given: list[dict[str, str] | None]) -> list[Any]:
    """Return rows with what was given; a row that was there keeps what the form does not show."""
    filled: list[Any] = []
    for number, row in enumerate(given):
        if row is None:
            continue
        kept = were[number] if number < len(were) else model()
        for field, text in row.items():
            setattr(kept, field, text)
        kept.sort_order = len(filled)
        filled.append(kept)
    return filled


# ---- The longer story: its text, quotation and pictures


def _story_text(page: CaseStudyPage) -> str:
    return "\n\n".join(plain for block in page.story for plain, _ in _texts_of(block))


def _texts_of(block: Any) -> list[tuple[str, str]]:
    """Return the paragraphs of a block of the story, plain and as HTML; none of other blocks."""
    if block.block_type == "paragraph":
        return list(paragraphs(block.value.source))
    return [(" ".join(str(block.value).split()), "")] if block.block_type == "heading" else []


def _write_story(page: CaseStudyPage, text: str) -> None:
    """Replace the text of the story. What else is in it stays behind its paragraph."""
    if text == _story_text(page):
        return
    first: list[tuple] = []  # blocks before any text
    behind: dict[str, list[tuple]] = {}  # blocks by the paragraph that they stand behind
    headings, html, place = {}, "", first
    for block in page.story:
        if block.block_type not in TEXT_BLOCKS:
            place.append((block.block_type, block.value, block.id))
        for plain, _ in _texts_of(block):
            place = behind.setdefault(plain, [])
            if block.block_type == "heading":
                headings[plain] = (block.block_type, block.value, block.id)
        html += block.value.source if block.block_type == "paragraph" else ""
    story, open_text = [*first], list[str]()

    def close() -> None:
        if open_text:
            marked_up = to_html("\n\n".join(open_text), before=html)
            story.append(("paragraph", RichText(marked_up), None))
            open_text.clear()

    for part in split(text):
        if part in headings:
            close()
            story.append(headings[part])
        else:
            open_text.append(part)
        if others := behind.pop(part, None):
            close()
            story += others
    close()
    story += [each for others in behind.values() for each in others]
    page.story = StreamValue(page.story.stream_block, story)


def _quote(page: CaseStudyPage) -> Any:
    return next((block for block in page.story if block.block_type == "quote"), None)


def _read_quote(page: CaseStudyPage) -> Answers:
    found = _quote(page)
    return {f"quote_{n}": (found.value.get(n) or "") if found else "" for n in QUOTE}


def _write_quote(page: CaseStudyPage, answers: Answers) -> None:
    value = {name: answers[f"quote_{name}"] for name in QUOTE}
    found, blocks = _quote(page), []
    for block in page.story:
        if found is None or block.id != found.id:
            blocks.append((block.block_type, block.value, block.id))
        elif value["text"]:
            blocks.append(("quote", value, block.id))
    if found is None and value["text"]:
        blocks.append(("quote", value, None))
    page.story = StreamValue(page.story.stream_block, blocks)


def pictures(page: CaseStudyPage) -> list[Any]:
    """Return the pictures of the story, as blocks."""
    return [block for block in page.story if block.block_type == "image" and block.value]


@dataclass(frozen=True)
class Keeper:
    """How a page holds the answers that are not fields of their own."""

    read: Callable[[CaseStudyPage], Answers]
    write: Callable[[CaseStudyPage, Answers], None]


KEEPERS: dict[str, Keeper] = {
    Section.ABOUT: Keeper(_read_principles, _write_principles),
    Section.STEPS: Keeper(_read_steps, _write_steps),
    Section.PEOPLE: Keeper(_read_partners, _write_partners),
    Section.SOURCES: Keeper(_read_sources, _write_sources),
    Section.FIGURES: Keeper(_read_figures, _write_figures),
    Section.QUOTE: Keeper(_read_quote, _write_quote),
}
