"""What a community organisation can ask its council: the page at /community-organisations/."""

from datetime import date

import pytest
from django.utils import timezone
from wagtail.models import Page

from councils.models import Succession
from councils.tests.factories import make_council
from network.actions import memberships, reviews
from network.choices import MembershipStatus
from network.models import Membership
from network.tests.factories import fresh
from principles.tests.factories import PrincipleIndexPageFactory, PrinciplePageFactory

ADDRESS = "/community-organisations/"


@pytest.fixture
def principles(db):
    """The six principles, each with two questions."""
    index = PrincipleIndexPageFactory(parent=Page.objects.get(slug="home"))
    for number in range(1, 7):
        asks = [("question", f"Question {number}?"), ("question", "And then?")]
        PrinciplePageFactory(parent=index, number=number, questions=asks)


@pytest.fixture
def announced_sign_up(story, manager):
    """Leeming's application, once the council is announced."""
    sign_up = story.in_review(manager)
    reviews.accept(sign_up, by=manager, announce_at=timezone.now())
    return fresh(sign_up)


def shown(client, slug: str) -> str:
    """Return the page of one council."""
    page = client.get(ADDRESS, {"council": slug})
    assert page.status_code == 200 and not page.cookies
    return page.content.decode().split("<main")[1].split("</main")[0]


def test_the_page_asks_which_council(client, council):
    text = client.get(ADDRESS).content.decode()

    assert "Which council do you work with?" in text
    assert client.post(ADDRESS, {"council": "leeming"}).status_code == 405


def test_of_a_council_that_is_no_member_it_offers_the_questions_and_the_letter(
    client, council, principles
):
    text = shown(client, "leeming")

    assert "What you can ask Leeming" in text and "has not endorsed" in text
    assert 'href="/join/ask-my-council/?council=leeming"' in text
    assert [f"Question {number}?" in text for number in range(1, 7)] == [True] * 6
    assert "And then?" not in text
    assert "We hold no names for this council" in text


def test_of_a_member_it_shows_its_champions(client, announced_sign_up, principles):
    text = shown(client, "leeming")

    assert "Keep it Local councils endorse" in text
    named = [each.name for each in announced_sign_up.membership.published_champions()]
    unnamed = [each.name for each in announced_sign_up.membership.champions.all()][len(named) :]
    assert named and all(name in text for name in named) and text.count("As at") == len(named)
    assert not any(name in text for name in unnamed)


def test_a_member_is_not_one_before_it_is_announced_nor_after_it_left(client, council, principles):
    memberships.record_existing_membership(
        council, by="test", joined_on=None, joined_precision="not_known"
    )
    assert "councils endorse" in shown(client, "leeming")
    assert "We hold no names of its champions" in shown(client, "leeming")

    Membership.objects.update(announced_at=None)
    assert "has not endorsed" in shown(client, "leeming")

    Membership.objects.update(
        announced_at=timezone.now(),
        status=MembershipStatus.WITHDRAWN,
        ended_on=date(2024, 1, 1),
    )
    assert "has not endorsed" in shown(client, "leeming")


def test_a_council_that_ended_leads_to_its_successor(client, council):
    old = make_council(name="Old Vale", ended_on=date(2019, 3, 31))
    Succession.objects.create(predecessor=old, successor=council, kind="merged")
    text = shown(client, old.slug)

    assert '<a href="?council=leeming">' in text and "What to ask" not in text


@pytest.mark.parametrize("slug", ["", "nowhere", "\x00", "x" * 5000])
def test_no_council_gets_a_clear_message(client, council, slug):
    assert "There is a problem" in client.get(ADDRESS, {"council": slug}).content.decode()


def test_it_takes_few_queries(client, council, principles, django_assert_max_num_queries):
    shown(client, "leeming")
    with django_assert_max_num_queries(15):
        shown(client, "leeming")
