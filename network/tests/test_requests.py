"""Requests for signatures: personal message, reminders, and permission to ask."""

from datetime import date, timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from councils.tests.factories import make_council
from network.actions import requests, sign_ups, signing, tasks, wordings
from network.choices import Office, RequestStatus, Route, SignUpTask
from network.forms.requests import LetterForm
from network.models import (
    EndorsementRequest,
    EndorsementWording,
    Event,
    PreElectionPeriod,
    Refused,
    SignUp,
    periods,
)
from network.readiness import Readiness, checks_of
from network.tests.factories import CHAMPIONS, ENDORSERS, approve_wording, fresh
from portal.mail import outbox
from portal.models import OutboxMessage


def page(name: str, sign_up: SignUp, *more: str) -> str:
    return reverse(f"network:sign_up_{name}", args=[sign_up.reference, *more])


def count(kind: str) -> int:
    return OutboxMessage.objects.filter(kind=f"network.{kind}").count()


def after(working_day: int) -> date:
    return periods.add_working_days(timezone.localdate(), working_day)


def test_who_qualifies_is_said_before_the_address_is_asked(as_, story, officer):
    text = as_(officer).get(page("endorsers", story.started())).content.decode()

    for office, words in [("leader", "elected mayor"), ("chief_executive", "head of paid service")]:
        assert 0 < text.index(words) < text.index(f'name="{office}-email"')


def test_the_applicant_sees_the_exact_mail_with_their_line_and_no_working_link(as_, story, officer):
    sign_up = story.filled_in()
    approve_wording()
    browser, line = as_(officer), "We met on Tuesday & agreed <b>this</b>"
    browser.post(page("ask", sign_up), {"leader_message": line})
    text = browser.get(page("ask", sign_up)).content.decode()

    assert "agreed &lt;b&gt;this&lt;/b&gt;" in text
    assert "Will you endorse Keep it Local for Leeming Borough Council?" in text
    assert "(The link for Lena Leader will be here.)" in text
    assert "/endorse/" not in text.split("<main")[1]
    assert count("endorsement_request") == 0

    browser.post(page("ask", sign_up), {"leader_message": line, "send": "yes"})
    outbox.send_due.func()
    letter = next(m for m in mail.outbox if m.to == ["lena@leeming.gov.uk"])
    assert f"“{line}”" in letter.body
    assert "<b>" not in letter.alternatives[0][0]


@pytest.mark.parametrize(
    "line",
    [
        "See https://evil.example",
        "www.evil.example",
        "evil.com now",
        "Evil.Com",
        "EVIL.EXAMPLE",
        "a@b.example",
        "x" * 301,
    ],
)
def test_a_line_with_an_address_or_too_long_is_not_sent(as_, story, officer, line):
    sign_up = story.filled_in()
    approve_wording()
    text = (
        as_(officer)
        .post(page("ask", sign_up), {"leader_message": line, "send": "yes"})
        .content.decode()
    )

    assert "There is a problem" in text
    assert count("endorsement_request") == 0


def test_one_reminder_by_hand_in_48_hours(as_, story, officer):
    sign_up = story.asked()
    browser = as_(officer)
    for _ in range(2):
        browser.post(page("remind", sign_up, "leader"))
    assert count("endorsement_chaser") == 1
    assert "one reminder in 48 hours" in browser.get(page("sign_off", sign_up)).content.decode()

    long_ago = timezone.now() - timedelta(hours=49)
    EndorsementRequest.objects.filter(office=Office.LEADER).update(reminded_at=long_ago)
    OutboxMessage.objects.update(created_at=long_ago)
    browser.post(page("remind", sign_up, "leader"))
    assert count("endorsement_chaser") == 2


def test_cancelling_kills_the_link_and_names_nobody(client, as_, story, officer):
    sign_up = story.asked()
    request = sign_up.request_of(Office.LEADER)
    as_(officer).post(page("cancel_request", sign_up, "leader"))

    assert fresh(sign_up).request_of(Office.LEADER) is None
    assert client.get(reverse("network:endorse", args=[request.token])).status_code == 410


