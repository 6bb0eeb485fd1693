import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text

from principles.models import Example, Prompt

BUDGET = 15


@pytest.fixture
def explained(pages):
    """The page of the third principle, with two prompts and two examples."""
    page = pages[2]
    page.prompts = [Prompt(text="Who counts?"), Prompt(text="Is it published?")]
    page.examples = [
        Example(
            place="Wirral",
            text="34p of each £1.",
            as_at="January 2019",
            source_title="Wirral View",
            source_url="https://example.org/wirral",
        ),
        Example(place="Bradford", text="No link.", as_at="2019", source_title="LocalGov"),
    ]
    page.save()
    return page


def queries(client, url):
    client.get(url)  # what is cached once a process is cached now
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def test_index_lists_six_in_order(client, index, pages):
    text = client.get("/principles/").content.decode()

    places = [text.index(page.title) for page in pages]
    assert places == sorted(places)
    assert all(f'href="/principles/{page.slug}/"' in text for page in pages)


def test_index_leaves_out_unpublished(client, index, pages):
    pages[0].unpublish()

    assert "whole-system" not in client.get("/principles/").content.decode()


def test_page_shows_meaning_examples_and_prompts(client, explained):
    text = client.get("/principles/local-spend/").content.decode()

    assert "Principle 3 of 6" in text
    assert "Start here." in text
    assert "<p>What it means.</p>" in text
    assert "As at: January 2019" in text
    assert '<a href="https://example.org/wirral">Wirral View</a>' in text
    assert "As at: 2019. Source: LocalGov" in text
    assert "Who counts?" in text


def test_prompts_are_marked_as_ours(client, explained):
    text = client.get("/principles/local-spend/").content.decode()

    assert "We wrote these questions. They are not part of Locality’s assessment." in text


def test_page_without_prompts_has_no_panel(client, pages):
    assert "Questions to reflect on" not in client.get(pages[0].url).content.decode()


@pytest.mark.parametrize(("number", "before", "after"), [(1, None, 2), (3, 2, 4), (6, 5, None)])
def test_page_links_to_neighbours(client, pages, number, before, after):
    context = client.get(pages[number - 1].url).context

    assert getattr(context["previous"], "number", None) == before
    assert getattr(context["next"], "number", None) == after


def test_page_links_skip_unpublished(client, pages):
    pages[3].unpublish()

    assert client.get(pages[2].url).context["next"].number == 5


def test_pages_set_no_cookie(client, explained):
    for url in ["/principles/", explained.url]:
        assert not client.get(url).cookies


def test_index_stays_within_budget(client, index, pages):
    assert queries(client, "/principles/") <= BUDGET


def test_page_stays_within_budget_at_any_length(client, explained):
    few = queries(client, explained.url)
    explained.prompts = [Prompt(text=f"Question {n}?") for n in range(20)]
    explained.examples = [
        Example(place=f"Place {n}", text="Did it.", as_at="2020", source_title="Paper")
        for n in range(20)
    ]
    explained.save()

    assert queries(client, explained.url) == few <= BUDGET


@pytest.mark.parametrize("which", ["index", "page"])
def test_editor_can_edit_pages(editor_client, explained, index, which):
    page = {"index": index, "page": explained}[which]

    response = editor_client.get(reverse("wagtailadmin_pages:edit", args=[page.pk]))

    assert response.status_code == 200
    assert page.intro in response.content.decode()


def test_editor_is_told_that_slug_is_fixed(editor_client, explained):
    response = editor_client.post(
        reverse("wagtailadmin_pages:edit", args=[explained.pk]),
        edit_post_data(explained, slug="elsewhere") | {"action-publish": "1"},
    )

    assert "This page&#x27;s address is fixed." in response.content.decode()
    explained.refresh_from_db()
    assert explained.slug == "local-spend"


def edit_post_data(page, **changes):
    """Return the data that the editing form of a principle's page posts."""
    data = {
        "title": page.title,
        "slug": page.slug,
        "principle": page.principle_id,
        "intro": page.intro,
        "meaning": rich_text(page.meaning),
        "listing_summary": "",
        "seo_title": "",
        "search_description": "",
        "comments": inline_formset([]),
    }
    for name, fields in {
        "examples": ["place", "text", "as_at", "source_title", "source_url"],
        "prompts": ["text"],
    }.items():
        data[name] = inline_formset(
            [
                {"id": row.pk} | {field: getattr(row, field) for field in fields}
                for row in getattr(page, name).all()
            ],
            initial=getattr(page, name).count(),
        )
    return nested_form_data(data | changes)
