"""What enters the index, and what never does."""

import datetime
from contextlib import suppress

import pytest
from django.urls import NoReverseMatch, URLResolver, get_resolver, reverse
from django.utils import timezone
from wagtail.models import Site

from campaign.models import EventIndexPage, EventPage, NewsCouncil, NewsIndexPage, NewsPage
from casestudies.models import Reading, ReadingListPage
from councils.models import CouncilAlias, Succession
from network.actions import memberships
from network.actions.departures import end_membership
from network.actions.sign_ups import start_sign_up
from network.choices import MembershipStatus
from network.models import Membership, Practice, SignUp
from portal.signals import public_changed
from principles.models import Principle
from search.documents import entries, indexing
from search.documents.entries import FixedEntries, live_entries
from search.documents.indexing import catch_up
from search.engines.interface import Query
from search.models import AskedAs
from search.tests.factories import (
    CouncilFactory,
    announced,
    case_study,
    content_page,
    principle_page,
    restrict,
)
from search.views.results import find

pytestmark = pytest.mark.django_db
RARE = "quixotic"


def told():
    """Tell the engine what has changed, as the worker does."""
    return catch_up.func()


def found(text=RARE):
    return [hit.key for hit in find(Query(text)).hits]


def everything_said(text):
    """All that search says when asked for this, as one string."""
    results = find(Query(text, facets=("type", "principle", "council", "region")))
    return repr(results)


def entry_of(key):
    return {entry.key: entry for entry in live_entries()}.get(key)


# ---- What an entry says -------------------------------------------------------------


def test_a_principle_is_found_by_its_names_text_and_blocks(home, engine):
    page = principle_page(home, 3, title="Spend", meaning="<p>Count <b>suppliers</b>.</p>")
    page.in_practice = [("example", {"place": "Kirklees", "quote": "We did.", "as_at": "2020"})]
    page.questions = [("question", "What is our footprint?")]
    page.reading = [("publication", {"title": "Lessons", "why": "How they count."})]
    page.save()
    entry = entry_of(f"page:{page.pk}")
    assert entry.type == "principle"
    assert entry.title == "Spend"
    assert entry.url == "/principles/local-spend/"
    assert "Local spend" in entry.names
    assert entry.summary == "Start here."
    assert entry.principles == ("local-spend",)
    said = ("Kirklees", "We did.", "What is our footprint?", "Lessons", "How they count.")
    for text in ("Count suppliers.", *said):
        assert text in entry.body


def test_a_case_study_carries_its_council_principles_and_figures(home):
    council = CouncilFactory(name="Bradford", slug="bradford", region="london")
    CouncilAlias.objects.create(council=council, name="BMDC")
    page = case_study(
        home, 1, 3, council=council, what_was_hard="<p>Trust.</p>", theme="buying", as_at="2019-07"
    )
    entry = entry_of(f"page:{page.pk}")
    assert entry.type == "case-study"
    assert entry.note == "Bradford"
    assert set(entry.principles) == {"whole-system", "local-spend"}
    assert (entry.council, entry.region) == ("bradford", "london")
    assert (entry.theme, entry.date, entry.year) == ("buying", "2019-07", "2019")
    assert "Trust." in entry.body
    assert "BMDC" in entry.body
    assert entry.names == ("Bradford",)


def test_a_value_that_a_block_leaves_out_is_not_told(home):
    page = principle_page(home, 1)
    page.in_practice = [("example", {"place": "Kirklees", "quote": None, "text": "They did."})]
    page.save()
    body = entry_of(f"page:{page.pk}").body
    assert "They did." in body
    assert "None" not in body


def test_a_reading_list_is_found_by_its_sentences_on_public_case_studies(home):
    public, withdrawn = case_study(home, 1), case_study(home, 1)
    page = ReadingListPage(title="Start here", introduction="Our choice.")
    page.readings = [
        Reading(sort_order=n, case_study=study, why=f"Because of {study.title}.")
        for n, study in enumerate((public, withdrawn))
    ]
    public.get_parent().add_child(instance=page)
    withdrawn.unpublish()
    entry = entry_of(f"page:{page.pk}")
    assert entry.summary == "Our choice."
    assert f"Because of {public.title}." in entry.body
    assert f"Because of {withdrawn.title}." not in entry.body


def news(home, title, **kwargs):
    index = NewsIndexPage.objects.first()
    index = index or home.add_child(instance=NewsIndexPage(title="News", slug="news"))
    return index.add_child(instance=NewsPage(title=title, summary="It happened.", **kwargs))


