"""What a council wrote is public only where it said so, and only once it is announced."""

import json
from datetime import date, timedelta

import pytest
from django.utils import timezone
from wagtail.models import Page

from councils.models import Council
from network import record
from network.actions import reviews, sign_ups, tasks
from network.choices import SignUpTask, UploadKind
from network.forms.saving import PublishTick
from network.forms.tasks import TASK_FORMS
from network.models import Practice
from network.tests.factories import fresh, hour_of
from network.upload_validation import FitFile
from principles.tests.factories import PrincipleIndexPageFactory, PrinciplePageFactory

PAGE, RECORD = "/councils/leeming/", "/councils/leeming/endorsement/"
# Each answer that can be published, by the tick it needs.
WORDS = {
    "profile_may_be_published": ["We are a small place"],
    "strategy_may_be_published": ["Our Place, Our Plan", "https://leeming.gov.uk/plan"],
    "principle_2_may_be_published": ["Small grants without a tender"],
    "conversation_may_be_published": ["A conversation with the community was held on 2 May 2026"],
    "partners_may_be_published": ["The Leeming Alliance"],
    "outcome_may_be_published": ["They asked for a street market"],
    "quote_may_be_published": ["We spend where we live", "Lena Leader, who leads"],
}
ANSWERS = {
    SignUpTask.ABOUT_COUNCIL: {
        "governance": "leader",
        "profile": "We are a small place",
        "strategy_title": "Our Place, Our Plan",
        "strategy_link": "https://leeming.gov.uk/plan",
    },
    SignUpTask.PRACTICE: {f"principle_{number}": "" for number in range(1, 7)}
    | {"principle_2": "Small grants without a tender"},
    SignUpTask.CONVERSATION: {
        "conversation": "held",
        "conversation_on": date(2026, 5, 2),
        "conversation_partners": "The Leeming Alliance",
        "conversation_outcome": "They asked for a street market",
    },
    SignUpTask.PUBLICITY: {
        "quote": "We spend where we live",
        "quote_by": "Lena Leader, who leads",
        "quote_approved_by": "Asked Approver",
        "publish_from": None,
        "logo_rights": "Ours",
    },
}
TICKS = {
    task: [name for name, field in form().fields.items() if isinstance(field, PublishTick)]
    for task, form in TASK_FORMS.items()
    if task in ANSWERS and task != SignUpTask.PRACTICE
} | {SignUpTask.PRACTICE: ["principle_2_may_be_published"]}
FILE = FitFile("crest.png", b"\x89PNG drawn anew", "image/png")


@pytest.fixture
def announced(story, manager, settings, tmp_path):
    """`announced(*ticks)`: Leeming as a member that ticked these, each answer given."""
    settings.UPLOADS_ROOT = tmp_path

    def make(*ticks: str, day=None):
        sign_up = story.in_review(manager)
        reviews.request_changes(sign_up, by=manager, wanted="Your words")
        for task, answers in ANSWERS.items():
            ticked = {name: name in ticks for name in TICKS[task]}
            story.save(fresh(sign_up), task, answers | ticked)
        tasks.keep_upload(fresh(sign_up), by=story.officer, kind=UploadKind.LOGO, file=FILE)
        sign_ups.submit(fresh(sign_up), by=story.officer)
        day = day or timezone.localdate()
        reviews.accept(fresh(sign_up), by=manager, announce_at=hour_of(day))
        return fresh(sign_up)

    return make


def shown(client) -> str:
    return client.get(PAGE).content.decode() + client.get(RECORD).content.decode()


@pytest.mark.django_db
def test_every_tick_of_the_forms_is_tested():
    ticks = {name for names in TICKS.values() for name in names}
    assert ticks == set(WORDS) | {"logo_may_be_published"}


def test_nothing_is_public_without_its_tick(announced, client):
    announced()
    text = shown(client) + client.get("/councils/leeming/endorsement.json").content.decode()
    for words in WORDS.values():
        for said in words:
            assert said not in text
    assert "In its own words" not in text
    assert client.get("/councils/leeming/logo/").status_code == 404


@pytest.mark.parametrize("tick", WORDS)
def test_each_tick_publishes_its_own_answer_and_no_other(announced, client, tick):
    announced(tick)
    page, kept = client.get(PAGE).content.decode(), client.get(RECORD).content.decode()
    data = json.dumps(client.get("/councils/leeming/endorsement.json").json()["own_words"])
    for name, words in WORDS.items():
        for said in words:
            assert (said in page) == (name == tick), said
            assert (said in kept) == (name == tick), said
            assert (said in data) == (name == tick), said
    assert "Asked Approver" not in page + kept + data


def test_nothing_is_public_before_the_announcement(announced, client):
    announced(*WORDS, "logo_may_be_published", day=timezone.localdate() + timedelta(days=3))
    text = client.get(PAGE).content.decode()
    assert not any(said in text for words in WORDS.values() for said in words)
    for hidden in (RECORD, "/councils/leeming/logo/", "/councils/leeming/badge.svg"):
        assert client.get(hidden).status_code == 404


def test_logo_is_shown_with_its_tick_while_a_member(announced, client, manager):
    sign_up = announced("logo_may_be_published")
    assert 'src="/councils/leeming/logo/"' in client.get(PAGE).content.decode()
    picture = client.get("/councils/leeming/logo/")
    assert picture["Content-Type"] == "image/png"
    assert b"".join(picture.streaming_content) == FILE.content
    assert (
        picture["X-Content-Type-Options"] == "nosniff"
        and "sandbox" in picture["Content-Security-Policy"]
    )
    badge = client.get("/councils/leeming/badge.svg")
    assert badge["Content-Type"] == "image/svg+xml"
    assert badge["Content-Security-Policy"] == "default-src 'none'; sandbox"

    sign_up.membership.move_to("withdrawn", by=manager)
    assert client.get(f"{PAGE}logo/").status_code == 404
    assert "/logo/" not in shown(client)


