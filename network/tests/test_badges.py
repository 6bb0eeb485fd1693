"""Badge and certificate: true for everyone, on any site, in any length, and secret till the day."""

import re
from datetime import date, timedelta
from xml.etree import ElementTree

import pytest
from django.utils import timezone

from conftest import person
from councils.choices import Kind
from councils.tests.factories import make_council
from network.actions import memberships, people, reviews
from network.badge import SIZES, THEMES, Words, drawn, wrapped
from network.choices import RepresentativeRole
from network.models import Membership
from network.tests.factories import hour_of
from principles.models import Principle

BADGE, CERTIFICATE = "/councils/leeming/badge.svg", "/councils/leeming/certificate/"
RECORD, OURS = "/councils/leeming/endorsement/", "/my/members/leeming/badge/"
NAMES = [
    "Elmbridge",
    "Kingston upon Hull, City of",
    "Bournemouth, Christchurch and Poole with Bath and North East",  # 60 letters
    "West Yorkshire Health and Care Partnership",
    "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch",
]


@pytest.fixture
def accepted(story, manager):
    """`accepted(days)`: Leeming's membership, announced in so many days."""

    def make(days: int = 0) -> Membership:
        day = timezone.localdate() + timedelta(days=days)
        return reviews.accept(story.in_review(manager), by=manager, announce_at=hour_of(day))

    return make


@pytest.fixture
def recorded(council):
    """`recorded(...)`: Leeming as a member from before this site."""

    def make(**facts) -> Membership:
        facts = {"joined_on": None, "joined_precision": "not_known"} | facts
        return memberships.record_existing_membership(council, by="seed_content", **facts)

    return make


def lead_of_another(user) -> None:
    """Let someone represent another council."""
    other = memberships.record_existing_membership(
        make_council(), by="test", joined_on=None, joined_precision="not_known"
    )
    people.represent(other, user, RepresentativeRole.LEAD)


def title_of(svg: str) -> str:
    return ElementTree.fromstring(svg).find("{http://www.w3.org/2000/svg}title").text


def parsed(code: str):
    """Return a link with a picture in it, written as HTML."""
    return ElementTree.fromstring(code.replace("></a>", "/></a>"))


def badge_says(client, path: str = BADGE) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return title_of(answer.content.decode())


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", NAMES)
def test_badge_of_any_name_holds_every_letter_unsqueezed(name, size):
    words = Words("Keep it Local council", name, "Member since 30 November 2026", (), True)
    picture = drawn(words, size, "light")
    by = SIZES[size]
    known = set(picture.shapes)
    for line in picture.lines:
        assert 0 < line.y <= picture.height and {letter for letter, _ in line.letters} <= known
        last, at = line.letters[-1]
        points = [int(x) for x in re.findall(r"(?<=[MLQHC])-?\d+", picture.shapes[last])]
        assert line.x + (at + max(points)) * float(line.scale) <= picture.width - by.edge + 1
    drawn_letters = sum(len(line.letters) for line in picture.lines)
    said = "".join((words.kicker, name, words.since if size == "large" else ""))
    assert drawn_letters == len(said.replace(" ", ""))
    assert len({line.scale for line in picture.lines}) == (3 if size == "large" else 2)
    assert picture.width <= by.measure + 3 * by.edge + by.mark + 1 or " " not in name


@pytest.mark.parametrize("name", NAMES)
def test_name_is_broken_between_words_only(name):
    assert " ".join(wrapped(name, 9000)) == name


def test_line_is_as_long_as_its_letters_and_nearer_where_the_face_says_so():
    one, two = (drawn(Words(text, "x", "", (), True), "large", "light") for text in ("A", "AVAVAV"))
    assert two.width > one.width
    apart = drawn(Words("A V A V A V", "x", "", (), True), "large", "light")
    assert two.width < apart.width


def test_badge_says_who_and_since_when(accepted, client):
    accepted()
    day = timezone.localdate().strftime("%-d %B %Y")
    assert badge_says(client) == f"Leeming: Keep it Local council. Member since {day}"


