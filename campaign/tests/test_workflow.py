"""The approval by someone else: what a publisher and an author can do with a submitted page."""

import pytest
from django.core import mail
from django.urls import reverse
from wagtail.models import TaskState, Workflow

from campaign import roles, workflow
from campaign.roles import Role
from campaign.tests.factories import NewsPageFactory
from conftest import person
from portal.tests.security.test_doors import give_second_factor


@pytest.fixture
def people(news_index):
    """Somebody of each role that writes or approves; the workflow is ours."""
    workflow.seed()
    roles.make()
    made = {
        "author": person("ann@kil.example", group=Role.AUTHOR, first_name="Ann"),
        "publisher": person("pat@kil.example", group=Role.PUBLISHER, first_name="Pat"),
        "other": person("oli@kil.example", group=Role.PUBLISHER, first_name="Oli"),
    }
    for user in made.values():
        give_second_factor(user)
    return made


def submitted(news_index, by):
    page = NewsPageFactory(parent=news_index, title="A new library", live=False, owner=by)
    page.save_revision(user=by)
    page.get_workflow().start(page, by)
    return page


def act(client, page, action: str, comment: str = ""):
    state = TaskState.objects.latest("pk")
    address = reverse("wagtailadmin_pages:workflow_action", args=[page.pk, action, state.pk])
    return client.post(address, {"comment": comment})


def is_live(page) -> bool:
    page.refresh_from_db()
    return page.live


def test_publisher_approves_what_an_author_submitted(as_, people, news_index):
    page = submitted(news_index, people["author"])
    publisher = as_(people["publisher"])
    assert "A new library" in publisher.get("/admin/").content.decode()

    act(publisher, page, "approve", "Good.")

    assert is_live(page)


def test_author_cannot_approve(as_, people, news_index):
    page = submitted(news_index, people["author"])

    act(as_(people["author"]), page, "approve")

    assert not is_live(page)


@pytest.mark.parametrize("is_administrator", [False, True])
def test_publisher_cannot_approve_own_page_and_another_can(
    as_, people, news_index, is_administrator
):
    own = people["publisher"]
    own.is_superuser = is_administrator
    own.save()
    page = submitted(news_index, own)
    task = page.current_workflow_task

    act(as_(own), page, "approve")
    assert not is_live(page)
    assert task.get_actions(page, own) == []
    assert not TaskState.objects.reviewable_by(own).exists()

    assert TaskState.objects.reviewable_by(people["other"]).exists()
    act(as_(people["other"]), page, "approve")
    assert is_live(page)


def test_emails_of_the_workflow_are_in_our_words(as_, people, news_index):
    page = submitted(news_index, people["author"])
    act(as_(people["publisher"]), page, "reject", "Who says so?")

    subjects = {message.to[0]: (message.subject, message.body) for message in mail.outbox}
    subject, text = subjects["pat@kil.example"]
    assert subject == "Ready to check: A new library"
    assert "Hello Pat" in text and "Ann submitted" in text
    subject, text = subjects["ann@kil.example"]
    assert subject == "Changes requested: A new library"
    assert "Pat" in text and "Who says so?" in text
    assert f"/admin/pages/{page.pk}/edit/" in text

    mail.outbox.clear()
    state = page.current_workflow_state
    state.resume(user=people["author"])
    act(as_(people["other"]), page, "approve")
    [message] = [m for m in mail.outbox if m.to == ["ann@kil.example"]]
    assert message.subject == "Published: A new library"
    assert page.full_url in message.body
    assert "moderation" not in message.body


def test_emails_say_that_approved_page_waits_for_its_time(as_, people, news_index):
    page = NewsPageFactory(parent=news_index, title="Embargoed", live=False, owner=people["author"])
    page.go_live_at = "2099-01-01T09:00:00Z"
    page.save_revision(user=people["author"])
    page.get_workflow().start(page, people["author"])
    mail.outbox.clear()

    act(as_(people["publisher"]), page, "approve")

    [message] = [m for m in mail.outbox if m.to == ["ann@kil.example"]]
    assert message.subject == "Approved: Embargoed"
    assert "1 January 2099" in message.body


def test_seeded_once_and_an_administrators_workflow_stays(db):
    assert workflow.seed() == 1
    task = Workflow.objects.get(name=workflow.NAME).tasks.get().specific
    assert isinstance(task, workflow.ApprovalTask)
    Workflow.objects.update(name="Our own way")

    assert workflow.seed() == 0
    assert Workflow.objects.get().name == "Our own way"
