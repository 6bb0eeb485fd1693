"""Choice of a council: a page for each case, and suggestions from the email address."""

from datetime import date, timedelta

import pytest
from django.core import mail
from django.utils import timezone

from conftest import person
from councils.models import Succession
from councils.tests.factories import make_council
from network.actions import memberships, reviews
from network.models import Membership, SignUp
from network.tests.factories import Story, hour_of
from portal.mail import outbox

TODAY = timezone.localdate


def choose(browser, council, **more) -> str:
    return browser.get("/join/council/", {"council": council.slug, **more}).content.decode()


def follows(old, new, on):
    return Succession.objects.create(predecessor=old, successor=new, kind="merged", on=on)


def test_a_council_that_has_ended_names_what_replaced_it(client, db):
    old = make_council(
        name="Old", official_name="Old District Council", ended_on=TODAY() - timedelta(days=1)
    )
    new = make_council(official_name="New Council")
    follows(old, new, old.ended_on)
    text = choose(client, old)

    assert "It was replaced by" in text
    assert f'href="/join/council/?council={new.slug}">New Council</a>' in text
    assert "Old District Council (ended in " in client.get("/join/council/").content.decode()


def test_a_council_that_has_ended_cannot_be_started(as_, officer, db):
    old = make_council(ended_on=TODAY() - timedelta(days=1))
    data = {"council": old.slug, "start": "yes"}

    assert "ended on" in as_(officer).post("/join/council/", data).content.decode()
    assert not SignUp.objects.exists()


@pytest.mark.parametrize("told_by", ["succession", "end"])
def test_a_council_to_be_reorganised_hears_so_first_and_may_go_on(as_, officer, council, told_by):
    later = TODAY() + timedelta(days=300)
    if told_by == "succession":
        follows(council, make_council(official_name="North Council"), later)
    else:
        council.ended_on = later
        council.save()
    browser = as_(officer)
    text = choose(browser, council)

    assert "is being reorganised" in text
    assert (told_by == "end") or "North Council" in text
    assert "Apply for" in choose(browser, council, anyway="yes")
    browser.post("/join/council/", {"council": council.slug, "start": "yes"})
    assert SignUp.objects.get().council == council


def test_going_on_with_a_council_to_be_reorganised_survives_signing_in(client, council):
    follows(council, make_council(), TODAY() + timedelta(days=300))
    page = client.get("/join/council/", {"council": council.slug, "anyway": "yes"})

    assert "anyway%3Dyes" in page.url


def test_what_is_not_listed_leads_to_somebody_who_can_help(client, db):
    assert "My council is not in the list" in client.get("/join/council/").content.decode()
    assert "/contact/" in client.get("/join/not-listed/").content.decode()


def test_a_shared_domain_offers_each_of_its_councils(as_, db):
    both = [make_council(official_name=f"{name} Council") for name in ("Adur", "Worthing")]
    for council in both:
        council.domains.create(domain="adur-worthing.gov.uk", kind="shared")
    browser = as_(person("x@adur-worthing.gov.uk"))
    text = browser.get("/join/council/").content.decode()

    assert "is on a domain of these councils" in text
    for council in both:
        assert f'href="?council={council.slug}"' in text
    assert not SignUp.objects.exists()


@pytest.mark.parametrize("address", ["ann@gmail.com", "ann@evilleeming.gov.uk"])
def test_an_address_of_no_known_domain_goes_on_and_staff_see_it(
    as_, staff, council, manager, address
):
    browser = as_(person(address))
    assert "is on a domain of" not in browser.get("/join/council/").content.decode()
    assert "This email address is not on a domain we recognise" in choose(browser, council)
    browser.post("/join/council/", {"council": council.slug, "start": "yes"})

    sign_up = SignUp.objects.get()
    assert sign_up.email_evidence == "unknown"
    review = f"/admin/sign-ups/{sign_up.reference}/"
    assert "Not met:" in staff(manager).get(review).content.decode()
    staff(manager).post(f"{review}call-back/", {"how": "Rang the main number"})
    assert SignUp.objects.get().email_evidence == "called_back"
    assert sign_up.events.filter(what="sign_up.called_back", by=manager).exists()


