"""Resources and the terms of the glossary in search."""

import pytest

from campaign.models import GlossaryTerm
from campaign.tests.factories import (
    GlossaryPageFactory,
    ResourceIndexPageFactory,
    ResourcePageFactory,
)
from principles.models import Principle
from search.documents.entries import live_entries
from search.documents.indexing import catch_up
from search.engines.interface import Query
from search.tests.factories import restrict
from search.views.results import find

pytestmark = pytest.mark.django_db
RARE = "quixotic"


def found(text=RARE):
    catch_up.func()  # as the worker does
    return [hit.url for hit in find(Query(text)).hits]


def entry_of(key):
    return {entry.key: entry for entry in live_entries()}.get(key)


@pytest.fixture
def index(home):
    return ResourceIndexPageFactory(parent=home)


@pytest.fixture
def glossary(home):
    return GlossaryPageFactory(
        parent=home,
        terms=[GlossaryTerm(name="Lot", other_names="slice, part", meaning=f"<p>{RARE} bit.</p>")],
    )


def test_resource_is_found_by_its_summary_and_publisher(index, engine):
    page = ResourcePageFactory(
        parent=index,
        summary=f"It is {RARE}.",
        publisher="Windmill Press",
        year=2019,
        principles=Principle.objects.filter(number=3),
    )
    page.save_revision().publish()
    entry = entry_of(f"page:{page.pk}")

    assert (entry.type, entry.note, entry.year) == ("resource", "Windmill Press", "2019")
    assert entry.principles == ("local-spend",)
    assert found() == found("windmill") == [page.url]


def test_hidden_resource_is_not_found(index, engine):
    draft = ResourcePageFactory(parent=index, summary=RARE, live=False)
    draft.save_revision()
    private = ResourcePageFactory(parent=index, summary=RARE)
    private.save_revision().publish()
    restrict(private)
    withdrawn = ResourcePageFactory(parent=index, summary=RARE)
    withdrawn.save_revision().publish()
    withdrawn.unpublish()

    assert found() == []


def test_term_is_found_by_its_meaning_and_other_names(glossary, engine):
    glossary.save_revision().publish()

    assert found() == found("slice") == ["/glossary/#lot"]


def test_term_leaves_search_with_its_row_and_with_its_page(glossary, engine):
    glossary.save_revision().publish()
    assert found() == ["/glossary/#lot"]

    glossary.terms = [GlossaryTerm(name="Bid", meaning=f"<p>{RARE} offer.</p>")]
    glossary.save_revision().publish()
    assert found() == ["/glossary/#bid"]

    glossary.unpublish()
    assert found() == []


def test_draft_of_a_term_is_not_found(glossary, engine):
    glossary.save_revision().publish()
    glossary.terms.add(GlossaryTerm(name="Windmill", meaning="<p>A giant.</p>"))
    glossary.save_revision()

    assert found("windmill") == []
