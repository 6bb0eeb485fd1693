"""Drafts of every page type: Wagtail saves them while an editor types, so blanks must do."""

import pytest
from django.urls import reverse
from wagtail.blocks import StreamValue
from wagtail.fields import StreamField
from wagtail.models import Page, Workflow, get_page_models
from wagtail.test.utils.form_data import querydict_from_html

from campaign.tests.factories import (
    ContentPageFactory,
    EventPageFactory,
    GlossaryPageFactory,
    NewsPageFactory,
    ResourceIndexPageFactory,
    ResourcePageFactory,
)
from casestudies.models import CaseStudyPage, ReadingListPage
from portal.models import BasePage
from principles.tests.factories import PrincipleIndexPageFactory, PrinciplePageFactory

OURS = [model for model in get_page_models() if issubclass(model, BasePage)]
AUTOSAVE = {"HTTP_ACCEPT": "application/json"}
NOT_COMPLETE = "the draft “Just begun” is not complete yet"


@pytest.fixture
def pages(home, case_study_index, make_case_studies, news_index, event_index):
    """One page of each type."""
    index = PrincipleIndexPageFactory(parent=home)
    made = [home, case_study_index, index, PrinciplePageFactory(parent=index)]
    made += [NewsPageFactory(parent=news_index), EventPageFactory(parent=event_index)]
    resources = ResourceIndexPageFactory(parent=home)
    made += [news_index, event_index, resources, ResourcePageFactory(parent=resources)]
    readings = ReadingListPage(title="Begin here", introduction="Three to read.")
    made += [GlossaryPageFactory(parent=home), case_study_index.add_child(instance=readings)]
    return [*made, *make_case_studies(1), ContentPageFactory(parent=home)]


def form_of(client, address: str, model: type[BasePage]):
    """Return what the editing form at this address would send, with empty streams."""
    html = client.get(address).content.decode()
    typed = querydict_from_html(html, form_id="page-edit-form")
    for field in model._meta.local_fields:
        if isinstance(field, StreamField):
            typed[f"{field.name}-count"] = "0"
    return typed


def test_new_page_is_saved_with_its_title_alone(editor_client, pages):
    tried = []
    for parent in pages:
        models = [each for each in parent.creatable_subpage_models() if each.max_count != 1]
        for model in filter(lambda m: m.can_create_at(parent), models):
            kind = [model._meta.app_label, model._meta.model_name]
            address = reverse("wagtailadmin_pages:add", args=[*kind, parent.pk])
            typed = form_of(editor_client, address, model)
            typed["title"] = typed["slug"] = f"just-begun-{len(tried)}"
            answer = editor_client.post(address, typed, **AUTOSAVE)
            assert answer.json().get("success"), (model, answer.json())
            tried.append(model.__name__)
            draft = Page.objects.get(slug=typed["slug"])
            seen = editor_client.get(reverse("wagtailadmin_pages:view_draft", args=[draft.pk]))
            assert (seen.status_code, draft.live) == (200, False)
    assert set(tried) == {
        "CaseStudyPage",
        "ContentPage",
        "EventPage",
        "NewsPage",
        "ReadingListPage",
        "ResourcePage",
    }, "the others exist once and for all"


def test_blank_row_of_every_inline_panel_is_saved_in_a_draft(editor_client, pages):
    tried = []
    for page in pages:
        panels = set(type(page).get_edit_handler().get_form_options().get("formsets", ()))
        for panel in panels - {"wagtail_admin_comments"}:
            address = reverse("wagtailadmin_pages:edit", args=[page.pk])
            typed = form_of(editor_client, address, type(page))
            row = int(typed[f"{panel}-TOTAL_FORMS"])
            typed[f"{panel}-TOTAL_FORMS"] = str(row + 1)
            typed[f"{panel}-{row}-ORDER"] = "9"
            answer = editor_client.post(address, typed, **AUTOSAVE)
            assert answer.json().get("success"), (page, panel, answer.json())
            tried.append(panel)
            seen = editor_client.get(reverse("wagtailadmin_pages:view_draft", args=[page.pk]))
            assert seen.status_code == 200
    assert set(tried) == {
        "corrections",
        "councils",
        "readings",
        "results",
        "sources",
        "terms",
    }


def test_every_page_type_can_be_scheduled_and_commented_on(editor_client, pages):
    for page in pages:
        html = editor_client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content
        assert b'name="go_live_at"' in html, page
        assert b'data-side-panel-toggle="comments"' in html, page


@pytest.fixture
def unfinished(case_study_index):
    """A draft of a case study that has only its title."""
    page = CaseStudyPage(title="Just begun", slug="just-begun", live=False)
    case_study_index.add_child(instance=page)
    page.save_revision(clean=False)
    return page


def test_unfinished_draft_is_not_published_in_bulk_and_editor_is_told(editor_client, unfinished):
    address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    here = f"http://testserver{address}?id={unfinished.pk}"
    answer = editor_client.post(here, headers={"referer": here}, follow=True)

    assert not Page.objects.get(pk=unfinished.pk).live
    assert NOT_COMPLETE in (html := answer.content.decode())
    assert f'href="{reverse("wagtailadmin_pages:edit", args=[unfinished.pk])}"' in html
    assert answer.redirect_chain == [(here, 302)]


def test_unfinished_draft_is_not_approved_from_list(editor_client, admin_user, unfinished):
    state = Workflow.objects.get().start(unfinished, admin_user)
    args = [unfinished.pk, "approve", state.current_task_state.pk]
    address = reverse("wagtailadmin_pages:workflow_action", args=args)

    for asked, expected in [("XMLHttpRequest", 200), ("", 302)]:
        headers = {"x-requested-with": asked, "referer": "https://elsewhere.example/"}
        answer = editor_client.post(address, {"comment": ""}, headers=headers)
        assert answer.status_code == expected
        place = answer.json()["redirect"] if asked else answer["Location"]
        assert place == reverse("wagtailadmin_home")
    assert NOT_COMPLETE in editor_client.get(place).content.decode()
    assert not Page.objects.get(pk=unfinished.pk).live
    state.refresh_from_db()
    assert state.status == state.STATUS_IN_PROGRESS


STREAMS = [(m, f) for m in OURS for f in m._meta.local_fields if isinstance(f, StreamField)]


@pytest.mark.parametrize(("model", "field"), STREAMS, ids=lambda x: x.__name__ if x in OURS else "")
def test_blank_block_of_every_kind_is_saved_and_shown_in_a_draft(db, model, field):
    for name, block in field.stream_block.child_blocks.items():
        blank = StreamValue(field.stream_block, [(name, block.get_default())])
        assert str(field.stream_block.clean_deferred(blank)[0]) is not None, name