def test_the_letter_to_a_council_is_made_by_reading_and_kept_nowhere(
    client, council, django_assert_max_num_queries
):
    page = client.get("/join/ask-my-council/", {"council": "leeming"})
    text = page.content.decode()

    assert "To the Leader of the Council" in text and "Leeming Borough Council" in text
    assert 'href="mailto:?subject=Keep%20it%20Local%20and%20Leeming' in text
    assert not page.cookies
    assert client.post("/join/ask-my-council/", {"council": "leeming"}).status_code == 405


@pytest.mark.parametrize("slug", ["", "nowhere", "\x00", "x" * 5000])
def test_a_letter_to_no_council_is_no_letter(client, council, slug):
    text = client.get("/join/ask-my-council/", {"council": slug}).content.decode()

    assert "There is a problem" in text


@pytest.mark.parametrize("page", ["/join/council/", "/join/ask-my-council/"])
def test_a_name_that_is_none_is_kept_and_near_ones_are_offered(client, council, page):
    text = client.get(page, {"council": "", "q": "Leem"}).content.decode()

    assert "We cannot find a council called “Leem”. Check the spelling or choose" in text
    assert 'data-typed="Leem"' in text
    assert '<a href="?council=leeming">Leeming Borough Council</a>' in text
    assert "called “zz&lt;z”</h2>" in client.get(page, {"q": "zz<z"}).content.decode()


@pytest.mark.parametrize("typed", ["Leming", "leemnig", "Leming Boro Counsil"])
def test_a_misspelled_name_is_known_also_while_search_does_not_answer(client, council, typed):
    make_council(name="Wath", official_name="Wath Town Council")
    text = client.get("/join/council/", {"q": typed}).content.decode()
    near = text.partition("Did you mean")[2].partition("</section>")[0]

    assert "Leeming Borough Council" in near
    assert near.count("<a ") == 1


@pytest.mark.parametrize("typed", ["Leeming", "leeming Boro district council", "LBC"])
def test_a_typed_name_that_is_exact_counts_as_chosen(client, council, typed):
    council.aliases.create(name="LBC")
    ask = client.get("/join/ask-my-council/", {"council": "", "q": typed}).content.decode()

    assert "To the Leader of the Council" in ask
    page = client.get("/join/council/", {"council": "", "q": typed})
    assert page.status_code == 302 and "council%3Dleeming" in page["Location"]


def test_a_council_that_was_replaced_twice_leads_to_its_present_successor(client, council):
    first = make_council(name="Old Vale", ended_on=date(2019, 3, 31))
    second = make_council(name="Vale and Hill", ended_on=date(2023, 3, 31))
    Succession.objects.create(predecessor=first, successor=second, kind="merged")
    Succession.objects.create(predecessor=second, successor=council, kind="merged")
    text = client.get("/join/council/", {"council": first.slug}).content.decode()

    assert "?council=leeming" in text and f"?council={second.slug}" not in text
    near = client.get("/join/council/", {"council": "", "q": "Old Vale"}).content.decode()
    assert '<a href="?council=leeming">' in near


def test_what_was_typed_beside_a_choice_changes_nothing(client, council):
    page = client.get("/join/council/", {"council": "leeming", "q": "Strowd"})

    assert page.status_code == 302


def test_members_and_ended_councils_get_no_letter(client, council):
    ended = make_council(ended_on=TODAY() - timedelta(days=1))
    memberships.record_existing_membership(
        council, by="test", joined_on=None, joined_precision="not_known"
    )
    for slug, says in [("leeming", "is already a member"), (ended.slug, "ended on")]:
        text = client.get("/join/ask-my-council/", {"council": slug}).content.decode()
        assert says in text and "mailto:" not in text


def test_a_letter_to_an_ended_council_leads_to_its_successor(client, council):
    old = make_council(name="Old Vale", ended_on=date(2019, 3, 31))
    Succession.objects.create(predecessor=old, successor=council, kind="merged")
    text = client.get("/join/ask-my-council/", {"council": old.slug}).content.decode()

    assert 'href="/join/ask-my-council/?council=leeming">Leeming Borough Council</a>' in text


