"""Check and send, requested changes, and idle drafts."""

from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from network.actions import people, requests, reviews, sign_ups, signing, tasks
from network.choices import Office, Route, SignUpStatus, SignUpTask, UploadKind
from network.models import Event, SignUp
from network.readiness import Readiness
from network.tests.factories import ABOUT_YOU, approve_wording, fresh
from network.upload_validation import FitFile
from portal.mail import outbox
from portal.models import OutboxMessage

# The story's sign-ups are hollow: they are sent without what the check lists.
DECLARED = {"declaration": "on", "without": "on"}


def address(name: str, sign_up: SignUp) -> str:
    return reverse(f"network:{name}", args=[sign_up.reference])


def review(name: str, sign_up: SignUp) -> str:
    return reverse(f"network_staff:{name}", args=[sign_up.reference])


def test_an_answer_is_changed_from_the_check_and_one_comes_back_to_it(as_, story, officer):
    sign_up = story.signed()
    browser = as_(officer)
    change = address("sign_up_about_you", sign_up) + "?back=check"
    assert f'href="{change}"' in browser.get(address("sign_up_check", sign_up)).content.decode()

    page = browser.post(change, ABOUT_YOU | {"version": "1", "phone": "01274 000000"})
    assert page.url == address("sign_up_check", sign_up)
    assert "01274 000000" in browser.get(page.url).content.decode()


def test_the_check_says_what_was_not_finished_and_what_is_missing(as_, story, officer):
    sign_up = story.signed(Office.LEADER)
    text = as_(officer).get(address("sign_up_check", sign_up)).content.decode()

    assert "Someone meant to come back to: About you, Champions" in text
    assert "both signatures" in text
    assert "Send to the network" not in text


def test_who_signed_gets_a_copy_of_the_sending(story):
    story.submitted()

    copies = OutboxMessage.objects.filter(kind="network.sign_up_sent_copy")
    assert sorted(c.to for c in copies) == ["cheng@leeming.gov.uk", "lena@leeming.gov.uk"]


def test_staff_ask_for_changes_and_the_council_sends_again(as_, staff, story, officer, manager):
    sign_up = story.in_review(manager)
    wanted = {"wanted": "Please give the champion’s full name."}
    staff(manager).post(review("request_changes", sign_up), wanted)
    assert fresh(sign_up).status == SignUpStatus.CHANGES_REQUESTED
    assert OutboxMessage.objects.get(kind="network.changes_requested").to == officer.email

    browser = as_(officer)
    for page in ("sign_up", "sign_up_check"):
        assert "champion’s full name" in browser.get(address(page, sign_up)).content.decode()
    about = ABOUT_YOU | {"version": "1", "job_title": "Head of Place"}
    assert browser.post(address("sign_up_about_you", sign_up), about).status_code == 302
    for _ in range(2):
        page = browser.post(address("sign_up_check", sign_up), DECLARED)
        assert page.url == address("sign_up_sent", sign_up)
    assert fresh(sign_up).status == SignUpStatus.IN_REVIEW
    assert OutboxMessage.objects.get(kind="network.sign_up_sent_again").to == officer.email
    outbox.send_due.func()
    assert not OutboxMessage.objects.exclude(status__in=["sent", "cancelled"]).exists()

    staff(manager).post(review("request_changes", sign_up), {"wanted": "One more thing"})
    assert OutboxMessage.objects.filter(kind="network.changes_requested").count() == 2


@pytest.mark.usefixtures("another_manager")
def test_changes_are_asked_for_with_words_by_who_may_decide(staff, story, officer, manager):
    sign_up = story.in_review(manager)
    page = staff(manager).post(review("request_changes", sign_up), {"wanted": " "})
    assert page.status_code == 200
    assert fresh(sign_up).status == SignUpStatus.IN_REVIEW

    sign_up.collaborators.create(user=manager, role="colleague")
    data = {"wanted": "Something"}
    staff(manager).post(review("request_changes", sign_up), data)
    assert fresh(sign_up).status == SignUpStatus.IN_REVIEW


@pytest.fixture
def idle(story):
    """Return a function: `idle(days, warnings)` is a draft without activity for some days."""
    sign_up = story.started()

    def untouched(days: int, warnings: int = 0) -> SignUp:
        since = timezone.now() - timedelta(days=days)
        SignUp.objects.filter(pk=sign_up.pk).update(touched_at=since, idle_warnings=warnings)
        return fresh(sign_up)

    return untouched