@pytest.mark.parametrize("name", ["remind", "send_again", "cancel_request", "ask_instead"])
def test_nobody_else_presses_the_buttons(as_, story, stranger, name):
    sign_up = story.asked()
    before = Event.objects.count()

    assert as_(stranger).post(page(name, sign_up, "leader")).status_code == 404
    assert as_().post(page(name, sign_up, "leader")).status_code == 302
    assert as_(story.officer).get(page(name, sign_up, "leader")).status_code == 405
    assert Event.objects.count() == before


def test_chasers_go_out_on_working_days_3_7_and_14_and_the_applicant_hears_at_7(story):
    story.asked()
    sent = []
    for number in range(1, 18):
        sent += [number] * requests.chase_due(on=after(number))
        OutboxMessage.objects.update(created_at=F("created_at") - timedelta(days=1))

    assert sent == [3, 3, 7, 7, 14, 14]
    assert count("endorsement_chaser") == 6
    assert count("endorsement_waiting") == 2
    assert requests.chase_due(on=after(17)) == 0


def test_nobody_is_chased_on_a_day_of_rest(story):
    story.asked()
    day = after(3)
    while periods.is_working_day(day):
        day += timedelta(days=1)

    assert requests.chase_due(on=day) == 0


def test_an_answer_a_bounce_or_a_withdrawal_stops_the_chasers(story, officer):
    sign_up = story.asked()
    signing.say_no(sign_up.request_of(Office.LEADER), why="")
    EndorsementRequest.objects.filter(office=Office.CHIEF_EXECUTIVE).update(
        bounced_at=timezone.now()
    )
    assert requests.chase_due(on=after(14)) == 0

    EndorsementRequest.objects.update(bounced_at=None)
    sign_ups.withdraw(fresh(sign_up), by=officer)
    assert requests.chase_due(on=after(14)) == 0


def test_a_pre_election_period_holds_the_chasers_back_and_then_sends_one(story, council):
    story.asked()
    period = PreElectionPeriod.objects.create(
        name="Elections", starts_on=after(1), ends_on=after(9)
    )
    other = PreElectionPeriod.objects.create(
        name="Elsewhere", starts_on=after(10), ends_on=after(30)
    )
    other.councils.add(make_council())

    assert requests.chase_due(on=after(3)) == requests.chase_due(on=after(8)) == 0
    assert period.councils.count() == 0
    assert requests.chase_due(on=after(10)) == 2
    assert count("endorsement_chaser") == 2
    assert set(EndorsementRequest.objects.values_list("chasers", flat=True)) == {2}


def test_a_chaser_carries_the_same_link_and_none_leaves_after_the_answer(client, story):
    sign_up = story.asked()
    outbox.send_due.func()
    mail.outbox.clear()
    requests.chase_due(on=after(3))
    signing.say_no(sign_up.request_of(Office.CHIEF_EXECUTIVE), why="")
    outbox.send_due.func()

    chasers = [m for m in mail.outbox if m.subject.startswith("Reminder")]
    assert [m.to for m in chasers] == [["lena@leeming.gov.uk"]]
    assert sign_up.request_of(Office.LEADER).token in chasers[0].body


def test_a_link_that_ends_is_told_to_the_applicant_once(story, officer):
    story.asked()
    past = timezone.now() - timedelta(seconds=1)
    EndorsementRequest.objects.update(link_ends_at=past)

    assert requests.expire_links() == 2
    assert requests.expire_links() == 0
    assert count("endorsement_expired") == 2


def test_one_row_that_cannot_be_ended_holds_up_no_other(story, officer):
    other = type(story)(make_council(), officer).asked()
    mine = story.asked()
    past = timezone.now() - timedelta(seconds=1)
    EndorsementRequest.objects.update(link_ends_at=past)
    other.collaborators.all().delete()  # nobody there to tell

    assert requests.expire_links() == 2
    assert {r.status for r in fresh(mine).current_requests()} == {RequestStatus.EXPIRED}
    assert {r.status for r in fresh(other).current_requests()} == {RequestStatus.SENT}