def test_how_long_a_decision_takes_is_said_once_there_are_enough(client, officer, manager, db):
    def decide(days: int) -> None:
        sign_up = Story(make_council(), officer).in_review(manager)
        reviews.decline(sign_up, by=manager, reason="A test")
        decided = SignUp.objects.get(pk=sign_up.pk).decided_at
        sent = decided - timedelta(days=days)
        SignUp.objects.filter(pk=sign_up.pk).update(submitted_at=sent)

    for days in (1, 2, 30, 9):
        decide(days)
    assert "too few decisions" in client.get("/join/").content.decode()
    decide(4)
    assert "recent applications within 4 days" in client.get("/join/").content.decode()


def test_a_day_begun_is_a_day_in_how_long_a_decision_takes(officer, manager, db):
    for hours in (1, 30, 49, 90, 90, 90):
        sign_up = Story(make_council(), officer).in_review(manager)
        reviews.decline(sign_up, by=manager, reason="A test")
        sent = SignUp.objects.get(pk=sign_up.pk).decided_at - timedelta(hours=hours)
        SignUp.objects.filter(pk=sign_up.pk).update(submitted_at=sent)

    assert SignUp.objects.usual_days_to_decide() == 3  # half of them within 69.5 hours


def test_the_start_page_has_three_doors_and_no_dead_one(client, db):
    text = client.get("/join/").content.decode().split("<main")[1].split("</main")[0]

    for door in ("/join/council/", "/join/ask-my-council/", "/supporters/"):
        assert f'href="{door}"' in text
        assert client.get(door).status_code == 200


def test_an_acceptance_that_is_not_announced_yet_counts_in_no_public_number(
    client, officer, manager, db
):
    later = TODAY() + timedelta(days=9)
    for _ in range(5):
        sign_up = Story(make_council(), officer).in_review(manager)
        SignUp.objects.filter(pk=sign_up.pk).update(email_evidence="called_back")
        sign_up = SignUp.objects.get(pk=sign_up.pk)
        reviews.accept(sign_up, by=manager, announce_at=hour_of(later))
    assert SignUp.objects.usual_days_to_decide() is None

    for membership in Membership.objects.all():
        memberships.announce(membership, by="test")
    assert SignUp.objects.usual_days_to_decide() == 1


def test_who_does_not_work_for_a_member_is_shown_another_door(client, council):
    memberships.record_existing_membership(
        council, by="test", joined_on=None, joined_precision="not_known"
    )

    assert 'href="/join/#individual"' in choose(client, council)


def test_who_reads_what_is_typed_is_said_before_anything_is(client, db):
    assert 'href="/privacy/">How we use your personal data' in client.get("/join/").content.decode()


def test_the_list_tells_councils_of_one_name_apart(client, db):
    county = make_council(name="Westshire", official_name="Westshire County Council", kind="county")
    make_council(official_name="Hill District Council", upper_tier=county)
    make_council(official_name="Hill Borough Council", upper_tier=county)
    make_council(official_name="Hill Council", kind="unitary", started_on=date(2023, 4, 1))
    make_council(official_name="Vale Council", kind="unitary", started_on=date(1998, 4, 1))
    text = client.get("/join/council/").content.decode()

    assert ">Hill District Council (Westshire)</option>" in text
    assert ">Hill Borough Council (district, Westshire)</option>" in text
    assert ">Westshire County Council</option>" in text
    assert ">Hill Council (unitary, from 1 April 2023)</option>" in text
    assert ">Vale Council (unitary)</option>" in text


def test_the_list_asks_the_same_of_the_database_for_one_and_ten(
    client, db, django_assert_num_queries, django_assert_max_num_queries
):
    county = make_council(kind="county")
    make_council(upper_tier=county)
    client.get("/join/council/")
    with django_assert_max_num_queries(15) as few:
        client.get("/join/council/")
    for _ in range(9):
        make_council(upper_tier=county)
    with django_assert_num_queries(len(few)):
        client.get("/join/council/")


def test_a_formal_decision_is_said_to_be_enough_before_anybody_starts(client, story):
    text = client.get("/join/").content.decode()
    assert "by a formal decision" in text and "Either is enough" in text

    story.started()
    outbox.send_due.func()
    assert "leader and chief executive have endorsed" not in mail.outbox[0].body
