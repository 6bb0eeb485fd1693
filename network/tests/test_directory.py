"""Directory of councils and each council's page."""

import json
import re
from datetime import date, timedelta

import pytest
from django.conf import settings
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.html import strip_tags

from councils.choices import Kind
from councils.models import Succession
from councils.tests.factories import make_council
from network.actions import memberships, reviews
from network.choices import DateMeans, MembershipStatus, Office
from network.models import AlreadyMember, Endorsement, EndorsementWording, Membership
from network.templatetags.network import as_wording
from network.tests.factories import hour_of
from network.views import directory
from portal.models import SiteOperator


@pytest.fixture
def member(db):
    """An existing member whose joining day is known."""
    council = make_council(slug="oldham", name="Oldham", region="north-west")
    memberships.record_existing_membership(
        council,
        by="test",
        joined_on=date(2020, 3, 3),
        joined_precision="day",
        source_title="A press release",
        source_url="https://example.org/",
        source_date="2020-03-03",
    )
    return council


def words(page) -> str:
    return page.content.decode().split("<main")[1].split("</main")[0]


def test_members_come_first_and_are_counted(client, council, member):
    text = words(client.get("/councils/"))

    assert text.index("Oldham") < text.index("Leeming")
    assert "1 council is a member" in text
    assert "Member since 3 March 2020" in text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "north west"}, {"Leeming", "Oldham"}),
        ({"q": "LBC", "region": "north-west"}, {"Leeming"}),
        ({"q": "Oldham Council", "region": "london"}, set()),
        ({"region": "north-west"}, {"Leeming", "Oldham"}),
        ({"region": "london"}, set()),
        ({"status": "member"}, {"Oldham"}),
        ({"status": "not-yet"}, {"Leeming"}),
        ({"kind": "district", "status": "not-yet"}, {"Leeming"}),
        ({"q": "North"}, {"Leeming", "Oldham"}),
    ],
)
def test_the_list_is_narrowed_and_nonsense_is_safe(client, council, member, query, found):
    council.aliases.create(name="LBC")
    page = client.get("/councils/", query)

    assert page.status_code == 200
    text = words(page)
    assert {name for name in ("Leeming", "Oldham") if f">{name}</a>" in text} == found


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ({"region": "zz"}, "We do not know “zz”, so we have not used it"),
        ({"kind": "duchy"}, "We do not know “duchy”"),
        ({"status": "<b>"}, "We do not know “&lt;b&gt;”"),
        ({"q": "\x00"}, "Null characters"),
        ({"q": "x" * 10_000}, "Name must be 100 characters or fewer"),
    ],
)
def test_a_filter_that_is_none_is_said_to_be_and_narrows_nothing(client, council, query, problem):
    page = client.get("/councils/", query)

    assert page.status_code == (200 if "q" in query else 404)  # words are typed, filters linked
    assert problem in words(page).split("<form")[0]
    assert ">Leeming</a>" in words(page)


@pytest.mark.parametrize("number", ["99", "0", "y", "-1"])
def test_a_page_that_does_not_exist_is_not_found(client, council, number):
    assert client.get("/councils/", {"page": number}).status_code == 404
    assert client.get("/councils/", {"page": "1"}).status_code == 200


@pytest.mark.parametrize(
    ("query", "says", "way_out"),
    [
        (
            {"region": "london", "status": "member"},
            "No council in London is a member of the network yet.",
            '<a href="?status=member">Councils that are members</a> (1)',
        ),
        (
            {"kind": "county", "region": "north-west"},
            "There is no county council in the North West.",
            '<a href="?region=north-west">Councils in the North West</a> (2)',
        ),
        (
            {"q": "Leeming", "status": "member"},
            "No council called “Leeming” is a member of the network yet.",
            '<a href="?q=Leeming">Councils called “Leeming”</a> (1)',
        ),
    ],
)
def test_an_empty_list_says_why_and_how_to_widen_it(client, council, member, query, says, way_out):
    text = words(client.get("/councils/", query))

    assert says in text
    assert way_out in text


