"""An officer's application, view by view."""

import pytest
from django.urls import reverse
from django.utils import timezone

from councils.tests.factories import make_council
from network.actions import memberships, reviews, sign_ups
from network.choices import Office, SignUpStatus, SignUpTask
from network.models import Endorsement, EndorsementRequest, Event, SignUp
from network.tests.factories import CHAMPIONS, Story, approve_wording, fresh, hour_of
from portal.models import OutboxMessage

TASKS = ["sign_up", "sign_up_about_you", "sign_up_champions", "sign_up_endorsers"]
TASKS += ["sign_up_ask", "sign_up_check", "sign_up_sent", "sign_up_withdraw"]


def address(name: str, sign_up: SignUp) -> str:
    return reverse(f"network:{name}", args=[sign_up.reference])


def test_the_start_page_says_who_signs_and_sets_no_cookie(client, db):
    page = client.get("/join/")

    assert "no fee" in page.content.decode()
    assert not page.cookies


def test_choosing_shows_the_council_by_its_aliases_too(client, council):
    council.aliases.create(name="LBC")

    text = client.get("/join/council/").content.decode()
    assert 'data-names="Leeming|Leeming Borough Council|LBC"' in text


def test_a_choice_sends_an_anonymous_officer_to_confirm_an_address(client, council):
    page = client.get("/join/council/", {"council": "leeming"})

    assert page.status_code == 302
    assert page.url.startswith("/accounts/login/code/?next=%2Fjoin%2Fcouncil%2F%3Fcouncil%3D")


@pytest.mark.parametrize("slug", ["", "nowhere", "x" * 5000, "\x00", "'; DROP"])
def test_nonsense_for_a_council_gets_a_message(client, council, slug):
    page = client.get("/join/council/", {"council": slug})

    assert page.status_code == 200
    assert "There is a problem" in page.content.decode()


def test_reading_the_start_page_starts_nothing(as_, officer, council):
    page = as_(officer).get("/join/council/", {"council": "leeming"})

    assert "Apply for Leeming Borough Council" in page.content.decode()
    assert not SignUp.objects.exists()


def test_starting_makes_a_sign_up_led_by_the_officer(as_, officer, council):
    data = {"council": "leeming", "start": "yes"}
    page = as_(officer).post("/join/council/", data)

    sign_up = SignUp.objects.get()
    assert page.url == f"/join/{sign_up.reference}/"
    assert sign_up.lead() == officer
    assert sign_up.email_is_councils
    assert sign_up.reference == f"KIL-{timezone.localdate().year}-0001"
    assert Event.objects.get().what == "sign_up.started"
    assert OutboxMessage.objects.get().kind == "network.sign_up_started"


def test_starting_without_an_account_starts_nothing(client, council):
    page = client.post("/join/council/", {"council": "leeming", "start": "yes"})

    assert page.url.startswith("/accounts/login/code/")
    assert not SignUp.objects.exists()


def test_a_second_officer_meets_a_page_that_names_nobody(as_, story, stranger, officer):
    story.started()
    data = {"council": "leeming", "start": "yes"}
    text = as_(stranger).post("/join/council/", data).content.decode()

    assert "has already been started" in text
    assert officer.email not in text and "Olive" not in text
    assert SignUp.objects.count() == 1


def test_the_officer_who_comes_back_is_led_to_their_sign_up(as_, story, officer):
    sign_up = story.started()
    page = as_(officer).get("/join/council/", {"council": "leeming"})

    assert page.url == sign_up.get_absolute_url()


def test_a_member_council_meets_a_page_that_says_so(client, council):
    memberships.record_existing_membership(
        council, by="test", joined_on=None, joined_precision="not_known"
    )
    page = client.get("/join/council/", {"council": "leeming"})

    assert "is already a member" in page.content.decode()


def test_an_accepted_council_that_is_not_announced_is_not_given_away(as_, story, manager, stranger):
    sign_up = story.in_review(manager)
    later = timezone.localdate() + timezone.timedelta(days=9)
    reviews.accept(sign_up, by=manager, announce_at=hour_of(later))
    data = {"council": "leeming", "start": "yes"}
    looked = as_(stranger).get("/join/council/", {"council": "leeming"}, follow=True)
    started = as_(stranger).post("/join/council/", data, follow=True)

    for page in (looked, started):
        assert "has already been started" in page.content.decode()
        assert "is a member" not in page.content.decode()
    assert SignUp.objects.count() == 1


def test_another_public_body_that_is_no_member_cannot_be_chosen(client, db):
    make_council(slug="body", kind="other_body")
    page = client.get("/join/council/", {"council": "body"})

    assert "Select a council from the list" in page.content.decode()


