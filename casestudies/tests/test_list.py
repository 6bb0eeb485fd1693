"""The list at /case-studies/: filters, counts, pagination and what it leaves out."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import PageViewRestriction

from casestudies.tests.factories import CaseStudyPageFactory, CouncilFactory
from councils.choices import Kind, Region
from portal.tests.test_head import meta_of

URL = "/case-studies/"


@pytest.fixture
def bradford(case_studies):
    council = CouncilFactory(name="Bradford", slug="bradford")
    return CaseStudyPageFactory(
        parent=case_studies, title="Social value", council=council, numbers=[3, 6]
    )


@pytest.fixture
def lewisham(case_studies):
    council = CouncilFactory(name="Lewisham", kind=Kind.LONDON_BOROUGH, region=Region.LONDON)
    return CaseStudyPageFactory(
        parent=case_studies, title="A pot in every ward", council=council, numbers=[5]
    )


@pytest.fixture
def wirral(case_studies):
    council = CouncilFactory(name="Wirral", region=Region.NORTH_WEST)
    return CaseStudyPageFactory(
        parent=case_studies, title="Keeping wealth", council=council, numbers=[3]
    )


def listed(client, query=""):
    """Return the titles shown, in order."""
    return [page.title for page in client.get(URL + query).context["listing"].page]


def counts(client, query, facet):
    """Return the counts of one facet by value, without zeros."""
    counted = client.get(URL + query).context["listing"].counts[facet]
    return {value: count for value, count in counted.items() if count}


def test_list_is_ordered_by_council(client, wirral, lewisham, bradford):
    assert listed(client) == ["Social value", "A pot in every ward", "Keeping wealth"]


def test_card_shows_figure_with_its_facts(client, bradford):
    html = client.get(URL).content.decode()

    for text in [
        "Bradford",
        "£2.43",
        "of local benefit for every £1 of income",
        "Claimed by The Trust (2019)",
        "Local spend",
        "Local by default",
    ]:
        assert text in html
    assert 'href="/case-studies/social-value/"' in html
    assert 'class="hexcrop"' in html


def test_card_without_figure_shows_summary(client, case_studies):
    CaseStudyPageFactory(parent=case_studies, results=0, summary="Nobody counted.")

    assert "Nobody counted." in client.get(URL).content.decode()


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("?principle=local-spend", ["Social value", "Keeping wealth"]),
        ("?region=london", ["A pot in every ward"]),
        ("?kind=metropolitan", ["Social value", "Keeping wealth"]),
        # OR within a facet
        ("?region=london&region=north-west", ["A pot in every ward", "Keeping wealth"]),
        # AND across facets
        ("?principle=local-spend&region=north-west", ["Keeping wealth"]),
        ("?principle=local-spend&region=london", []),
    ],
)
def test_facets_or_within_and_across(client, bradford, lewisham, wirral, query, titles):
    assert listed(client, query) == titles


def test_page_with_two_chosen_principles_is_listed_once(client, bradford):
    query = "?principle=local-spend&principle=local-by-default"

    assert listed(client, query) == ["Social value"]


def test_counts_ignore_own_facet_and_keep_others(client, bradford, lewisham, wirral):
    query = "?principle=local-spend&region=london"

    # the region's choice is lifted: both that spend locally are offered
    assert counts(client, query, "region") == {
        "yorkshire-and-the-humber": 1,
        "north-west": 1,
    }
    # the principle's choice is lifted: what London has
    assert counts(client, query, "principle") == {"commit-to-community": 1}
    # both hold for the kind: nothing is left
    assert counts(client, query, "kind") == {}


def test_counts_without_choices_cover_all(client, bradford, lewisham, wirral):
    assert counts(client, "", "principle") == {
        "local-spend": 2,
        "commit-to-community": 1,
        "local-by-default": 1,
    }
    assert counts(client, "", "kind") == {"metropolitan": 2, "london_borough": 1}


def test_chip_removes_one_choice_and_keeps_others(client, bradford, wirral):
    response = client.get(URL + "?principle=local-spend&region=london&region=north-west")
    chips = {chip.label: chip.url for chip in response.context["listing"].chips}

    assert chips == {
        "Local spend": "?region=north-west&region=london",
        "North West": "?principle=local-spend&region=london",
        "London": "?principle=local-spend&region=north-west",
    }
    html = response.content.decode()
    assert "2 case studies" not in html
    assert "for Local spend, and North West or London" in html


def test_chosen_boxes_are_checked(client, bradford):
    html = client.get(URL + "?region=london").content.decode()
    ticked = re.findall(r'<input[^>]*value="([^"]*)"[^>]* checked>', html)

    assert ticked == ["london"]


@pytest.mark.parametrize(
    "query",
    [
        "?principle=nonsense",
        "?region=%00&kind=%22%27%3Cscript%3E",
        "?kind=other-body-of-no-kind",
        "?" + "region=q&" * 500,
        "?region=" + "x" * 8000,
        "?principle=1' OR 1=1--",
    ],
)
def test_unknown_values_are_not_found_and_show_the_whole_list(client, bradford, lewisham, query):
    response = client.get(URL + query)

    assert response.status_code == 404
    assert response.context["listing"].total == 2
    assert not response.context["listing"].choices.is_narrowed


@pytest.mark.parametrize("query", ["?unknown=1", "?region=", "?utm_source=x&kind="])
def test_what_is_no_filter_changes_nothing(client, bradford, query):
    assert client.get(URL + query).status_code == 200


def test_no_results_shows_message_and_link(client, bradford):
    html = client.get(URL + "?region=london").content.decode()

    assert "No case studies match your search" in html
    assert "see all case studies" in html


def test_empty_list_shows_message(client, case_studies):
    assert "We have not published any case studies yet" in client.get(URL).content.decode()


def test_hidden_case_studies_are_neither_listed_nor_counted(client, case_studies, bradford):
    CaseStudyPageFactory(parent=case_studies, title="A draft", live=False)
    private = CaseStudyPageFactory(parent=case_studies, title="Private")
    PageViewRestriction.objects.create(page=private, restriction_type=PageViewRestriction.LOGIN)
    invented = CouncilFactory(name="Exampleshire", is_demonstration=True)
    CaseStudyPageFactory(parent=case_studies, title="Invented", council=invented)

    assert listed(client) == ["Social value"]
    assert counts(client, "", "kind") == {"metropolitan": 1}
    assert counts(client, "", "principle") == {"local-spend": 1, "local-by-default": 1}


def test_pagination_keeps_choices_in_address(client, case_studies):
    for _ in range(25):
        CaseStudyPageFactory(parent=case_studies)

    first = client.get(URL + "?kind=metropolitan")
    second = client.get(URL + "?kind=metropolitan&page=2")

    assert len(first.context["listing"].page) == 24
    assert len(second.context["listing"].page) == 1
    assert 'href="?kind=metropolitan&amp;page=2"' in first.content.decode()


@pytest.mark.parametrize("number", ["0", "-1", "2", "999", "two", "1e9", "\x00"])
def test_page_that_does_not_exist_is_not_found(client, bradford, number):
    assert client.get(URL, {"page": number}).status_code == 404


@pytest.mark.parametrize("number", ["", "1"])
def test_first_page_can_be_asked_for(client, bradford, number):
    assert client.get(URL, {"page": number}).status_code == 200


def test_page_beyond_filtered_list_is_not_found(client, bradford):
    assert client.get(URL, {"region": "london", "page": "2"}).status_code == 404


def test_unknown_filter_is_named_and_not_indexed(client, bradford):
    html = client.get(URL + "?region=zz&kind=metropolitan").content.decode()

    assert "We do not know “zz”, so we have not used it to filter this list." in html
    assert meta_of(html)["robots"] == "noindex"
    assert "We do not know" not in client.get(URL).content.decode()


def head_of(client, query: str) -> tuple[str, str, str, bool]:
    """Return the title, description and canonical query of a list, and if it is indexed."""
    html = client.get(URL + query).content.decode()
    (title,) = re.findall(r"<title>(.*) · Keep it Local</title>", html)
    (canonical,) = re.findall(r'<link rel="canonical" href="[^"]*/case-studies/([^"]*)">', html)
    meta = meta_of(html)
    return title, meta["description"], canonical, "robots" not in meta


def test_every_list_has_title_description_and_address_of_its_own(client, case_studies, bradford):
    for _ in range(25):
        CaseStudyPageFactory(parent=case_studies)
    queries = ["", "?page=2", "?region=london", "?kind=metropolitan&page=2", "?q=social+value"]

    heads = [head_of(client, query) for query in queries]

    assert len({title for title, *_ in heads}) == len(queries)
    assert len({description for _, description, *_ in heads}) == len(queries)
    canonical = [address.replace("&amp;", "&") for *_, address, _ in heads]
    assert canonical == queries
    assert [indexed for *_, indexed in heads] == [True, True, False, False, False]


def test_canonical_address_leaves_out_what_changes_nothing(client, bradford):
    assert head_of(client, "?utm_source=x&page=1")[2] == ""


def queries(client, url):
    client.get(url)  # whatever is remembered between requests is now remembered
    with CaptureQueriesContext(
        connection,
    ) as made:
        assert client.get(url).status_code == 200
    return len(made)


@pytest.mark.parametrize("query", ["", "?principle=whole-system&kind=metropolitan"])
def test_queries_stay_within_budget_at_any_size(client, case_studies, query):
    CaseStudyPageFactory(parent=case_studies)
    one = queries(client, URL + query)
    for _ in range(9):
        CaseStudyPageFactory(parent=case_studies, results=3)
    ten = queries(client, URL + query)

    assert one == ten
    assert ten <= 15


def test_list_sets_no_cookie(client, bradford):
    assert not client.get(URL).cookies
    assert not client.get(URL + "social-value/").cookies
