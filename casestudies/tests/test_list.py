"""The list at /case-studies/: filters, counts, pagination and what it leaves out."""

import random
import re
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import PageViewRestriction
from wagtail.rich_text import RichText

from casestudies.choices import ALWAYS, CostBand, Part, Route, Status, Theme
from casestudies.models import CaseStudyPage
from casestudies.tests.factories import CaseStudyPageFactory, CouncilFactory
from councils.choices import Kind, Region
from councils.models import Council, CouncilAlias
from portal.tests.test_head import meta_of

URL = "/case-studies/"


@pytest.fixture
def bradford(case_studies):
    council = CouncilFactory(name="Bradford", slug="bradford")
    return CaseStudyPageFactory(
        parent=case_studies, title="Social value", council=council, numbers=[3, 6]
    )


@pytest.fixture
def lewisham(case_studies):
    council = CouncilFactory(name="Lewisham", kind=Kind.LONDON_BOROUGH, region=Region.LONDON)
    return CaseStudyPageFactory(
        parent=case_studies, title="A pot in every ward", council=council, numbers=[5]
    )


@pytest.fixture
def wirral(case_studies):
    council = CouncilFactory(name="Wirral", region=Region.NORTH_WEST)
    return CaseStudyPageFactory(
        parent=case_studies, title="Keeping wealth", council=council, numbers=[3]
    )


def listed(client, query=""):
    """Return the titles shown, in order."""
    return [page.title for page in client.get(URL + query).context["listing"].page]


def counts(client, query, facet):
    """Return the counts of one facet by value, without zeros."""
    counted = client.get(URL + query).context["listing"].counts[facet]
    return {value: count for value, count in counted.items() if count}


def test_list_is_ordered_by_council(client, wirral, lewisham, bradford):
    assert listed(client) == ["Social value", "A pot in every ward", "Keeping wealth"]


def test_card_shows_figure_with_its_facts(client, bradford):
    html = client.get(URL).content.decode()

    for text in [
        "Bradford",
        "£2.43",
        "of local benefit for every £1 of income",
        "Claimed by The Trust (2019)",
        "Local spend",
        "Local by default",
    ]:
        assert text in html
    assert 'href="/case-studies/social-value/"' in html
    assert 'class="hexcrop art art--by-place"' in html


def test_card_without_figure_shows_summary(client, case_studies):
    CaseStudyPageFactory(parent=case_studies, results=0, summary="Nobody counted.")

    assert "Nobody counted." in client.get(URL).content.decode()


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("?principle=local-spend", ["Social value", "Keeping wealth"]),
        ("?region=london", ["A pot in every ward"]),
        ("?kind=metropolitan", ["Social value", "Keeping wealth"]),
        # OR within a facet
        ("?region=london&region=north-west", ["A pot in every ward", "Keeping wealth"]),
        # AND across facets
        ("?principle=local-spend&region=north-west", ["Keeping wealth"]),
        ("?principle=local-spend&region=london", []),
    ],
)
def test_facets_or_within_and_across(client, bradford, lewisham, wirral, query, titles):
    assert listed(client, query) == titles


def test_page_with_two_chosen_principles_is_listed_once(client, bradford):
    query = "?principle=local-spend&principle=local-by-default"

    assert listed(client, query) == ["Social value"]


def test_counts_ignore_own_facet_and_keep_others(client, bradford, lewisham, wirral):
    query = "?principle=local-spend&region=london"

    # the region's choice is lifted: both that spend locally are offered
    assert counts(client, query, "region") == {
        "yorkshire-and-the-humber": 1,
        "north-west": 1,
    }
    # the principle's choice is lifted: what London has
    assert counts(client, query, "principle") == {"commit-to-community": 1}
    # both hold for the kind: nothing is left
    assert counts(client, query, "kind") == {}


def test_counts_without_choices_cover_all(client, bradford, lewisham, wirral):
    assert counts(client, "", "principle") == {
        "local-spend": 2,
        "commit-to-community": 1,
        "local-by-default": 1,
    }
    assert counts(client, "", "kind") == {"metropolitan": 2, "london_borough": 1}


