"""Briefing packs: what an address puts into one, on the page and in the Word file."""

import io
import re
import zipfile
from datetime import date

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from docx import Document
from docx.oxml.ns import qn
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import PageViewRestriction
from wagtail.rich_text import RichText

from casestudies import packs, urls
from casestudies.models import CaseStudyPage, Correction, Source
from casestudies.tests.factories import CaseStudyPageFactory, CouncilFactory, ResultFactory
from casestudies.views import packs as views

PACK, WORD = "/case-studies/pack/", "/case-studies/pack.docx"


@pytest.fixture
def bradford(case_studies):
    """A page with everything that a pack has to carry over."""
    page = CaseStudyPageFactory(
        parent=case_studies,
        title="Bradford: first",
        council=CouncilFactory(name="Bradford", slug="bradford"),
        numbers=[3],
        cost_band="to_5m",
        procurement_route="contract",
        what_changed="More is spent here",
    )
    page.the_problem = (
        "<p>Money <strong>leaked</strong> away [[LocalGov, 2019]].</p>"
        '<ul><li>One</li><li>Two</li></ul><p>See <a href="https://example.org/x">this</a>.</p>'
    )
    page.steps = [
        (
            "step",
            {"date": "2017-12", "until": "", "what": RichText("<p>They [[Report]] chose.</p>")},
        )
    ]
    page.story = [
        ("heading", "A policy with marks"),
        ("paragraph", RichText("<ol><li>First</li></ol>")),
        (
            "quote",
            {
                "text": "We did.",
                "who": "Lee",
                "role": "Leader",
                "as_at": "2020",
                "source": "Report",
            },
        ),
        ("paragraph", RichText("<ol><li>Again from one</li></ol>")),
    ]
    page.sources = [*page.sources.all(), Source(label="Report", title="A report", publisher="X")]
    page.results = [
        *page.results.all(),
        ResultFactory.build(figure="41%", beside="the share"),
        ResultFactory.build(figure="47%", beside="the share", note="Another base."),
    ]
    page.money = "<p>£2 million a year.</p>"
    page.nothing_found = ["what_was_hard", "people"]
    page.corrections = [Correction(day=date(2026, 11, 30), note="We said 47.")]
    page.save_revision().publish()
    return CaseStudyPage.objects.get(pk=page.pk)


@pytest.fixture
def york(case_studies):
    page = CaseStudyPageFactory(
        parent=case_studies, title="York: second", council=CouncilFactory(name="York")
    )
    page.save_revision().publish()
    return CaseStudyPage.objects.get(pk=page.pk)


def asked(*slugs):
    return {"page": list(slugs)}


def shown(client, *slugs, status=200):
    answer = client.get(PACK, asked(*slugs))
    assert answer.status_code == status
    return answer.content.decode()


def word(client, *slugs):
    answer = client.get(WORD, asked(*slugs))
    assert answer.status_code == 200
    return Document(io.BytesIO(answer.content))


def words_of(document):
    return "\n".join(
        "".join(t.text or "" for t in p.iter(qn("w:t"))) for p in document.element.iter(qn("w:p"))
    )


def headings(document, level):
    name = f"Heading {level}"
    return [p.text for p in document.paragraphs if p.style.name == name]


def test_pack_has_its_studies_in_the_order_of_the_address(client, bradford, york):
    html = shown(client, york.slug, bradford.slug)

    assert "<h1>Briefing pack: 2 case studies</h1>" in html
    assert re.findall(r'<li><a href="#(study-\d)">([^<]*)</a>', html) == [
        ("study-1", "York: second"),
        ("study-2", "Bradford: first"),
    ]
    assert re.findall(r"<h2>([^<]*)</h2>", html)[:2] == ["York: second", "Bradford: first"]
    assert "Short note, version 1 of" in html
    assert html.count("Cite this page</h3>") == 2
    assert "Demonstration: not run by Locality" in html


def test_parts_of_each_study_have_ids_of_their_own(client, bradford, york):
    html = shown(client, bradford.slug, york.slug)
    ids = re.findall(r'\bid="([^"]+)"', html)

    assert len(ids) == len(set(ids))
    used = re.findall(r'href="#([^"]+)"', html)
    used += [i for each in re.findall(r'aria-labelledby="([^"]+)"', html) for i in each.split()]
    assert set(used) <= set(ids)
    assert "study-1-source-localgov-2019" in used