@pytest.mark.parametrize(
    ("days", "warned", "warns"),
    [(29, 0, 0), (30, 0, 1), (89, 1, 1), (90, 1, 2), (165, 2, 2), (166, 2, 3), (400, 0, 3)],
)
def test_an_idle_draft_is_reminded_once_a_stage(idle, days, warned, warns):
    sign_up = idle(days, warned)
    for _ in range(2):
        sign_ups.remind_idle()

    assert fresh(sign_up).idle_warnings == warns
    mails = OutboxMessage.objects.filter(kind="network.sign_up_idle").count()
    assert mails == (1 if warns > warned else 0)


def test_a_draft_ends_after_180_days_with_a_fortnights_warning(idle, story):
    sign_up = idle(200, 2)
    sign_ups.remind_idle()
    assert sign_ups.expire_idle() == 0  # warned only today

    fortnight = timezone.now() + timedelta(days=15)
    with pytest.MonkeyPatch.context() as clock:
        clock.setattr(timezone, "now", lambda: fortnight)
        assert sign_ups.expire_idle() == 1
        assert sign_ups.expire_idle() == 0
    assert fresh(sign_up).status == SignUpStatus.EXPIRED
    assert fresh(sign_up).applicant_name == "Olive Officer"  # nothing is deleted
    assert OutboxMessage.objects.filter(kind="network.sign_up_expired").count() == 1
    assert sign_ups.start_sign_up(story.council, by=story.officer)


def test_what_the_network_has_in_hand_never_idles(story):
    sign_up = story.submitted()
    long_ago = timezone.now() - timedelta(days=400)
    SignUp.objects.filter(pk=sign_up.pk).update(touched_at=long_ago)

    assert (sign_ups.remind_idle(), sign_ups.expire_idle()) == (0, 0)


def test_working_on_it_in_the_last_fortnight_keeps_it(idle, story):
    sign_up = idle(170, 2)
    sign_ups.remind_idle()
    story.save(sign_up, "about_you", ABOUT_YOU)

    later = timezone.now() + timedelta(days=20)
    with pytest.MonkeyPatch.context() as clock:
        clock.setattr(timezone, "now", lambda: later)
        assert sign_ups.expire_idle() == 0
    outbox.send_due.func()
    left = OutboxMessage.objects.get(kind="network.sign_up_idle")
    assert left.status == "cancelled"  # it is not idle any more


def test_every_way_to_an_end_closes_what_hangs_on_it(story, officer, stranger, manager):
    sign_up = story.asked()
    invitation = people.invite(sign_up, by=officer, email="x@leeming.gov.uk")
    asked = people.ask_access(sign_up, by=stranger, name="Stan", job_title="x", message="")
    sign_ups.withdraw(sign_up, by=officer)

    for row in (invitation, asked):
        row.refresh_from_db()
    assert (invitation.status, asked.status) == ("cancelled", "closed")
    assert Event.objects.filter(what="access_request.closed").exists()


@pytest.mark.parametrize(
    "act",
    [
        lambda asked, officer: requests.send_new_link(asked, by=officer),
        lambda asked, officer: requests.remind(asked, by=officer),
        lambda asked, officer: requests.cancel_request(asked, by=officer),
        lambda asked, officer: signing.say_no(asked, why=""),
        lambda asked, officer: signing.not_the_right_person(asked),
        lambda asked, officer: signing.endorse(
            asked, name="Lena Leader", role="Leader", shown=fresh(asked.sign_up).fingerprint
        ),
    ],
    ids=["new link", "reminder", "cancelled", "no", "not me", "signed"],
)
def test_asking_and_answering_keep_a_sign_up_awake(story, officer, act):
    sign_up = story.asked()
    long_ago = timezone.now() - timedelta(days=170)
    SignUp.objects.filter(pk=sign_up.pk).update(touched_at=long_ago, idle_warnings=3)
    act(fresh(sign_up).request_of(Office.LEADER), officer)

    assert fresh(sign_up).touched_at > long_ago
    assert fresh(sign_up).idle_warnings == 0


def test_naming_once_more_who_said_no_keeps_a_sign_up_awake(story, officer):
    sign_up = story.asked()
    asked = sign_up.request_of(Office.LEADER)
    signing.say_no(asked, why="")
    long_ago = timezone.now() - timedelta(days=170)
    SignUp.objects.filter(pk=sign_up.pk).update(touched_at=long_ago)
    requests.ask_instead(asked, by=officer)

    assert fresh(sign_up).touched_at > long_ago