@pytest.mark.parametrize("name", TASKS)
def test_a_stranger_finds_no_page_of_a_sign_up(as_, story, stranger, name):
    sign_up = story.started()

    assert as_(stranger).get(address(name, sign_up)).status_code == 404
    assert as_(stranger).post(address(name, sign_up)).status_code in {404, 405}


@pytest.mark.parametrize("name", TASKS)
def test_without_an_account_every_page_asks_to_sign_in(client, story, name):
    page = client.get(address(name, story.started()))

    assert page.status_code == 302
    assert page.url.startswith("/accounts/login/")


@pytest.mark.parametrize("name", ["sign_up", "sign_up_about_you", "sign_up_champions"])
def test_pages_of_a_sign_up_are_kept_by_no_cache(as_, story, officer, name):
    page = as_(officer).get(address(name, story.started()))

    assert "no-store" in page["Cache-Control"]


@pytest.mark.parametrize("name", ["about_you", "champions", "endorsers"])
def test_a_task_saves_with_every_field_empty(as_, story, officer, name):
    sign_up = story.started()
    page = as_(officer).post(address(f"sign_up_{name}", sign_up), {})

    assert page.status_code == 302


def test_what_was_saved_stands_in_the_form_when_one_comes_back(as_, story, officer):
    sign_up = story.started()
    browser = as_(officer)
    browser.post(address("sign_up_about_you", sign_up), {"name": "Olive", "job_title": "Adviser"})
    browser.post(address("sign_up_champions", sign_up), {"political_name": "Pat"})

    assert 'value="Adviser"' in browser.get(address("sign_up_about_you", sign_up)).content.decode()
    assert 'value="Pat"' in browser.get(address("sign_up_champions", sign_up)).content.decode()


def test_half_an_endorser_gets_a_message_and_keeps_what_was_typed(as_, story, officer):
    sign_up = story.started()
    data = {"leader-name": "Lena", "leader-email": "not an address"}
    text = as_(officer).post(address("sign_up_endorsers", sign_up), data).content.decode()

    assert "There is a problem" in text
    assert "Enter the leader’s role" in text
    assert 'value="not an address"' in text
    assert not EndorsementRequest.objects.exists()


def test_naming_the_endorsers_asks_nobody(as_, story, officer):
    story.filled_in()

    assert not OutboxMessage.objects.filter(kind="network.endorsement_request").exists()


def test_asking_sends_each_office_one_link(as_, story, officer):
    approve_wording()
    sign_up = story.filled_in()
    as_(officer).post(address("sign_up_ask", sign_up), {"send": "yes"})

    mails = OutboxMessage.objects.filter(kind="network.endorsement_request")
    assert sorted(m.to for m in mails) == ["cheng@leeming.gov.uk", "lena@leeming.gov.uk"]
    assert fresh(sign_up).status == SignUpStatus.AWAITING_ENDORSEMENT


def test_asking_twice_sends_one_mail_each(as_, story, officer):
    sign_up = story.asked()
    as_(officer).post(address("sign_up_ask", sign_up), {"send": "yes"})

    assert OutboxMessage.objects.filter(kind="network.endorsement_request").count() == 2


def test_nobody_is_asked_to_sign_a_wording_that_is_not_approved(as_, story, officer):
    sign_up = story.filled_in()
    page = as_(officer).post(address("sign_up_ask", sign_up), {"send": "yes"}, follow=True)

    assert "has not approved its wording" in page.content.decode()
    assert fresh(sign_up).status == SignUpStatus.DRAFT
    assert not OutboxMessage.objects.filter(kind="network.endorsement_request").exists()


def test_the_task_list_says_whom_we_wait_for(as_, story, officer):
    sign_up = story.signed(Office.LEADER)
    text = as_(officer).get(sign_up.get_absolute_url()).content.decode()

    assert "Waiting for the chief executive" in text
    assert "Waiting for the leader" not in text


def test_changing_an_address_kills_the_old_link_and_asking_sends_a_new_one(as_, story, officer):
    sign_up = story.asked()
    old = sign_up.request_of(Office.LEADER)
    data = {"leader-name": "Lena Leader", "leader-role": "Leader"}
    data |= {"leader-email": "new@leeming.gov.uk"}
    data |= {"chief_executive-name": "Cheng Chief", "chief_executive-role": "Chief Executive"}
    data |= {"chief_executive-email": "cheng@leeming.gov.uk"}
    browser = as_(officer)
    browser.post(address("sign_up_endorsers", sign_up), data)
    assert not OutboxMessage.objects.filter(to="new@leeming.gov.uk").exists()
    browser.post(address("sign_up_ask", sign_up), {"send": "yes"})

    dead = as_().get(reverse("network:endorse", args=[old.token]))
    assert dead.status_code == 410
    assert OutboxMessage.objects.filter(to="new@leeming.gov.uk").count() == 1
    assert OutboxMessage.objects.filter(to="cheng@leeming.gov.uk").count() == 1


