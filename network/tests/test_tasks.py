"""Two people on one task: no silent overwriting, and no lost input."""

import pytest
from django.urls import reverse
from django.utils import timezone

from network.actions import tasks
from network.choices import SignUpTask
from network.forms.tasks import TASK_FORMS
from network.models import Collaborator, SignUp, TaskSave
from network.tests.factories import ABOUT_YOU, CHAMPIONS, fresh
from portal.form_recovery import mark_of

YEAR = str(timezone.localdate().year + 2)
DAY = {"day": "27", "month": "3", "year": YEAR}
MINE = {"name": "Olive Officer", "job_title": "Adviser", "phone": "01274 000000"}


@pytest.fixture
def draft(story, stranger) -> SignUp:
    """A sign-up that the officer and a colleague, Stan Stranger, work on."""
    sign_up = story.started()
    Collaborator.objects.create(sign_up=sign_up, user=stranger, role="colleague")
    return sign_up


def address(sign_up: SignUp) -> str:
    return reverse("network:sign_up_about_you", args=[sign_up.reference])


def save(sign_up, by, **answers) -> TaskSave:
    return tasks.save_task(
        sign_up, SignUpTask.ABOUT_YOU, by=by, answers=ABOUT_YOU | answers, seen=None
    )


def test_the_second_of_two_sees_both_versions_and_nothing_is_written(as_, draft, officer, stranger):
    save(draft, stranger, job_title="Head of Place")
    page = as_(officer).post(address(draft), MINE | {"version": "0"})
    text = page.content.decode()

    assert page.status_code == 409
    assert "Stan Stranger saved this section on" in text
    for answer in ["Head of Place", "Adviser", "01274 000000"]:
        assert answer in text
    assert fresh(draft).applicant_job_title == "Head of Place"
    assert TaskSave.objects.count() == 1


def test_whoever_has_seen_the_other_version_may_save_their_own(as_, draft, officer, stranger):
    save(draft, stranger, job_title="Head of Place")
    browser = as_(officer)
    browser.post(address(draft), MINE | {"version": "0"})
    page = browser.post(address(draft), MINE | {"version": "1"})

    assert page.status_code == 302
    assert fresh(draft).applicant_job_title == "Adviser"
    assert [s.by for s in TaskSave.objects.order_by("version")] == [stranger, officer]


def test_the_form_below_puts_together_what_each_changed(as_, draft, officer, stranger):
    save(draft, officer)
    save(draft, stranger, job_title="Head of Place")
    mine = ABOUT_YOU | {"phone": "01274 000000", "version": "1"}
    text = as_(officer).post(address(draft), mine).content.decode()
    together = text.partition("Or combine the 2 versions")[2]

    assert 'value="Head of Place"' in together  # only the colleague changed it
    assert 'value="01274 000000"' in together  # only the officer did
    assert 'name="version" value="2"' in together


def test_a_double_click_is_no_clash(as_, draft, officer):
    for _ in range(2):
        assert as_(officer).post(address(draft), MINE | {"version": "0"}).status_code == 302

    assert TaskSave.objects.count() == 1


@pytest.mark.parametrize("version", ["", "x", "-1", "99999999999", "٣", "\x00", "7"])
def test_a_version_that_makes_no_sense_overwrites_nothing(as_, draft, officer, stranger, version):
    save(draft, stranger, job_title="Head of Place")
    page = as_(officer).post(address(draft), MINE | {"version": version})

    assert page.status_code in {200, 409}
    assert fresh(draft).applicant_job_title == "Head of Place"


def test_what_cannot_be_saved_stays_typed(as_, draft, officer):
    page = as_(officer).post(address(draft), MINE | {"name": "x" * 500})
    text = page.content.decode()

    assert "There is a problem" in text
    assert "x" * 500 in text and 'value="01274 000000"' in text
    assert not TaskSave.objects.exists()


def test_each_saving_keeps_its_answers_and_who_gave_them(draft, officer, stranger):
    save(draft, officer)
    save(draft, stranger, phone="1")

    first, second = TaskSave.objects.order_by("version")
    assert (first.by, first.answers["phone"]) == (officer, "")
    assert (second.by, second.answers["phone"]) == (stranger, "1")


def test_a_save_wakes_a_sign_up_that_lay_idle(draft, officer):
    SignUp.objects.update(touched_at="2020-01-01T00:00Z", idle_warnings=2)
    save(draft, officer)

    assert fresh(draft).touched_at.year > 2020
    assert fresh(draft).idle_warnings == 0


