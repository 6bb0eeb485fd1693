"""Committee reports: complete without answers, true to them, and real Word files."""

import io
import re
import zipfile
from datetime import date

import pytest
from docx import Document
from docx.oxml.ns import qn
from hypothesis import given
from hypothesis import strategies as st

from network import committee_report
from network.actions import tasks
from network.choices import ChampionKind, Route, SignUpTask
from network.committee_report_docx import as_docx
from network.models import Practice, SignUp
from network.tests.factories import fresh
from portal.security.files import DOCUMENTS
from portal.tests.security.test_doors import give_second_factor
from principles.models import Principle

pytestmark = pytest.mark.django_db
NASTY = "<script>alert(1)</script> & \x0b\x01 \u202e ]]> [x] 🏛"


@pytest.fixture
def sign_up(story) -> SignUp:
    return story.started()


def words(docx: bytes) -> str:
    document = Document(io.BytesIO(docx))
    cells = [c.text for t in document.tables for row in t.rows for c in row.cells]
    return "\n".join([p.text for p in document.paragraphs] + cells)


def headings(docx: bytes) -> list[str]:
    found = Document(io.BytesIO(docx)).paragraphs
    return [p.text for p in found if p.style.name == "Heading 1"]


def test_a_blank_kit_is_a_whole_report_with_prompts():
    text = words(as_docx(committee_report.blank_paper()))
    for part in [
        "[name of the council]: joining the Keep it Local Network",
        "Recommendations",
        "There is no fee",
        "Draft minute",
        "RESOLVED: (1)",
        "[To be agreed with the monitoring officer",
        "section 149 of the Equality Act 2010",
        "The words are the portal’s, not Locality’s",
        *Principle.objects.values_list("name", flat=True),
    ]:
        assert part in text, part
    assert "None" not in text


def test_an_empty_draft_gives_a_usable_paper(sign_up):
    text = words(as_docx(committee_report.paper(sign_up)))
    assert "Leeming Borough Council: joining" in text
    assert "[name and role of the lead councillor]" in text
    assert "None" not in text


def test_what_was_typed_stands_in_it(sign_up, officer):
    SignUp.objects.filter(pk=sign_up.pk).update(
        applicant_job_title="Head of Communities",
        strategy_title="Leeming Together 2030",
        profile="We began with three neighbourhoods.",
    )
    Practice.objects.create(
        sign_up=sign_up, principle=Principle.objects.get(number=3), text="Measure our spend."
    )
    answers = {"political_name": "Cllr Ada Able", "political_role": "Deputy Leader"}
    answers |= {"officer_name": "Bo Best", "officer_role": "Director of Place"}
    answers |= {f"{kind}_may_be_published": True for kind in ChampionKind}
    tasks.save_task(fresh(sign_up), SignUpTask.CHAMPIONS, by=officer, answers=answers)
    text = words(as_docx(committee_report.paper(fresh(sign_up))))
    for typed in [
        "Head of Communities",
        "Leeming Together 2030",
        "three neighbourhoods",
        "Measure our spend.",
        "name Cllr Ada Able, Deputy Leader, as councillor champion",
        "name Bo Best, Director of Place, as officer champion",
    ]:
        assert typed in text, typed


def test_every_fact_of_the_background_names_a_source_with_its_date():
    assert len(committee_report.BACKGROUND) >= 4
    for fact, source in committee_report.BACKGROUND:
        assert fact.endswith(".")
        assert re.search(r"\b20\d\d\b|undated", source), source
        assert f"{fact} (Source: {source}.)" in words(as_docx(committee_report.blank_paper()))


def test_word_file_is_a4_with_page_numbers():
    document = Document(io.BytesIO(as_docx(committee_report.blank_paper())))
    [page] = document.sections
    assert (round(page.page_width.mm), round(page.page_height.mm)) == (210, 297)
    footer = page.footer._element.xml
    assert committee_report.blank_paper().title in footer
    assert " PAGE </w:instrText>" in footer and " NUMPAGES </w:instrText>" in footer


def test_the_word_file_is_real_word():
    """Check headings, lists, headed tables, title and language, for screen readers."""
    made = as_docx(committee_report.blank_paper())
    document = Document(io.BytesIO(made))
    styles = [p.style.name for p in document.paragraphs]
    assert styles[0] == "Title"
    assert headings(made) == [section.title for section in committee_report.blank_paper().sections]
    assert styles.count("List Number") == 5
    assert styles.count("List Bullet") > 5
    for table in document.tables:
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
        assert all(cell.text for cell in table.rows[0].cells)
        assert table._tbl.tblPr.find(qn("w:tblCaption")) is not None
    assert document.core_properties.title
    assert document.core_properties.language == "en-GB"
    with zipfile.ZipFile(io.BytesIO(made)) as parts:
        styles_xml = parts.read("word/styles.xml").decode()
    assert set(re.findall(r'<w:lang [^>]*w:val="([^"]+)"', styles_xml)) == {"en-GB"}


def test_nothing_that_was_typed_breaks_page_or_file(as_, sign_up, officer):
    SignUp.objects.filter(pk=sign_up.pk).update(
        applicant_name=NASTY, profile=NASTY, conversation_partners=NASTY, strategy_title=NASTY
    )
    page = as_(officer).get(f"/join/{sign_up.reference}/committee-paper/").content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
    assert "<script>alert(1)</script>" in words(as_docx(committee_report.paper(fresh(sign_up))))


@given(st.text())
def test_any_text_fits_into_a_word_file(typed):
    made = io.BytesIO()
    document = Document()
    document.add_paragraph(committee_report._or(typed, "prompt"))
    document.save(made)


def test_the_kit_is_there_for_everybody_and_the_paper_for_those_who_may_see_it(
    as_, sign_up, officer, manager, editor, stranger, client
):
    give_second_factor(manager)
    assert "/join/committee-paper/" in client.get("/join/").content.decode()
    assert client.get("/join/committee-paper/").status_code == 200
    assert client.get("/join/committee-paper.docx")["Content-Type"] == DOCUMENTS[".docx"]
    for end in ("committee-paper/", "committee-paper.docx"):
        address = f"/join/{sign_up.reference}/{end}"
        for person in (officer, manager):
            answer = as_(person).get(address)
            assert answer.status_code == 200
            assert "no-store" in answer["Cache-Control"] or "private" in answer["Cache-Control"]
        for person in (editor, stranger):
            assert as_(person).get(address).status_code == 404
        assert client.get(address).status_code == 302
        assert as_(officer).post(address).status_code == 405
    assert f'filename="{sign_up.reference}-committee-paper.docx"' in answer["Content-Disposition"]


def test_the_paper_fits_how_the_council_is_governed_and_endorses(story, sign_up):
    about = {"governance": "mayor", "profile": "", "strategy_title": "", "strategy_link": ""}
    story.save(sign_up, SignUpTask.ABOUT_COUNCIL, about)
    held = {"conversation": "held", "conversation_on": date(2026, 3, 1)}
    empty = {"conversation_partners": "", "conversation_outcome": ""}
    story.save(sign_up, SignUpTask.CONVERSATION, held | empty)
    text = words(as_docx(committee_report.paper(fresh(sign_up))))
    assert "agree that the elected mayor and the chief executive" in text
    assert "(2) that the elected mayor and the chief executive sign" in text
    assert "It has been held (1 March 2026)." in text

    story.save(sign_up, SignUpTask.ROUTE, {"route": Route.DECISION})
    text = words(as_docx(committee_report.paper(fresh(sign_up))))
    assert "sign the endorsement" not in text
    assert "(3) that authority be delegated" in text