def test_sending_again_kills_the_old_link(as_, story, officer):
    sign_up = story.asked()
    old = sign_up.request_of(Office.LEADER).token
    as_(officer).post(reverse("network:sign_up_send_again", args=[sign_up.reference, "leader"]))

    assert as_().get(reverse("network:endorse", args=[old])).status_code == 410
    fresh_token = fresh(sign_up).request_of(Office.LEADER).token
    assert as_().get(reverse("network:endorse", args=[fresh_token])).status_code == 200


def test_it_cannot_be_sent_before_both_have_signed(as_, story, officer):
    sign_up = story.signed(Office.LEADER)
    page = as_(officer).post(
        address("sign_up_check", sign_up), {"declaration": "on", "without": "on"}
    )

    assert "both signatures" in page.content.decode()
    assert fresh(sign_up).submitted_at is None


def test_it_is_not_sent_without_the_declaration(as_, story, officer):
    sign_up = story.signed()
    page = as_(officer).post(address("sign_up_check", sign_up), {})

    assert "Confirm that you can send this" in page.content.decode()
    assert fresh(sign_up).status == SignUpStatus.AWAITING_ENDORSEMENT


def test_sending_twice_is_one_submission(as_, story, officer, manager):
    sign_up = story.signed()
    for _ in range(2):
        page = as_(officer).post(
            address("sign_up_check", sign_up), {"declaration": "on", "without": "on"}
        )
        assert page.url == address("sign_up_sent", sign_up)

    assert fresh(sign_up).status == SignUpStatus.SUBMITTED
    assert Event.objects.filter(what="sign_up.submitted").count() == 1
    assert OutboxMessage.objects.filter(kind="network.sign_up_submitted").count() == 1
    assert not OutboxMessage.objects.filter(to=manager.email).exists()  # it is in the digest


@pytest.mark.parametrize("name", ["about_you", "champions", "endorsers", "ask", "logo"])
def test_what_was_sent_can_no_longer_be_changed(as_, story, officer, name):
    sign_up = story.submitted()

    before = Event.objects.count()
    page = as_(officer).get(address(f"sign_up_{name}", sign_up), follow=True)
    assert page.redirect_chain == [(sign_up.get_absolute_url(), 302)]
    assert "because this application has been sent." in page.content.decode()
    assert as_(officer).post(address(f"sign_up_{name}", sign_up), {}).status_code in {403, 409}
    assert Event.objects.count() == before


def test_nobody_is_asked_before_the_officer_says_who_they_are(as_, story, officer):
    approve_wording()
    sign_up = story.filled_in()
    SignUp.objects.filter(pk=sign_up.pk).update(applicant_name="")
    page = as_(officer).post(address("sign_up_ask", sign_up), {"send": "yes"}, follow=True)

    assert "your name and job title" in page.content.decode()
    assert not OutboxMessage.objects.filter(kind="network.endorsement_request").exists()


def test_clearing_an_endorser_removes_them_and_kills_their_link(as_, story, officer):
    sign_up = story.asked()
    old = sign_up.request_of(Office.LEADER)
    data = {"chief_executive-name": "Cheng Chief", "chief_executive-role": "Chief Executive"}
    data |= {"chief_executive-email": "cheng@leeming.gov.uk"}
    as_(officer).post(address("sign_up_endorsers", sign_up), data)

    assert fresh(sign_up).request_of(Office.LEADER) is None
    assert as_().get(reverse("network:endorse", args=[old.token])).status_code == 410


def test_one_person_cannot_be_named_for_both_offices(as_, story, officer):
    sign_up = story.started()
    who = {"name": "Sam Same", "role": "Both", "email": "sam@leeming.gov.uk"}
    data = {f"{office}-{key}": value for office in Office.values for key, value in who.items()}
    page = as_(officer).post(address("sign_up_endorsers", sign_up), data)

    assert "2 different people must sign" in page.content.decode()


def test_links_in_a_day_are_limited(as_, story, officer):
    sign_up = story.asked()
    browser = as_(officer)
    again = reverse("network:sign_up_send_again", args=[sign_up.reference, "leader"])
    for _ in range(25):
        browser.post(again)

    assert fresh(sign_up).request_of(Office.LEADER).generation <= 21


def test_an_address_that_no_column_holds_gets_a_message(as_, story, officer):
    sign_up = story.started()
    long = f"{'a' * 60}@{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 60}.example"
    data = {"leader-name": "L", "leader-role": "L", "leader-email": long}
    page = as_(officer).post(address("sign_up_endorsers", sign_up), data)

    assert "There is a problem" in page.content.decode()