def test_the_sign_off_page_says_of_each_what_they_answered(as_, story, officer):
    sign_up = story.signed(Office.CHIEF_EXECUTIVE)
    signing.say_no(sign_up.request_of(Office.LEADER), why="After the election, please")
    text = as_(officer).get(page("sign_off", sign_up)).content.decode()

    for words in ["Signed on", "Cheng Chief", "Does not want to endorse", "After the election"]:
        assert words in text


def test_who_said_no_is_asked_again_only_from_the_next_page(as_, story, officer):
    sign_up = story.asked()
    signing.say_no(sign_up.request_of(Office.LEADER), why="")
    before = count("endorsement_request")
    as_(officer).post(page("ask_instead", sign_up, "leader"))

    assert fresh(sign_up).request_of(Office.LEADER).status == RequestStatus.NOT_SENT
    assert count("endorsement_request") == before


def test_one_mailbox_for_both_is_allowed(as_, story, officer):
    sign_up = story.started()
    data = {}
    for office, who in ENDORSERS.items():
        data |= {f"{office}-{key}": value for key, value in who.items()}
    data["chief_executive-email"] = data["leader-email"]
    as_(officer).post(page("endorsers", sign_up), data)

    assert len(fresh(sign_up).current_requests()) == 2


def test_a_council_that_decides_alone_asks_nobody(as_, story, officer):
    sign_up = story.asked()
    request = sign_up.request_of(Office.LEADER)
    answers = {"route": Route.DECISION}
    tasks.save_task(sign_up, SignUpTask.ROUTE, by=officer, answers=answers)

    assert not fresh(sign_up).current_requests()
    request.refresh_from_db()
    assert request.status == RequestStatus.CANCELLED
    with pytest.raises(Refused, match="how your council will endorse"):
        requests.ask_endorsers(fresh(sign_up), by=officer)


def test_an_unanswered_wording_is_pinned_by_the_first_asking(story):
    sign_up = story.asked()
    EndorsementWording.objects.create(version=2, text="On behalf of {council}, we agree")
    requests.send_new_link(sign_up.request_of(Office.LEADER), by=story.officer)

    assert fresh(sign_up).wording.version == 1


def test_two_who_name_endorsers_at_once_see_both_versions(as_, story, officer):
    sign_up, browser = story.started(), as_(officer)
    who = {f"leader-{key}": value for key, value in ENDORSERS[Office.LEADER].items()}
    empty = {"chief_executive-name": "", "chief_executive-role": "", "chief_executive-email": ""}
    first = {"version": "0"} | who | empty
    browser.post(page("endorsers", sign_up), first)
    mine = first | {"leader-name": "Somebody Else"}
    clash = browser.post(page("endorsers", sign_up), mine)

    text = clash.content.decode()
    assert clash.status_code == 409
    assert "Not saved yet" in text and "Lena Leader" in text and "Somebody Else" in text
    assert fresh(sign_up).request_of(Office.LEADER).name == "Lena Leader"

    browser.post(page("endorsers", sign_up), mine | {"version": "1"})
    assert fresh(sign_up).request_of(Office.LEADER).name == "Somebody Else"
    # A double click saves once more of the same: no clash, no new version.
    assert browser.post(page("endorsers", sign_up), mine | {"version": "1"}).status_code == 302
    assert sign_up.task_saves.filter(task=SignUpTask.ENDORSERS).count() == 2


def test_the_sign_off_page_says_that_nobody_is_reminded_now(as_, story, officer):
    sign_up, today = story.asked(), timezone.localdate()
    path, browser = page("sign_off", sign_up), as_(officer)
    assert "pre-election period until" not in browser.get(path).content.decode()
    PreElectionPeriod.objects.create(name="Elections", starts_on=today, ends_on=today)

    assert "pre-election period until" in browser.get(path).content.decode()


