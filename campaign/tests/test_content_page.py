from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import PageViewRestriction

from campaign.models import ContentPage
from campaign.tests.factories import ContentPageFactory
from portal.models import SiteOperator
from principles.models import Principle
from principles.tests.factories import PrincipleIndexPageFactory, PrinciplePageFactory

BUDGET = 15
STREAM = ContentPage.body.field.stream_block.child_blocks


def queries(client, url):
    client.get(url)  # what is cached once a process is cached now
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def page_with(home, *body):
    return ContentPageFactory(parent=home, slug="about", body=list(body))


def cards(*studies):
    return (
        "cards",
        {
            "title": "What councils did",
            "cards": [
                {"type": "page", "value": {"page": study.pk, "picture": None}} for study in studies
            ],
        },
    )


def card_block(*studies):
    name, value = cards(*studies)
    return name, STREAM[name].to_python(value)


def test_story_shows_every_block(client, home):
    page_with(
        home,
        ("heading", "How it began"),
        ("paragraph", STREAM["paragraph"].to_python("<p>In 2012.</p>")),
        (
            "quote",
            {
                "text": "Easier said than done.",
                "who": "A mayor",
                "role": "Mayor",
                "as_at": "March 2020",
            },
        ),
        (
            "panel",
            STREAM["panel"].to_python({"title": "Mind this", "text": "<p>No fee.</p>"}),
        ),
    )

    text = client.get("/about/").content.decode()

    for words in [
        "How it began",
        "In 2012.",
        "Easier said than done.",
        "March 2020",
        "Mind this",
        "No fee.",
    ]:
        assert words in text


def test_timeline_shows_dates_and_sources(client, home):
    entries = [
        {"date": "2020-03-03", "what": "<p>Named.</p>", "source": "Locality, 2020"},
        {
            "date": "2022",
            "until": "2023",
            "what": "<p>Joined.</p>",
            "source": "A report",
            "source_url": "https://example.org/report",
        },
    ]
    page_with(home, ("timeline", STREAM["timeline"].to_python({"entries": entries})))

    text = client.get("/about/").content.decode()

    assert "3 March 2020" in text
    assert "2022 to 2023" in text
    assert "Source: Locality, 2020" in text
    assert 'Source: <a href="https://example.org/report">A report</a>' in text


def test_page_says_when_it_was_checked_and_who_looks_after_it(client, home):
    page = page_with(home, ("heading", "One"))
    assert "story__review" not in client.get("/about/").content.decode()

    page.checked_on, page.review_date = date(2026, 11, 30), date(2028, 1, 1)
    page.kept_by = "the policy team"
    page.save()

    text = client.get("/about/").content.decode()
    assert "We last checked this page on 30 November 2026." in text
    assert "We will check it again by 1 January 2028." in text
    assert "Looked after by: the policy team." in text


def test_story_calculator_calculates_without_cookie(client, home):
    block = STREAM["multiplier"].to_python(
        {"title": "Try it", "mode": "quick", "area": "Exampleton", "income": "100000"}
    )
    page_with(home, ("multiplier", block))

    response = client.get("/about/")

    text = response.content.decode()
    assert "Try it" in text
    assert 'value="Exampleton"' in text
    assert 'action="/multiplier/' in text
    assert "csrfmiddlewaretoken" not in text
    assert not response.cookies


def test_content_page_sets_no_cookie(client, home):
    page_with(home, ("heading", "One"))

    assert not client.get("/about/").cookies


def test_long_page_lists_headings_with_working_links(client, home):
    page_with(home, ("heading", "One"), ("heading", "Two words"), ("heading", "Three"))

    text = client.get("/about/").content.decode()

    for slug in ["one", "two-words", "three"]:
        assert f'href="#{slug}"' in text
        assert f'id="{slug}"' in text


def test_short_page_has_no_contents(client, home):
    page_with(home, ("heading", "One"), ("heading", "Two"))

    assert "On this page" not in client.get("/about/").content.decode()


def test_page_without_operator_says_demonstration(client, home):
    page_with(home, ("operator", None))

    text = client.get("/about/").content.decode()

    assert "This copy of the site is a demonstration." in text
    assert "mailto:" not in text


def test_page_with_operator_names_it(client, home):
    SiteOperator.objects.create(
        name="The Network", postal_address="1 High Street", email="hello@example.org"
    )
    page_with(home, ("operator", None))

    text = client.get("/about/").content.decode()

    assert "This site is run by <strong>The Network</strong>." in text
    assert "1 High Street" in text
    assert '<a href="mailto:hello@example.org">' in text


def test_cards_keep_chosen_order(client, home, make_case_studies):
    first, second = make_case_studies(2)
    page_with(home, card_block(second, first))

    text = client.get("/about/").content.decode()

    assert text.index(second.title) < text.index(first.title)


def test_cards_leave_out_hidden_case_studies(client, home, make_case_studies):
    public, withdrawn, private = make_case_studies(3)
    page_with(home, card_block(public, withdrawn, private))
    withdrawn.unpublish()
    PageViewRestriction.objects.create(page=private, restriction_type=PageViewRestriction.LOGIN)

    text = client.get("/about/").content.decode()

    assert public.title in text
    assert withdrawn.title not in text
    assert private.title not in text


def test_cards_stay_within_budget(client, home, make_case_studies):
    studies = make_case_studies(6, numbers=(1, 2, 3))
    page = page_with(home, card_block(studies[0]))
    few = queries(client, "/about/")
    page.body = [card_block(*studies)]
    page.save()

    assert queries(client, "/about/") == few <= BUDGET


@pytest.fixture
def principle_page(home):
    index = PrincipleIndexPageFactory(parent=home)
    return PrinciplePageFactory(parent=index, number=1)


def test_principle_shows_public_case_studies(client, principle_page, make_case_studies):
    [own] = make_case_studies(1, numbers=(1, 3))
    [other] = make_case_studies(1, numbers=(2,))
    [withdrawn] = make_case_studies(1, numbers=(1,))
    withdrawn.unpublish()

    text = client.get(principle_page.url).content.decode()

    assert own.title in text
    assert other.title not in text
    assert withdrawn.title not in text


def test_principle_without_case_studies_shows_no_section(client, principle_page):
    assert Principle.objects.get(number=1).case_studies.count() == 0

    assert "Case studies for this principle" not in client.get(principle_page.url).content.decode()


def test_principle_page_stays_within_budget(client, principle_page, make_case_studies):
    make_case_studies(1)
    few = queries(client, principle_page.url)
    make_case_studies(9, numbers=(1, 2, 4), results=3)

    assert queries(client, principle_page.url) == few <= BUDGET