def test_sending_again_is_told_as_that_and_not_as_taking_on_the_review(story, officer, manager):
    sign_up = story.in_review(manager)
    reviews.request_changes(sign_up, by=manager, wanted="The name")
    sign_ups.submit(fresh(sign_up), by=officer)

    newest = sign_up.events.latest("pk")
    assert (newest.what, newest.new) == ("sign_up.sent_again", "in_review")
    assert newest.sentence == "Sent the application again, with changes"


def test_a_council_that_decides_alone_is_not_said_to_have_asked(story, officer):
    approve_wording()
    sign_up = story.filled_in()
    tasks.save_task(sign_up, "route", by=officer, answers={"route": "decision"})
    day = timezone.localdate()
    decision = {
        "body": "cabinet",
        "body_name": "Cabinet",
        "decided_on": day,
        "takes_effect_on": day,
        "minute_reference": "1",
        "wording_matches": True,
    }
    tasks.save_task(fresh(sign_up), "decision", by=officer, answers=decision)
    sign_ups.submit(fresh(sign_up), by=officer)

    told = [event.sentence for event in sign_up.events.all()]
    assert "Endorsed by a formal decision alone" in told
    assert "Asked for the endorsement" not in told


def test_the_applicant_gets_a_copy_of_what_was_sent(story, officer):
    story.submitted()
    mail.outbox.clear()
    outbox.send_due.func()
    copy = next(m for m in mail.outbox if m.subject.startswith("We have Leeming’s application"))

    assert copy.to == [officer.email]
    for said in ("Your job title: Adviser", "Champion Lead councillor, A role", "Lena Leader"):
        assert said in copy.body


@pytest.mark.parametrize("end", ["accept", "decline", "withdraw"])
def test_the_sent_page_promises_nothing_that_is_past(as_, story, officer, manager, end):
    sign_up = story.in_review(manager)
    browser, page = as_(officer), address("sign_up_sent", sign_up)
    assert "A network manager will read it" in browser.get(page).content.decode()

    if end == "accept":
        reviews.accept(sign_up, by=manager, announce_at=timezone.now())
    elif end == "decline":
        reviews.decline(sign_up, by=manager, reason="Too early")
    else:
        sign_ups.withdraw(sign_up, by=officer)
    text = browser.get(page).content.decode()
    assert "A network manager will read it" not in text and "Until then nothing" not in text
    assert f"{fresh(sign_up).get_status_display()}" in text


def test_after_a_no_nobody_is_told_to_send_what_cannot_be_sent(as_, story, officer):
    sign_up = story.signed(Office.CHIEF_EXECUTIVE)
    signing.say_no(sign_up.request_of(Office.LEADER), why="")
    text = as_(officer).get(sign_up.get_absolute_url()).content.decode()

    assert Readiness(fresh(sign_up)).next_action == "The council: a signature is missing"
    assert "A signature is missing, and no one is being asked for it now" in text
    assert "Check your answers and send them" not in text


def test_the_files_that_were_handed_in_are_among_the_answers(as_, story, officer):
    sign_up = story.started()
    story.save(sign_up, SignUpTask.ROUTE, {"route": Route.DECISION})
    browser, check = as_(officer), address("sign_up_check", sign_up)
    text = browser.get(check).content.decode()
    assert f'href="{address("sign_up_logo", sign_up)}"' in text
    assert f'href="{address("sign_up_decision_file", sign_up)}"' in text

    file = FitFile("our-crest.png", b"drawn anew", "image/png")
    tasks.keep_upload(fresh(sign_up), by=officer, kind=UploadKind.LOGO, file=file)
    assert "our-crest.png" in browser.get(check).content.decode()


def test_a_question_in_the_copy_has_no_colon_after_its_mark(story):
    story.submitted()
    outbox.send_due.func()
    copy = next(m for m in mail.outbox if m.subject.startswith("We have Leeming’s application"))

    assert "How is your council governed? (optional): Not given" in copy.body


def test_what_has_ended_is_said_to_be_so(as_, story, officer):
    sign_up = story.signed(Office.LEADER)
    browser, sign_off = as_(officer), address("sign_up_sign_off", sign_up)
    assert "We remind each of them" in browser.get(sign_off).content.decode()

    sign_ups.withdraw(sign_up, by=officer)
    text = browser.get(sign_up.get_absolute_url()).content.decode()
    for untrue in ("Not started", "In progress", "Not ready yet", "Ready", "joins Keep it Local"):
        assert untrue not in text, untrue
    text = browser.get(sign_off).content.decode()
    assert "We remind" not in text and "No one named yet" not in text
    assert "No longer asked" in text