def test_managers_set_pre_election_periods_whose_dates_make_sense(as_, manager):
    Authenticator.objects.create(user=manager, type="totp", data={"secret": "x"})
    add, browser = reverse("pre_election_periods:add"), as_(manager)
    data = {"name": "May 2027", "starts_on": "2027-05-06", "ends_on": "2027-03-22"}
    assert "check the two dates" in browser.post(add, data).content.decode()
    assert not PreElectionPeriod.objects.exists()

    browser.post(add, data | {"starts_on": "2027-03-22", "ends_on": "2027-05-06"})
    assert PreElectionPeriod.objects.get().name == "May 2027"


def test_who_has_signed_meanwhile_is_not_replaced(as_, story, officer):
    sign_up = story.asked()
    request = sign_up.request_of(Office.LEADER)
    data = {"version": "0"}
    for office, who in ENDORSERS.items():
        data |= {f"{office}-{key}": value for key, value in who.items()}
    shown = sign_up.fingerprint
    signing.endorse(request, name=request.name, role=request.role, shown=shown)
    other = data | {"chief_executive-name": "Clara Chief"}
    as_(officer).post(page("endorsers", sign_up), other)
    assert fresh(sign_up).request_of(Office.CHIEF_EXECUTIVE).name == "Clara Chief"
    assert fresh(sign_up).request_of(Office.LEADER).status == RequestStatus.SIGNED

    answers = {f"{office}_{key}": v for office, w in ENDORSERS.items() for key, v in w.items()}
    with pytest.raises(Refused, match="has already signed"):
        tasks.save_task(
            fresh(sign_up),
            SignUpTask.ENDORSERS,
            by=officer,
            answers=answers | {"leader_email": "else@leeming.gov.uk"},
        )


def test_the_enter_key_in_the_line_keeps_it_and_sends_nothing(as_, story, officer):
    sign_up = story.filled_in()
    approve_wording()
    browser = as_(officer)
    text = browser.get(page("ask", sign_up)).content.decode().partition("<main")[2]
    first = text[text.index('<button class="govuk-button') :].partition(">")[0]
    assert 'name="send"' not in first  # the Enter key presses the first
    browser.post(page("ask", sign_up), {"leader_message": "We met"})

    assert fresh(sign_up).request_of(Office.LEADER).message == "We met"
    assert fresh(sign_up).request_of(Office.CHIEF_EXECUTIVE).message == ""
    assert sign_up.events.filter(what="sign_up.line_kept", by=officer).count() == 1
    assert count("endorsement_request") == 0


@pytest.mark.parametrize("change", ["endorser", "champions", "line"])
def test_the_links_leave_only_as_the_page_showed_them(as_, story, officer, change):
    sign_up = story.filled_in()
    approve_wording()
    browser = as_(officer)
    shown = browser.get(page("ask", sign_up)).context["shown"]
    if change == "endorser":
        who = ENDORSERS[Office.LEADER] | {"email": "other@leeming.gov.uk"}
        requests.save_endorser(sign_up, by=officer, office=Office.LEADER, **who)
    elif change == "champions":
        answers = CHAMPIONS | {"political_name": "Cora Cabinet"}
        tasks.save_task(sign_up, SignUpTask.CHAMPIONS, by=officer, answers=answers)
    else:
        requests.keep_letter(sign_up, by=officer, messages={"leader": "A colleague’s line"})
    data = {"leader_message": "Mine", "send": "yes", "shown": shown}
    text = browser.post(page("ask", sign_up), data).content.decode()

    assert "We have not sent anything" in text and 'value="Mine"' in text
    assert ("A colleague’s line" in text) is (change == "line")
    assert count("endorsement_request") == 0
    again = browser.get(page("ask", sign_up)).context["shown"]
    browser.post(page("ask", sign_up), data | {"shown": again})
    assert count("endorsement_request") == 2