def test_a_region_comes_before_a_village_of_its_name(client, council, member, monkeypatch):
    council.region = "london"
    council.save()
    monkeypatch.setattr("councils.lookup._places", lambda: [("London", member.key)])
    text = words(client.get("/councils/?q=London"))

    assert ">Leeming</a>" in text and ">Oldham</a>" not in text


def test_a_part_of_a_regions_name_offers_the_regions(client, db):
    make_council(name="East Leeming", official_name="East Leeming Council")
    make_council(name="East Moor", official_name="East Moor Council")
    text = words(client.get("/councils/?q=east"))

    assert ">East Leeming</a>" in text
    assert '<a href="?region=north-east">the North East</a>' in text


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("", "Councils ·"),
        ("?region=london&status=member", "Councils in London that are members ·"),
        ("?view=map&kind=county", "Map of councils: County council ·"),
        ("?page=2", "Councils, page 2 ·"),
    ],
)
def test_each_list_has_a_title_of_its_own(client, council, member, monkeypatch, query, title):
    monkeypatch.setattr(directory, "PAGE_SIZE", 1)

    assert f"<title>{title}" in client.get(f"/councils/{query}").content.decode()


def head_of(client, query):
    """Return the title, description, canonical query of a list, and whether it is indexed."""
    html = client.get(f"/councils/{query}").content.decode().partition("<body")[0]
    (title,) = re.findall(r"<title>(.*?)</title>", html, re.DOTALL)
    (description,) = re.findall(r'<meta name="description" content="([^"]*)">', html)
    (canonical,) = re.findall(r'<link rel="canonical" href="[^"]*/councils/([^"]*)">', html)
    assert f'<meta property="og:url" content="{settings.SITE_URL}/councils/{canonical}">' in html
    return title, description, canonical.replace("&amp;", "&"), "noindex" not in html


def test_every_list_has_an_address_of_its_own_and_narrowed_ones_are_not_indexed(
    client, council, member, monkeypatch
):
    monkeypatch.setattr(directory, "PAGE_SIZE", 1)
    queries = ["", "?page=2", "?region=north-west", "?status=member", "?view=map", "?q=north"]
    heads = [head_of(client, query) for query in queries]

    assert len({title for title, *_ in heads}) == len(queries)
    assert len({description for _, description, *_ in heads}) == len(queries)
    assert [canonical for *_, canonical, _ in heads] == queries
    assert [is_indexed for *_, is_indexed in heads] == [True, True, False, False, True, False]


@pytest.mark.parametrize("query", ["?page=1", "?view=list", "?view=x&q=", "?utm_source=x"])
def test_canonical_address_of_the_list_leaves_out_what_changes_nothing(client, council, query):
    assert head_of(client, query)[2:] == ("", True)


def test_whole_list_is_a_dataset_and_parts_of_it_are_none(client, council, member):
    html = client.get("/councils/").content.decode()
    found = [json.loads(each) for each in re.findall(r'ld\+json">(.*?)</script>', html)]
    (data,) = [each for each in found if each["@type"] == "Dataset"]
    address = data["distribution"]["contentUrl"].removeprefix(settings.SITE_URL)

    assert client.get(address).json()["count"] == 2
    assert 50 <= len(data["description"]) <= 5000
    assert f'href="{address}"' in words(client.get("/councils/")), "people can take it too"
    assert "creator" not in data, "nobody is claimed to run the site"
    for query in ("?region=north-west", "?q=north"):
        assert '"Dataset"' not in client.get("/councils/" + query).content.decode()

    SiteOperator.objects.create(name="The Network")
    assert '"creator": {"@type": "Organization", "name": "The Network"}' in (
        client.get("/councils/").content.decode()
    )


@pytest.mark.parametrize("typed", ["LBC", "e07999999", "leeming council", "Leem", "Leming"])
@pytest.mark.parametrize("more", [{}, {"view": "map"}, {"region": ""}])
def test_an_exact_or_only_answer_leads_to_the_page_of_the_council(client, council, typed, more):
    council.aliases.create(name="LBC")
    make_council(name="Oldham", official_name="Oldham Council")

    assert client.get("/councils/", {"q": typed} | more)["Location"] == "/councils/leeming/"