@pytest.mark.parametrize(
    ("typed", "status"),
    [
        ({"is_finished": "yes"}, "Completed"),
        ({"is_finished": "no"}, "In progress"),
        ({}, "In progress"),
        ({"is_finished": "yes", "name": ""}, "There is a problem"),
    ],
)
def test_the_task_list_says_whether_a_section_is_finished(as_, draft, officer, typed, status):
    browser = as_(officer)
    page = browser.post(address(draft), MINE | typed, follow=True)

    assert status in page.content.decode()


@pytest.mark.parametrize("task", TASK_FORMS)
def test_every_task_saves_empty_comes_back_and_clashes(as_, draft, officer, stranger, task):
    page = reverse(f"network:sign_up_{task}", args=[draft.reference])
    colleague, mine = as_(stranger), as_(officer)

    assert colleague.get(page).status_code == 200
    assert colleague.post(page, {"version": "0"}).status_code == 302
    assert mine.post(page, {"version": "0", "is_finished": "yes"}).status_code == 409
    assert mine.post(page, {"version": "1", "is_finished": "yes"}).status_code == 302
    assert draft.task_saves.filter(task=task).count() == 2
    assert "is_finished" not in draft.task_saves.filter(task=task).first().answers


def test_what_was_typed_too_late_still_clashes_with_what_was_saved_meanwhile(
    client, draft, officer, stranger
):
    client.post(address(draft), MINE | {"version": "0", "typed_by": mark_of(officer)})
    save(draft, stranger, job_title="Head of Place")
    client.force_login(officer, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert 'name="version" value="0"' in client.get(address(draft)).content.decode()

    assert client.post(address(draft), MINE | {"version": "0"}).status_code == 409


def test_a_conversation_that_was_held_lies_in_the_past(as_, draft, officer):
    page = reverse("network:sign_up_conversation", args=[draft.reference])
    day = {f"conversation_on_{part}": value for part, value in DAY.items()}
    browser = as_(officer)

    text = browser.post(page, day | {"conversation": "held"}).content.decode()
    assert "must be today or in the past" in text and f'value="{YEAR}"' in text
    assert browser.post(page, day | {"conversation": "planned"}).status_code == 302
    assert fresh(draft).conversation_on.isoformat() == f"{YEAR}-03-27"


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "ftp://x.example", "http://", "x" * 600, "data:text/html,x"]
)
def test_only_a_web_address_becomes_a_link(as_, draft, officer, link):
    page = reverse("network:sign_up_about_council", args=[draft.reference])
    text = as_(officer).post(page, {"strategy_link": link}).content.decode()

    assert "There is a problem" in text
    assert not fresh(draft).strategy_link


def test_a_text_over_the_limit_is_kept_and_refused_with_its_length(as_, draft, officer):
    page = reverse("network:sign_up_about_council", args=[draft.reference])
    browser = as_(officer)
    assert "You can enter up to 1500 characters" in browser.get(page).content.decode()
    assert 'maxlength="1500"' not in browser.get(page).content.decode().replace(
        "data-maxlength", ""
    )

    long = "x" * 1400 + "\r\n" * 100
    text = browser.post(page, {"profile": f"{long}y"}).content.decode()
    assert "must be 1,500 characters or fewer (you entered 1501)" in text
    assert "x" * 1400 in text and not fresh(draft).profile
    assert browser.post(page, {"profile": f"{long[:-2]}y"}).status_code == 302


def test_a_consent_is_not_carried_over_to_another_champion(as_, story, officer):
    sign_up, browser = story.filled_in(), as_(officer)
    path = reverse("network:sign_up_champions", args=[sign_up.reference])
    data = {name: value for name, value in CHAMPIONS.items() if value is not False}
    assert data["political_may_be_published"]
    other = data | {"version": "1", "political_name": "Cora Cabinet"}
    page = browser.post(path, other, follow=True)

    assert page.request["PATH_INFO"] == path
    assert "Cora Cabinet is not the person named before" in page.content.decode()
    assert not fresh(sign_up).champion_of("political").may_be_published

    browser.post(path, other | {"version": "2"})
    assert fresh(sign_up).champion_of("political").may_be_published


def test_a_consent_stays_with_a_champion_whose_role_changes(as_, story, officer):
    sign_up = story.filled_in()
    path = reverse("network:sign_up_champions", args=[sign_up.reference])
    data = {name: value for name, value in CHAMPIONS.items() if value is not False}
    as_(officer).post(path, data | {"version": "1", "political_role": "Another role"})

    assert fresh(sign_up).champion_of("political").may_be_published