def test_a_mistake_in_the_endorsers_moves_on_to_no_newer_version(as_, story, officer):
    sign_up, browser = story.filled_in(), as_(officer)
    data = {f"{o}-{key}": v for o, who in ENDORSERS.items() for key, v in who.items()}
    browser.post(page("endorsers", sign_up), data | {"version": "0"})
    wrong = data | {"version": "0", "leader-email": "nonsense"}
    text = browser.post(page("endorsers", sign_up), wrong).content.decode()

    assert 'name="version" value="0"' in text
    mine = data | {"version": "0", "leader-name": "Somebody Else"}
    assert browser.post(page("endorsers", sign_up), mine).status_code == 409


def test_who_has_the_endorsers_open_sees_what_a_button_changed(as_, story, officer):
    sign_up, browser = story.asked(), as_(officer)
    data = {f"{o}-{key}": v for o, who in ENDORSERS.items() for key, v in who.items()}
    browser.post(page("cancel_request", sign_up, "leader"))
    assert browser.post(page("endorsers", sign_up), data | {"version": "0"}).status_code == 409
    assert fresh(sign_up).request_of(Office.LEADER) is None

    chief = sign_up.request_of(Office.CHIEF_EXECUTIVE)
    signing.not_the_right_person(chief, name="Rita Right", role="Chief", email="r@leeming.gov.uk")
    browser.post(page("ask_instead", sign_up, "chief_executive"))
    clash = browser.post(page("endorsers", sign_up), data | {"version": "1"})
    assert clash.status_code == 409 and "Rita Right" in clash.content.decode()


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("endorsers", {"leader-name": "Lady Leader", "leader-email": "no address"}),
        ("ask", {"leader_message": "Lady Leader knows", "send": "yes"}),
        ("about_you", {"name": "Lady Leader", "version": "1"}),
        ("publicity", {"quote": "Lady Leader says", "publish_from_day": "x"}),
    ],
)
def test_what_is_typed_after_a_colleague_sent_it_is_shown_to_be_copied(
    as_, story, officer, name, typed
):
    sign_up = story.submitted()
    shown = as_(officer).post(page(name, sign_up), typed)

    assert shown.status_code == 409
    assert "This was not saved" in shown.content.decode()
    assert "Lady Leader" in shown.content.decode()


def test_the_line_stays_when_the_wording_moves(story, officer, manager):
    sign_up = story.asked()
    EndorsementRequest.objects.update(message="We met")
    wording = wordings.write_wording(by=manager, text="On behalf of {council}, we agree.")
    approve_wording(wording)
    wordings.move_to_wording(sign_up, wording, by=manager, why="Clearer")

    assert {r.message for r in fresh(sign_up).current_requests()} == {"We met"}


def test_where_both_signed_under_one_name_saving_endorsers_is_no_error(as_, story, officer):
    sign_up = story.signed()
    sign_up.requests.update(name="Lena Leader")
    data = {"version": "0"}
    for office, who in ENDORSERS.items():
        data |= {f"{office}-{key}": value for key, value in who.items()}

    assert as_(officer).post(page("endorsers", sign_up), data).status_code == 302


@pytest.mark.parametrize("line", ["Dr J.Smith agrees", "We met on Friday.Thanks", "Cllr A.B.Jones"])
def test_a_line_with_a_name_or_a_slip_after_a_full_stop_is_kept(line):
    asked = EndorsementRequest(office=Office.LEADER, name="Lena Leader")
    assert LetterForm({"leader_message": line}, unsent=[asked], doubts={}).is_valid()


@pytest.fixture
def letter(story, officer):
    """The email to the leader, as it was sent."""
    sign_up = story.filled_in()
    story.save(
        sign_up,
        SignUpTask.ABOUT_YOU,
        {"name": "Olive Officer", "job_title": "Adviser", "phone": "01632 960 960"},
    )
    approve_wording()
    day = timezone.localdate() + timedelta(days=10)
    messages = {"leader": "Lena, as we said", "chief_executive": "Cheng, see the paper"}
    requests.keep_letter(fresh(sign_up), by=officer, messages=messages, answer_by=day)
    requests.ask_endorsers(fresh(sign_up), by=officer)
    outbox.send_due.func()
    return next(m for m in mail.outbox if m.to == ["lena@leeming.gov.uk"])


