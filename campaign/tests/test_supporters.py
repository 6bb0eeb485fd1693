"""The mailing list: everyone on it confirmed it, and can leave and be erased."""

import re
import secrets
from datetime import timedelta

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client
from django.utils import timezone

from campaign.choices import SUPPORTER_TRANSITIONS, SupporterStatus, Topic
from campaign.supporters.actions import asks, supporters
from campaign.supporters.blocks import SupportersSignUpBlock
from campaign.supporters.models import CONFIRM_WITHIN, KEEP_FOR, CouncilAsk, Supporter
from campaign.tests.factories import SupporterFactory
from network.models import Refused
from network.models.moves import InvalidMove
from portal.mail import outbox
from portal.models import Mailing, OutboxMessage, PageChange
from portal.security.token_guessing import LIMIT

pytestmark = pytest.mark.django_db
SUE = "sue@home.example"


def sent() -> list[str]:
    """Send what waits, and return the text of each email since the last call."""
    outbox.send_due.func()
    texts = [message.body for message in mail.outbox]
    mail.outbox.clear()
    return texts


def link_in(text: str) -> str:
    return re.search(rf"{settings.SITE_URL}(/supporters/link/\S+)", text)[1]


@pytest.fixture
def sue() -> Supporter:
    return SupporterFactory(email=SUE, name="Sue", topics=[Topic.BUYING])


def test_sign_up_is_confirmed_by_a_post_and_not_by_opening_the_link(client, council):
    given = {"email": "Sue@Home.example", "name": "Sue", "topics": ["buying", "health"]}
    answer = client.post("/supporters/", given | {"council": council.slug})
    assert answer.status_code == 302
    assert answer["Location"] == "/supporters/sent/"
    assert not answer.cookies
    (text,) = sent()
    address = link_in(text)

    for _ in range(2):
        page = client.get(address)
        assert page.status_code == 200
        assert "Opening this page has not changed anything" in page.content.decode()
        assert page["Cache-Control"] == "no-store, private"
        assert page["Referrer-Policy"] == "no-referrer"
    supporter = Supporter.objects.get()
    assert supporter.status == SupporterStatus.ASKED
    assert not Supporter.objects.reached()

    assert client.post(address).status_code == 302
    supporter = Supporter.objects.reached().get()
    assert (supporter.email, supporter.name, supporter.council) == (SUE, "Sue", council)
    assert supporter.topic_values == ["buying", "health"]
    assert supporter.confirmed_at
    assert "You are on the list" in client.get(address).content.decode()
    assert client.post(address).status_code == 302  # twice is once


def test_a_known_and_an_unknown_address_get_the_same_answer(client, sue):
    answers = [
        client.post("/supporters/", {"email": email, "name": "X"})
        for email in (SUE, "new@x.example")
    ]
    assert len({(a.status_code, a["Location"], a.content) for a in answers}) == 1
    known, new = sent()
    assert "You are already on our list" in known
    assert "Yes, send me news" in new
    sue.refresh_from_db()
    assert sue.name == "Sue", "nobody changes another's entry by entering an address"


@pytest.mark.parametrize("status", [SupporterStatus.LEFT, SupporterStatus.BOUNCED])
def test_who_left_can_come_back_by_confirming_again(client, sue, status):
    sue.move_to(status)
    client.post("/supporters/", {"email": SUE, "topics": ["health"]})
    assert not Supporter.objects.reached()
    client.post(link_in(sent()[0]))
    sue.refresh_from_db()
    assert (sue.status, sue.topic_values) == (SupporterStatus.CONFIRMED, ["health"])


def test_who_complained_gets_no_email_and_the_page_does_not_say_so(client, sue):
    sue.move_to(SupporterStatus.COMPLAINED)
    assert client.post("/supporters/", {"email": SUE})["Location"] == "/supporters/sent/"
    assert sent() == []


