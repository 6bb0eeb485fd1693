"""Editing of case studies in the admin: drafts, publishing, and the list."""

import pytest
from django.core.exceptions import ValidationError
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text

from casestudies.models import CaseStudyPage
from casestudies.tests.factories import (
    CaseStudyPageFactory,
    CouncilFactory,
)
from portal.models import User
from principles.models import Principle

SOURCE = {
    "label": "LocalGov, 2019",
    "title": "The power of the community",
    "publisher": "LocalGov",
    "published": "5 July 2019",
    "url": "",
    "note": "",
}
RESULT = {
    "figure": "£2.43",
    "measures": "of local benefit for every £1 of income",
    "period": "2019",
    "claimed_by": "The Trust",
    "source": "LocalGov, 2019",
}


@pytest.fixture
def editor(client, db):
    """A client of someone who can publish."""
    client.force_login(User.objects.create_superuser("editor@example.org", "x"))
    return client


@pytest.fixture(autouse=True)
def _no_second_factor(settings):
    """Use DEBUG, because outside it the admin requires a second factor."""
    settings.DEBUG = True


def data(*, sources=(SOURCE,), results=(RESULT,), principles=(2,), **more):
    """The form data of a complete case study."""
    posted = nested_form_data(
        {
            "title": "An anchor",
            "slug": "an-anchor",
            "council": str(CouncilFactory().pk),
            "summary": "They did it.",
            "status": "running",
            "as_at": "2019",
            "partners-count": "0",
            "steps-count": "0",
            "story-count": "0",
            "worked_out-count": "0",
            **{
                field: rich_text("<p>Text.</p>")
                for field in (
                    "the_problem",
                    "on_the_figures",
                    "what_was_hard",
                    "what_it_took",
                    "who_decided",
                    "money",
                    "people",
                    "time",
                    "advice",
                    "contact",
                )
            },
            "sources": inline_formset(list(sources)),
            "results": inline_formset(list(results)),
            "corrections": inline_formset([]),
            "comments": inline_formset([]),
            **more,
        }
    )
    chosen = Principle.objects.filter(number__in=principles)
    return {**posted, "principles": [str(principle.pk) for principle in chosen]}


@pytest.fixture
def post(editor, case_studies):
    """Post a new case study, as a draft or to publish."""

    def post(publish=False, **more):
        url = f"/admin/pages/add/casestudies/casestudypage/{case_studies.pk}/"
        action = {"action-publish": "1"} if publish else {}
        return editor.post(url, {**data(**more), **action})

    return post


def test_form_opens(editor, case_studies):
    page = CaseStudyPageFactory(parent=case_studies)

    html = editor.get(f"/admin/pages/{page.pk}/edit/").content.decode()

    assert "Sources first, then figures." in html
    assert "Figures and sources" in html
    for long in ("results-0-measures", "results-0-note", "corrections-__prefix__-note"):
        assert f'<textarea name="{long}"' in html, long


def test_publish_complete_case_study_succeeds(post, client):
    post(publish=True)

    page = CaseStudyPage.objects.get()
    assert page.live
    assert page.results.get().source == "LocalGov, 2019"
    assert client.get("/case-studies/an-anchor/").status_code == 200


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ("period", "Enter the date of the figure"),
        ("source", "Enter the label"),
        ("claimed_by", "Enter who claims this figure"),
    ],
)
def test_publish_figure_without_part_shows_message(post, field, message):
    response = post(publish=True, results=[{**RESULT, field: ""}])

    assert message in response.content.decode()
    assert not CaseStudyPage.objects.exists()


def test_publish_figure_with_unknown_source_is_refused(post):
    response = post(publish=True, results=[{**RESULT, "source": "Elsewhere"}])

    assert "No source on this page has the label “Elsewhere”" in response.content.decode()
    assert not CaseStudyPage.objects.exists()


def test_publish_two_sources_with_same_label_is_refused(post):
    response = post(publish=True, sources=[SOURCE, SOURCE])

    assert "2 sources have the label" in response.content.decode()
    assert not CaseStudyPage.objects.exists()


def test_publish_without_principle_is_refused(post):
    post(publish=True, principles=())

    assert not CaseStudyPage.objects.exists()


def test_publish_long_summary_is_refused(post):
    response = post(publish=True, summary="word " * 61)

    assert "60 words or fewer (it has 61)" in response.content.decode()


def test_draft_keeps_incomplete_input(post):
    unfinished = [{**RESULT, "source": "", "period": ""}]
    post(summary="word " * 61, results=unfinished, principles=())

    page = CaseStudyPage.objects.get()
    assert not page.live
    assert page.results.get().figure == "£2.43"


def test_draft_can_wait_for_council_and_published_page_cannot(post, editor, client):
    post(council="", principles=())

    page = CaseStudyPage.objects.get()
    assert (page.live, page.council) == (False, None)
    assert client.get(page.address).status_code == 404
    for path in [f"pages/{page.pk}/view_draft/", "case_studies/", "pages/search/?q=anchor", ""]:
        assert editor.get(f"/admin/{path}").status_code == 200
    with pytest.raises(ValidationError, match="council"):
        page.get_latest_revision().publish()
    assert not CaseStudyPage.objects.live().exists()


def test_publish_without_council_is_refused(post):
    answer = post(publish=True, council="")

    assert "This field is required" in answer.content.decode()
    assert not CaseStudyPage.objects.exists()


def test_draft_can_be_previewed(editor, case_studies):
    page = CaseStudyPageFactory(parent=case_studies, live=False)
    url = f"/admin/pages/{page.pk}/edit/preview/"

    editor.post(url, data(slug=page.slug, title="Seen before it is public"))
    html = editor.get(url).content.decode()

    assert "Seen before it is public" in html
    assert "Neighbourhood" in html


def test_admin_list_shows_council_and_last_confirmation(editor, case_studies):
    council = CouncilFactory(name="Bradford")
    CaseStudyPageFactory(parent=case_studies, council=council, as_at="2017-12")
    CaseStudyPageFactory(parent=case_studies, title="A draft", live=False, as_at="")

    html = editor.get("/admin/case_studies/?ordering=as_at").content.decode()

    for text in ["Bradford", "2017-12", "A draft", "Running"]:
        assert text in html
    assert "2017-12" not in editor.get("/admin/case_studies/?status=ended").content.decode()


def test_page_search_finds_a_case_study_by_its_council(editor, case_studies):
    council = CouncilFactory(name="Zebraham")
    page = CaseStudyPageFactory(parent=case_studies, council=council, title="No such name")

    found = editor.get("/admin/pages/search/?q=zebraham").content.decode()
    assert f"/admin/pages/{page.pk}/edit/" in found


def test_new_case_study_can_be_previewed_before_it_is_saved(editor, case_studies):
    CaseStudyPageFactory(parent=case_studies, numbers=[2])
    url = f"/admin/pages/add/casestudies/casestudypage/{case_studies.pk}/preview/"

    assert editor.post(url, data(title="Just begun", slug="")).json()["is_available"]
    answer = editor.get(f"{url}?in_preview_panel=true")

    assert answer.status_code == 200
    assert "Just begun" in answer.content.decode()