def event(home, title, **kwargs):
    index = EventIndexPage.objects.first()
    index = index or home.add_child(instance=EventIndexPage(title="Events", slug="events"))
    begins = datetime.datetime(2026, 6, 30, 8, 30, tzinfo=datetime.UTC)
    times = {"begins": begins, "ends": begins + datetime.timedelta(hours=1)}
    return index.add_child(
        instance=EventPage(title=title, summary="It will.", place="Hall", **times, **kwargs)
    )


def test_news_carries_its_date_topics_and_councils(home):
    council = CouncilFactory(name="Bradford", slug="bradford", region="london")
    page = news(
        home, "Joined", date=datetime.date(2024, 3, 1), exactness="month", topics=["health"]
    )
    page.councils = [NewsCouncil(council=council)]
    page.save()
    entry = entry_of(f"page:{page.pk}")
    assert (entry.type, entry.title, entry.url) == ("news", "Joined", "/news/joined/")
    assert entry.summary == "It happened."
    assert (entry.date, entry.year, entry.note) == ("2024-03", "2024", "March 2024")
    assert (entry.council, entry.region) == ("bradford", "london")
    assert "Health and the NHS" in entry.body
    assert "Bradford" in entry.body


def test_news_about_several_councils_is_filed_under_none(home):
    page = news(home, "Joined")
    page.councils = [NewsCouncil(council=CouncilFactory()) for _ in range(2)]
    page.save()
    assert entry_of(f"page:{page.pk}").council == ""


def test_an_event_carries_its_day_and_whether_it_is_cancelled(home):
    page = event(home, "Round table", for_whom="Officers")
    off = event(home, "Visit", is_cancelled=True)
    entry = entry_of(f"page:{page.pk}")
    assert (entry.type, entry.url) == ("event", "/events/round-table/")
    assert (entry.date, entry.note) == ("2026-06-30", "30 June 2026")
    assert "Officers" in entry.body
    assert entry_of(f"page:{off.pk}").note == "Cancelled"


def test_news_and_events_that_nobody_may_see_have_no_entry(home):
    later = timezone.now() + datetime.timedelta(days=1)
    hidden = [
        news(home, "Draft", live=False),
        news(home, "Embargoed", live=False, go_live_at=later),
        event(home, "Draft", live=False),
        event(home, "Invented", is_demonstration=True),
        news(home, "Private"),
    ]
    hidden[1].save_revision().publish()
    restrict(hidden[-1])
    keys = {entry.key for entry in live_entries()}
    assert keys.isdisjoint(f"page:{page.pk}" for page in hidden)


def test_a_page_carries_the_words_that_people_ask_in(home):
    page = case_study(home, 1)
    assert entry_of(f"page:{page.pk}").asked == ""
    AskedAs.objects.create(page=page, words="hand over a library\nrent")
    assert entry_of(f"page:{page.pk}").asked == "hand over a library\nrent"


def test_a_council_is_found_by_every_name_and_code(engine):
    council = CouncilFactory(
        key="brd",
        slug="bradford",
        name="Bradford",
        official_name="City of Bradford Metropolitan District Council",
        gss_code="E08000032",
    )
    CouncilAlias.objects.create(council=council, name="BMDC")
    indexing.ensure_built()
    engine.replace_all(live_entries())
    for name in (
        "Bradford",
        "bradford council",
        "BMDC",
        council.official_name,
        "E08000032",
    ):
        assert found(name) == ["council:brd"]
    assert entry_of("council:brd").url == "/councils/bradford/"


def test_an_abolished_council_says_what_came_after_it():
    old = CouncilFactory(
        key="all",
        name="Allerdale",
        region="north-west",
        ended_on=datetime.date(2023, 3, 31),
    )
    new = CouncilFactory(name="Cumberland")
    Succession.objects.create(predecessor=old, successor=new, kind="merged")
    entry = entry_of("council:all")
    assert entry.title == "Allerdale (until 2023)"
    assert entry.summary == (
        "District council in the North West until 31 March 2023. Merged into Cumberland."
    )


def test_a_council_says_which_ones_it_followed_and_is_found_by_them(engine):
    new = CouncilFactory(key="cum", name="Cumberland", region="north-west", kind="unitary")
    for key in ("Carlisle", "Allerdale"):
        old = CouncilFactory(key=key, name=key, ended_on=datetime.date(2023, 3, 31))
        Succession.objects.create(predecessor=old, successor=new, kind="merged")
    summary = "Unitary council in the North West. Followed Allerdale and Carlisle."
    assert entry_of("council:cum").summary == summary
    engine.replace_all(live_entries())
    assert found("carlisle") == ["council:Carlisle", "council:cum"]


