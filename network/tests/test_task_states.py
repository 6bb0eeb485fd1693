"""Statuses and messages on the pages of a sign-up."""

import pytest
from django.urls import reverse

from network.actions import requests, sign_ups, signing
from network.choices import Office, Route, SignUpTask
from network.models import SignUp, TaskSave
from network.readiness import Readiness
from network.task_list import groups
from network.tests.factories import ABOUT_YOU, CHAMPIONS, ENDORSERS, approve_wording, fresh

PUBLICITY = dict.fromkeys(("quote", "quote_by", "quote_approved_by", "logo_rights"), "")
PUBLICITY |= {"publish_from": None, "quote": "It works."}
QUOTED = {"quote_by": "Lena Leader", "quote_approved_by": "Lena Leader"}
DECISION = {"body": "cabinet", "body_name": "", "minute_reference": "CAB-42"}
DECISION |= {"wording_matches": False}


def address(name: str, sign_up: SignUp) -> str:
    return reverse(f"network:sign_up_{name}", args=[sign_up.reference])


def task_called(title: str, sign_up: SignUp):
    tasks = [task for group in groups(Readiness(fresh(sign_up))) for task in group.tasks]
    return next(task for task in tasks if task.title.startswith(title))


def by_decision(story) -> SignUp:
    sign_up = story.started()
    story.save(sign_up, SignUpTask.ROUTE, {"route": Route.DECISION})
    return fresh(sign_up)


@pytest.mark.parametrize(
    ("task", "answers", "errors"),
    [
        ("about_you", ABOUT_YOU | {"job_title": ""}, {"id_job_title": "Enter your job title"}),
        (
            "champions",
            CHAMPIONS | {"officer_role": ""},
            {"id_officer_role": "Enter the senior officer’s role"},
        ),
        (
            "decision",
            DECISION,
            {
                "id_body_name": "Enter what the minutes call it",
                "id_decided_on_day": "Enter the day on which it was decided",
                "id_wording_matches": "Confirm that what was decided is the wording below",
            },
        ),
    ],
)
def test_a_finished_task_that_lacks_what_is_needed_says_what(
    as_, story, officer, task, answers, errors
):
    approve_wording()
    sign_up = by_decision(story)
    story.save(sign_up, SignUpTask(task), answers, is_finished=True)
    shown = task_called(SignUpTask(task).label, sign_up)
    text = as_(officer).get(address(task, sign_up)).content.decode()

    assert (shown.status, shown.tone) == ("There is a problem", "problem")
    assert "<title>Error: " in text
    for field, words in errors.items():
        assert f'<a href="#{field}">{words}</a>' in text
        assert text.count(words) == 2  # in the summary, and at the field


def test_what_is_not_said_to_be_finished_complains_of_nothing(as_, story, officer):
    sign_up = story.started()
    story.save(sign_up, SignUpTask.ABOUT_YOU, ABOUT_YOU | {"job_title": ""})

    assert task_called("About you", sign_up).status == "In progress"
    assert "Error: " not in as_(officer).get(address("about_you", sign_up)).content.decode()


def test_a_finished_task_that_lacks_nothing_complains_of_nothing(as_, story, officer):
    sign_up = story.started()
    story.save(sign_up, SignUpTask.ABOUT_YOU, ABOUT_YOU, is_finished=True)

    assert task_called("About you", sign_up).status == "Completed"
    assert "Error: " not in as_(officer).get(address("about_you", sign_up)).content.decode()


def test_a_quotation_nobody_approved_is_no_problem_of_sending(as_, story, officer):
    sign_up = story.started()
    story.save(sign_up, SignUpTask.PUBLICITY, PUBLICITY, is_finished=True)
    shown = task_called("Publicity", sign_up)
    text = as_(officer).get(address("publicity", sign_up)).content.decode()

    assert (shown.status, shown.tone) == ("In progress", "mint")
    assert "Say who approved the quotation" in shown.hint
    assert "Say who approved the quotation" in text and "You can send the sign-up" in text
    assert "Error: " not in text

    story.save(sign_up, SignUpTask.PUBLICITY, PUBLICITY | QUOTED, is_finished=True)
    assert task_called("Publicity", sign_up).status == "Completed"


@pytest.mark.parametrize(("mine", "kept"), [("yes", "yes"), ("", "no")])
def test_two_versions_keep_that_mine_is_finished(as_, story, officer, mine, kept):
    sign_up = story.started()
    story.save(sign_up, SignUpTask.ABOUT_YOU, ABOUT_YOU)
    data = ABOUT_YOU | {"version": "0", "job_title": "Head of Place", "is_finished": mine}
    text = as_(officer).post(address("about_you", sign_up), data).content.decode()
    together = text.partition("Or put the two together")[2]
    chosen = together.partition(f'name="is_finished" value="{kept}"')[2].partition(">")[0]

    assert "checked" in chosen


