import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

BUDGET = 15
READING = {
    "title": "Lessons from Bradford",
    "publisher": "Locality",
    "published": "29 June 2022",
    "url": "https://example.org/lessons",
    "why": "How one council counts.",
}


def example(**parts):
    """Return a block of an example, with a place, a date and a source unless told."""
    return ("example", {"place": "York", "as_at": "2020", "source_title": "LocalGov"} | parts)


@pytest.fixture
def explained(pages):
    """The page of the third principle, with prompts, examples and a publication."""
    page = pages[2]
    page.questions = [("question", "Who counts?"), ("question", "Is it published?")]
    page.in_practice = [
        example(
            place="Wirral",
            text="34p of each £1.",
            as_at="January 2019",
            source_title="Wirral View",
            source_url="https://example.org/wirral",
        ),
        example(place="Bradford", text="No link.", as_at="2019"),
        example(
            place="Newcastle",
            quote="a really essential part",
            said_by="Nick Forbes, Leader",
            as_at="July 2019",
        ),
    ]
    page.reading = [("publication", READING)]
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


def test_page_shows_quotation_with_its_speaker(client, explained):
    text = client.get("/principles/local-spend/").content.decode()

    assert '<blockquote class="example__quote">“a really essential part”</blockquote>' in text
    assert "Nick Forbes, Leader" in text
    assert "The words in quotation marks are theirs. The rest is ours." in text


def test_page_shows_publication_with_its_facts(client, explained):
    text = client.get("/principles/local-spend/").content.decode()

    assert '<a href="https://example.org/lessons">Lessons from Bradford</a>' in text
    assert "Locality, 29 June 2022" in text
    assert "How one council counts." in text


def test_index_compares_the_six(client, explained):
    explained.less_of, explained.more_of = "Price alone", "Value in the round"
    explained.save()

    text = client.get("/principles/").content.decode()

    for label, words in [("Less", "Price alone"), ("More", "Value in the round")]:
        assert f"<dt>{label}</dt><dd>{words}</dd>" in text
    assert "<dt>Ask first</dt><dd>Who counts?</dd>" in text
    assert "Is it published?" not in text


def test_sheet_has_questions_and_nothing_else(client, explained):
    assert '<a href="?print">' in client.get(explained.url).content.decode()

    response = client.get(f"{explained.url}?print")

    text = response.content.decode()
    assert "Who counts?" in text
    assert "We wrote these questions. They are not part of Locality’s assessment." in text
    assert "34p of each £1" not in text
    assert '<meta name="robots" content="noindex">' in text
    assert not getattr(response, "is_kept", False)  # or its addresses would fill the memory


def test_sheet_needs_few_queries(client, explained):
    few = queries(client, f"{explained.url}?print")
    explained.questions = [("question", f"Question {n}?") for n in range(8)]
    explained.save()

    assert queries(client, f"{explained.url}?print") == few <= 6


def test_prompts_are_marked_as_ours(client, explained):
    text = client.get("/principles/local-spend/").content.decode()

    assert "We wrote these questions. They are not part of Locality’s assessment." in text


def test_page_without_prompts_has_no_panel(client, pages):
    assert "Questions for a meeting" not in client.get(pages[0].url).content.decode()


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
    explained.questions = [("question", f"Question {n}?") for n in range(20)]
    explained.in_practice = [example(text="Did it.") for n in range(20)]
    explained.reading = [("publication", READING) for n in range(20)]
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


@pytest.mark.parametrize(
    ("parts", "problem"),
    [
        ({"quote": "", "text": ""}, "Enter what they said or what they did"),
        ({"quote": "So they said"}, "Enter who said it"),
        ({"quote": "so " * 25, "said_by": "A"}, "Quotation must be fewer than 25 words"),
    ],
)
def test_incomplete_example_can_be_a_draft_but_not_published(editor_client, pages, parts, problem):
    page = pages[2]
    page.in_practice = [example(text="Did it.")]
    page.save()
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    page.in_practice = [
        example(text="Did it.", **parts) if "text" not in parts else example(**parts)
    ]
    data = edit_post_data(page)

    assert editor_client.post(address, data).status_code == 302  # a draft
    refused = editor_client.post(address, data | {"action-publish": "1"})

    assert problem in refused.content.decode()
    page.refresh_from_db()
    assert page.in_practice[0].value["text"] == "Did it."


def test_editor_publishes_every_part(editor_client, explained):
    explained.less_of = "Price alone"
    data = edit_post_data(explained, intro="Start again.") | {"action-publish": "1"}

    editor_client.post(reverse("wagtailadmin_pages:edit", args=[explained.pk]), data)

    explained.refresh_from_db()
    assert explained.intro == "Start again."
    assert explained.less_of == "Price alone"
    assert explained.in_practice[2].value["said_by"] == "Nick Forbes, Leader"
    assert explained.reading[0].value["why"] == "How one council counts."


def edit_post_data(page, **changes):
    """Return the data that the editing form of a principle's page posts."""
    data = {
        "title": page.title,
        "slug": page.slug,
        "principle": page.principle_id,
        "intro": page.intro,
        "meaning": rich_text(page.meaning),
        "less_of": page.less_of,
        "more_of": page.more_of,
        "comments": inline_formset([]),
    }
    for name in ("in_practice", "chosen_figures", "questions", "reading"):
        blocks = [(block.block_type, block.value) for block in getattr(page, name)]
        values = [(kind, dict(v) if isinstance(v, dict) else v) for kind, v in blocks]
        data[name] = streamfield(values)
    return nested_form_data(data | changes)