def test_letter_says_who_asks_what_for_by_when_and_how_to_check(letter, officer):
    day = timezone.localdate() + timedelta(days=10)
    assert letter.subject == "Will you endorse Keep it Local for Leeming Borough Council?"
    assert letter.reply_to == [officer.email]
    for words in [
        "Dear Lena Leader,",
        "Olive Officer, Adviser, is applying for Leeming Borough Council",
        "01632 960 960",
        "campaign of the charity Locality",
        "3. Increase local spend to invest in the local economy",
        "/principles/",
        f"by {day:%A} {day.day} {day:%B}",
        "Reference: KIL-",
        "through the council’s switchboard",
        "is on a domain we recognise for Leeming Borough Council",
        "Opening the link does not sign anything",
        "Lena, as we said",
    ]:
        assert words in letter.body, words
    assert "Cheng, see the paper" not in letter.body
    assert letter.alternatives[0][0].count('class="button"') == 1


def test_reply_address_is_in_no_row_of_the_outbox(letter, officer):
    row = OutboxMessage.objects.filter(kind="network.endorsement_request").first()
    assert officer.email not in str(vars(row))


@pytest.mark.parametrize("days", [0, -1, 31])
def test_answer_is_hoped_for_after_today_and_before_the_link_ends(as_, story, officer, days):
    sign_up = story.filled_in()
    approve_wording()
    day = timezone.localdate() + timedelta(days=days)
    typed = {f"answer_by_{part}": getattr(day, part) for part in ("day", "month", "year")}
    page_ = as_(officer).post(page("ask", sign_up), typed | {"send": "yes"})

    assert "must be after today, and" in page_.content.decode()
    assert count("endorsement_request") == 0


def test_answer_is_hoped_for_within_two_weeks_unless_a_later_day_was_chosen(story, officer):
    request = story.asked().request_of(Office.LEADER)
    two_weeks = timezone.localdate() + timedelta(days=14)
    assert request.answer_by == two_weeks

    EndorsementRequest.objects.update(answer_by=timezone.localdate() - timedelta(days=1))
    requests.send_new_link(request, by=officer)
    assert fresh(request.sign_up).request_of(Office.LEADER).answer_by == two_weeks


CLARA = {"name": "Clara Chief", "role": "Chief Executive", "email": "clara@leeming.gov.uk"}
WRONG = {
    "lena@leming.gov.uk": "Did you mean lena@leeming.gov.uk?",
    "lena@lancaster.gov.uk": "We do not recognise lena@lancaster.gov.uk as an address of "
    "Leeming Borough Council",
    "lena.leader@gmail.com": "is a personal address",
    "olive@leeming.gov.uk": "is the address of someone who works on this application",
}


def named(email: str) -> dict[str, str]:
    data = {f"{o}-{key}": v for o, who in ENDORSERS.items() for key, v in who.items()}
    return data | {"version": "0", "leader-email": email}


@pytest.mark.parametrize(("email", "doubt"), WRONG.items())
def test_address_that_looks_wrong_is_asked_about_once(as_, story, officer, email, doubt):
    sign_up, browser = story.started(), as_(officer)
    text = browser.post(page("endorsers", sign_up), named(email)).content.decode()
    assert doubt in text and f"Yes, {email} is correct" in text
    assert fresh(sign_up).request_of(Office.LEADER) is None

    other = named(email) | {"leader-is_right": "another@gmail.com"}
    assert doubt in browser.post(page("endorsers", sign_up), other).content.decode()

    saved = browser.post(page("endorsers", sign_up), named(email) | {"leader-is_right": email})
    assert saved.status_code == 302
    assert fresh(sign_up).request_of(Office.LEADER).email_is_confirmed
    assert sign_up.events.get(what="endorsement_request.address_confirmed").why == email

    again = named(email) | {"version": "1", "leader-name": "Lena A Leader"}
    assert browser.post(page("endorsers", sign_up), again).status_code == 302
    assert fresh(sign_up).request_of(Office.LEADER).address_was_confirmed