def test_a_newer_link_ends_the_older_one_and_each_ends_after_a_week(client):
    client.post("/supporters/", {"email": SUE})
    old = link_in(sent()[0])
    client.post("/supporters/", {"email": SUE})
    new = link_in(sent()[0])
    assert client.get(old).status_code == 410
    client.post(old)
    assert not Supporter.objects.reached()
    Supporter.objects.update(status_at=timezone.now() - CONFIRM_WITHIN)
    assert client.get(new).status_code == 410
    client.post(new)
    assert not Supporter.objects.reached()
    with pytest.raises(Refused):
        supporters.confirm(Supporter.objects.get(), token=new.split("/")[-2])


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({}, "Enter your email address"),
        ({"email": "sue"}, "Enter an email address in the correct format, like name@example.org"),
        ({"email": SUE, "council": "nowhere"}, "Select a council from the list"),
        ({"email": SUE, "topics": ["gossip"]}, "Select a valid choice"),
    ],
)
def test_a_mistake_keeps_what_was_typed_and_says_what_to_do(client, given, error):
    page = client.post("/supporters/", given | {"name": "Sue Typed"})
    assert page.status_code == 200
    assert error in page.content.decode()
    assert 'value="Sue Typed"' in page.content.decode()
    assert not Supporter.objects.exists()


def test_one_address_gets_three_emails_a_day_and_one_visitor_twenty_posts_an_hour(client):
    places = {client.post("/supporters/", {"email": SUE})["Location"] for _ in range(5)}
    assert places == {"/supporters/sent/"}
    assert OutboxMessage.objects.count() == 3
    for number in range(15):
        client.post("/supporters/", {"email": f"{number}@home.example"})
    page = client.post("/supporters/", {"email": "last@home.example"})
    assert page.status_code == 429
    assert not Supporter.objects.filter(email="last@home.example").exists()


@pytest.mark.parametrize("path", ["/supporters/", "/supporters/asked/"])
def test_another_sites_form_is_refused(client, path):
    refused = client.post(path, {"email": SUE}, headers={"Sec-Fetch-Site": "cross-site"})
    assert refused.status_code == 403
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(path, {"email": "x"}).status_code == 200


def test_signing_up_makes_no_kept_page_stale(client):
    before = PageChange.objects.count()
    client.post("/supporters/", {"email": SUE, "topics": ["health"]})
    client.post(link_in(sent()[0]))
    assert PageChange.objects.count() == before


# ---- Preferences -----------------------------------------------------------------------
def preferences(supporter: Supporter, end: str = "") -> str:
    return f"/supporters/link/preferences/{supporter.preferences_token}/{end}"


def test_preferences_are_changed_by_link(client, sue, council):
    assert 'value="Sue"' in client.get(preferences(sue)).content.decode()
    given = {"name": "Susan", "topics": ["awards"], "council": council.slug}
    answer = client.post(preferences(sue), given)
    assert "Saved." in client.get(answer["Location"]).content.decode()
    sue = Supporter.objects.get()
    assert (sue.name, sue.topic_values, sue.council) == ("Susan", ["awards"], council)
    client.post(preferences(sue), {"topics": Topic.values})
    sue = Supporter.objects.get()
    assert (sue.name, sue.topic_values, sue.council) == ("", [], None)
    assert sue.topic_labels == Topic.labels


def test_preferences_refuse_what_is_not_on_offer(client, sue):
    page = client.post(preferences(sue), {"topics": ["gossip"]})
    assert "There is a problem" in page.content.decode()
    assert Supporter.objects.get().topic_values == ["buying"]


def test_leaving_erasing_and_the_copy_by_link(client, sue):
    held = client.get(preferences(sue, "file/"))
    assert held.json()["email"] == SUE
    assert held.json()["topics"] == ["Buying and commissioning"]
    assert held["Content-Disposition"].startswith("attachment")
    assert client.get(preferences(sue, "leave/")).status_code == 405
    client.post(preferences(sue, "leave/"))
    assert Supporter.objects.get().status == SupporterStatus.LEFT
    assert "We send you no news" in client.get(preferences(sue)).content.decode()
    with pytest.raises(Refused):
        supporters.change_preferences(sue, name="", topics=[], council=None)

    assert "Delete my details" in client.get(preferences(sue, "erase/")).content.decode()
    assert Supporter.objects.exists()
    assert client.post(preferences(sue, "erase/"))["Location"] == "/supporters/erased/"
    assert not Supporter.objects.exists()
    assert client.get(preferences(sue)).status_code == 404
    with pytest.raises(Refused):
        supporters.change_preferences(sue, name="", topics=[], council=None)
    with pytest.raises(Refused):
        supporters.confirm(sue, token="x")


def test_erasing_leaves_no_trace_of_the_address(client, sue):
    client.post("/supporters/", {"email": SUE})
    assert sent()
    supporters.erase(sue)
    assert not OutboxMessage.objects.filter(to=SUE).exists()
    assert str(sue) == f"Supporter {sue.pk or 'None'}"