def test_a_shared_name_lists_each_council_and_why(client, db):
    make_council(name="Leeming upon Sea", official_name="Leeming upon Sea Council")
    make_council(name="Leeming upon Moor", official_name="Leeming upon Moor Council")
    text = words(client.get("/councils/?q=Leeming"))

    assert text.count("“Leeming” is part of its name") == 2


def test_names_that_are_only_spelled_alike_are_said_to_be(client, db):
    make_council(name="Barnsley", official_name="Barnsley Council")
    make_council(name="Burnley", official_name="Burnley Council")
    text = words(client.get("/councils/?q=Barnley"))

    assert "We cannot find a council called “Barnley”. These names are spelled like it." in text
    assert ">Barnsley</a>" in text and ">Burnley</a>" in text


@pytest.mark.parametrize("path", ["", "endorsement/", "endorsement.json"])
def test_capitals_in_the_address_of_a_council_are_redirected(client, council, path):
    answer = client.get(f"/councils/Leeming/{path}")

    assert (answer.status_code, answer["Location"]) == (301, f"/councils/leeming/{path}")
    answer = client.get(f"/councils/Leeming/{path}?a=1&b=%C3%A4")
    assert answer["Location"] == f"/councils/leeming/{path}?a=1&b=%C3%A4"


def test_demonstrations_are_in_no_list_and_no_count_and_marked_on_their_page(client, member):
    demo = make_council(slug="demo", name="Sampleton", is_demonstration=True)
    memberships.record_existing_membership(
        demo, by="test", joined_on=None, joined_precision="not_known"
    )

    for address in ["/councils/", "/councils/?q=Sampleton", "/councils/?status=member"]:
        assert ">Sampleton<" not in words(client.get(address))
    assert "Demonstration.</strong>" in client.get("/councils/demo/").content.decode()


def test_an_embargoed_member_is_shown_nowhere(client, story, manager):
    sign_up = story.in_review(manager)
    later = timezone.localdate() + timedelta(days=5)
    reviews.accept(sign_up, by=manager, announce_at=hour_of(later))

    profile = words(client.get("/councils/leeming/"))
    for secret in ["Lena Leader", "Champion Lead councillor", "Member since", sign_up.reference]:
        assert secret not in profile
    assert "Not a member" in profile
    assert ">Leeming</a>" not in words(client.get("/councils/?status=member"))


def test_a_member_shows_who_consented_who_signed_and_the_wording(client, story, manager):
    sign_up = story.in_review(manager)
    reviews.accept(sign_up, by=manager, announce_at=timezone.now())
    text = words(client.get("/councils/leeming/"))

    assert "Champion Lead councillor" in text
    assert "Champion Senior officer" not in text
    assert "Lena Leader, Leader" in text and "Cheng Chief, Chief Executive" in text
    assert "On behalf of Leeming Borough Council" in text
    for private in ["lena@leeming.gov.uk", "olive@leeming.gov.uk", "Olive Officer"]:
        assert private not in text


def test_a_signature_that_was_struck_out_is_not_shown(client, story, manager):
    sign_up = story.in_review(manager)
    reviews.accept(sign_up, by=manager, announce_at=timezone.now())
    Endorsement.objects.filter(office=Office.LEADER).update(
        struck_out_at=timezone.now(), struck_out_why="Forged"
    )

    assert "Lena Leader" not in words(client.get("/councils/leeming/"))


def test_a_member_of_before_shows_its_source_and_no_signature(client, member):
    text = words(client.get("/councils/oldham/"))

    assert "We do not have a record of the wording or who signed it" in text
    assert "A press release" in text
    assert "Who endorsed it" not in text


@pytest.mark.parametrize(
    ("precision", "day", "shown"),
    [
        ("day", date(2020, 3, 3), "Member since 3 March 2020"),
        ("month", date(2024, 3, 1), "Member since March 2024"),
        ("year", date(2021, 1, 1), "Member since 2021"),
        ("not_known", None, "joining date not known"),
    ],
)
def test_the_joining_date_is_as_exact_as_its_source(client, council, precision, day, shown):
    memberships.record_existing_membership(
        council, by="test", joined_on=day, joined_precision=precision
    )

    assert shown in words(client.get("/councils/leeming/"))