def test_logo_without_rights_is_not_shown(announced, client):
    sign_up = announced("logo_may_be_published")
    sign_up.logo_rights = ""
    sign_up.save()
    assert client.get("/councils/leeming/logo/").status_code == 404


def test_words_of_an_ended_member_stay_on_the_record_only(announced, client, manager):
    sign_up = announced(*WORDS)
    sign_up.membership.move_to("withdrawn", by=manager)
    assert "We are a small place" not in client.get(PAGE).content.decode()
    assert "We are a small place" in client.get(RECORD).content.decode()


@pytest.fixture
def principle_page(db):
    """The page of the second principle."""
    index = PrincipleIndexPageFactory(parent=Page.objects.get(slug="home"))
    return PrinciplePageFactory(parent=index, number=2, questions=[("question", "Which grants?")])


def practices(client, page) -> list[str]:
    """The words of members on a principle's page; those beside its question are the same."""
    response = client.get(page.url)
    shown = [practice.text for practice in response.context["practices"]]
    assert all(text in response.content.decode() for text in shown)
    asks = client.get("/community-organisations/", {"council": "leeming"}).context.get("asks", [])
    assert [ask.said for ask in asks if ask.said] == shown
    return shown


def test_practice_of_member_is_on_the_page_of_its_principle(announced, client, principle_page):
    announced("principle_2_may_be_published")

    assert practices(client, principle_page) == ["Small grants without a tender"]
    text = client.get(principle_page.url).content.decode()
    assert "1 member council says on its page what it does about it" in text
    assert '<a href="/councils/leeming/">' in text


def test_practice_is_on_no_page_without_its_tick(announced, client, principle_page):
    announced(*(tick for tick in WORDS if tick != "principle_2_may_be_published"))

    assert practices(client, principle_page) == []


def test_practice_waits_for_the_announcement(announced, client, principle_page):
    announced(*WORDS, day=timezone.localdate() + timedelta(days=3))

    assert practices(client, principle_page) == []


def test_practice_of_former_member_is_not_on_the_page(announced, client, manager, principle_page):
    sign_up = announced(*WORDS)
    sign_up.membership.move_to("withdrawn", by=manager)

    assert practices(client, principle_page) == []


def test_practice_of_demonstration_council_is_not_on_the_page(announced, client, principle_page):
    announced(*WORDS)
    Council.objects.update(is_demonstration=True)

    assert list(client.get(principle_page.url).context["practices"]) == []
    asked = client.get("/community-organisations/", {"council": "leeming"}).content.decode()
    assert 'aria-label="Demonstration"' in asked


def test_badge_and_logo_of_a_council_that_never_joined_are_404(client, council):
    for picture in ("logo/", "badge.svg"):
        assert client.get(f"{PAGE}{picture}").status_code == 404
        assert client.get(f"/councils/nowhere/{picture}").status_code == 404


def test_badge_escapes_the_name(announced, client):
    announced()
    Council.objects.update(name="A & <b>B</b>")
    assert "<b>" not in client.get("/councils/leeming/badge.svg").content.decode()


def test_check_shows_exactly_what_would_be_public(as_, story, officer):
    sign_up = story.signed()
    for task, answers in ANSWERS.items():
        ticked = {name: name == "quote_may_be_published" for name in TICKS[task]}
        story.save(fresh(sign_up), task, answers | ticked)
    page = as_(officer).get(f"/join/{sign_up.reference}/check/").content.decode()
    answers, public = page.split("What will be public")
    assert "We spend where we live" in public and "Lena Leader, who leads" in public
    assert "We are a small place" in answers and "We are a small place" not in public
    assert "Champion Lead councillor" in public and "Champion Senior officer" not in public
    assert answers.count("Will be published") == 3  # the quotation, its speaker, a champion


def test_staff_see_what_may_be_published(staff, story, manager):
    sign_up = story.in_review(manager)
    reviews.request_changes(sign_up, by=manager, wanted="x")
    about = ANSWERS[SignUpTask.ABOUT_COUNCIL] | {"profile_may_be_published": True}
    story.save(fresh(sign_up), SignUpTask.ABOUT_COUNCIL, about)
    text = staff(manager).get(f"/admin/sign-ups/{sign_up.reference}/").content.decode()
    assert "We are a small place<br>Will be published" in text
    assert "Our Place, Our Plan<br>Will not be published" in text


def test_posted_ticks_are_saved_and_shown_again(as_, story, officer):
    sign_up = story.started()
    address = f"/join/{sign_up.reference}/practice/"
    sent = {"version": "0", "principle_3": "We ask", "principle_3_may_be_published": "on"}
    assert as_(officer).post(address, sent).status_code == 302
    assert Practice.objects.get(may_be_published=True).text == "We ask"
    page = as_(officer).get(address).content.decode()
    assert page.count(" checked") == 2  # the tick, and “I will come back to it”
    history = as_(officer).get(f"/join/{sign_up.reference}/history/").content.decode()
    assert "may be published" in history


def test_old_rows_are_not_published(story, manager):
    sign_up = story.in_review(manager)
    type(sign_up).objects.update(
        profile="Old words", quote="Q", quote_by="A", quote_approved_by="B"
    )
    assert not record.own_words(fresh(sign_up))
