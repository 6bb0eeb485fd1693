"""What enters the index, what never does, and what leaves it at once."""

import datetime

import pytest
from django.db import transaction
from django.utils import timezone
from wagtail.models import PageViewRestriction, Site

from councils.models import CouncilAlias, Succession
from network.actions import sign_ups
from network.models import Membership, SignUp
from portal.jobs.tick import due_jobs
from portal.signals import public_changed
from principles.models import Example, Principle, Prompt
from search import entries, keeping_up
from search.engines import EngineUnavailable, Query
from search.entries import FixedEntries, live_entries
from search.finding import find
from search.keeping_up import catch_up
from search.models import StaleEntry
from search.tests.factories import CouncilFactory, case_study, content_page, principle_page
from search.ticks import tell_what_was_missed

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


def announced(council, **fields):
    return Membership.objects.create(
        council=council,
        joined_on=datetime.date(2020, 3, 3),
        **{"announced_at": timezone.now(), **fields},
    )


def restrict(page):
    return PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)


def entry_of(key):
    return {entry.key: entry for entry in live_entries()}.get(key)


# ---- What an entry says -------------------------------------------------------------


def test_a_principle_is_found_by_its_names_text_examples_and_prompts(home, engine):
    page = principle_page(home, 3, title="Spend", meaning="<p>Count <b>suppliers</b>.</p>")
    page.examples.add(Example(place="Kirklees", text="They did.", as_at="2020"))
    page.prompts.add(Prompt(text="What is our footprint?"))
    page.save()
    entry = entry_of(f"page:{page.pk}")
    assert entry.type == "principle"
    assert entry.title == "Spend"
    assert entry.url == "/principles/local-spend/"
    assert "Local spend" in entry.names
    assert entry.summary == "Start here."
    assert entry.principles == ("local-spend",)
    for text in ("Count suppliers.", "Kirklees. They did.", "What is our footprint?"):
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


def test_a_council_is_found_by_every_name_and_code(engine):
    council = CouncilFactory(
        key="brd",
        slug="bradford",
        name="Bradford",
        official_name="City of Bradford Metropolitan District Council",
        gss_code="E08000032",
    )
    CouncilAlias.objects.create(council=council, name="BMDC")
    keeping_up.ensure_built()
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
        assert keeping_up.touched(council) == {f"council:{old.key}", f"council:{new.key}"}
    assert keeping_up.touched(other) == {f"council:{other.key}"}


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
    with django_assert_max_num_queries(34):
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
    announced(council, announced_at=None, announce_on=datetime.date(2099, 1, 1))
    public_changed.send(sender=type(council), instance=council)
    told()
    [hit] = find(Query("bradford")).hits
    assert hit.note == ""
    assert "member" not in everything_said("bradford").lower()
    assert engine.search(Query("member")).count == 0


# ---- What leaves at once, with worker and engine down -------------------------------


@pytest.fixture
def known(home, engine):
    """A public page that the engine knows."""
    page = content_page(home, RARE, title="Anchor page")
    engine.replace_all(live_entries())
    assert found() == [f"page:{page.pk}"]
    return page


def gone(engine):
    """Whether nobody finds it, though the engine still holds it."""
    assert engine.search(Query(RARE)).count == 1
    return RARE not in everything_said(RARE) and not found()


def test_unpublishing_takes_a_page_out_in_the_same_transaction(known, engine):
    with transaction.atomic():
        known.unpublish()
        assert gone(engine)


def test_deleting_takes_a_page_out(known, engine):
    known.delete()
    assert gone(engine)


def test_making_a_page_private_takes_it_out(known, engine):
    restrict(known)
    assert gone(engine)


def test_making_its_parent_private_takes_a_page_out(home, engine):
    parent = content_page(home)
    content_page(parent, RARE)
    engine.replace_all(live_entries())
    assert len(found()) == 1
    restrict(parent)
    assert gone(engine)


def test_a_new_title_is_not_shown_as_the_old_one(known, engine):
    known.title, known.slug = "Buoy page", "buoy"
    known.save_revision().publish()
    assert gone(engine)
    told()
    [hit] = find(Query(RARE)).hits
    assert "".join(part.text for part in hit.title) == "Buoy page"
    assert hit.url == "/buoy/"


def test_a_council_that_becomes_a_demonstration_is_taken_out(engine):
    council = CouncilFactory(name=RARE)
    engine.replace_all(live_entries())
    council.is_demonstration = True
    council.save()
    public_changed.send(sender=type(council), instance=council)
    assert gone(engine)


def test_what_is_rolled_back_stays(known):
    with pytest.raises(RuntimeError), transaction.atomic():
        known.unpublish()
        raise RuntimeError("never mind")
    assert found() == [f"page:{known.pk}"]


# ---- How the engine hears of it -----------------------------------------------------