@pytest.mark.parametrize(
    ("precision", "day", "said"),
    [
        (
            "day",
            date(2020, 3, 3),
            "has been a member of the Keep it Local Network since 3 March 2020.",
        ),
        ("year", date(2021, 1, 1), "has been a member of the Keep it Local Network since 2021."),
        ("not_known", None, "is a member of the Keep it Local Network."),
    ],
)
def test_search_engines_and_applicants_read_since_when_in_one_sentence(
    client, council, precision, day, said
):
    memberships.record_existing_membership(
        council, by="test", joined_on=day, joined_precision=precision
    )

    html = client.get("/councils/leeming/").content.decode()
    (description,) = re.findall(r'<meta name="description" content="([^"]*)">', html)
    assert description == f"{council.official_name} {said}"


@pytest.mark.parametrize(
    ("precision", "shown"),
    [("day", "Named as a member on 3 March 2020"), ("month", "Named as a member in March 2020")],
)
def test_member_known_from_being_named_is_not_called_member_since(
    client, council, precision, shown
):
    made = memberships.record_existing_membership(
        council,
        by="test",
        joined_on=date(2020, 3, 3),
        joined_precision=precision,
        date_means=DateMeans.NAMED,
    )

    for address in ["/councils/leeming/", "/councils/?status=member"]:
        text = words(client.get(address))
        assert shown in text
        assert "ember since" not in text
    assert f"{shown}." in client.get("/councils/leeming/").content.decode().split("</head>")[0]

    made.move_to(MembershipStatus.WITHDRAWN, by="test")
    Membership.objects.filter(pk=made.pk).update(ended_on=date(2026, 2, 2))
    text = words(client.get("/councils/leeming/"))
    assert "Member by 2020, until 2026" in text
    assert f"was n{shown[1:].replace('member', 'member of the Keep it Local Network')}" in text


def test_an_abolished_council_keeps_its_page_and_points_on(client, council):
    gone = make_council(slug="old", name="Old", ended_on=date(2023, 3, 31))
    Succession.objects.create(predecessor=gone, successor=council, kind="merged")

    older = make_council(slug="older", name="Older", ended_on=date(2019, 3, 31))
    Succession.objects.create(predecessor=older, successor=gone, kind="merged")

    assert 'replaced by <a href="/councils/leeming/"' in words(client.get("/councils/older/"))
    assert "This council ended on 31 March 2023" in words(client.get("/councils/old/"))
    assert 'href="/councils/leeming/"' in words(client.get("/councils/old/"))
    assert ">Old<" not in words(client.get("/councils/"))
    assert ">Old<" in words(client.get("/councils/?q=old"))


def test_the_title_of_a_page_says_whether_the_council_is_a_member(client, council, member):
    make_council(slug="old", name="Old", ended_on=date(2023, 3, 31))

    for slug, title in [
        ("oldham", "Oldham: member council"),
        ("leeming", "Leeming: not a member yet"),
        ("old", "Old: ended in 2023"),
    ]:
        page = client.get(f"/councils/{slug}/").content.decode()
        assert f"<title>{title} ·" in page


def test_a_council_to_end_says_so_and_what_follows(client, council):
    council.ended_on = timezone.localdate() + timedelta(days=100)
    council.save()
    new = make_council(
        slug="new",
        official_name="New Council",
        started_on=council.ended_on + timedelta(days=1),
    )
    Succession.objects.create(
        predecessor=council, successor=new, kind="merged", on=council.ended_on, source="An order"
    )
    told = strip_tags(words(client.get("/councils/leeming/")))
    ends, begins = (format_date(each, "j F Y") for each in (council.ended_on, new.started_on))

    assert f"Leeming Borough Council ends on {ends}. From {begins}, New Council takes" in told
    assert "Source: An order" in told
    assert f"New Council begins on {begins}. It follows Leeming." in strip_tags(
        words(client.get("/councils/new/"))
    )
    assert ">New<" not in words(client.get("/councils/"))
    assert f"ends on {ends}" in client.get("/join/ask-my-council/?council=leeming").content.decode()
    assert f"(ends on {ends})" in client.get("/join/council/").content.decode()