def test_address_that_nobody_confirmed_is_asked_about_before_sending(as_, story, officer):
    sign_up, browser = story.filled_in(), as_(officer)
    approve_wording()
    email = "lena@leming.gov.uk"
    who = ENDORSERS[Office.LEADER] | {"email": email}
    requests.save_endorser(sign_up, by=officer, office=Office.LEADER, **who)
    with pytest.raises(Refused, match="Did you mean"):
        requests.ask_endorsers(fresh(sign_up), by=officer)
    text = browser.post(page("ask", sign_up), {"send": "yes"}).content.decode()
    assert "There is a problem" in text and "Did you mean lena@leeming.gov.uk" in text
    assert count("endorsement_request") == 0

    browser.post(page("ask", sign_up), {"send": "yes", "leader_is_right": email})
    assert count("endorsement_request") == 2


def test_address_cannot_be_doubted_if_no_domain_of_the_council_is_known(story, officer):
    sign_up = story.filled_in()
    sign_up.council.domains.all().delete()

    assert not Readiness(fresh(sign_up)).address_doubts


def test_staff_see_which_address_looked_wrong_and_that_it_was_confirmed(
    as_, staff, story, officer, manager
):
    email = "lena.leader@gmail.com"
    sign_up = story.filled_in()
    approve_wording()
    who = ENDORSERS[Office.LEADER] | {"email": email}
    request = requests.save_endorser(sign_up, by=officer, office=Office.LEADER, **who)
    requests.confirm_address(request, by=officer)
    requests.ask_endorsers(fresh(sign_up), by=officer)
    checks = checks_of(Readiness(fresh(sign_up)))

    (doubt,) = [check for check in checks if "personal address" in check]
    assert "The officer confirmed that it is correct" in doubt and not checks[doubt]


@pytest.mark.parametrize("field", ["name", "job_title"])
def test_no_address_gets_into_the_letter_by_the_officers_name(as_, story, officer, field):
    sign_up = story.filled_in()
    typed = {"name": "Olive Officer", "job_title": "Adviser", "version": "1"}
    answer = as_(officer).post(page("about_you", sign_up), typed | {field: "Go to evil.com"})

    assert "Leave out web and email addresses" in answer.content.decode()
    assert "evil.com" not in fresh(sign_up).contact().line


def test_address_is_confirmed_once(story, officer):
    sign_up = story.filled_in()
    who = ENDORSERS[Office.LEADER] | {"email": "lena.leader@gmail.com"}
    request = requests.save_endorser(sign_up, by=officer, office=Office.LEADER, **who)
    for _ in range(2):
        requests.confirm_address(request, by=officer)

    assert sign_up.events.filter(what="endorsement_request.address_confirmed").count() == 1


def test_letter_of_someone_who_was_asked_already_stays_as_it_was_sent(story, officer):
    sign_up = story.asked()
    requests.cancel_request(sign_up.request_of(Office.CHIEF_EXECUTIVE), by=officer)
    requests.save_endorser(sign_up, by=officer, office=Office.CHIEF_EXECUTIVE, **CLARA)
    day = timezone.localdate() + timedelta(days=5)
    messages = dict.fromkeys(Office, "We spoke on Tuesday")
    requests.keep_letter(fresh(sign_up), by=officer, messages=messages, answer_by=day)

    leader, chief = (fresh(sign_up).request_of(office) for office in Office)
    assert (leader.message, chief.message) == ("", "We spoke on Tuesday")
    assert leader.answer_by != day and chief.answer_by == day