def test_page_within_a_pack_has_lower_headings_own_ids_and_no_landmarks():
    page = (
        '<section class="x" aria-labelledby="a"><h1 id="a">T</h1><h2>u</h2><header>h</header>'
        '<a href="#a">x</a><a href="/y#a">y</a><div aria-labelledby="a b"></div>'
        '<i fill="url(#a)"></i></section>'
    )
    assert packs.within(page, "study-1") == (
        '<section class="x"><h2 id="study-1-a">T</h2><h3>u</h3><header>h</header>'
        '<a href="#study-1-a">x</a><a href="/y#a">y</a>'
        '<div aria-labelledby="study-1-a study-1-b"></div><i fill="url(#study-1-a)"></i></section>'
    )


def test_sources_are_numbered_in_each_study_from_one(client, bradford, york):
    html = shown(client, bradford.slug, york.slug)

    assert html.count("1. LocalGov, 2019") == 2
    assert html.count("2. Report") == 1


def test_missing_study_is_named_and_others_are_shown(client, bradford, york):
    york.unpublish()

    html = shown(client, bradford.slug, york.slug, "<script>")

    assert f"We could not find “{york.slug}”" in html
    assert "We could not find “&lt;script&gt;”" in html
    assert "York: second" not in html
    assert "<h2>Bradford: first</h2>" in html


def test_pack_of_nothing_that_exists_is_not_found(client, case_studies):
    assert "We could not find “nope”" in shown(client, "nope", status=404)
    answer = client.get(WORD, asked("nope"))
    assert (answer.status_code, answer["Content-Type"]) == (404, "text/html; charset=utf-8")


def test_empty_pack_offers_case_studies(client, bradford):
    html = shown(client)

    assert f'name="page" value="{bradford.slug}"' in html
    assert client.get(WORD).status_code == 200


@pytest.mark.parametrize("slug", ["a\x00b", "x" * 5000, "\ud800", "%", "a'b\"c"])
def test_any_text_can_stand_in_the_address(client, bradford, slug):
    for address in (PACK, WORD):
        text = slug.encode("utf-8", "surrogatepass")
        answer = client.get(address, {"page": [text, bradford.slug]})
        assert answer.status_code == 200


def test_renamed_study_stays_in_a_pack_that_was_sent_before(client, bradford):
    Redirect.add_redirect("/case-studies/older-name/", bradford)

    html = shown(client, "older-name")

    assert "<h2>Bradford: first</h2>" in html
    assert "We could not find" not in html
    assert f"pack.docx?page={bradford.slug}" in html


def test_a_study_is_in_a_pack_once_and_at_most_eight_are(client, case_studies):
    pages = [CaseStudyPageFactory(parent=case_studies) for _ in range(10)]

    html = shown(client, pages[0].slug, *(page.slug for page in pages))

    assert html.count('class="pack__study"') == packs.MOST == 8
    assert "We left out the last 2 you chose" in html


def test_only_what_is_public_and_real_can_be_in_a_pack(client, case_studies, as_, officer):
    draft = CaseStudyPageFactory(parent=case_studies, title="Hidden draft", live=False)
    invented = CouncilFactory(is_demonstration=True)
    demo = CaseStudyPageFactory(parent=case_studies, title="Hidden demo", council=invented)
    private = CaseStudyPageFactory(parent=case_studies, title="Hidden private")
    PageViewRestriction.objects.create(page=private, restriction_type="login")

    for who in (client, as_(officer)):
        for page in (draft, demo, private):
            assert page.title not in shown(who, page.slug, status=404)
            assert who.get(WORD, asked(page.slug)).status_code == 404
        assert "Hidden" not in shown(who)


def test_newer_draft_is_not_in_a_pack(client, bradford):
    bradford.summary = "A newer draft."
    bradford.save_revision()

    assert "A newer draft" not in shown(client, bradford.slug)
    assert "A newer draft" not in words_of(word(client, bradford.slug))


def test_pack_offers_others_about_the_same_first_and_full_before_short(client, case_studies):
    def study(title, number, length):
        page = CaseStudyPageFactory(parent=case_studies, title=title, numbers=[number])
        CaseStudyPage.objects.filter(pk=page.pk).update(completeness=length)
        return page

    mine = study("Mine", 3, "full")
    study("A short", 2, "short")
    study("B full", 2, "full")
    study("C short alike", 3, "short")
    study("D full alike", 3, "full")

    offered = [page.title for page in packs.Pack.of([mine.slug]).others]

    assert offered == ["D full alike", "C short alike", "B full", "A short"]