def test_chip_removes_one_choice_and_keeps_others(client, bradford, wirral):
    response = client.get(URL + "?principle=local-spend&region=london&region=north-west")
    chips = {chip.label: chip.url for chip in response.context["listing"].chips}

    assert chips == {
        "Local spend": "?region=north-west&region=london",
        "North West": "?principle=local-spend&region=london",
        "London": "?principle=local-spend&region=north-west",
    }
    html = response.content.decode()
    assert "2 case studies" not in html
    assert "for Local spend, and North West or London" in html


def test_chosen_boxes_are_checked(client, bradford):
    html = client.get(URL + "?region=london").content.decode()
    ticked = re.findall(r'<input[^>]*value="([^"]*)"[^>]* checked>', html)

    assert ticked == ["london"]


@pytest.mark.parametrize(
    "query",
    [
        "?principle=nonsense",
        "?region=%00&kind=%22%27%3Cscript%3E",
        "?kind=other-body-of-no-kind",
        "?" + "region=q&" * 500,
        "?region=" + "x" * 8000,
        "?principle=1' OR 1=1--",
    ],
)
def test_unknown_values_are_not_found_and_show_the_whole_list(client, bradford, lewisham, query):
    response = client.get(URL + query)

    assert response.status_code == 404
    assert response.context["listing"].total == 2
    assert not response.context["listing"].choices.is_narrowed


@pytest.mark.parametrize("query", ["?unknown=1", "?region=", "?utm_source=x&kind="])
def test_what_is_no_filter_changes_nothing(client, bradford, query):
    assert client.get(URL + query).status_code == 200


def test_no_results_shows_message_and_link(client, bradford):
    html = client.get(URL + "?region=london").content.decode()

    assert "No case studies match your search" in html
    assert "see all case studies" in html


def test_empty_list_shows_message(client, case_studies):
    assert "We have not published any case studies yet" in client.get(URL).content.decode()


def test_hidden_case_studies_are_neither_listed_nor_counted(client, case_studies, bradford):
    CaseStudyPageFactory(parent=case_studies, title="A draft", live=False)
    private = CaseStudyPageFactory(parent=case_studies, title="Private")
    PageViewRestriction.objects.create(page=private, restriction_type=PageViewRestriction.LOGIN)
    invented = CouncilFactory(name="Exampleshire", is_demonstration=True)
    CaseStudyPageFactory(parent=case_studies, title="Invented", council=invented)

    assert listed(client) == ["Social value"]
    assert counts(client, "", "kind") == {"metropolitan": 1}
    assert counts(client, "", "principle") == {"local-spend": 1, "local-by-default": 1}


def test_pagination_keeps_choices_in_address(client, case_studies):
    for _ in range(25):
        CaseStudyPageFactory(parent=case_studies)

    first = client.get(URL + "?kind=metropolitan")
    second = client.get(URL + "?kind=metropolitan&page=2")

    assert len(first.context["listing"].page) == 24
    assert len(second.context["listing"].page) == 1
    assert 'href="?kind=metropolitan&amp;page=2"' in first.content.decode()


@pytest.mark.parametrize("number", ["0", "-1", "2", "999", "two", "1e9", "\x00"])
def test_page_that_does_not_exist_is_not_found(client, bradford, number):
    assert client.get(URL, {"page": number}).status_code == 404


@pytest.mark.parametrize("number", ["", "1"])
def test_first_page_can_be_asked_for(client, bradford, number):
    assert client.get(URL, {"page": number}).status_code == 200


def test_page_beyond_filtered_list_is_not_found(client, bradford):
    assert client.get(URL, {"region": "london", "page": "2"}).status_code == 404


def test_unknown_filter_is_named_and_not_indexed(client, bradford):
    html = client.get(URL + "?region=zz&kind=metropolitan").content.decode()

    assert "We do not know “zz”, so we have not used it to filter this list." in html
    assert meta_of(html)["robots"] == "noindex"
    assert "We do not know" not in client.get(URL).content.decode()


def head_of(client, query: str) -> tuple[str, str, str, bool]:
    """Return the title, description and canonical query of a list, and if it is indexed."""
    html = client.get(URL + query).content.decode()
    (title,) = re.findall(r"<title>(.*) · Keep it Local</title>", html)
    (canonical,) = re.findall(r'<link rel="canonical" href="[^"]*/case-studies/([^"]*)">', html)
    meta = meta_of(html)
    return title, meta["description"], canonical, "robots" not in meta