def test_two_versions_keep_that_theirs_is_finished_where_only_they_said_so(as_, story, officer):
    sign_up = story.started()
    story.save(sign_up, SignUpTask.ABOUT_YOU, ABOUT_YOU)
    story.save(sign_up, SignUpTask.ABOUT_YOU, ABOUT_YOU, is_finished=True)
    data = ABOUT_YOU | {"version": "1", "job_title": "Head of Place", "is_finished": "no"}
    text = as_(officer).post(address("about_you", sign_up), data).content.decode()
    together = text.partition("Or put the two together")[2]

    assert "checked" in together.partition('name="is_finished" value="yes"')[2].partition(">")[0]


def test_a_route_that_was_acted_on_is_chosen(story):
    assert task_called("How your council endorses", story.filled_in()).status == "Not started"
    sign_up = SignUp.objects.get()
    approve_wording()
    requests.ask_endorsers(sign_up, by=story.officer)

    assert task_called("How your council endorses", sign_up).status == "Completed"


def test_what_was_sent_is_in_nobodys_progress_any_more(story):
    sign_up = story.submitted()

    assert task_called("About you", sign_up).status == "Sent"
    assert task_called("Community conversation", sign_up).status == "Left empty"
    assert task_called("How your council endorses", sign_up).status == "Completed"


def test_the_history_says_finished_only_of_tasks_that_ask(as_, story, officer):
    sign_up = story.started()
    data = {
        f"{office}-{name}": value for office in Office for name, value in ENDORSERS[office].items()
    }
    browser = as_(officer)
    browser.post(address("endorsers", sign_up), data)
    text = browser.get(address("history", sign_up)).content.decode()

    assert TaskSave.objects.get().task == "endorsers"
    assert "saved “Your endorsers”" in text
    assert "Not finished yet" not in text


def test_who_decides_is_not_told_to_ask_for_signatures(as_, story, officer):
    browser = as_(officer)
    asks = "you ask the endorsers to sign"
    sign_up = by_decision(story)
    text = browser.get(sign_up.get_absolute_url()).content.decode()
    assert asks not in text and "enter the formal decision" in text

    story.save(sign_up, SignUpTask.ROUTE, {"route": Route.SIGNATURES})
    text = browser.get(sign_up.get_absolute_url()).content.decode()
    assert asks in text and "enter the formal decision" not in text


@pytest.mark.parametrize("signs", [True, False])
def test_the_sent_page_names_who_got_a_mail(as_, story, officer, signs):
    sign_up = story.submitted() if signs else by_decision(story)
    if not signs:
        SignUp.objects.update(status="submitted", submitted_at=sign_up.started_at)
    text = as_(officer).get(address("sent", sign_up)).content.decode()

    assert ("the people who signed have a mail" in text) == signs
    assert ("Whoever leads it has a mail" in text) != signs


def test_both_having_signed_leaves_nothing_to_save_and_a_way_back(as_, story, officer):
    sign_up = story.signed(Office.LEADER)
    browser = as_(officer)
    text = browser.get(address("endorsers", sign_up)).content.decode()
    assert ">Save</button>" in text and "Back without saving" in text

    other = ENDORSERS[Office.CHIEF_EXECUTIVE]
    request = sign_up.request_of(Office.CHIEF_EXECUTIVE)
    signing.endorse(request, name=other["name"], role=other["role"], shown=sign_up.fingerprint)
    text = browser.get(address("endorsers", sign_up)).content.decode()
    assert ">Save</button>" not in text
    assert "nothing can be changed here" in text and "Back to your tasks" in text


def test_a_signature_stands_as_it_was_signed(as_, staff, story, officer, manager):
    sign_up = story.asked()
    for office, name in [(Office.LEADER, "Dame L. Leader OBE"), (Office.CHIEF_EXECUTIVE, "")]:
        who = ENDORSERS[office] | ({"name": name} if name else {})
        request, shown = sign_up.request_of(office), fresh(sign_up).fingerprint
        signing.endorse(request, name=who["name"], role=who["role"], shown=shown)
    browser = as_(officer)
    asked = "Asked as Lena Leader, Leader"

    tasks, check = (
        browser.get(page).content.decode()
        for page in (sign_up.get_absolute_url(), address("check", sign_up))
    )
    sign_ups.submit(fresh(sign_up), by=officer)
    review = staff(manager).get(f"/admin/sign-ups/{sign_up.reference}/").content.decode()
    for text in (tasks, check, review):
        assert "Dame L. Leader OBE" in text
        assert asked in text
        assert "Asked as Cheng Chief" not in text


@pytest.mark.parametrize(("name", "differs"), [("L. Leader OBE", True), ("Lena Leader", False)])
def test_who_signs_under_another_name_is_told_whom_was_asked(client, story, name, differs):
    asked = story.asked().request_of(Office.LEADER)
    data = {"name": name, "role": "Leader", "has_authority": "on"}
    data |= {"shown": asked.sign_up.fingerprint}
    page = client.post(reverse("network:endorse", args=[asked.token]), data, follow=True)
    text = page.content.decode()

    assert "Check before you sign" in text
    assert ("We asked you as Lena Leader, Leader." in text) == differs