def test_badge_has_2_sizes_and_2_themes_and_no_others(accepted, client):
    accepted()
    pictures = {
        client.get(f"{BADGE}?size={size}&theme={theme}").content
        for size in SIZES
        for theme in THEMES
    }
    assert len(pictures) == 4
    assert client.get(BADGE).content == client.get(f"{BADGE}?size=large&theme=light").content
    for wrong in ("size=huge", "theme=pink", "size="):
        assert client.get(f"{BADGE}?{wrong}").status_code == 404


def test_badge_is_a_plain_picture_that_is_fresh_within_a_minute(accepted, client):
    accepted()
    answer = client.get(BADGE)
    assert answer["Cache-Control"] == "public, max-age=60" and answer.is_kept
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert not answer.cookies
    text = answer.content.decode()
    assert not re.search(r"<script|<style|style=|<foreignObject|<a |href=\"[^#]|<text|url\(", text)
    picture = ElementTree.fromstring(text)
    assert picture.get("role") == "img" and picture.get("aria-labelledby") == "title"
    assert picture.get("viewBox") == f"0 0 {picture.get('width')} {picture.get('height')}"


def test_badge_of_a_paused_membership_says_so_without_our_colours(accepted, client, manager):
    membership = accepted()
    before = client.get(BADGE).content
    membership.move_to("paused", by=manager)
    assert badge_says(client) == "Leeming: Keep it Local council. Membership paused"
    assert b"#f6b32b" in before and b"#f6b32b" not in client.get(BADGE).content
    for size in SIZES:
        assert "Membership paused" in badge_says(client, f"{BADGE}?size={size}")
    assert CERTIFICATE not in client.get(RECORD).content.decode()
    membership.move_to("live", by=manager)
    assert client.get(BADGE).content == before
    assert CERTIFICATE in client.get(RECORD).content.decode()


@pytest.mark.parametrize("status", ["check_in_due", "overdue"])
def test_badge_does_not_tell_of_a_late_check_in(accepted, client, manager, status):
    membership = accepted()
    before = client.get(BADGE).content
    Membership.objects.filter(pk=membership.pk).update(status=status)
    assert client.get(BADGE).content == before


def test_badge_of_a_former_member_says_so(recorded, client, manager):
    recorded(joined_on=date(2021, 5, 1), joined_precision="month")
    Membership.objects.update(status="withdrawn", ended_on=date(2026, 3, 1))
    assert badge_says(client) == "Leeming: Former Keep it Local council. Member 2021 to 2026"
    assert b"#f6b32b" not in client.get(BADGE).content


def test_badge_of_a_body_that_is_no_council_does_not_call_it_one(recorded, council, client):
    recorded(joined_on=date(2024, 3, 1), joined_precision="month")
    council.kind = Kind.OTHER_BODY
    council.save()
    assert badge_says(client) == "Leeming: Keep it Local member. Member since March 2024"
    page = client.get(CERTIFICATE).content.decode()
    assert "is a Keep it Local member" in page and "Keep it Local council<" not in page


def test_badge_of_an_invented_council_says_so(recorded, council, client):
    recorded()
    council.is_demonstration = True
    council.save()
    for size in SIZES:
        assert "Demonstration: not a real council" in badge_says(client, f"{BADGE}?size={size}")
    assert "Demonstration: not a real council" in client.get(CERTIFICATE).content.decode()


def test_nothing_of_badge_and_certificate_shows_before_the_announcement(
    accepted, client, as_, officer, stranger, editor, manager
):
    accepted(days=3)
    lead_of_another(stranger)
    for visitor in (client, *(as_(who) for who in (officer, stranger, editor, manager))):
        for path in (BADGE, f"{BADGE}?size=small&theme=dark", CERTIFICATE, OURS):
            assert visitor.get(path).status_code in (302, 404)
        assert "/accounts/" in client.get(OURS)["Location"]
    assert as_(officer).get(OURS).status_code == 404