def test_every_list_has_title_description_and_address_of_its_own(client, case_studies, bradford):
    for _ in range(25):
        CaseStudyPageFactory(parent=case_studies)
    queries = ["", "?page=2", "?region=london", "?kind=metropolitan&page=2", "?q=social+value"]

    heads = [head_of(client, query) for query in queries]

    assert len({title for title, *_ in heads}) == len(queries)
    assert len({description for _, description, *_ in heads}) == len(queries)
    canonical = [address.replace("&amp;", "&") for *_, address, _ in heads]
    assert canonical == queries
    assert [indexed for *_, indexed in heads] == [True, True, False, False, False]


def test_canonical_address_leaves_out_what_changes_nothing(client, bradford):
    assert head_of(client, "?utm_source=x&page=1")[2] == ""


def queries(client, url):
    client.get(url)  # whatever is remembered between requests is now remembered
    with CaptureQueriesContext(
        connection,
    ) as made:
        assert client.get(url).status_code == 200
    return len(made)


@pytest.mark.parametrize(
    "query", ["", "?principle=whole-system&kind=metropolitan&length=short&year=2019", "?like=seen"]
)
def test_queries_stay_within_budget_at_any_size(client, case_studies, query):
    CouncilFactory(slug="seen", population=100_000)
    CaseStudyPageFactory(parent=case_studies)
    one = queries(client, URL + query)
    for _ in range(9):
        CaseStudyPageFactory(parent=case_studies, results=3)
    ten = queries(client, URL + query)

    assert one == ten
    assert ten <= 15


def test_list_sets_no_cookie(client, bradford):
    assert not client.get(URL).cookies
    assert not client.get(URL + "social-value/").cookies


# ---- Every facet, counted exactly ---------------------------------------------------

NOTHING_FOUND = [part for part in Part if part not in ALWAYS]


def step(date):
    return ("step", {"date": date, "until": "", "what": RichText("<p>They met.</p>")})


def full(**fields):
    """Make a full case study that began in 2017: its other parts are said to be unknown."""
    steps = [step(date) for date in ("2018-05", "2017", "2019-01-01")]
    return CaseStudyPageFactory(**{"steps": steps, "nothing_found": NOTHING_FOUND} | fields)


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("?theme=buying", ["Both"]),
        ("?cost=over_5m&cost=to_500k", ["Both", "Long"]),
        ("?route=lease", ["Long"]),
        ("?status=ended", ["Long"]),
        ("?year=2017", ["Both", "Long"]),
        ("?year=2018", []),
        ("?length=full", ["Both", "Long"]),
        ("?length=short", ["Note"]),
        ("?length=full&cost=over_5m&year=2017&theme=buying", ["Both"]),
    ],
)
def test_every_facet_narrows(client, case_studies, query, titles):
    full(parent=case_studies, title="Both", theme="buying", cost_band="over_5m")
    route = {"cost_band": "to_500k", "procurement_route": "lease"}
    full(parent=case_studies, title="Long", status="ended", **route)
    CaseStudyPageFactory(parent=case_studies, title="Note")

    assert listed(client, query) == titles


@pytest.fixture
def thirty(case_studies):
    """Thirty case studies with random facts, the same ones each time."""
    rng = random.Random(13)
    councils = [
        CouncilFactory(kind=rng.choice(Kind.values), region=rng.choice(Region.values[:3]))
        for _ in range(8)
    ]
    for _ in range(30):
        make = rng.choice([full, CaseStudyPageFactory])
        make(
            parent=case_studies,
            council=rng.choice(councils),
            results=0,
            numbers=rng.sample(range(1, 7), rng.randint(1, 3)),
            theme=rng.choice(["", *Theme.values[:3]]),
            status=rng.choice(Status.values),
            cost_band=rng.choice(["", *CostBand.values]),
            procurement_route=rng.choice(["", *Route.values[:3]]),
        )
    return rng


def values_of(page):
    """Return the values of a case study in each facet, from its own rows."""
    dates = [step.value["date"][:4] for step in page.steps]
    return {
        "principle": [principle.slug for principle in page.principles.all()],
        "theme": [page.theme],
        "region": [page.council.region],
        "kind": [page.council.kind],
        "cost": [page.cost_band],
        "route": [page.procurement_route],
        "status": [page.status],
        "year": [min(dates)] if dates else [],
        "length": ["full" if page.steps else "short"],
    }


