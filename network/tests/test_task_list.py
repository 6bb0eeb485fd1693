"""Statuses and messages on the pages of a sign-up."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from councils.models import Council
from network.actions import requests, sign_ups, signing
from network.choices import Office, Route, SignUpTask
from network.models import Collaborator, SignUp, TaskSave
from network.readiness import LeftOut, Readiness
from network.task_list import ASK, groups, next_step
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
            {"id_officer_role": "Enter the officer champion’s role"},
        ),
        (
            "decision",
            DECISION,
            {
                "id_body_name": "Enter what the minutes call it",
                "id_decided_on_day": "Enter the date it was decided",
                "id_wording_matches": "Confirm that the council decided on the wording below",
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
    assert "Enter who approved the quotation" in shown.hint
    assert "Enter who approved the quotation" in text and "You can send the application" in text
    assert "Error: " not in text

    story.save(sign_up, SignUpTask.PUBLICITY, PUBLICITY | QUOTED, is_finished=True)
    assert task_called("Publicity", sign_up).status == "Completed"


@pytest.mark.parametrize(("mine", "kept"), [("yes", "yes"), ("", "no")])
def test_two_versions_keep_that_mine_is_finished(as_, story, officer, mine, kept):
    sign_up = story.started()
    story.save(sign_up, SignUpTask.ABOUT_YOU, ABOUT_YOU)
    data = ABOUT_YOU | {"version": "0", "job_title": "Head of Place", "is_finished": mine}
    text = as_(officer).post(address("about_you", sign_up), data).content.decode()
    together = text.partition("Or combine the 2 versions")[2]
    chosen = together.partition(f'name="is_finished" value="{kept}"')[2].partition(">")[0]

    assert "checked" in chosen


def test_two_versions_keep_that_theirs_is_finished_where_only_they_said_so(as_, story, officer):
    sign_up = story.started()
    story.save(sign_up, SignUpTask.ABOUT_YOU, ABOUT_YOU)
    story.save(sign_up, SignUpTask.ABOUT_YOU, ABOUT_YOU, is_finished=True)
    data = ABOUT_YOU | {"version": "1", "job_title": "Head of Place", "is_finished": "no"}
    text = as_(officer).post(address("about_you", sign_up), data).content.decode()
    together = text.partition("Or combine the 2 versions")[2]

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
    assert task_called("Community conversation", sign_up).status == "Left blank"
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
    sign_up = by_decision(story)
    text = browser.get(sign_up.get_absolute_url()).content.decode()
    assert ASK not in text and "The formal decision" in text

    story.save(sign_up, SignUpTask.ROUTE, {"route": Route.SIGNATURES})
    text = browser.get(sign_up.get_absolute_url()).content.decode()
    assert ASK in text and "The formal decision" not in text


def test_asking_is_a_step_of_its_own_from_the_first_day(story):
    sign_up = story.started()
    step = task_called(ASK, sign_up)
    assert (step.status, step.url) == ("Cannot start yet", "")
    for first in ("your name and job title", "both champions", "the names of the people who sign"):
        assert first in step.hint


def test_asking_shows_how_far_it_is(story):
    approve_wording()
    sign_up = story.filled_in()
    ask = task_called(ASK, sign_up)
    assert (ask.status, ask.url) == ("Ready to ask", address("ask", sign_up))
    assert not [t for t in titles(sign_up) if t.startswith(("Leader:", "Chief executive:"))]

    requests.ask_endorsers(sign_up, by=story.officer)
    ask = task_called(ASK, sign_up)
    assert (ask.status, ask.url) == ("Asked", address("sign_off", sign_up))
    assert "Lena Leader on" in ask.hint and "Cheng Chief on" in ask.hint

    _sign(sign_up)
    assert task_called(ASK, sign_up).status == "Both have signed"
    sign_ups.withdraw(fresh(sign_up), by=story.officer)
    assert task_called(ASK, sign_up).url in ("", address("sign_off", sign_up))


def titles(sign_up: SignUp) -> list[str]:
    return [task.title for group in groups(Readiness(fresh(sign_up))) for task in group.tasks]


def _sign(sign_up: SignUp, *offices: Office) -> None:
    for office in offices or Office:
        request = fresh(sign_up).request_of(office)
        shown = fresh(sign_up).fingerprint
        signing.endorse(request, name=request.name, role=request.role, shown=shown)


def test_next_names_one_thing_with_a_button(as_, story, officer):
    approve_wording()
    sign_up, browser = story.started(), as_(officer)

    def button() -> tuple[str, str]:
        step = next_step(Readiness(fresh(sign_up)))
        text = browser.get(sign_up.get_absolute_url()).content.decode()
        assert f'class="govuk-button" href="{step.url}">{step.button}</a>' in text
        assert text.count('class="govuk-button"') == 1
        return step.button, step.url

    assert button() == ("Tell us about you", address("about_you", sign_up))
    story.save(sign_up, SignUpTask.ABOUT_YOU, ABOUT_YOU)
    assert button() == ("Name the champions", address("champions", sign_up))
    story.save(fresh(sign_up), SignUpTask.CHAMPIONS, CHAMPIONS)
    assert button() == ("Name the people who will sign", address("endorsers", sign_up))
    for office, who in ENDORSERS.items():
        requests.save_endorser(fresh(sign_up), by=officer, office=office, **who)
    assert button() == (ASK, address("ask", sign_up))
    requests.ask_endorsers(fresh(sign_up), by=officer)
    assert next_step(Readiness(fresh(sign_up))) is None  # we wait for others
    text = browser.get(sign_up.get_absolute_url()).content.decode()
    assert "See who has signed, or remind them" in text
    _sign(sign_up)
    assert button() == ("Check your answers and send", address("check", sign_up))


def test_after_a_refusal_next_leads_to_the_answers(story, officer):
    sign_up = story.signed(Office.CHIEF_EXECUTIVE)
    signing.say_no(sign_up.request_of(Office.LEADER), why="")
    step = next_step(Readiness(fresh(sign_up)))
    assert (step.button, step.url) == ("See who has signed", address("sign_off", sign_up))


def test_next_asks_for_the_decision_of_a_council_that_decides(story):
    sign_up = by_decision(story)
    story.save(sign_up, SignUpTask.ABOUT_YOU, ABOUT_YOU)
    story.save(sign_up, SignUpTask.CHAMPIONS, CHAMPIONS)
    assert next_step(Readiness(fresh(sign_up))).button == "Enter the formal decision"


def test_status_in_words_awaits_no_endorsement_once_both_signed(as_, story, officer):
    sign_up = story.signed(Office.LEADER)
    assert sign_up.status_in_words == "Awaiting endorsement"
    _sign(sign_up, Office.CHIEF_EXECUTIVE)
    assert fresh(sign_up).status_in_words == "Endorsed, ready to send"
    for page in (sign_up.get_absolute_url(), "/my/"):
        text = as_(officer).get(page).content.decode()
        assert "Endorsed, ready to send" in text and "Awaiting endorsement" not in text


def test_my_page_has_the_same_queries_for_one_and_several(
    as_, story, officer, django_assert_num_queries
):
    browser = as_(officer)
    story.signed()
    browser.get("/my/")
    with CaptureQueriesContext(connection) as one:
        browser.get("/my/")
    for number in range(3):
        other = Council.objects.create(
            key=f"x{number}",
            slug=f"other-{number}",
            name=f"Other {number}",
            official_name=f"Other {number} Council",
            kind="district",
            region="north-west",
        )
        row = SignUp.objects.create(
            council=other, reference=f"KIL-2026-9{number}00", number=9000 + number
        )
        SignUp.objects.filter(pk=row.pk).update(status="awaiting_endorsement")
        Collaborator.objects.create(sign_up=row, user=officer, role="lead")
    with django_assert_num_queries(len(one)):
        browser.get("/my/")


def test_required_is_told_from_optional(as_, story, officer):
    sign_up, browser = story.started(), as_(officer)
    optional = '<span class="quiet">(optional)</span>'
    about_you = browser.get(address("about_you", sign_up)).content.decode()
    assert about_you.count(optional) == 1  # the telephone number
    champions = browser.get(address("champions", sign_up)).content.decode()
    assert champions.count(optional) == 2  # their email addresses
    practice = browser.get(address("practice", sign_up)).content.decode()
    assert practice.count(optional) == 6
    check = browser.get(address("check", sign_up)).content.decode()
    assert "Phone number (optional)" in check and "Your job title (optional)" not in check
    tasks = browser.get(sign_up.get_absolute_url()).content.decode()
    assert tasks.count("Optional") == 4


def test_hollow_application_is_sent_only_knowingly(as_, story, officer):
    sign_up, browser = story.signed(), as_(officer)
    check = address("check", sign_up)
    text = browser.get(check).content.decode()
    assert "Your application does not have" in text
    for lack in (LeftOut.PROFILE, LeftOut.CONVERSATION):
        assert lack.label in text
    assert LeftOut.CHAMPION.label not in text  # one agreed to be named

    page = browser.post(check, {"declaration": "on"})
    assert "Confirm that you are sending it without these" in page.content.decode()
    assert fresh(sign_up).submitted_at is None
    assert browser.post(check, {"declaration": "on", "without": "on"}).status_code == 302
    why = sign_up.events.get(what="sign_up.submitted").why
    assert why == f"Sent without {LeftOut.PROFILE.label}; {LeftOut.CONVERSATION.label}"


def test_whole_application_is_sent_without_a_second_box(as_, story, officer):
    sign_up = story.signed()
    about = {"governance": "", "profile": "A place", "profile_may_be_published": True}
    about |= {"strategy_title": "", "strategy_link": ""}
    story.save(sign_up, SignUpTask.ABOUT_COUNCIL, about)
    conversation = {"conversation": "planned", "conversation_on": None}
    story.save(fresh(sign_up), SignUpTask.CONVERSATION, conversation)
    check = address("check", sign_up)
    assert "does not have" not in as_(officer).get(check).content.decode()
    assert as_(officer).post(check, {"declaration": "on"}).status_code == 302
    assert sign_up.events.get(what="sign_up.submitted").why == ""


def test_logo_to_be_published_needs_its_rights(story):
    sign_up = story.started()
    logo = PUBLICITY | {"quote": "", "logo_may_be_published": True}
    story.save(sign_up, SignUpTask.PUBLICITY, logo, is_finished=True)
    assert "Enter who owns the logo" in task_called("Publicity", sign_up).hint


@pytest.mark.parametrize("signs", [True, False])
def test_the_sent_page_names_who_got_a_mail(as_, story, officer, signs):
    sign_up = story.submitted() if signs else by_decision(story)
    if not signs:
        SignUp.objects.update(status="submitted", submitted_at=sign_up.started_at)
    text = as_(officer).get(address("sent", sign_up)).content.decode()

    assert ("to the lead contact and the people who signed" in text) == signs
    assert ("to the lead contact." in text) != signs


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
    assert "you can no longer change anything here" in text and "Back to your tasks" in text


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