def test_search_engines_leave_packs_alone(client, bradford):
    answer = client.get(PACK, asked(bradford.slug))

    assert answer["X-Robots-Tag"] == "noindex"
    assert '<meta name="robots" content="noindex">' in answer.content.decode()
    assert "canonical" not in answer.content.decode()
    assert client.get(WORD, asked(bradford.slug))["X-Robots-Tag"] == "noindex"


def test_pack_sets_no_cookie(client, bradford):
    for address in (PACK, WORD):
        assert not client.get(address, asked(bradford.slug)).cookies


def test_list_and_page_offer_a_pack(client, bradford, york):
    html = client.get("/case-studies/").content.decode()
    page = client.get(f"/case-studies/{bradford.slug}/").content.decode()

    assert f'<form method="get" action="{PACK}"' in html
    for slug in (bradford.slug, york.slug):
        assert f'name="page" value="{slug}"' in html
    assert f'href="{PACK}?page={bradford.slug}"' in page


def test_page_of_invented_council_offers_none(client, case_studies):
    council = CouncilFactory(is_demonstration=True)
    page = CaseStudyPageFactory(parent=case_studies, council=council)

    assert "briefing pack" not in client.get(f"/case-studies/{page.slug}/").content.decode()


def test_queries_are_the_same_for_one_study_and_eight(client, case_studies):
    pages = [CaseStudyPageFactory(parent=case_studies, results=2) for _ in range(10)]

    def queries(address, number):
        with CaptureQueriesContext(connection) as seen:
            client.get(address, asked(*(page.slug for page in pages[:number])))
        return len(seen)

    for address in (PACK, WORD):
        queries(address, 1)
        assert queries(address, 1) == queries(address, 8) <= 15


# ---- Addresses ---------------------------------------------------------------------------


def test_every_address_below_the_list_is_reserved():
    below = {
        str(each.pattern).split("/")[1]
        for each in urls.urlpatterns
        if str(each.pattern).startswith("case-studies/")
    }

    assert {name for name in below if "." not in name} <= CaseStudyPage.taken_slugs
    assert reverse("casestudies:pack") == PACK


@pytest.mark.parametrize("slug", sorted(CaseStudyPage.taken_slugs))
def test_case_study_cannot_take_the_address_of_a_view(case_studies, slug):
    with pytest.raises(ValidationError, match="already used"):
        CaseStudyPageFactory(parent=case_studies, slug=slug)


# ---- The Word file -----------------------------------------------------------------------


def test_word_file_has_real_headings_contents_and_language(client, bradford, york):
    document = word(client, bradford.slug, york.slug)

    assert document.core_properties.title == "Briefing pack: 2 case studies"
    assert document.core_properties.language == "en-GB"
    assert document.paragraphs[0].style.name == "Title"
    assert headings(document, 1) == ["Bradford: first", "York: second"]
    assert headings(document, 2)[:4] == ["The problem", "What they did", "Results", "What it took"]
    assert "TOC" in "".join(i.text for i in document.element.iter(qn("w:instrText")))
    bookmarks = {b.get(qn("w:name")) for b in document.element.iter(qn("w:bookmarkStart"))}
    numbers = [b.get(qn("w:id")) for b in document.element.iter(qn("w:bookmarkStart"))]
    linked = {a.get(qn("w:anchor")) for a in document.element.iter(qn("w:hyperlink"))} - {None}
    assert linked <= bookmarks
    assert {"study_0", "study_1"} <= linked
    assert len(numbers) == len(set(numbers))


def test_word_file_says_what_the_page_says(client, bradford):
    text = words_of(word(client, bradford.slug))

    for part in [
        "Money leaked away1.",
        "One",
        "See this.",
        "December 2017",
        "They2 chose.",
        "A policy with marks",
        "We did.",
        "Lee, Leader, as at 2020",
        "£2.43",
        "Claimed by",
        "The share: figures that differ",
        "Another base.",
        "£500,000 to £5 million",
        "£2 million a year.",
        "Contract after competition",
        "More is spent here",
        "2. Report. A report. X, undated.",
        "1. LocalGov, 2019. The power of the community. LocalGov, 5 July 2019. https://example.org",
        "30 November 2026: We said 47.",
        "We found nothing published about what was hard.",
        bradford.citation,
    ]:
        assert part in text, part
    assert "[[" not in text
    assert "None" not in text