def test_counts_equal_those_of_a_plain_loop_for_any_choice(client, thirty):
    things = [values_of(page) for page in CaseStudyPage.objects.all()]
    known = client.get(URL).context["listing"].known
    for _ in range(40):
        names = thirty.sample(list(known), thirty.randint(0, 4))
        chosen = {n: set(thirty.sample(list(known[n])[:9], thirty.choice([1, 2]))) for n in names}
        query = "&".join(f"{n}={value}" for n, values in chosen.items() for value in values)
        listing = client.get(f"{URL}?{query}").context["listing"]

        def fitting(without, chosen=chosen):
            rest = {name: values for name, values in chosen.items() if name != without}
            return [t for t in things if all(v & set(t[name]) for name, v in rest.items())]

        assert listing.total == len(fitting("")) == len(listing.page.object_list) or (
            listing.total > 24
        ), query
        for name in known:
            found = [value for thing in fitting(name) for value in thing[name] if value]
            counted = {v: n for v, n in listing.counts[name].items() if v and n}
            assert counted == {value: found.count(value) for value in set(found)}, (query, name)


def test_counts_follow_a_council_a_restriction_and_a_principle_at_once(client, bradford, wirral):
    assert counts(client, "", "region")["north-west"] == 1
    wirral.council.region = Region.LONDON
    wirral.council.save()
    assert counts(client, "", "region") == {"yorkshire-and-the-humber": 1, "london": 1}
    bradford.principles = [p for p in bradford.principles.all() if p.number == 6]
    bradford.save()
    assert counts(client, "", "principle") == {"local-spend": 1, "local-by-default": 1}
    PageViewRestriction.objects.create(page=wirral, restriction_type=PageViewRestriction.LOGIN)
    assert counts(client, "", "region") == {"yorkshire-and-the-humber": 1}


def test_folded_after_three_facets_unless_chosen(client, thirty):
    facets = client.get(URL + "?status=running").context["listing"].facets

    assert [f.name for f in facets if f.is_open] == ["principle", "theme", "region", "status"]
    html = client.get(URL).content.decode()
    assert html.count('<details class="filters__fold" open>') == 3
    assert html.count('<details class="filters__fold">') == len(facets) - 3


# ---- Order, and what stands apart ---------------------------------------------------


def test_full_case_studies_come_first_and_short_notes_stand_apart(client, case_studies):
    CaseStudyPageFactory(parent=case_studies, title="A note", council__name="Aber")
    full(parent=case_studies, title="Whole", council__name="Zeal")
    html = client.get(URL).content.decode()

    assert listed(client) == ["Whole", "A note"]
    assert "1 full case study and 1 short note" in html
    assert html.index("Whole</a>") < html.index('id="short-notes"') < html.index("A note</a>")
    for query in ("?length=short", "?sort=newest", "?length=full"):
        assert 'id="short-notes"' not in client.get(URL + query).content.decode()


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("", ["Keeping", "Asking", "Buying"]),
        ("?sort=confirmed", ["Buying", "Asking", "Keeping"]),
        ("?sort=newest", ["Asking", "Keeping", "Buying"]),
        ("?sort=nonsense", ["Keeping", "Asking", "Buying"]),
        ("?sort=best", ["Keeping", "Asking", "Buying"]),  # nothing is searched for
    ],
)
def test_orders(client, case_studies, query, titles):
    for title, council, as_at, day in [
        ("Buying", "Zeal", "2025-06", 1),
        ("Keeping", "Aber", "", 2),
        ("Asking", "Moor", "2025", 3),
    ]:
        CaseStudyPageFactory(
            parent=case_studies,
            title=title,
            council__name=council,
            as_at=as_at,
            first_published_at=datetime(2026, 1, day, tzinfo=UTC),
        )

    assert listed(client, query) == titles


def test_card_leads_with_what_changed_and_files_what_it_cost_and_whether_it_runs(
    client, case_studies
):
    CaseStudyPageFactory(
        parent=case_studies, what_changed="Half stays here.", cost_band="to_5m", summary="Long."
    )
    html = client.get(URL).content.decode()

    assert '<p class="card__lead">Half stays here.</p>' in html
    assert "<li>Short note</li><li>£500,000 to £5 million</li><li>Running. Not confirmed" in html
    assert "Long." not in html.partition('id="results"')[2]