def test_a_council_that_changes_its_name_is_told_where_others_name_it():
    old, new, other = CouncilFactory.create_batch(3)
    Succession.objects.create(predecessor=old, successor=new, kind="merged")
    for council in (old, new):
        assert indexing.touched(council) == {f"council:{old.key}", f"council:{new.key}"}
    assert indexing.touched(other) == {f"council:{other.key}"}


def test_the_successor_of_the_same_name_comes_first(engine):
    CouncilFactory(key="old", name="Somerset", ended_on=datetime.date(2023, 3, 31))
    CouncilFactory(key="new", name="Somerset")
    engine.replace_all(live_entries())
    assert found("somerset") == ["council:new", "council:old"]


def test_a_member_is_called_one():
    council = CouncilFactory(key="brd", region="london")
    announced(council)
    entry = entry_of("council:brd")
    assert entry.note == "Member"
    assert entry.summary.endswith("Member of the network since 3 March 2020.")


def test_members_weigh_more_than_other_councils_and_former_ones_less():
    announced(CouncilFactory(key="member"))
    CouncilFactory(key="other")
    CouncilFactory(key="former", ended_on=datetime.date(2023, 3, 31))
    weights = [entry_of(f"council:{key}").weight for key in ("member", "other", "former")]

    assert weights[0] > weights[1] == 1 > weights[2]


def test_a_council_to_end_is_not_told_as_a_former_one():
    ends = timezone.localdate() + datetime.timedelta(days=100)
    old = CouncilFactory(key="old", name="Old", ended_on=ends)
    new = CouncilFactory(key="new", name="New", started_on=ends + datetime.timedelta(days=1))
    Succession.objects.create(predecessor=old, successor=new, kind="merged")

    assert entry_of("council:old").title == "Old"
    assert entry_of("council:old").summary.endswith("To be merged into New.")
    assert "from " in entry_of("council:new").summary
    assert entry_of("council:new").summary.endswith("Will follow Old.")


def test_a_district_names_its_county():
    county = CouncilFactory(name="Shire", kind="county")
    CouncilFactory(key="dis", upper_tier=county)

    assert entry_of("council:dis").summary == "District council in Shire, the North East."


def test_a_case_study_keeps_the_heading_of_what_was_hard(home):
    page = case_study(home, 1, what_was_hard="<p>The roof leaked.</p>")
    without = case_study(home, 1)

    assert "What was hard:\nThe roof leaked." in entry_of(f"page:{page.pk}").body
    assert "What was hard" not in entry_of(f"page:{without.pk}").body


def test_a_body_that_is_no_council_is_not_called_one():
    CouncilFactory(key="nhs", kind="other_body", name="NHS West Yorkshire")
    entry = entry_of("council:nhs")
    assert entry.type == "other-body"
    assert "NHS West Yorkshire Council" not in entry.names


def test_one_page_that_cannot_be_read_does_not_keep_the_others_out(home, monkeypatch, caplog):
    good, bad = content_page(home), content_page(home)
    read = entries.ContentEntries.entry

    def entry(self, page):
        if page.pk == bad.pk:
            raise ValueError("broken")
        return read(self, page)

    monkeypatch.setattr(entries.ContentEntries, "entry", entry)
    assert [entry.key for entry in live_entries()] == [f"page:{good.pk}"]
    assert f"page:{bad.pk}" in caplog.text


@pytest.mark.parametrize("rows", [2, 6])
def test_building_takes_no_more_queries_for_more_rows(home, rows, django_assert_max_num_queries):
    for number in range(rows):
        case_study(home, 1, 2)
        content_page(home)
        principle_page(home, number + 1)
        CouncilFactory()
    with django_assert_max_num_queries(57):
        assert len(list(live_entries())) == 5 * rows + 2  # and the two lists


def test_a_page_of_no_site_is_not_an_entry(home):
    content_page(home)
    Site.objects.all().delete()
    assert list(live_entries()) == []


def test_with_several_sites_an_address_names_its_host(home):
    page = content_page(home, slug="anchor")
    other = content_page(home, slug="other")
    Site.objects.create(hostname="other.example", root_page=other)
    below = content_page(other, slug="below")
    assert entry_of(f"page:{page.pk}").url == "http://localhost/anchor/"
    assert entry_of(f"page:{below.pk}").url == "http://other.example/below/"