def test_the_worker_lets_go_of_what_is_gone_and_takes_in_what_is_new(known, engine, home):
    known.unpublish()
    new = content_page(home, RARE)
    public_changed.send(sender=type(new), instance=new)
    assert told() == 2
    assert not StaleEntry.objects.exists()
    assert [hit.key for hit in engine.search(Query(RARE)).hits] == [f"page:{new.pk}"]


def test_a_row_counts_as_it_is_when_the_worker_reads_it(known, engine):
    known.unpublish()
    known.save_revision().publish()
    told()
    assert found() == [f"page:{known.pk}"]


def test_with_the_engine_down_nothing_is_lost(known, engine, monkeypatch):
    known.unpublish()

    def down(*args):
        raise EngineUnavailable("down")

    with monkeypatch.context() as patch:
        patch.setattr(type(engine), "put", down)
        with pytest.raises(EngineUnavailable):
            told()
    assert StaleEntry.objects.count() == 1
    assert gone(engine)
    assert told() == 1
    assert engine.count() == 0


def test_a_change_that_comes_later_is_told_again(known, engine):
    public_changed.send(sender=type(known), instance=known)
    told()
    known.unpublish()
    assert StaleEntry.objects.count() == 1
    told()
    assert engine.count() == 0


def test_one_task_is_queued_for_a_transaction(
    home, engine, monkeypatch, django_capture_on_commit_callbacks
):
    queued = []
    monkeypatch.setattr(keeping_up, "settle", lambda: queued.append(1))
    with django_capture_on_commit_callbacks(execute=True):
        for council in CouncilFactory.create_batch(3):
            public_changed.send(sender=type(council), instance=council)
    assert queued == [1]
    assert StaleEntry.objects.count() == 3


def test_a_change_is_marked_once_a_key(known):
    for _ in range(3):
        public_changed.send(sender=type(known), instance=known)
    assert StaleEntry.objects.count() == 1


def test_a_changed_council_refreshes_its_case_studies(home):
    council = CouncilFactory(key="brd")
    study = case_study(home, 1, council=council)
    StaleEntry.objects.all().delete()
    public_changed.send(sender=type(council), instance=council)
    assert set(StaleEntry.objects.values_list("key", flat=True)) == {
        "council:brd",
        f"page:{study.pk}",
    }


def test_a_changed_principle_refreshes_its_page(home):
    page = principle_page(home, 2)
    StaleEntry.objects.all().delete()
    principle = Principle.objects.get(number=2)
    public_changed.send(sender=Principle, instance=principle)
    assert StaleEntry.objects.get().key == f"page:{page.pk}"


def test_what_search_does_not_show_is_not_marked():
    member = announced(CouncilFactory())
    public_changed.send(sender=Membership, instance=member)
    assert not StaleEntry.objects.exists()


def test_changes_that_wait_too_long_are_told_to_the_reader(known):
    assert not find(Query("anchor")).late
    StaleEntry.objects.create(key="page:0", since=timezone.now())
    assert not find(Query("anchor")).late
    StaleEntry.objects.update(since=timezone.now() - datetime.timedelta(minutes=2))
    assert find(Query("anchor")).late


def test_the_worker_builds_an_index_that_is_not_there(home, search_file):
    content_page(home, RARE)
    assert find(Query(RARE)).limited
    told()
    results = find(Query(RARE))
    assert results.count == 1
    assert not results.limited


def test_an_index_that_can_be_used_is_not_built_again(engine):
    assert not keeping_up.ensure_built()


def test_the_tick_catches_up_on_what_tasks_have_left(known, engine, monkeypatch):
    known.unpublish()
    assert tell_what_was_missed() == 0  # its task may yet come
    StaleEntry.objects.update(since=timezone.now() - datetime.timedelta(minutes=2))
    with monkeypatch.context() as patch:
        patch.setattr(type(engine), "put", _down)
        assert tell_what_was_missed() == 0
    assert tell_what_was_missed() == 1
    assert engine.count() == 0


def test_the_tick_builds_an_index_that_is_not_there(home, search_file):
    content_page(home, RARE)
    tell_what_was_missed()
    assert [hit.key for hit in find(Query(RARE)).hits]
    assert "caught up" in " ".join(due_jobs())


def _down(*args):
    raise EngineUnavailable("down")


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


# ---- A member's own words -----------------------------------------------------------


def test_a_members_own_words_are_found_as_its_page_shows_them(council, officer):
    sign_up = sign_ups.start_sign_up(council, by=officer)
    SignUp.objects.update(profile="A dale of weavers.", quote="Spindles first.", quote_by="Lena")
    announced(council, sign_up=sign_up)
    assert "A dale of weavers." in entry_of("council:lmg").body
    assert "Spindles" not in entry_of("council:lmg").body, "nobody approved the quotation"
    SignUp.objects.update(quote_approved_by="The leader")
    assert "Spindles first." in entry_of("council:lmg").body
