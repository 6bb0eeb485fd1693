"""Who has a review, internal notes beside it, and messages to the council."""

import pytest
from django.urls import reverse

from conftest import person
from network.actions import notes, people, reviews
from network.models import Event, Message, Note, Refused
from network.tests.factories import fresh
from portal.models import OutboxMessage


def at(name: str, sign_up) -> str:
    return reverse(f"network_staff:{name}", args=[sign_up.reference])


@pytest.fixture
def other(db):
    """A second manager."""
    return person("nora@network.example", group="Network managers", first_name="Nora")


def mails(kind: str) -> list[str]:
    return [row.to for row in OutboxMessage.objects.filter(kind=f"network.{kind}")]


def test_review_is_given_to_another_manager_who_is_told(staff, manager, other, story):
    sign_up = story.in_review(manager)
    page = staff(manager).post(at("assign", sign_up), {"to": other.pk})
    assert page.url == at("sign_up", sign_up)
    assert fresh(sign_up).owner == other
    assert mails("review_assigned") == [other.email]
    assert Event.objects.get(what="sign_up.assigned").why == "Nora"
    with pytest.raises(Refused, match="already"):
        reviews.assign(sign_up, by=manager, to=other)
    reviews.assign(sign_up, by=manager, to=manager)  # taking it back tells no one
    assert mails("review_assigned") == [other.email]


def test_review_cannot_be_given_to_someone_with_a_part_or_to_no_manager(
    manager, other, editor, story
):
    sign_up = story.submitted()
    invitation = people.invite(sign_up, by=story.officer, email=other.email)
    people.accept_invitation(invitation, by=other)
    for who in (other, editor, story.officer):
        with pytest.raises(Refused, match="cannot review this"):
            reviews.assign(fresh(sign_up), by=manager, to=who)


def test_choice_of_managers_leaves_out_editors_and_the_owner(staff, manager, other, editor, story):
    sign_up = story.in_review(manager)
    form = staff(manager).get(at("sign_up", sign_up)).context["assign_form"]
    assert list(form.fields["to"].queryset) == [other]
    page = staff(manager).post(at("assign", sign_up), {"to": editor.pk})
    assert page.status_code == 200 and fresh(sign_up).owner == manager


def test_released_review_is_nobodys_and_can_be_decided(staff, manager, other, story):
    sign_up = story.in_review(manager)
    staff(manager).post(at("release", sign_up))
    assert fresh(sign_up).owner is None
    page = staff(manager).post(at("release", sign_up))
    assert "No one has this review." in page.content.decode()
    reviews.decline(sign_up, by=other, reason="x")


def test_internal_note_is_in_the_log_and_never_seen_or_mailed_to_the_council(
    staff, as_, manager, story
):
    sign_up = story.in_review(manager)
    before = OutboxMessage.objects.count()
    page = staff(manager).post(at("note", sign_up), {"text": "They sound unsure about wombats"})
    assert page.url == at("sign_up", sign_up)
    assert Note.objects.get().sign_up == sign_up and Note.objects.get().council == story.council
    shown = staff(manager).get(at("sign_up", sign_up)).content.decode()
    assert "wombats" in shown and "only staff read this" in shown
    assert OutboxMessage.objects.count() == before
    browser = as_(story.officer)
    for path in (sign_up.get_absolute_url(), f"{sign_up.get_absolute_url()}history/", "/my/"):
        assert "wombats" not in browser.get(path).content.decode(), path
    assert staff(manager).post(at("note", sign_up), {}).status_code == 200
    assert Note.objects.count() == 1


def test_message_reaches_everyone_who_works_on_it_and_stays_with_the_application(
    staff, as_, manager, story
):
    sign_up = story.in_review(manager)
    colleague = person("cara@leeming.gov.uk")
    people.join(sign_up, colleague)
    text = "Which meeting will discuss it?\n<b>Thank you</b>"
    staff(manager).post(at("message", sign_up), {"text": text})
    assert sorted(mails("message")) == sorted([colleague.email, story.officer.email])
    assert Message.objects.get().by == manager
    theirs = as_(story.officer).get(sign_up.get_absolute_url()).content.decode()
    assert "Which meeting will discuss it?" in theirs and "&lt;b&gt;" in theirs
    ours = staff(manager).get(at("sign_up", sign_up)).content.decode()
    assert "Which meeting will discuss it?" in ours
    history = as_(story.officer).get(f"{sign_up.get_absolute_url()}history/")
    assert history.status_code == 200


def test_message_is_shown_as_it_will_be_read_before_it_leaves(staff, manager, story):
    sign_up = story.in_review(manager)
    browser = staff(manager)
    page = super(type(browser), browser).post(at("message", sign_up), {"text": "Which meeting?"})
    assert "Which meeting?" in page.content.decode() and "fingerprint" in page.context
    assert not Message.objects.exists() and not mails("message")


def test_no_message_leaves_for_an_application_that_has_ended(manager, story):
    sign_up = story.in_review(manager)
    reviews.decline(sign_up, by=manager, reason="x")
    with pytest.raises(Refused, match="has ended"):
        reviews.write_to_council(sign_up, by=manager, text="x")


def test_nobody_else_gives_releases_notes_or_writes(staff, as_, editor, stranger, manager, story):
    sign_up = story.in_review(manager)
    given = {"to": editor.pk, "text": "x"}
    for name in ("assign", "release", "note", "message"):
        assert staff(manager).get(at(name, sign_up)).status_code == 405
        assert staff(editor).post(at(name, sign_up), given).url == reverse("wagtailadmin_home")
        for user in (stranger, story.officer):
            assert as_(user).post(at(name, sign_up), given).status_code == 403
        gone = at(name, sign_up).replace(sign_up.reference, "KIL-2026-9999")
        assert staff(manager).post(gone, given).status_code == 404
    assert not Note.objects.exists() and not Message.objects.exists()


def test_notes_and_messages_of_an_application_are_read_with_the_same_queries(
    staff, manager, story, django_assert_num_queries, django_assert_max_num_queries
):
    sign_up, browser = story.in_review(manager), staff(manager)

    def one_more() -> None:
        notes.write_note(story.council, by=manager, text="x", sign_up=sign_up)
        reviews.write_to_council(sign_up, by=manager, text="x")

    one_more()
    browser.get(at("sign_up", sign_up))
    with django_assert_max_num_queries(60) as one:
        browser.get(at("sign_up", sign_up))
    for _ in range(9):
        one_more()
    with django_assert_num_queries(len(one)):
        browser.get(at("sign_up", sign_up))
