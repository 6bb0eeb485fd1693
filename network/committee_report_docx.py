"""Committee reports as Word files."""

import io

from docx import Document
from docx.document import Document as WordDocument
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from network.committee_report import Grid, Paper, Section


def as_docx(paper: Paper) -> bytes:
    """Return the report as the bytes of a Word file."""
    document = Document()
    _prepare(document, paper)
    document.add_heading(paper.title, level=0)
    document.add_paragraph(paper.about, style="Intense Quote")
    _table(document, Grid("About this report", ["About this report", "Details"], []), paper.facts)
    for section in paper.sections:
        _section(document, section)
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def _prepare(document: WordDocument, paper: Paper) -> None:
    _lay_out(document, paper)
    properties = document.core_properties
    properties.title, properties.language = paper.title[:255], "en-GB"
    properties.author, properties.comments = "", ""
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Arial", Pt(12)
    # Set British English for spell checking and screen readers; the template is American.
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), "en-GB")
    for name in ("Title", "Heading 1", "Intense Quote"):
        style = document.styles[name]
        style.font.name = "Arial"
        if (fonts := style.element.rPr.rFonts) is not None:
            for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
                fonts.attrib.pop(qn(f"w:{theme}"), None)


def _lay_out(document: WordDocument, paper: Paper) -> None:
    """A4, because Word's template is US Letter; a footer with title and page numbers."""
    [page] = document.sections
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = Mm(25)
    footer = page.footer.paragraphs[0]
    footer.add_run(f"{paper.title}. Draft. Page ")
    _number(footer, "PAGE")
    footer.add_run(" of ")
    _number(footer, "NUMPAGES")
    for run in footer.runs:
        run.font.size = Pt(9)


def _number(paragraph, field: str) -> None:
    """Add a number that Word works out, such as the page's."""
    run = paragraph.add_run()
    for kind in ("begin", "instr", "separate", "shown", "end"):
        if kind == "instr":
            part = OxmlElement("w:instrText")
            part.set(qn("xml:space"), "preserve")
            part.text = f" {field} "
        elif kind == "shown":
            part = OxmlElement("w:t")
            part.text = "1"
        else:
            part = OxmlElement("w:fldChar")
            part.set(qn("w:fldCharType"), kind)
        run._r.append(part)


def _section(document: WordDocument, section: Section) -> None:
    document.add_heading(section.title, level=1)
    for text in section.paragraphs:
        document.add_paragraph(text)
    for text in section.numbered:
        document.add_paragraph(text, style="List Number")
    for text in section.bullets:
        document.add_paragraph(text, style="List Bullet")
    if section.grid:
        document.add_paragraph(section.grid.caption, style="Caption")
        _table(document, section.grid, section.grid.rows)
    for text in section.after:
        document.add_paragraph(text)


def _table(document: WordDocument, grid: Grid, rows) -> None:
    table = document.add_table(rows=1, cols=len(grid.head), style="Table Grid")
    for cell, text in zip(table.rows[0].cells, grid.head, strict=True):
        cell.paragraphs[0].add_run(text).bold = True
    properties = table.rows[0]._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:tblHeader"))  # said again on each page, and to each cell
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    described = OxmlElement("w:tblCaption")
    described.set(qn("w:val"), grid.caption)
    table._tbl.tblPr.append(described)
    document.add_paragraph()