def test_a_link_to_the_preferences_works_for_two_months(sue, monkeypatch):
    token = sue.preferences_token
    today = timezone.localdate()
    for days, opens in ((0, True), (58, True), (93, False)):
        then = today + timedelta(days=days)
        monkeypatch.setattr(timezone, "localdate", lambda then=then: then)
        assert sue.opens_preferences_with(token) is opens, days


def test_a_link_of_one_purpose_or_person_opens_nothing_else(client, sue):
    other = SupporterFactory(email="other@home.example")
    tokens = {
        "confirm": sue.confirm_token,
        "preferences": sue.preferences_token,
        "unsubscribe": sue.unsubscribe_token,
    }
    for place in tokens:
        for purpose, token in tokens.items():
            status = client.get(f"/supporters/link/{place}/{token}/").status_code
            assert (status == 404) is (place != purpose), (place, purpose)
        stolen = f"{other.pk}-{tokens[place].partition('-')[2]}"
        assert client.get(f"/supporters/link/{place}/{stolen}/").status_code == 404


def test_whoever_guesses_links_has_to_wait(client, sue):
    for _ in range(LIMIT["times"]):
        guess = f"/supporters/link/preferences/{sue.pk}-{secrets.token_urlsafe(32)}/"
        assert client.get(guess).status_code == 404
    assert client.get(guess).status_code == 429
    assert client.get(preferences(sue)).status_code == 429
    assert client.get("/supporters/").status_code == 200


# ---- One click ---------------------------------------------------------------------------
def test_one_click_needs_the_token_alone_and_can_only_unsubscribe(sue):
    address = f"/supporters/link/unsubscribe/{sue.unsubscribe_token}/"
    program = Client(enforce_csrf_checks=True)
    page = program.get(address)
    assert "Opening this page has not changed anything" in page.content.decode()
    assert Supporter.objects.get().is_on_the_list
    for _ in range(2):
        answer = program.post(
            address,
            "List-Unsubscribe=One-Click",
            content_type="application/x-www-form-urlencoded",
            headers={"Sec-Fetch-Site": "cross-site", "Origin": "https://mail.example"},
        )
        assert answer.status_code == 200
        assert "We send you no news" in answer.content.decode()
        assert not answer.cookies
    found = Supporter.objects.get()
    assert (found.status, found.name) == (SupporterStatus.LEFT, "Sue")


def test_one_click_of_someone_who_was_erased_is_no_error(client, sue):
    address = f"/supporters/link/unsubscribe/{sue.unsubscribe_token}/"
    supporters.erase(sue)
    assert client.post(address).status_code == 200
    assert client.get("/supporters/link/unsubscribe/1-x/").status_code == 404
    assert client.get("/supporters/link/unsubscribe/x/").status_code == 404


# ---- What is kept ------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("status", "since", "goes"),
    [
        (SupporterStatus.ASKED, CONFIRM_WITHIN, True),
        (SupporterStatus.ASKED, CONFIRM_WITHIN - timedelta(hours=1), False),
        (SupporterStatus.CONFIRMED, timedelta(days=4000), False),
        (SupporterStatus.LEFT, KEEP_FOR, True),
        (SupporterStatus.LEFT, KEEP_FOR - timedelta(hours=1), False),
        (SupporterStatus.BOUNCED, KEEP_FOR, True),
        (SupporterStatus.COMPLAINED, KEEP_FOR, True),
    ],
)
def test_people_who_get_no_news_are_erased_in_time(sue, status, since, goes):
    ago = timezone.now() - since - timedelta(seconds=1)
    Supporter.objects.update(status=status, status_at=ago)
    assert supporters.erase_old() == goes
    assert Supporter.objects.exists() is not goes


def test_every_status_moves_only_as_the_table_says(sue):
    for old in SupporterStatus:
        for new in SupporterStatus:
            sue.status = old
            if new in SUPPORTER_TRANSITIONS[old]:
                sue.move_to(new)
                assert sue.status == new
            else:
                with pytest.raises(InvalidMove):
                    sue.move_to(new)


def test_an_email_to_confirm_that_comes_back_marks_the_supporter(client):
    client.post("/supporters/", {"email": SUE})
    sent()
    assert outbox.mark_bounced(OutboxMessage.objects.get(), "no such address")
    assert Supporter.objects.get().status == SupporterStatus.BOUNCED
    supporters.mark_unreached(Supporter.objects.get().pk, SupporterStatus.COMPLAINED)
    assert Supporter.objects.get().status == SupporterStatus.BOUNCED
    supporters.mark_unreached(0, SupporterStatus.BOUNCED)


