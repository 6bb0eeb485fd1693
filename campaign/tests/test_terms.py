"""The glossary that readers see."""

import pytest
from django.core.exceptions import ValidationError

from campaign.models import GlossaryTerm
from campaign.tests.factories import GlossaryPageFactory
from campaign.tests.test_content_page import BUDGET, queries
from portal.tests.test_head import json_ld_of

PAGE = "/glossary/"


def term(name, **fields):
    return GlossaryTerm(name=name, meaning=f"<p>What {name} means.</p>", **fields)


@pytest.fixture
def glossary(home):
    return GlossaryPageFactory(
        parent=home,
        terms=[
            term("Threshold", see_also="lot, Nothing of the kind"),
            term("Lot", source="The Act", source_url="https://example.org/act", is_official=True),
        ],
    )


def text_of(client) -> str:
    return client.get(PAGE).content.decode()


def test_terms_are_shown_from_a_to_z_each_with_a_place_to_link_to(client, glossary):
    text = text_of(client)

    assert text.index('id="lot"') < text.index('id="threshold"')
    assert "What Lot means." in text
    assert "Defined in law or official guidance" in text
    assert '<a href="https://example.org/act">The Act</a>' in text
    assert "Our own words." in text


def test_term_points_only_to_terms_that_exist(client, glossary):
    text = text_of(client)

    assert 'See also: <a href="#lot">Lot</a>' in text
    assert "Nothing of the kind" not in text


def test_renamed_term_keeps_its_place(client, glossary):
    page = glossary.specific
    lot = page.terms.get(name="Lot")
    lot.name = "Lots"
    lot.full_clean()
    page.terms.add(lot)
    page.save_revision().publish()

    assert 'id="lot"' in text_of(client)
    assert ">Lots</a>" in text_of(client)


def test_draft_of_a_term_is_not_shown(client, glossary):
    page = glossary.specific
    page.terms.add(term("Secret"))
    page.save_revision()

    assert "Secret" not in text_of(client)


def test_official_term_needs_its_source():
    with pytest.raises(ValidationError, match="Enter where the term is defined"):
        term("Lot", is_official=True).clean()


def test_glossary_is_data_of_schema_org(client, glossary):
    data = json_ld_of(text_of(client))["DefinedTermSet"]

    found = {each["name"]: each for each in data["hasDefinedTerm"]}
    assert found["Lot"]["description"] == "What Lot means."
    assert found["Lot"]["@id"].endswith("/glossary/#lot")


def test_glossary_makes_the_same_queries_for_many_terms(client, glossary):
    few = queries(client, PAGE)
    page = glossary.specific
    page.terms.add(*(term(f"Term {n}") for n in range(10)))
    page.save()

    assert queries(client, PAGE) == few <= BUDGET