def test_badge_of_an_ended_membership_stays_while_a_new_one_waits(recorded, story, manager, client):
    recorded(joined_on=date(2021, 1, 1), joined_precision="year")
    Membership.objects.update(status="withdrawn", ended_on=date(2024, 3, 1))
    sign_up = story.in_review(manager)
    later = timezone.localdate() + timedelta(days=2)
    reviews.accept(sign_up, by=manager, announce_at=hour_of(later))
    assert "Former Keep it Local council" in badge_says(client)
    assert client.get(CERTIFICATE).status_code == 302


def test_certificate_shows_the_public_record_and_prints_its_address(accepted, client, settings):
    accepted()
    page = client.get(CERTIFICATE)
    text = page.content.decode()
    assert page.is_kept
    assert f'<a href="{settings.SITE_URL}{RECORD}">{settings.SITE_URL}{RECORD}</a>' in text
    for said in ("Leeming Borough Council", "Lena Leader", "Cheng Chief", "endorsed the six"):
        assert said in text
    assert all(one.name in text for one in Principle.objects.all())
    assert "@leeming.gov.uk" not in text and "olive" not in text.lower()
    assert "Champion" not in text


def test_certificate_of_a_member_from_before_this_site_claims_no_signature(recorded, client):
    recorded(
        joined_on=date(2020, 3, 3), joined_precision="day", date_means="named", source_title="News"
    )
    text = client.get(CERTIFICATE).content.decode()
    assert "Named as a member on 3 March 2020" in text
    assert "has endorsed" not in text and "igned" not in text


@pytest.mark.parametrize("status", ["paused", "withdrawn", "removed", "ended_by_reorganisation"])
def test_certificate_of_no_current_membership_leads_to_the_record(recorded, client, status):
    recorded()
    Membership.objects.update(status=status)
    assert client.get(CERTIFICATE)["Location"] == RECORD


def test_certificate_of_a_council_that_never_joined_is_404(council, client):
    assert client.get(CERTIFICATE).status_code == 404
    assert client.get("/councils/nowhere/certificate/").status_code == 404


def test_members_page_has_code_for_each_badge_that_says_nothing_untrue_later(
    accepted, as_, officer, settings, manager
):
    membership = accepted()
    page = as_(officer).get(OURS)
    badges = page.context["badges"]
    assert len(badges) == 4
    for badge in badges:
        code = parsed(badge["code"])
        [picture] = code
        assert code.get("href") == settings.SITE_URL + RECORD
        shown = as_().get(picture.get("src").removeprefix(settings.SITE_URL))
        assert picture.get("alt") == "Leeming and the Keep it Local Network: see the public record"
        svg = ElementTree.fromstring(shown.content)
        assert (picture.get("width"), picture.get("height")) == (
            svg.get("width"),
            svg.get("height"),
        )
    assert CERTIFICATE in page.content.decode()
    membership.move_to("paused", by=manager)
    assert CERTIFICATE not in as_(officer).get(OURS).content.decode()
    membership.move_to("withdrawn", by=manager)
    assert as_(officer).get(OURS).status_code == 404


def test_members_page_is_for_its_own_representatives(accepted, as_, stranger, editor, manager):
    membership = accepted()
    lead_of_another(stranger)
    viewer = person("vic@leeming.gov.uk")
    people.represent(membership, viewer, RepresentativeRole.VIEWER)
    assert as_(viewer).get(OURS).status_code == 200
    assert as_().get(OURS).status_code == 302
    for who in (stranger, editor, manager):
        assert as_(who).get(OURS).status_code == 404


def test_code_of_a_name_with_signs_of_html_stays_one_picture(accepted, as_, officer, council):
    accepted()
    council.name = 'A & "B" <i>'
    council.save()
    for badge in as_(officer).get(OURS).context["badges"]:
        [picture] = parsed(badge["code"])
        assert picture.get("alt").startswith('A & "B" <i> and')


def test_pages_of_badge_and_certificate_make_few_queries(
    accepted, as_, officer, client, django_assert_max_num_queries
):
    accepted()
    for visitor, path in [(client, BADGE), (client, CERTIFICATE), (as_(officer), OURS)]:
        visitor.get(path)
        with django_assert_max_num_queries(15):
            assert visitor.get(path).status_code == 200