# ---- What never enters --------------------------------------------------------------


def never(home):
    """Rows with the rare word that nobody may find, by what they are."""
    draft = content_page(home, RARE, title=f"{RARE} draft", live=False)
    draft.save_revision()
    private = content_page(home, RARE, title=f"{RARE} private")
    restrict(private)
    below = content_page(private, RARE, title=f"{RARE} below")
    public = content_page(home, "nothing", title="Public")
    public.title = f"{RARE} unpublished change"
    public.save_revision()
    invented = CouncilFactory(name=f"{RARE} council", slug=f"{RARE}-council", is_demonstration=True)
    CouncilAlias.objects.create(council=invented, name=f"{RARE} alias")
    case_study(home, 1, title=f"{RARE} study", council=invented)
    case_study(home, 1, title=f"{RARE} draft study", live=False)
    return [draft, private, below, public, invented]


def test_nothing_private_enters_when_the_index_is_built(home, engine):
    never(home)
    engine.replace_all(live_entries())
    assert engine.search(Query(RARE)).count == 0
    said = everything_said("council study page public").lower()
    assert RARE not in said
    assert "public" in said


def test_nothing_private_enters_when_it_changes(home, engine):
    for row in never(home):
        public_changed.send(sender=type(row), instance=row)
    assert told() > 0
    assert engine.search(Query(RARE)).count == 0


def test_nothing_private_is_found_while_search_is_limited(home, search_file):
    never(home)
    results = find(Query(RARE))
    assert results.limited
    assert results.count == 0


def test_an_embargoed_membership_is_not_told(engine):
    council = CouncilFactory(key="brd", name="Bradford")
    later = datetime.datetime(2099, 1, 1, tzinfo=datetime.UTC)
    announced(council, announced_at=None, announce_at=later)
    public_changed.send(sender=type(council), instance=council)
    told()
    [hit] = find(Query("bradford")).hits
    assert hit.note == ""
    assert "member" not in everything_said("bradford").lower()
    assert engine.search(Query("member")).count == 0


def test_fixed_pages_are_entries_whose_addresses_answer(fixed_pages, monkeypatch, client, home):
    monkeypatch.setattr(entries, "FIXED", fixed_pages)
    found = list(live_entries())
    assert {entry.key for entry in found} == {entry.key for _, entry in fixed_pages}
    for entry in found:
        assert client.get(entry.url).status_code == 200
    assert [e.key for e in live_entries({"fixed:join"})] == ["fixed:join"]
    assert [e.key for e in FixedEntries().entries(titled=["lm3"])] == [
        "fixed:multiplier",
        "fixed:multiplier-method",
    ]


NOT_LOOKED_FOR = {
    "search:search",  # the page on which people look
    "network:join_council",  # a step of joining
    "casestudies:pack",  # repeats other pages
    "casestudies:pack_docx",  # the same, while it is empty
    "campaign:supporters_sent",  # what follows a form
    "campaign:supporter_erased",
    "campaign:tell_ask",  # follows the letter to one's council
    "multiplier:embed_v1",  # a frame within other pages
    "account_login",  # the same door as `account_request_login_code`
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key_done",
    "account_password_reset_completed",
    "account_email_verification_sent",
    "account_inactive",
    "account_signup_closed",
    "styleguide",  # for developers
    "dev_mail",
}


