"""Briefing packs as Word files."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from itertools import count
from typing import Any

from bs4 import BeautifulSoup, NavigableString, Tag
from django.conf import settings
from django.utils import timezone
from django.utils.text import capfirst
from docx.table import _Cell
from docx.text.paragraph import Paragraph

from casestudies import dates
from casestudies.choices import TAKEN, Part
from casestudies.models import CaseStudyPage, Result
from casestudies.packs import ABOUT, Pack
from portal.context import site_operator
from portal.security.files import in_xml
from portal.word_files import (
    add_bookmark,
    add_contents,
    add_link,
    add_table,
    new_document,
    number_from_one,
)

FIGURES = ("Figure", "What it measures", "Date", "Claimed by", "Source")
WIDTHS = (24, 52, 26, 32, 26)
IN_TEXT = {"strong": "bold", "b": "bold", "em": "italic", "i": "italic", "cite": "italic"}
LEFT_OUT = {"svg", "script", "style", "form", "button"}
BESIDE_TEXT = {"p", "ul", "ol", "li", "div", "section", "aside", "figure", "blockquote", "table"}
BESIDE_TEXT |= {"h2", "h3", "h4", "h5", "figcaption", "dl", "dt", "dd", "picture"}


def as_docx(pack: Pack) -> bytes:
    """Return the pack as the bytes of a Word file."""
    number = len(pack.pages)
    title = f"Briefing pack: {number} case {'study' if number == 1 else 'studies'}"
    today = dates.day_in_words(timezone.localdate())
    document = new_document(title, f"Keep it Local portal, {today}.")
    document.add_heading(title, level=0)
    document.add_paragraph(
        f"From the Keep it Local portal, {settings.SITE_URL}, as published on {today}."
    )
    document.add_paragraph(in_xml(f"{ABOUT} {site_operator().line}."))
    document.add_paragraph("Contents", style="TOC Heading")
    add_contents(document, [(page.title, f"study_{n}") for n, page in enumerate(pack.pages)])
    marks = count(1)
    for n, page in enumerate(pack.pages):
        document.add_page_break()
        _Study(document, page, f"study_{n}", marks).write()
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


class _Study:
    """One case study, written into a document.

    Args:
        document: The document.
        page: The case study.
        name: Its bookmark; those of its sources begin with it.
        marks: The numbers of the document's bookmarks.
    """

    def __init__(self, document: Any, page: CaseStudyPage, name: str, marks: Iterable[int]):
        self.document, self.page, self.name, self.marks = document, page, name, iter(marks)
        self.content = page.cited_content()
        self.texts = self.content["texts"]
        self.bookmarks = {
            source.anchor: f"{name}_source_{source.number}" for source in self.content["sources"]
        }

    def write(self) -> None:
        """Write all that the page says, in its order."""
        self._heading(self.page.title, 1, self.name)
        self._paragraph(self.page.summary)
        add_table(
            self.document, "About this case study", ["About", "Details"], self._facts(), (35, 125)
        )
        shown = self.content["shown"]
        for part in (Part.THE_PROBLEM, Part.WHAT_THEY_DID, Part.WHO_DECIDED, Part.PARTNERS):
            if part in shown:
                self._part(part)
        if Part.RESULTS in shown:
            self._part(Part.RESULTS)
        self._what_it_took()
        for part in (Part.WHAT_WAS_HARD, Part.ADVICE, Part.CONTACT):
            if part in shown:
                self._part(part)
        self._sources()
        self._corrections()
        self._heading("Cite this page", 2)
        self._paragraph(self.page.citation)
        self._paragraph(self.page.provenance)

    def _facts(self) -> list[tuple[str, str]]:
        page, council = self.page, self.page.council
        place = (
            council and f"{council.name}, {council.kind_in_text}, {council.get_region_display()}"
        )
        facts = [
            ("Council", place or ""),
            ("Principles", ", ".join(each.name for each in page.principles.all())),
            ("What changed", page.what_changed),
            ("Status", " ".join(filter(None, (f"{page.status_line}.", page.status_note)))),
            ("Length", page.get_completeness_display()),
            ("Cost", page.get_cost_band_display()),
            ("Subject", page.get_theme_display()),
        ]
        return [(name, text) for name, text in facts if text]

    def _part(self, part: Part) -> None:
        self._heading(part.label, 2)
        if self._nothing_found(part):
            return
        if part == Part.WHAT_THEY_DID:
            self._steps()
            self._html(self.texts["story"])
        elif part == Part.PARTNERS:
            for partner in self.page.partners:
                text = ": ".join(filter(None, (partner.value["name"], partner.value["role"])))
                kind = partner.value.kind_label
                self._paragraph(f"{text} ({kind})", "List Bullet")
        elif part == Part.RESULTS:
            self._results()
        else:
            self._html(self.texts[part.value])

    def _steps(self) -> None:
        if steps := self.content["steps"]:
            rows = [(when or "No date given", self._cell(what)) for when, what in steps]
            caption = "What was done, step by step"
            add_table(self.document, caption, ["When", "What was done"], rows, (35, 125))

    def _results(self) -> None:
        for number, (about, results) in enumerate(self.content["figures"].items()):
            if about:
                self._heading(f"{capfirst(about)}: figures that differ", 3)
            elif number:
                self._heading("Other figures", 3)
            self._figures(f"Figures that differ: {about}" if about else "Figures", results)
        for block in self.page.worked_out:
            self._html(str(block))
        if self.page.on_the_figures:
            self._heading("Before you compare these figures", 3)
            self._html(self.texts["on_the_figures"])

    def _figures(self, caption: str, results: Sequence[Result]) -> None:
        rows = [
            (
                capfirst(result.figure),
                " ".join(filter(None, (f"{capfirst(result.measures)}.", result.note))),
                capfirst(result.period),
                capfirst(result.claimed_by),
                self._source_cell(result),
            )
            for result in results
        ]
        add_table(self.document, caption, FIGURES, rows, WIDTHS)

    def _source_cell(self, result: Result) -> Any:
        def write(cell: _Cell) -> None:
            paragraph, source = cell.paragraphs[0], result.cited
            if source is None:
                paragraph.add_run(in_xml(result.source))
                return
            text = f"{source.label} (source {source.number})"
            add_link(paragraph, text, bookmark=self.bookmarks[source.anchor])

        return write

    def _what_it_took(self) -> None:
        page, shown = self.page, self.content["shown"]
        chosen = {
            Part.MONEY: page.get_cost_band_display(),
            Part.PROCUREMENT_ROUTE: page.get_procurement_route_display(),
        }
        if not set(TAKEN) & set(shown):
            return
        self._heading("What it took", 2)
        for part in TAKEN:
            text = self.texts.get(part.value, "")
            if part not in shown or not (text or chosen.get(part) or part in page.nothing_found):
                continue
            self._heading(part.label, 3)
            if chosen.get(part):
                self._paragraph(chosen[part])
            self._nothing_found(part)
            self._html(text)
        self._html(self.texts["what_it_took"])

    def _sources(self) -> None:
        self._heading("Sources", 2)
        for source in self.content["sources"]:
            paragraph = self._paragraph()
            add_bookmark(paragraph, self.bookmarks[source.anchor], next(self.marks))
            paragraph.add_run(in_xml(f"{source.number}. {source.label}. ")).bold = True
            if source.url:
                add_link(paragraph, source.title, url=source.url)
            else:
                paragraph.add_run(in_xml(source.title))
            end = f". {source.publisher}, {source.published_text}."
            paragraph.add_run(in_xml(" ".join(filter(None, (end, source.note)))))
            if source.url:
                paragraph.add_run(f" {source.url}")

    def _corrections(self) -> None:
        if corrections := self.page.corrections.all():
            self._heading("Corrections", 2)
            for each in corrections:
                text = f"{dates.day_in_words(each.day)}: {each.note}"
                self._paragraph(text, "List Bullet")

    def _heading(self, text: str, level: int, bookmark: str = "") -> None:
        heading = self.document.add_heading(in_xml(text), level=level)
        if bookmark:
            add_bookmark(heading, bookmark, next(self.marks))

    def _paragraph(self, text: str = "", style: str | None = None) -> Paragraph:
        return self.document.add_paragraph(in_xml(text), style=style)

    def _nothing_found(self, part: Part) -> bool:
        """Say so of a part about which nothing is published, and return whether it is one."""
        text = self.content["unknown"].get(part)
        if text:
            paragraph = self._paragraph(f"We found nothing published about {text}.")
            website = self.page.council.website if self.page.council else ""
            if part == Part.CONTACT and website:
                paragraph.add_run(" The council’s website is ")
                add_link(paragraph, website, url=website)
                paragraph.add_run(".")
        return bool(text)

    def _cell(self, html: str) -> Any:
        def write(cell: _Cell) -> None:
            soup = BeautifulSoup(in_xml(html), "html.parser")
            for n, part in enumerate(soup.find_all("p") or [soup]):
                self._inline(cell.add_paragraph() if n else cell.paragraphs[0], part)

        return write

    def _html(self, html: str) -> None:
        """Write the HTML of a text or of blocks, as far as it is text, lists and tables."""
        self._blocks(BeautifulSoup(in_xml(html), "html.parser"))

    def _blocks(self, node: Tag, style: str | None = None) -> None:
        for each in node.children:
            if isinstance(each, NavigableString):
                if each.strip() and type(each) is NavigableString:
                    self.document.add_paragraph(each.strip(), style=style)
            elif not isinstance(each, Tag) or each.name in LEFT_OUT:
                continue
            elif each.name in {"ul", "ol"}:
                self._list(each)
            elif each.name == "table":
                self._table(each)
            elif each.name in {"h2", "h3", "h4", "h5"}:
                self._heading(each.get_text(" ", strip=True), 3)
            elif each.name == "img":
                self.document.add_paragraph(f"[Picture: {each.get('alt', '')}]")
            elif each.name == "blockquote":
                self._blocks(each, "Quote")
            elif any(child.name in BESIDE_TEXT for child in each.find_all(True)):
                self._blocks(each, style)
            elif each.get_text(strip=True):
                self._inline(self.document.add_paragraph(style=style), each)

    def _list(self, node: Tag) -> None:
        style = "List Number" if node.name == "ol" else "List Bullet"
        made = []
        for item in node.find_all("li", recursive=False):
            made.append(self.document.add_paragraph(style=style))
            self._inline(made[-1], item)
        if node.name == "ol":
            number_from_one(made, self.document)

    def _table(self, node: Tag) -> None:
        rows = [
            [cell.get_text(" ", strip=True) for cell in row.find_all(["th", "td"])]
            for row in node.find_all("tr")
        ]
        rows = [row for row in rows if rows and len(row) == len(rows[0])]
        caption = node.caption.get_text(" ", strip=True) if node.caption else "Table"
        if rows:
            add_table(self.document, caption, rows[0], rows[1:])

    def _inline(self, paragraph: Paragraph, node: Tag, **how: bool) -> None:
        """Write the text of an element, with what is bold, a link or the number of a source."""
        for each in node.children:
            if isinstance(each, NavigableString):
                run = paragraph.add_run(" ".join(each.split()) if not each.strip() else _flat(each))
                run.bold, run.italic = how.get("bold"), how.get("italic")
            elif not isinstance(each, Tag) or each.name in LEFT_OUT:
                continue
            elif each.name == "br":
                paragraph.add_run().add_break()
            elif each.name == "a":
                self._link(paragraph, each, is_number=how.get("number", False))
            elif "govuk-visually-hidden" not in each.get_attribute_list("class"):
                known = {IN_TEXT[each.name]: True} if each.name in IN_TEXT else {}
                known |= {"number": True} if each.name == "sup" else {}
                self._inline(paragraph, each, **how | known)

    def _link(self, paragraph: Paragraph, node: Tag, *, is_number: bool) -> None:
        for hidden in node.find_all(class_="govuk-visually-hidden"):
            hidden.decompose()
        href, text = str(node.get("href", "")), _flat(node.get_text())
        if href.startswith("#"):
            bookmark = self.bookmarks.get(href[1:])
            run = add_link(paragraph, text, bookmark=bookmark) if bookmark else None
            run = run or paragraph.add_run(text)
        else:
            url = f"{settings.SITE_URL}{href}" if href.startswith("/") else href
            run = add_link(paragraph, text, url=url) if url else paragraph.add_run(text)
        run.font.superscript = is_number or None


def _flat(text: str) -> str:
    """Return text in one line, with one space where there is white space, at its ends too."""
    inside = " ".join(text.split())
    return f"{' ' * text[:1].isspace()}{inside}{' ' * text[-1:].isspace()}"
