"""Word files in the site's style: A4, Arial, British English, tables that screen readers read."""

from collections.abc import Callable, Iterable, Sequence

from docx import Document
from docx.document import Document as WordDocument
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from portal.security.files import in_xml

GREEN = RGBColor(0x0C, 0x55, 0x49)
STYLES = ("Title", "Heading 1", "Heading 2", "Heading 3", "Intense Quote", "Quote")
#: What stands in a cell: text, or a function that writes into it.
Content = str | Callable[[_Cell], None]


def new_document(title: str, footer: str) -> WordDocument:
    """Return an empty document; its footer has these words and the number of each page."""
    document = Document()
    _lay_out(document, footer)
    properties = document.core_properties
    properties.title, properties.language = in_xml(title)[:255], "en-GB"
    properties.author, properties.comments = "", ""
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Arial", Pt(12)
    # Set British English for spell checking and screen readers; the template is American.
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), "en-GB")
    for name in STYLES:
        style = document.styles[name]
        style.font.name, style.font.color.rgb = "Arial", GREEN
        if (fonts := style.element.rPr.rFonts) is not None:
            for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
                fonts.attrib.pop(qn(f"w:{theme}"), None)
    return document


def _lay_out(document: WordDocument, footer: str) -> None:
    """A4, because Word's template is US Letter; a footer with page numbers."""
    [page] = document.sections
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = Mm(25)
    foot = page.footer.paragraphs[0]
    foot.add_run(in_xml(f"{footer} Page "))
    _field(foot, "PAGE")
    foot.add_run(" of ")
    _field(foot, "NUMPAGES")
    for run in foot.runs:
        run.font.size = Pt(9)


def _field(paragraph: Paragraph, name: str) -> None:
    """Add a number that Word works out, such as the page's."""
    _begin_field(paragraph, name)
    paragraph.add_run("1")
    _end_field(paragraph)


def _begin_field(paragraph: Paragraph, name: str) -> None:
    _mark(paragraph.add_run(), "begin")
    instruction = OxmlElement("w:instrText")
    instruction.set(qn("xml:space"), "preserve")
    instruction.text = f" {name} "
    paragraph.add_run()._r.append(instruction)
    _mark(paragraph.add_run(), "separate")


def _end_field(paragraph: Paragraph) -> None:
    _mark(paragraph.add_run(), "end")


def _mark(run: Run, kind: str) -> None:
    mark = OxmlElement("w:fldChar")
    mark.set(qn("w:fldCharType"), kind)
    run._r.append(mark)


def add_contents(document: WordDocument, entries: Sequence[tuple[str, str]]) -> None:
    """Add a table of contents, which Word can update and give page numbers.

    Args:
        entries: The text and the bookmark of each heading of level 1.
    """
    paragraph = document.add_paragraph()
    _begin_field(paragraph, r'TOC \o "1-1" \h \z \u')
    for number, (text, bookmark) in enumerate(entries):
        if number:
            paragraph = document.add_paragraph()
        add_link(paragraph, text, bookmark=bookmark)
    _end_field(paragraph)


def add_table(
    document: WordDocument,
    caption: str,
    head: Sequence[str],
    rows: Iterable[Sequence[Content]],
    widths: Sequence[int] = (),
) -> Table:
    """Add a table with a heading row, which is said again on each page and to each cell.

    Args:
        document: What it is added to.
        caption: Its description for screen readers.
        head: The headings.
        rows: The cells of each row.
        widths: In millimetres, if the columns are not to be equally wide.
    """
    table = document.add_table(rows=1, cols=len(head), style="Table Grid")
    for cell, text in zip(table.rows[0].cells, head, strict=True):
        cell.paragraphs[0].add_run(in_xml(text)).bold = True
    properties = table.rows[0]._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:tblHeader"))
    for row in rows:
        for cell, content in zip(table.add_row().cells, row, strict=True):
            if isinstance(content, str):
                cell.text = in_xml(content)
            else:
                content(cell)
    if widths:
        table.autofit = False
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Mm(width)
            for cell in column.cells:
                cell.width = Mm(width)
    for line in table.rows:  # no row breaks across pages
        line._tr.get_or_add_trPr().insert(0, OxmlElement("w:cantSplit"))
    described = OxmlElement("w:tblCaption")
    described.set(qn("w:val"), in_xml(caption))
    table._tbl.tblPr.append(described)
    document.add_paragraph()
    return table


def add_link(paragraph: Paragraph, text: str, *, url: str = "", bookmark: str = "") -> Run:
    """Add a link to an address, or to a bookmark of the document."""
    link = OxmlElement("w:hyperlink")
    if url:
        number = paragraph.part.relate_to(url, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
        link.set(qn("r:id"), number)
    else:
        link.set(qn("w:anchor"), bookmark)
    run = paragraph.add_run(in_xml(text))
    run.font.underline, run.font.color.rgb = True, GREEN
    link.append(run._r)
    paragraph._p.append(link)
    return run


def add_bookmark(paragraph: Paragraph, name: str, number: int) -> None:
    """Mark a paragraph for links. Name and number are used once in a document."""
    start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
    for mark in (start, end):
        mark.set(qn("w:id"), str(number))
    start.set(qn("w:name"), name)
    paragraph._p.append(start)
    paragraph._p.append(end)


def number_from_one(paragraphs: Iterable[Paragraph], document: WordDocument) -> None:
    """Number paragraphs of the style "List Number" by themselves, not after the list before."""
    numbering = document.part.numbering_part.element
    style = document.styles["List Number"].element.pPr.numPr.numId.val
    kind = next(num.abstractNumId.val for num in numbering.num_lst if num.numId == style)
    own = numbering.add_num(kind)
    own.add_lvlOverride(ilvl=0).add_startOverride(1)
    for paragraph in paragraphs:
        properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()
        properties.get_or_add_ilvl().val = 0
        properties.get_or_add_numId().val = own.numId
