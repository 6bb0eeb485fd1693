"""Committee reports as Word files."""

import io

from docx.document import Document as WordDocument

from network.committee_report import Paper, Section
from portal.word_files import add_table, new_document


def as_docx(paper: Paper) -> bytes:
    """Return the report as the bytes of a Word file."""
    document = new_document(paper.title, f"{paper.title}. Draft.")
    document.add_heading(paper.title, level=0)
    document.add_paragraph(paper.about, style="Intense Quote")
    add_table(document, "About this report", ["About this report", "Details"], paper.facts)
    for section in paper.sections:
        _section(document, section)
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def _section(document: WordDocument, section: Section) -> None:
    document.add_heading(section.title, level=1)
    for text in section.paragraphs:
        document.add_paragraph(text)
    for text in section.numbered:
        document.add_paragraph(text, style="List Number")
    for text in section.bullets:
        document.add_paragraph(text, style="List Bullet")
    if grid := section.grid:
        document.add_paragraph(grid.caption, style="Caption")
        add_table(document, grid.caption, grid.head, grid.rows)
    for text in section.after:
        document.add_paragraph(text)