def test_word_file_gives_the_website_if_no_contact_was_found(client, bradford):
    bradford.council.website = "https://www.bradford.gov.uk/"
    bradford.council.save()
    bradford.theme = "buying"
    bradford.steps = [(step.block_type, step.value) for step in bradford.steps] * 3
    rest = ("who_decided", "partners", "people", "time", "what_was_hard", "advice", "contact")
    bradford.nothing_found = list(rest)
    bradford.save()

    document = word(client, bradford.slug)

    assert bradford.is_full
    said = "a contact for this work. The council’s website is https://www.bradford.gov.uk/."
    assert said in words_of(document)
    assert "Buying and social value" in words_of(document)


def test_word_file_shows_figures_in_the_order_of_the_page(client, bradford):
    bradford.results = [
        ResultFactory.build(figure="41%", beside="the share"),
        ResultFactory.build(figure="£2.43"),
    ]
    bradford.save()

    document = word(client, bradford.slug)

    third = headings(document, 3)
    assert third.index("The share: figures that differ") + 1 == third.index("Other figures")
    captions = [t._tbl.tblPr.find(qn("w:tblCaption")).get(qn("w:val")) for t in document.tables]
    assert captions.index("Figures that differ: the share") < captions.index("Figures")


def test_word_tables_say_their_heads_and_what_they_are(client, bradford):
    tables = word(client, bradford.slug).tables

    assert len(tables) == 4
    for table in tables:
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
        assert table._tbl.tblPr.find(qn("w:tblCaption")).get(qn("w:val"))
        assert all(cell.text for cell in table.rows[0].cells)


def test_word_links_lead_to_their_sources(client, bradford):
    document = word(client, bradford.slug)
    targets = {rel.target_ref for rel in document.part.rels.values() if rel.is_external}

    assert {"https://example.org/power", "https://example.org/x"} <= targets
    assert all(url.startswith("http") for url in targets)


def test_numbered_lists_begin_with_one_each(client, bradford):
    lists = [p for p in word(client, bradford.slug).paragraphs if p.style.name == "List Number"]

    assert [p.text for p in lists] == ["First", "Again from one"]
    numbers = [p._p.pPr.numPr.numId.val for p in lists]
    assert len(set(numbers)) == 2


def test_word_file_is_whole_xml(client, bradford):
    content = client.get(WORD, asked(bradford.slug)).content

    assert zipfile.ZipFile(io.BytesIO(content)).testzip() is None


def test_step_of_two_paragraphs_has_two_in_its_cell(client, bradford):
    bradford.steps = [
        ("step", {"date": "2017", "until": "", "what": RichText("<p>One.</p><p>Two.</p>")})
    ]
    bradford.save_revision().publish()

    cells = [
        c for table in word(client, bradford.slug).tables for row in table.rows for c in row.cells
    ]

    assert ["One.", "Two."] in [[p.text for p in cell.paragraphs] for cell in cells]


def test_characters_that_xml_cannot_hold_become_spaces(client, bradford):
    """Word's own line break is one, and is pasted with its text."""
    odd = "Pasted\x0bhere\x01\ufffe"
    bradford.title = bradford.summary = bradford.what_changed = bradford.status_note = odd
    bradford.the_problem = bradford.money = f"<p>{odd} <b>{odd}</b></p><ul><li>{odd}</li></ul>"
    bradford.steps = [("step", {"date": "", "until": "", "what": RichText(f"<p>{odd}</p>")})]
    bradford.partners = [("partner", {"name": odd, "kind": "vcse", "role": odd})]
    bradford.results = [ResultFactory.build(measures=odd, note=odd, claimed_by=odd, beside=odd)]
    bradford.sources = [Source(label="LocalGov, 2019", title=odd, publisher=odd, note=odd)]
    bradford.story, bradford.corrections = [("heading", odd)], [Correction(note=odd)]
    bradford.save_revision().publish()

    text = words_of(word(client, bradford.slug))

    assert text.count("Pasted here") > 20
    assert "Pasted\x0b" not in text


def test_too_many_word_files_are_refused(client, bradford, monkeypatch):
    monkeypatch.setattr(views, "TIMES", 1)
    client.get(WORD, asked(bradford.slug))

    assert client.get(WORD, asked(bradford.slug)).status_code == 429


def test_citation_names_version_day_and_address(bradford):
    assert re.fullmatch(
        r"Keep it Local portal, “Bradford: first”, version 1 of \d+ \w+ \d{4}, "
        + re.escape(f"{settings.SITE_URL}/case-studies/bradford-first/"),
        bradford.citation,
    )
