"""The page of a case study: its content, related pages, and the rules for publishing."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from casestudies.choices import Status
from casestudies.models import CaseStudyPage, Source
from casestudies.models.pages import REVIEW_AFTER
from casestudies.tests.factories import (
    CaseStudyPageFactory,
    CouncilFactory,
    ResultFactory,
    SourceFactory,
)
from casestudies.tests.test_list import queries
from network.choices import Precision
from network.models import Membership
from portal.models import SiteOperator
from portal.tests.test_head import json_ld_of, meta_of


@pytest.fixture
def calderdale(case_studies):
    council = CouncilFactory(name="Calderdale", slug="calderdale")
    return CaseStudyPageFactory(
        parent=case_studies,
        title="An anchor in every locality",
        council=council,
        numbers=[2, 4],
        what_was_hard="<p>Transfers are slow.</p>",
        advice="<p>Give the worker a budget.</p>",
        partners=[("partner", {"name": "Trust", "kind": "vcse", "role": "host"})],
        written_on=date(2026, 11, 23),
    )


def html_of(client, page):
    response = client.get(page.url)
    assert response.status_code == 200
    return response.content.decode()


def test_page_shows_every_part(client, calderdale):
    html = html_of(client, calderdale)

    for text in [
        "An anchor in every locality",
        'href="/councils/calderdale/"',
        "Neighbourhood",
        "Early intervention",
        "Running. Not confirmed since 2019",
        "They did it, and it cost less.",
        "It was bad.",
        "They mended it.",
        "Transfers are slow.",
        "Give the worker a budget.",
        "Voluntary, community or social enterprise",
        "Written from public sources on 23 November 2026",
        "Not yet confirmed by the council",
        "Cite this page",
    ]:
        assert text in html


def test_figure_shows_its_facts_and_source(client, calderdale):
    html = html_of(client, calderdale)

    assert "£2.43" in html
    assert "of local benefit for every £1 of income" in html
    assert "<dt>Date</dt><dd>2019</dd>" in html
    assert "<dt>Claimed by</dt><dd>The Trust</dd>" in html
    assert '<a id="cited-1-1" href="#source-localgov-2019">LocalGov, 2019</a> (source 1)' in html
    assert '<li id="source-localgov-2019">' in html
    assert 'href="https://example.org/power"' in html


def test_figures_that_differ_come_first_if_the_first_of_all_is_one(client, calderdale):
    calderdale.results = [
        ResultFactory.build(figure="41%", beside="the share"),
        ResultFactory.build(figure="£9"),
        ResultFactory.build(figure="47%", beside="the share"),
    ]
    calderdale.save()

    html = html_of(client, calderdale)

    shown = ["The share: figures that differ</h3>", ">41%<", ">47%<", "Other figures</h3>", ">£9<"]
    places = [html.index(text) for text in shown]
    assert places == sorted(places)


def test_figures_that_differ_come_after_the_first_of_all(client, calderdale):
    calderdale.results = [
        ResultFactory.build(figure="£9"),
        ResultFactory.build(figure="41%", beside="the share"),
    ]
    calderdale.save()

    html = html_of(client, calderdale)

    assert html.index(">£9<") < html.index("The share: figures that differ</h3>")
    assert "Other figures" not in html


def test_contents_link_to_existing_parts(client, calderdale):
    response = client.get(calderdale.url)
    html = response.content.decode()
    links = [link["url"] for link in response.context["contents"]]

    assert links == [
        "#the-problem",
        "#what-they-did",
        "#partners",
        "#results",
        "#what-was-hard",
        "#advice",
        "#sources",
        "#cite",
    ]
    assert [url for url in links if f'id="{url[1:]}"' not in html] == []
    # Back to them from below, on a phone.
    assert html.count('href="#contents-title"') == html.count('id="contents-title"') == 1


def test_unknown_facts_are_stated(client, case_studies):
    bare = CaseStudyPageFactory(parent=case_studies, results=0)

    html = html_of(client, bare)

    assert "We found nothing published about what was hard" in html
    assert "Short note" in html
    for heading in ("Results", "Partners", "Advice to other councils"):
        assert f">{heading}</h2>" not in html


def test_head_shows_membership_once_announced(client, calderdale):
    membership = Membership.objects.create(
        council=calderdale.council, joined_precision=Precision.NOT_KNOWN
    )
    assert "member of the network" not in html_of(client, calderdale)

    membership.announced_at = timezone.now()
    membership.save()

    assert "member of the network" in html_of(client, calderdale)


def test_page_is_article_with_sources_and_no_claimed_publisher(client, calderdale):
    html = html_of(client, calderdale)
    article = json_ld_of(html)["Article"]

    assert article["headline"] == "An anchor in every locality"
    assert article["about"]["name"] == "Calderdale Council"
    assert article["isBasedOn"] == ["https://example.org/power"]
    assert "publisher" not in article
    assert meta_of(html)["og:type"] == "article"
    assert meta_of(html)["og:image"] == article["image"]
    assert article["image"].endswith("/cards/case-studies/an-anchor-in-every-locality.png")

    SiteOperator.objects.create(name="The Network")
    assert json_ld_of(html_of(client, calderdale))["Article"]["author"]["name"] == "The Network"


@pytest.mark.parametrize(
    ("title", "kicker"),
    [("An anchor", "Newcastle upon Tyne"), ("Newcastle: think, buy and support", "")],
)
def test_council_is_named_above_title_unless_title_names_it(client, case_studies, title, kicker):
    council = CouncilFactory(name="Newcastle upon Tyne")
    page = CaseStudyPageFactory(parent=case_studies, council=council, title=title)
    html = html_of(client, page)

    assert page.kicker == kicker
    assert ('<p class="kicker">' in html) is bool(kicker)
    assert (f"<title>{title} ({kicker})" in html) is bool(kicker)


def test_published_case_study_gets_review_date(case_studies):
    draft = CaseStudyPageFactory(parent=case_studies, live=False)
    assert draft.review_date is None

    draft.save_revision().publish()
    draft.refresh_from_db()
    assert draft.review_date == timezone.localdate() + REVIEW_AFTER

    draft.review_date = date(2030, 1, 1)
    draft.save_revision().publish()
    draft.refresh_from_db()
    assert draft.review_date == date(2030, 1, 1)


def test_demonstration_council_is_marked_as_invented(client, case_studies):
    invented = CouncilFactory(is_demonstration=True)
    page = CaseStudyPageFactory(parent=case_studies, council=invented)

    assert 'class="demonstration"' in html_of(client, page)


def test_draft_is_not_found(client, case_studies):
    draft = CaseStudyPageFactory(parent=case_studies, live=False)

    assert client.get(draft.url).status_code == 404


def test_related_share_principle_and_prefer_other_councils(client, case_studies, calderdale):
    def make(title, numbers, **more):
        return CaseStudyPageFactory(parent=case_studies, title=title, numbers=numbers, **more)

    make("Same council, both", [2, 4], council=calderdale.council)
    make("Other council, one", [2])
    make("Other council, both", [2, 4])
    make("Nothing shared", [1])
    make("A draft", [2, 4], live=False)
    make("Invented", [2], council=CouncilFactory(is_demonstration=True))

    related = client.get(calderdale.url).context["related"]

    assert [other.title for other in related] == [
        "Other council, both",
        "Other council, one",
        "Same council, both",
    ]
    assert [p.number for p in related[1].shared_principles] == [2]


def test_queries_stay_within_budget_at_any_size(client, case_studies, calderdale):
    CaseStudyPageFactory(parent=case_studies, numbers=[2])
    one = queries(client, calderdale.url)
    for _ in range(9):
        CaseStudyPageFactory(parent=case_studies, numbers=[2, 4], results=3)
    calderdale.results.add(*ResultFactory.build_batch(9))
    calderdale.sources.add(*SourceFactory.build_batch(9))
    calderdale.save(clean=False)

    ten = queries(client, calderdale.url)

    assert one == ten
    assert ten <= 15


# What may be published


def test_complete_figure_has_no_problems():
    assert ResultFactory.build().problems({"LocalGov, 2019"}) == {}


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ("figure", "Enter the figure as"),
        ("measures", "what the figure measures"),
        ("period", "Enter the date of the figure"),
        ("claimed_by", "who claims"),
        ("source", "Enter the label"),
    ],
)
def test_figure_without_part_names_it(field, message):
    result = ResultFactory.build(**{field: "  "})

    problems = result.problems({"LocalGov, 2019"})

    assert list(problems) == [field]
    assert message in problems[field]


def test_figure_with_source_of_other_page_is_refused():
    problems = ResultFactory.build(source="Elsewhere").problems({"LocalGov, 2019"})

    assert "No source on this page has the label “Elsewhere”" in problems["source"]


@pytest.mark.parametrize("field", ["period", "source", "claimed_by"])
def test_incomplete_draft_saves_and_publishing_is_refused(case_studies, field):
    page = CaseStudyPageFactory(parent=case_studies, live=False)
    result = page.results.get()
    setattr(result, field, "")
    page.results = [result]

    revision = page.save_revision()
    with pytest.raises(ValidationError, match=r"£2\.43"):
        revision.publish()

    assert not CaseStudyPage.objects.get(pk=page.pk).live


def test_sources_with_same_label_are_refused(case_studies):
    page = CaseStudyPageFactory(parent=case_studies, live=False)
    page.sources.add(SourceFactory.build(title="Another"))

    with pytest.raises(ValidationError, match="2 sources have the label"):
        page.save_revision().publish()


def test_summary_longer_than_60_words_is_refused(case_studies):
    CaseStudyPageFactory(parent=case_studies, summary="word " * 60)

    with pytest.raises(ValidationError, match="60 words or fewer"):
        CaseStudyPageFactory(parent=case_studies, summary="word " * 61)


def test_council_with_case_studies_cannot_be_deleted(calderdale):
    with pytest.raises(Exception, match="protected"):
        calderdale.council.delete()


@pytest.mark.parametrize(
    ("status", "as_at", "line"),
    [
        (Status.RUNNING, "2019", "Running. Not confirmed since 2019"),
        (Status.RUNNING, "2025-11", "Running, as at November 2025"),
        (Status.RUNNING, "2025-10", "Running. Not confirmed since October 2025"),
        (Status.RUNNING, "2025", "Running, as at 2025"),
        (Status.RUNNING, "2025-11-22", "Running. Not confirmed since 22 November 2025"),
        (Status.ENDED, "2019-07", "Ended, as at July 2019"),
        (Status.UNKNOWN, "2019", "Not known. Not confirmed since 2019"),
        (Status.RUNNING, "", "Running. Date not known"),
    ],
)
def test_status_line_says_how_old_it_is(status, as_at, line, monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda: date(2026, 11, 23))

    assert CaseStudyPage(status=status, as_at=as_at).status_line == line


@pytest.mark.parametrize("text", ["2019", "2019-07", "2019-07-05", "2020-02-29"])
def test_partial_date_is_accepted(text):
    CaseStudyPage._meta.get_field("as_at").run_validators(text)


@pytest.mark.parametrize(
    "text", ["19", "2019-13", "2019-7", "2019-02-30", "July 2019", "2019-", "2019\n"]
)
def test_invalid_date_is_refused(text):
    with pytest.raises(ValidationError, match="Enter a year"):
        CaseStudyPage._meta.get_field("as_at").run_validators(text)


def test_source_without_date_says_so():
    assert Source().published_text == "undated"


def test_worked_out_result_is_shown(client, calderdale):
    address = "/multiplier/result/?of=calculator&method=1&view=provider&area=Calderdale&how=quick"
    calderdale.worked_out = [
        (
            "result",
            {
                "what": "The trust’s income, 2025/26",
                "address": f"{address}&r1=1000&r2=600&r3=240",
                "claimed_by": "the trust",
                "as_at": "May 2026",
            },
        )
    ]
    calderdale.save()

    html = html_of(client, calderdale)

    assert "about 84p more was spent again in Calderdale" in html
    assert "The trust’s income, 2025/26" in html and "as at May 2026" in html