def test_other_champions_after_a_signature_keep_what_was_signed(as_, story, officer):
    sign_up = story.signed(Office.LEADER)
    page = as_(officer).post(
        address("sign_up_champions", sign_up),
        CHAMPIONS | {"political_name": "Ann Other", "version": 1},
        follow=True,
    )

    assert "is saved" in page.content.decode()
    assert fresh(sign_up).champion_of("political").name == "Ann Other"
    assert sign_up.champions.exclude(until=None).get().name == "Champion Lead councillor"
    assert "Ann Other" not in str(Endorsement.objects.get().snapshot)
    # Who signed is told once, on sending: the officer may correct it before.
    assert not OutboxMessage.objects.filter(kind="network.champions_changed").exists()


def test_consent_to_be_published_may_change_after_a_signature_without_a_mail(story, officer):
    sign_up = story.signed()
    story.save(sign_up, SignUpTask.CHAMPIONS, CHAMPIONS | {"political_may_be_published": False})

    assert not fresh(sign_up).champion_of("political").may_be_published
    assert not OutboxMessage.objects.filter(kind="network.champions_changed").exists()


def test_who_was_asked_reads_names_so_champions_cannot_be_emptied(as_, story, officer):
    sign_up = story.asked()
    data = CHAMPIONS | {"political_name": "", "version": 1}
    page = as_(officer).post(address("sign_up_champions", sign_up), data)

    assert "enter a name and a role" in page.content.decode()
    assert fresh(sign_up).champion_of("political").name == "Champion Lead councillor"


@pytest.mark.parametrize("name", ["check", "withdraw", "ask", "endorsers", "champions"])
def test_an_old_tab_of_a_withdrawn_sign_up_gets_no_error(as_, story, officer, name):
    sign_up = story.signed()
    sign_ups.withdraw(sign_up, by=officer)
    page = as_(officer).post(
        address(f"sign_up_{name}", sign_up), {"declaration": "on", "without": "on"}
    )

    assert page.status_code in {302, 403, 409}


def test_withdrawing_kills_the_links_and_lets_the_council_start_again(as_, story, officer):
    sign_up = story.asked()
    token = sign_up.request_of(Office.LEADER).token
    as_(officer).post(address("sign_up_withdraw", sign_up))

    assert fresh(sign_up).status == SignUpStatus.WITHDRAWN
    assert as_().get(reverse("network:endorse", args=[token])).status_code == 410
    assert sign_ups.start_sign_up(story.council, by=officer).reference.endswith("0002")


def test_withdrawing_after_signing_keeps_the_signature_as_history(story, officer):
    sign_up = story.signed()
    sign_ups.withdraw(sign_up, by=officer)

    assert Endorsement.objects.count() == 2


def test_my_page_lists_my_sign_ups_and_nobody_elses(as_, story, officer, stranger):
    reference = story.started().reference

    assert reference in as_(officer).get("/my/").content.decode()
    assert reference not in as_(stranger).get("/my/").content.decode()


def test_my_page_asks_the_same_of_the_database_for_one_and_ten(
    as_, officer, django_assert_num_queries, django_assert_max_num_queries
):
    browser = as_(officer)
    Story(make_council(), officer).submitted()
    browser.get("/my/")
    with django_assert_max_num_queries(15) as one:
        browser.get("/my/")
    for_one = len(one)
    for _ in range(9):
        Story(make_council(), officer).submitted()
    browser.get("/my/")  # the footer's row, which is read once in ten seconds
    with django_assert_num_queries(for_one):
        browser.get("/my/")


@pytest.mark.parametrize("typed", ["\x00", "𝕏" * 100, "<script>", "a" * 119, "‮", "'\"--"])
def test_nonsense_in_every_field_is_kept_or_gets_a_message(as_, story, officer, typed):
    sign_up = story.started()
    browser = as_(officer)
    pages = {
        "sign_up_about_you": ["name", "job_title", "phone"],
        "sign_up_champions": ["political_name", "political_role", "officer_name"],
        "sign_up_endorsers": ["leader-name", "leader-role", "leader-email"],
    }
    for name, fields in pages.items():
        page = browser.post(address(name, sign_up), dict.fromkeys(fields, typed))
        assert page.status_code in {200, 302}
        assert "<script>alert" not in page.content.decode()
    assert browser.get(sign_up.get_absolute_url()).status_code == 200


def test_nobody_keeps_more_than_three_councils_to_themselves(as_, officer):
    browser = as_(officer)
    for _ in range(5):
        slug = make_council().slug
        page = browser.post("/join/council/", {"council": slug, "start": "yes"}, follow=True)

    assert SignUp.objects.count() == 3
    assert "Send or withdraw one of them first" in page.content.decode()
