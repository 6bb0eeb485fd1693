"""Citations of sources in the texts of a case study."""

import re
from importlib import import_module

import pytest
from django.core.exceptions import ValidationError

from casestudies.citations import Numbering, labels_in, unknown_problem, without
from casestudies.models import Source
from casestudies.tests.factories import CaseStudyPageFactory


def a_source(label: str) -> Source:
    return Source(label=label, title="A title", publisher="Someone")


def test_labels_are_read_with_their_characters():
    assert labels_in("<p>a [[R&amp;D, 2019]] b [[LocalGov]]</p>") == ["R&D, 2019", "LocalGov"]


def test_label_of_no_source_is_a_problem_that_names_it():
    assert unknown_problem("<p>[[A]] and [[B]]</p>", ["A"]).startswith("No source on this page")
    assert "“B”" in unknown_problem("<p>[[A]] and [[B]]</p>", ["A"])
    assert unknown_problem("<p>[[A]]</p>", ["A"]) == ""


def test_each_citation_shows_the_number_and_is_linked_back_to():
    first, second = a_source("A"), a_source("B & C")
    numbering = Numbering([first, second])
    html = numbering.text("<p>One [[B &amp; C]], two [[A]], three [[B &amp; C]].</p>")
    assert re.sub(r"<[^>]+>", "", html) == "OneSource 1, twoSource 2, threeSource 1."
    assert second.uses == ["cited-1-1", "cited-1-2"]
    assert first.uses == ["cited-2-1"]
    assert numbering.sources == [second, first]
    assert html.count('href="#source-b-c"') == 2


def test_hostile_label_is_text():
    source = a_source('<img src=x onerror="1">')
    html = Numbering([source]).text("<p>x [[&lt;img src=x onerror=&quot;1&quot;&gt;]]</p>")
    assert "<img" not in html
    assert source.uses


def test_label_of_no_source_is_not_shown():
    assert Numbering([]).text("<p>One [[A]].</p>") == "<p>One.</p>"


def test_search_reads_no_labels():
    assert without("It was cheap [[LocalGov, 2019]].") == "It was cheap."


def test_page_whose_labels_differ_only_in_punctuation_is_not_published(case_studies):
    """Both would have the id "source-localgov-2019"."""
    page = CaseStudyPageFactory(parent=case_studies)
    page.sources = [*page.sources.all(), a_source("localgov 2019")]

    with pytest.raises(ValidationError, match="“LocalGov, 2019” and “localgov 2019” differ only"):
        page.save_revision().publish()


def test_page_with_unknown_label_is_not_published(case_studies):
    page = CaseStudyPageFactory(parent=case_studies)
    page.advice = "<p>Begin early [[Nobody, 2020]].</p>"
    with pytest.raises(ValidationError, match="Nobody, 2020"):
        page.save_revision().publish()


def test_page_numbers_its_sources_and_leads_back(case_studies, client):
    page = CaseStudyPageFactory(
        parent=case_studies,
        advice="<p>Begin early [[LocalGov, 2019]].</p>",
        what_was_hard="<p>Slow [[LocalGov, 2019]].</p>",
    )
    html = client.get(page.url).content.decode()
    assert "[[" not in html
    ids = re.findall(r'id="(cited-1-\d)"', html)
    assert ids == ["cited-1-1", "cited-1-2", "cited-1-3"]  # the figure's, then the texts'
    assert re.findall(r'href="#(cited-1-\d)"', html) == ids


def test_old_links_to_sources_become_citations():
    old = '<p>A (<a href="#source-localgov-2019">LocalGov, 2019</a>).</p>'
    migration = import_module("casestudies.migrations.0004_citations")
    assert migration.LINK.sub(r"[[\1]]", old) == "<p>A [[LocalGov, 2019]].</p>"
