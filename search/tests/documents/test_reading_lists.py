"""Reading lists as search sees them."""

import pytest

from casestudies.models import Reading, ReadingListPage
from casestudies.tests.factories import CaseStudyIndexPageFactory, CaseStudyPageFactory
from search.documents.entries import live_entries

pytestmark = pytest.mark.django_db


def test_reading_list_is_found_by_its_sentences_while_the_case_study_is_public():
    index = CaseStudyIndexPageFactory()
    study = CaseStudyPageFactory(parent=index, title="Zeta")
    page = ReadingListPage(title="Start here", slug="start-here", introduction="Our choice.")
    page.readings = [Reading(case_study=study, why="Because it failed.")]
    index.add_child(instance=page)

    def entry():
        return next(entry for entry in live_entries() if entry.title == "Start here")

    assert (entry().url, entry().summary) == ("/case-studies/start-here/", "Our choice.")
    assert "Zeta: Because it failed." in entry().body
    study.unpublish()
    assert "Because it failed." not in entry().body
