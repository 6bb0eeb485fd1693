"""Changes that staff ask for in single tasks: marked, told, and cleared once completed again."""

import pytest
from django.core import mail
from django.urls import reverse

from network.actions import reviews, sign_ups, signing
from network.choices import SignUpTask
from network.models import Refused, SignUp
from network.readiness import Readiness
from network.task_list import groups
from network.tests.factories import ABOUT_YOU, CHAMPIONS, ENDORSERS, fresh
from portal.mail import outbox

NOTES = {SignUpTask.CHAMPIONS: "Name both in full", SignUpTask.ABOUT_COUNCIL: "Shorter, please"}


@pytest.fixture
def asked(story, manager) -> SignUp:
    """In the council's hands again, with two tasks to change."""
    sign_up = story.in_review(manager)
    reviews.request_changes(sign_up, by=manager, wanted="Thank you", by_task=NOTES)
    return fresh(sign_up)


def marked(sign_up: SignUp) -> dict[str, str]:
    tasks = [task for group in groups(Readiness(fresh(sign_up))) for task in group.tasks]
    return {task.title: task.hint for task in tasks if task.status == "Change needed"}


def test_the_task_list_says_what_to_change_until_it_is_completed_again(story, asked):
    assert marked(asked) == {
        "Champions": NOTES["champions"],
        "About the council": "Shorter, please",
    }

    story.save(asked, SignUpTask.CHAMPIONS, CHAMPIONS)  # not said to be finished
    assert "Champions" in marked(asked)
    story.save(asked, SignUpTask.CHAMPIONS, CHAMPIONS, is_finished=True)
    assert marked(asked) == {"About the council": "Shorter, please"}


def test_pages_of_the_applicant_show_the_notes(as_, story, asked):
    browser = as_(story.officer)
    for name in ("sign_up", "sign_up_champions", "sign_up_check"):
        page = browser.get(reverse(f"network:{name}", args=[asked.reference])).content.decode()
        assert "Name both in full" in page, name
        assert "Change needed" in page, name
    other = browser.get(reverse("network:sign_up_about_you", args=[asked.reference]))
    assert "Change needed" not in other.content.decode()


def test_the_email_lists_them_even_when_it_leaves_after_one_was_changed(story, asked):
    story.save(asked, SignUpTask.CHAMPIONS, CHAMPIONS, is_finished=True)
    outbox.send_due.func()

    [body] = [m.body for m in mail.outbox if "Before we decide" in m.body]
    for expected in ["Champions: Name both in full", "Shorter, please", "Thank you"]:
        assert expected in body


def test_marks_are_gone_once_it_is_sent_again_and_asked_for_anew(story, asked, manager):
    sign_ups.submit(asked, by=story.officer)
    assert marked(asked) == {}
    by_task = {SignUpTask.ABOUT_YOU: "Your job title"}
    reviews.request_changes(fresh(asked), by=manager, by_task=by_task)

    assert marked(asked) == {"About you": "Your job title"}
    story.save(asked, SignUpTask.ABOUT_YOU, ABOUT_YOU, is_finished=True)
    assert marked(asked) == {}


def test_the_endorsers_are_marked_only_while_somebody_can_be_named(staff, story, manager):
    sign_up = story.in_review(manager)
    page = staff(manager).get(reverse("network_staff:sign_up", args=[sign_up.reference]))
    assert "is_endorsers" not in page.content.decode()
    assert "is_decision" not in page.content.decode()

    endorsement = sign_up.endorsements.get(office="leader")
    signing.strike_out(endorsement, by=manager, why="Forged")
    reviews.request_changes(
        fresh(sign_up), by=manager, by_task={SignUpTask.ENDORSERS: "Another leader"}
    )
    assert "Your endorsers" in marked(sign_up)
    page = staff(story.officer).get(reverse("network:sign_up_endorsers", args=[sign_up.reference]))
    assert "Another leader" in page.content.decode()
    answers = {f"{office}_{n}": v for office, who in ENDORSERS.items() for n, v in who.items()}
    answers["leader_name"] = "Lea Newleader"
    story.save(fresh(sign_up), SignUpTask.ENDORSERS, answers)
    assert marked(sign_up) == {}


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({}, "Select a task and enter what to change"),
        ({"is_champions": "on"}, "Enter what to change in “Champions”"),
        ({"is_champions": "on", "note_champions": "\x07 "}, "Enter what to change in “Champions”"),
        ({"note_champions": "Both"}, "Select “Champions”, or clear its note"),
    ],
)
def test_what_is_asked_for_is_said(staff, story, manager, typed, said):
    sign_up = story.in_review(manager)
    address = reverse("network_staff:request_changes", args=[sign_up.reference])
    page = staff(manager).post(address, typed)

    assert said in page.content.decode()
    assert fresh(sign_up).status == "in_review"


def test_asking_for_nothing_is_refused(story, manager):
    with pytest.raises(Refused, match="Enter what"):
        reviews.request_changes(story.in_review(manager), by=manager)