def public_pages(client, patterns=None, namespace=""):
    """The named addresses without parts to fill in that show anybody a page."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from public_pages(client, pattern.url_patterns, inner)
        elif pattern.name:
            with suppress(NoReverseMatch):
                response = client.get(reverse(f"{namespace}{pattern.name}"))
                is_page = response.headers.get("Content-Type", "").startswith("text/html")
                if response.status_code == 200 and is_page:
                    yield f"{namespace}{pattern.name}"


def test_every_public_page_without_a_row_is_found_by_search(fixed_pages, client, home):
    found = {name for name, _ in fixed_pages}
    pages = set(public_pages(client))

    assert pages - found - NOT_LOOKED_FOR == set(), "add them to search/data/fixed_pages.toml"
    assert found <= pages
    assert len(pages) > 10


@pytest.mark.parametrize(
    ("asked", "address"),
    [
        ("spend over £500", "/multiplier/spend/"),
        ("spend file", "/multiplier/spend/"),
        ("spending tool", "/multiplier/spend/"),
        ("embed calculator", "/multiplier/embed/"),
        ("committee paper", "/join/committee-paper/"),
        ("newsletter", "/supporters/"),
        ("unsubscribe", "/supporters/"),
        ("cabinet report", "/join/committee-paper/"),
        ("log in", "/accounts/login/code/"),
    ],
)
def test_a_tool_is_found_by_what_people_call_it(
    fixed_pages, monkeypatch, home, either_engine, asked, address
):
    monkeypatch.setattr(entries, "FIXED", fixed_pages)
    either_engine.replace_all(live_entries())

    assert find(Query(asked)).hits[0].url == address


# ---- A member's own words -----------------------------------------------------------


def test_a_members_own_words_are_found_as_its_page_shows_them(council, officer):
    sign_up = start_sign_up(council, by=officer)
    SignUp.objects.update(profile="A dale of weavers.", quote="Spindles first.", quote_by="Lena")
    SignUp.objects.update(profile_may_be_published=True, quote_may_be_published=True)
    announced(council, sign_up=sign_up)
    assert "A dale of weavers." in entry_of("council:lmg").body
    assert "Spindles" not in entry_of("council:lmg").body, "nobody approved the quotation"
    SignUp.objects.update(quote_approved_by="The leader")
    assert "Spindles first." in entry_of("council:lmg").body


CONVERSATION = {
    "conversation": "held",
    "conversation_on": datetime.date(2026, 5, 1),
    "conversation_partners": "The lamplighters",
    "conversation_outcome": "A covenant with the dale",
}
TICKS = {
    "practice": "hollyhocks",
    "conversation_may_be_published": "conversation with the community was held",
    "partners_may_be_published": "lamplighters",
    "outcome_may_be_published": "covenant",
}


@pytest.fixture
def member(council, officer):
    """A member that wrote of its practice and its conversation, and published nothing yet."""
    sign_up = start_sign_up(council, by=officer)
    SignUp.objects.update(**CONVERSATION)
    sign_up.practices.create(principle=Principle.objects.get(number=3), text="We buy hollyhocks")
    return announced(council, sign_up=sign_up)


def publish(*ticks):
    """Publish these answers and no others."""
    Practice.objects.update(may_be_published="practice" in ticks)
    SignUp.objects.update(**{name: name in ticks for name in TICKS if name != "practice"})


@pytest.mark.parametrize("tick", TICKS)
def test_each_tick_puts_its_own_answer_into_the_entry_and_no_other(member, tick):
    publish()
    assert entry_of("council:lmg").body == ""
    publish(tick)
    body = entry_of("council:lmg").body
    assert [name for name, said in TICKS.items() if said in body] == [tick]


def test_practice_and_conversation_are_found_while_the_council_is_a_member(
    member, manager, either_engine
):
    publish(*TICKS)
    Membership.objects.update(announced_at=None)
    either_engine.replace_all(live_entries())
    assert not [word for word in ("hollyhocks", "lamplighters", "covenant") if found(word)]

    memberships.announce(member, by=manager)
    told()
    for word in ("hollyhocks", "lamplighters", "covenant"):
        assert found(word) == ["council:lmg"]


@pytest.mark.parametrize("status", ["withdrawn", "removed", "ended_by_reorganisation"])
def test_practice_and_conversation_leave_search_when_the_membership_ends(
    member, manager, either_engine, status
):
    publish(*TICKS)
    either_engine.replace_all(live_entries())
    assert found("hollyhocks") == ["council:lmg"]

    end_membership(
        member, MembershipStatus(status), on=timezone.localdate(), by=manager, why="It ended"
    )
    assert found("hollyhocks") == [], "before any task has run"
    told()
    assert found("hollyhocks") == []
    assert found("leeming") == ["council:lmg"]


@pytest.mark.parametrize("rows", [1, 10])
def test_members_own_words_take_no_more_queries_for_more_members(
    rows, django_assert_max_num_queries
):
    principle = Principle.objects.get(number=3)
    for number in range(rows):
        council = CouncilFactory()
        sign_up = SignUp.objects.create(
            council=council,
            reference=f"KIL-2026-{number}",
            number=number,
            logo_may_be_published=True,
            logo_rights="Ours",
        )
        sign_up.practices.create(principle=principle, text="We ask", may_be_published=True)
        announced(council, sign_up=sign_up)
    with django_assert_max_num_queries(8):
        found = list(entries.CouncilEntries().entries())
    assert [entry.body for entry in found] == ["We ask"] * rows