def test_a_council_that_has_not_joined_can_be_asked_to(client, on_the_map):
    text = words(client.get("/councils/leeming/"))

    assert '<a href="/join/ask-my-council/?council=leeming">Ask Leeming to join</a>' in text
    assert 'on our map, <a href="/councils/oldham/">Oldham</a> is a member.' in text
    assert "ask-my-council" not in words(client.get("/councils/oldham/"))


def test_an_unknown_council_is_not_found(client, db):
    assert client.get("/councils/nowhere/").status_code == 404


def test_a_council_has_one_live_membership(member):
    with pytest.raises(AlreadyMember):
        memberships.record_existing_membership(
            member, by="test", joined_on=None, joined_precision="not_known"
        )
    assert Membership.objects.count() == 1


@pytest.mark.parametrize(
    "address",
    [
        "/councils/",
        "/councils/oldham/",
        "/councils/?view=map&kind=district&region=north-west&q=l",
    ],
)
def test_public_pages_set_no_cookie_and_ask_little_of_the_database(
    client, member, address, django_assert_max_num_queries
):
    client.get(address)
    with django_assert_max_num_queries(15):
        page = client.get(address)
    assert not page.cookies


@pytest.mark.parametrize(
    "address", ["/councils/", "/councils/?view=map&status=member", "/councils/oldham/"]
)
def test_pages_ask_the_same_of_the_database_for_one_and_ten(
    client, member, address, django_assert_num_queries, django_assert_max_num_queries
):
    client.get(address)
    with django_assert_max_num_queries(15) as one:
        client.get(address)
    asked = len(one)
    for number in range(9):
        memberships.record_existing_membership(
            make_council(hex_q=number, hex_r=1),
            by="test",
            joined_on=None,
            joined_precision="not_known",
        )
    client.get(address)  # reads the map anew
    with django_assert_num_queries(asked):
        client.get(address)


@pytest.fixture
def on_the_map(council, member):
    """A member, its neighbour in the same region, and a council of another region."""
    for number, each in enumerate([council, member]):
        each.hex_q, each.hex_r = number, 0
        each.save()
    return make_council(
        slug="far", name="Farton", region="london", hex_q=5, hex_r=5, kind=Kind.LONDON_BOROUGH
    )


def hexes(page) -> set[str]:
    """Return the addresses of the hexes that are links."""
    drawing = page.content.decode().split('<svg class="hexmap')[1].split("</svg>")[0]
    return {part.split('"')[0] for part in drawing.split('<a href="')[1:]}


@pytest.mark.parametrize(
    ("query", "linked"),
    [
        ("", {"/councils/oldham/"}),
        ("?view=nonsense", {"/councils/oldham/"}),
        ("?view=map", {"/councils/leeming/", "/councils/oldham/", "/councils/far/"}),
        ("?view=map&region=north-west", {"/councils/leeming/", "/councils/oldham/"}),
        ("?view=map&status=not-yet", {"/councils/leeming/", "/councils/far/"}),
        ("?view=map&q=far&status=not-yet", {"/councils/far/"}),
    ],
)
def test_the_list_has_a_map_of_members_and_the_map_links_what_fits(
    client, on_the_map, query, linked
):
    assert hexes(client.get(f"/councils/{query}")) == linked


def test_the_map_is_of_the_region_chosen_and_says_who_is_a_member_there(client, on_the_map):
    text = words(client.get("/councils/?view=map&region=london"))

    assert "Map of the councils of London. None is a member yet." in text
    assert "Oldham" not in text.split("<svg")[1]


@pytest.mark.parametrize("query", ["", "?view=map", "?view=map&region=north-west"])
def test_a_map_that_was_drawn_before_tells_the_newest(client, on_the_map, member, query):
    as_a_member = "Oldham, North West: member council"
    for _ in range(2):
        assert as_a_member in words(client.get(f"/councils/{query}"))

    membership = Membership.objects.get(council=member)
    membership.announced_at = None
    membership.save()
    assert as_a_member not in words(client.get(f"/councils/{query}"))


def test_what_the_filters_leave_out_stays_on_the_map_as_outlines(client, on_the_map):
    text = words(client.get("/councils/?view=map&q=far&status=not-yet"))

    assert 'class="hexmap__land"' in text
    assert "Not in your results" in text