# ---- Councils like yours ------------------------------------------------------------


@pytest.fixture
def alike(case_studies):
    """Case studies of councils that are like Bradford in fewer and fewer ways."""
    here, north_west = Region.YORKSHIRE, Region.NORTH_WEST
    for name, kind, region, population in [
        ("Aber", Kind.DISTRICT, Region.LONDON, 90_000),
        ("Zeal", Kind.METROPOLITAN, here, 500_000),
        ("Yarm", Kind.METROPOLITAN, here, 440_000),
        ("Moor", Kind.METROPOLITAN, here, 200_000),
        ("Lune", Kind.METROPOLITAN, north_west, None),
        ("Bradford", Kind.METROPOLITAN, here, 560_000),
    ]:
        council = CouncilFactory(
            name=name,
            slug=name.lower(),
            kind=kind,
            region=region,
            population=population,
            population_year=2024,
        )
        CaseStudyPageFactory(parent=case_studies, title=f"In {name}", council=council)
    CouncilAlias.objects.create(council=Council.objects.get(name="Bradford"), name="BMDC")


@pytest.mark.parametrize("typed", ["bradford", "BMDC", "Bradford Council"])
def test_councils_most_like_mine_come_first_each_with_the_reason(client, alike, typed):
    response = client.get(URL, {"like": typed})
    shown = [(page.title, page.why_like) for page in response.context["listing"].page]

    also = "Also a metropolitan council in Yorkshire and The Humber"
    assert shown == [
        ("In Bradford", "From Bradford itself"),
        ("In Zeal", f"{also}, of similar size: 500,000 people in 2024"),
        ("In Yarm", f"{also}, of similar size: 440,000 people in 2024"),
        ("In Moor", also),
        ("In Lune", "Also a metropolitan council"),
        ("In Aber", ""),
    ]
    html = response.content.decode()
    assert f'<p class="card__why">{also}</p>' in html
    assert "Councils like Bradford come first" in html
    assert head_of(client, f"?like={typed.replace(' ', '+')}")[2] == "?like=bradford"


def test_order_of_likeness_equals_the_ways_that_are_said(client, thirty):
    for council in Council.objects.all():
        council.population = thirty.choice([None, thirty.randint(50_000, 300_000)])
        council.save()
    mine = Council.objects.first()
    every = client.get(URL, {"like": mine.slug}).context["listing"].matching
    said = [len(mine.ways_like(page.council)) for page in every.select_related("council")]

    assert [page.ways for page in every] == said == sorted(said, reverse=True)
    assert len(set(said)) > 1


def test_choice_of_a_council_is_kept_and_can_be_taken_away(client, alike):
    response = client.get(URL + "?like=bradford&kind=metropolitan&sort=council")
    listing = response.context["listing"]

    assert next(page.title for page in listing.page) == "In Bradford"
    assert {chip.label: chip.url for chip in listing.chips} == {
        "Most like Bradford": "?kind=metropolitan&sort=council",
        "Metropolitan council": "?like=bradford&sort=council",
    }
    html = response.content.decode()
    assert '<input type="hidden" name="like" value="bradford">' in html
    assert 'href="?kind=metropolitan&amp;like=bradford">Most like Bradford</a>' in html


def test_name_that_is_not_clear_is_asked_back_and_changes_nothing(client, alike):
    CouncilFactory(name="Moor upon Sea", slug="moor-sea")
    CouncilFactory(name="Moor upon Hill", slug="moor-hill")
    unknown = client.get(URL, {"like": "Xyzzy <b>"}).content.decode()

    assert "We cannot find a council called “Xyzzy &lt;b&gt;”." in unknown
    assert listed(client, "?like=xyzzy") == listed(client)
    several = client.get(URL, {"like": "Moor upon"}).content.decode()
    assert 'href="?like=moor-sea"' in several and 'href="?like=moor-hill"' in several


def test_related_case_studies_say_how_their_councils_are_alike(client, alike):
    html = client.get("/case-studies/in-bradford/").content.decode()
    shown = re.findall(r'card__why">([^<]*)<', html)

    assert [line.partition(", of")[0] for line in shown] == [
        "Also a metropolitan council in Yorkshire and The Humber"
    ] * 3
    assert html.index("In Zeal</a>") < html.index("In Yarm</a>") < html.index("In Moor</a>")