def test_actions_about_someone_erased_do_nothing(sue):
    gone = Supporter.objects.get()
    supporters.erase(sue)
    supporters.leave(gone)
    assert not Supporter.objects.exists()


# ---- Having asked a council --------------------------------------------------------------
def test_who_asked_a_council_is_counted_once_and_their_address_forgotten(client, council):
    given = {"email": SUE, "council": council.slug}
    found = []
    for _ in range(2):
        assert client.post("/supporters/asked/", given)["Location"] == "/supporters/sent/"
        found += map(link_in, sent())
    old, new = found
    assert client.get(old).status_code == 410
    page = client.get(new).content.decode()
    assert "Did you ask Leeming Borough Council to join?" in page
    assert not CouncilAsk.objects.confirmed()
    client.post(new)
    found = CouncilAsk.objects.confirmed().get()
    assert (found.council, found.email) == (council, "")
    assert SUE not in str(vars(found))
    assert not OutboxMessage.objects.filter(to=SUE).exists()
    assert "We have counted you" in client.get(new).content.decode()
    client.post(new)
    client.post("/supporters/asked/", given)
    assert sent() == []
    assert CouncilAsk.objects.confirmed().count() == 1
    assert not Supporter.objects.exists()
    with pytest.raises(Refused):
        asks.confirm(found, token="x")

    assert client.post(new, {"take_back": "yes"})["Location"] == "/supporters/erased/"
    assert not CouncilAsk.objects.exists()
    with pytest.raises(Refused):
        asks.confirm(found, token=new.split("/")[-2])


@pytest.mark.parametrize("known", [None, *SupporterStatus])
def test_who_asked_and_wants_news_gets_on_the_list_with_the_same_click(client, council, known):
    if known:
        SupporterFactory(email=SUE, status=known)
    given = {"email": SUE, "council": council.slug, "wants_news": "on"}
    client.post("/supporters/asked/", given)
    client.post(link_in(sent()[0]))
    supporter = Supporter.objects.get()
    wanted = "complained" if known == "complained" else "confirmed"
    assert (supporter.email, supporter.status) == (SUE, wanted)
    client.post("/supporters/asked/", given)  # counted already: the usual way
    assert len(sent()) == (known != "complained")


def test_what_nobody_confirmed_is_erased_after_a_week(client, council):
    client.post("/supporters/asked/", {"email": SUE, "council": council.slug})
    assert asks.erase_unconfirmed() == 0
    CouncilAsk.objects.update(asked_at=timezone.now() - CONFIRM_WITHIN)
    assert CouncilAsk.objects.get().is_late
    assert asks.erase_unconfirmed() == 1
    assert not OutboxMessage.objects.filter(to=SUE).exists()


def test_form_of_who_asked_starts_with_the_council_of_the_page_before(client, council):
    page = client.get(f"/supporters/asked/?council={council.slug}").content.decode()
    assert f'<option value="{council.slug}" selected' in page
    assert "Select your council" in client.post("/supporters/asked/", {}).content.decode()
    before = client.get(f"/join/ask-my-council/?council={council.slug}").content.decode()
    assert f"/supporters/asked/?council={council.slug}" in before


@pytest.mark.parametrize(
    ("statuses", "table"),
    [(SupporterStatus, SUPPORTER_TRANSITIONS), (Mailing.Status, Mailing.TRANSITIONS)],
)
def test_the_docs_show_the_tables_of_the_code(statuses, table):
    docs = (settings.BASE_DIR / "docs" / "lifecycles.md").read_text()
    assert set(table) == set(statuses)
    for status in statuses:
        onward = ", ".join(f"`{s.value}`" for s in statuses if s in table[status]) or "(the end)"
        assert f"| `{status.value}` | {status.label} | {onward} |" in docs


def test_the_sign_up_of_a_page_asks_for_an_address_and_nothing_else(client):
    block = SupportersSignUpBlock()
    html = block.render(block.to_python(block.meta.preview_value))
    assert re.findall(r'name="(\w+)"', html) == ["email"]
    (action,) = re.findall(r'action="([^"]+)"', html)
    assert client.post(action, {"email": SUE})["Location"] == "/supporters/sent/"
    assert Supporter.objects.get().topic_values == []
    mistyped = client.post(action, {"email": "sue"})
    assert "Enter an email address in the correct format" in mistyped.content.decode()
    long = block.render(block.to_python({"title": "مرحبا " * 13, "text": "<b>" * 100}))
    assert "<b>" not in long