def test_list_and_map_keep_the_other_filters_and_start_at_the_first_page(client, on_the_map):
    text = words(client.get("/councils/?region=london&page=1&view=map"))

    assert '"?region=london">List</a>' in text
    assert '"?region=london&amp;view=map" aria-current="true"' in text
    assert '<input type="hidden" name="view" value="map">' in text


def test_where_nothing_has_a_place_there_is_no_map(client, member):
    assert "<svg" not in words(client.get("/councils/?view=map"))


def test_the_filters_stand_open_only_where_one_is_set(client, council):
    closed, opened = client.get("/councils/"), client.get("/councils/?kind=district")

    assert "data-open-when-wide>" in words(closed)
    assert "data-open-when-wide open>" in words(opened)


def test_what_is_no_council_is_not_counted_as_one(client, council, member):
    body = make_council(name="NHS Place", kind=Kind.OTHER_BODY)
    make_council(name="Leeming of old", ended_on=date(2020, 1, 1))
    memberships.record_existing_membership(
        body, by="test", joined_on=None, joined_precision="not_known"
    )

    text = words(client.get("/councils/"))
    assert "1 council and 1 other public body are members" in text
    assert "2 councils and 1 other public body<" in text
    leeming = words(client.get("/councils/?q=leeming&region=north-west"))
    assert "1 council and 1 former council<" in leeming
    assert "cannot find a council called “nowhere”" in words(client.get("/councils/?q=nowhere"))


def test_a_profile_names_the_nearest_members_of_its_region(client, on_the_map, council):
    text = words(client.get("/councils/leeming/")).split('id="nearby"')[1]

    assert "Keep it Local councils in the North West" in text
    assert 'href="/councils/oldham/"' in text
    far = words(client.get("/councils/far/")).split('id="nearby"')[1]
    assert "Keep it Local councils nearest to Farton" in far, "its own region has none"
    assert 'href="/councils/oldham/"' in far


def test_a_county_names_its_districts(client, on_the_map, council):
    council.upper_tier = make_council(slug="shire", name="Shire", kind=Kind.COUNTY)
    council.save()

    text = strip_tags(words(client.get("/councils/shire/")))
    assert "1 district council in its area are separate councils" in text
    assert "District councils" in text
    assert 'href="/councils/leeming/"' in words(client.get("/councils/shire/"))


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://www.leeming.gov.uk", ">www.leeming.gov.uk</a>"),
        ("http://www.leeming.gov.uk/home/", ">www.leeming.gov.uk/home</a>"),
    ],
)
def test_a_website_is_written_as_people_say_it(client, council, address, shown):
    council.website = address
    council.save()

    text = words(client.get("/councils/leeming/"))
    assert f'href="{address}"{shown}' in text


def test_the_wording_keeps_every_word_and_its_numbers_become_a_list(db):
    text = EndorsementWording.objects.first().text_for("Leeming <Council>")
    shown = as_wording(text)

    assert shown.count("<li>") == 6
    assert "Leeming &lt;Council&gt;" in shown
    plain = strip_tags(shown.replace("<li>", "\n").replace("<p>", "\n").replace("<br>", "\n"))
    without_numbers = [line.lstrip("123456. ") for line in text.split("\n")]
    assert (
        plain.replace("&lt;", "<").replace("&gt;", ">").split() == " ".join(without_numbers).split()
    )


@pytest.mark.parametrize("text", ["2. two\n3. three", "1. one\nand more", "1. one\n1. one"])
def test_lines_that_do_not_count_from_one_stay_as_they_were_typed(text):
    shown = as_wording(text)

    assert "<ol>" not in shown
    assert shown == f"<p>{text.replace(chr(10), '<br>')}</p>"


def test_the_banner_of_a_demonstration_never_swallows_the_wording(client, story):
    story.council.is_demonstration = True
    story.council.save()
    sign_up = story.filled_in()
    client.force_login(story.officer)

    page = client.get(f"/join/{sign_up.reference}/ask/").content.decode()
    banners = [part.split("</aside>")[0] for part in page.split('class="demonstration"')[1:]]
    assert "invented" in banners[-1]
    assert not any("On behalf of" in banner for banner in banners)
