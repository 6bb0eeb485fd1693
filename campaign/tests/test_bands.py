"""Bands: each shows what its preview says, survives hard content, and follows what it shows."""

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import PageViewRestriction

from campaign.bands import MOST_NEW, Bands, LandingBlock
from campaign.models import ContentPage
from campaign.tests.factories import (
    ContentPageFactory,
    EventPageFactory,
    NewsPageFactory,
    band,
)
from casestudies.models import CaseStudyPage
from casestudies.tests.factories import CouncilFactory, ResultFactory
from network.actions.memberships import record_existing_membership
from network.choices import DateMeans
from principles.tests.factories import PrincipleIndexPageFactory, PrinciplePageFactory

NAMES = list(Bands.base_blocks)
LONG = "Anunbrokenwordthatisaslongasafieldofthisbandlets" * 2
ARABIC = "مجلس المدينة يعمل مع جيرانه"


def show(client, page):
    response = client.get(page.url)
    assert response.status_code == 200
    return response.content.decode()


def landing(home, *bands):
    return ContentPageFactory(parent=home, slug="landing", title="Landing", body=list(bands))


@pytest.fixture
def filled(home, news_index, event_index, make_case_studies):
    """A site that has something for every band."""
    PrinciplePageFactory(parent=PrincipleIndexPageFactory(parent=home), number=1)
    record_existing_membership(
        CouncilFactory(name="Bradford", hex_q=1, hex_r=1),
        by="test",
        joined_on=date(2022, 7, 26),
        joined_precision="day",
    )
    NewsPageFactory(parent=news_index)
    make_case_studies(1)
    return home


@pytest.mark.parametrize("name", NAMES)
def test_band_of_preview_value_shows_on_a_landing_page(client, filled, name):
    html = show(client, landing(filled, band(name)))

    assert html.count("<h1") == 1
    assert "style=" not in html
    is_empty = name == "drawn_figures"  # those of the preview are chosen in the admin
    assert ('class="band ' in html) is not is_empty


@pytest.mark.parametrize("name", NAMES)
def test_band_has_all_that_editors_choose_it_by(name):
    block = Bands.base_blocks[name]

    assert block.meta.description
    assert block.meta.icon != "placeholder"
    assert block.meta.group == "Bands"


@pytest.mark.parametrize("words", [LONG, ARABIC], ids=["long", "right to left"])
def test_band_keeps_hard_words_whole(client, filled, words):
    texts = {
        "hero": ["title", "text"],
        "big_quote": ["text", "who", "role", "as_at"],
        "ask_council": ["title", "text"],
        "how_to_join": ["kicker", "title"],
        "call_to_action": ["title", "text"],
        "map": ["title", "text"],
        "case_studies": ["title"],
    }
    bands = [band(name, **dict.fromkeys(fields, words)) for name, fields in texts.items()]

    html = show(client, landing(filled, *bands))

    assert html.count(words) == sum(map(len, texts.values()))


def test_landing_page_lets_bands_out_of_the_column_of_text(client, filled):
    page = landing(
        filled,
        ("heading", "One"),
        ("paragraph", "<p>Two</p>"),
        band("call_to_action", title="Three"),
        ("heading", "Four"),
    )

    html = show(client, page)

    assert "<h1>Landing</h1>" in html
    between = html[html.index("<p>Two</p>") : html.index(">Three<")]
    assert between.count("</div>") - between.count("<div") >= 2, "the column has ended"
    assert html.count('class="story"') == 2


def test_hero_of_a_landing_page_is_its_heading(client, filled):
    html = show(client, landing(filled, band("hero", title="Big"), ("heading", "One")))

    assert re.findall(r"<h1[^>]*>(.*?)</h1>", html) == ["Big"]
    assert 'aria-label="Breadcrumb"' in html


def test_page_with_bands_says_when_it_was_checked(client, filled):
    page = landing(filled, ("heading", "One"), band("call_to_action"))
    page.checked_on = date(2026, 11, 30)
    page.save()

    assert show(client, page).count("We last checked this page on 30 November 2026") == 1


def test_call_that_leads_nowhere_is_not_shown(client, filled):
    news = filled.get_children().get(slug="news")
    call = band("call_to_action", title="Read", links=[{"text": "News", "page": news.pk}])
    page = landing(filled, call)
    assert 'href="/news/">News' in show(client, page)

    news.specific.unpublish()

    assert ">Read<" not in show(client, page)


def test_call_to_an_address_that_nothing_answers_yet_is_not_shown(client, filled, settings):
    call = band("call_to_action", title="Get news", links=[{"text": "Go", "address": "/x/"}])

    assert "Get news" not in show(client, landing(filled, call))


def fresh(study):
    """Read a case study again, with its figures as they are stored."""
    return CaseStudyPage.objects.get(pk=study.pk)


@pytest.fixture
def study(make_case_studies):
    [study] = make_case_studies(1)
    study.results = [ResultFactory.build(figure=words) for words in ("41%", "over £2 million")]
    study.save_revision().publish()
    return fresh(study)


def every_choice(study):
    """Every band that a case study can be chosen for, with this one."""
    first, second = (each.pk for each in study.results.all())
    return [
        band("big_quote", case_study=study.pk),
        band(
            "drawn_figures",
            figures=[{"lead": "A", "figure": first}, {"lead": "B", "figure": second}],
        ),
        band("case_studies", case_studies=[study.pk]),
    ]


def test_figures_show_what_they_measure_when_who_claims_it_and_the_source(client, filled, study):
    html = show(client, landing(filled, *every_choice(study)))

    assert "41 of 100 hexagons are filled." in html
    assert "<strong" in html and "41%</strong> of local benefit" in html
    assert "2019. Claimed by The Trust." in html
    assert f'Source: <a href="{study.address}">' in html
    assert '<p class="proof__large">Over £2 million</p>' in html, "drawn as a number alone"


def test_correction_of_a_figure_corrects_the_band(client, filled, study):
    page = landing(filled, *every_choice(study))
    show(client, page)
    first, second = study.results.all()
    first.figure = "43%"
    study.results = [first, second]

    study.save_revision().publish()

    html = show(client, page)
    assert "43 of 100 hexagons are filled." in html
    assert "41%" not in html


@pytest.mark.parametrize("why", ["unpublished", "private", "below a private list", "deleted"])
def test_choice_that_visitors_cannot_see_leaves_nothing_behind(client, filled, study, why):
    page = landing(filled, *every_choice(study))
    assert study.title in show(client, page)
    if why == "unpublished":
        study.unpublish()
    elif why == "deleted":
        study.delete()
    else:
        hidden = study if why == "private" else study.get_parent()
        PageViewRestriction.objects.create(page=hidden, restriction_type="login")

    html = show(client, page)

    assert study.title not in html
    assert "hexagons are filled" not in html
    assert 'class="proof' not in html
    assert "We start from what people can do." in html, "the quotation stands by itself"


def test_removed_figure_disappears_alone(client, filled, study):
    page = landing(filled, *every_choice(study))
    study.results = [study.results.all()[1]]
    study.save_revision().publish()

    html = show(client, page)

    assert "hexagons are filled" not in html
    assert "Over £2 million" in html


def test_cards_keep_chosen_order_and_newest_fill_up(client, filled, make_case_studies):
    studies = make_case_studies(5)
    chosen = band("case_studies", case_studies=[studies[1].pk, studies[0].pk])

    html = show(client, landing(filled, chosen))

    places = [html.index(f">{studies[n].title}<") for n in (1, 0, 4)]
    assert places == sorted(places)
    assert f">{studies[3].title}<" not in html


def test_member_counter_counts_public_members_alone(client, filled):
    record_existing_membership(
        CouncilFactory(name="Invented", is_demonstration=True, hex_q=3, hex_r=3),
        by="test",
        joined_on=None,
        joined_precision="not_known",
    )

    html = show(client, landing(filled, band("member_counter")))

    assert "<strong>1</strong> council is a member, as far as we know in" in html
    assert "Invented" not in html


def rows_of(client, page):
    html = show(client, page)
    return re.findall(r'new__kind">(.*?)<.*?<a href="[^"]*">(.*?)</a>', html, re.DOTALL)


def test_what_is_new_is_one_dated_list(client, filled, news_index, event_index):
    EventPageFactory(parent=event_index, title="A conference")
    NewsPageFactory(parent=news_index, title="Old news", date=date(2020, 1, 1))
    page = landing(filled, band("whats_new"))

    rows = rows_of(client, page)

    assert rows[0] == ("Next event", "A conference")
    assert rows[1][0] == "Case study", "made today"
    assert [title for kind, title in rows[2:]] == [
        news_index.get_children().exclude(title="Old news").get().title,
        "Bradford",
        "Old news",
    ]
    assert 'datetime="2022-07-26">26 July 2022' in show(client, page)


def test_what_is_new_gives_each_kind_its_place(client, filled, news_index, make_case_studies):
    for number in range(9):
        NewsPageFactory(parent=news_index, date=timezone.localdate() - timedelta(days=number))
    make_case_studies(3)

    kinds = [kind for kind, _ in rows_of(client, landing(filled, band("whats_new", how_many=6)))]

    assert len(kinds) == 6
    assert kinds.count("Case study") == 2
    assert kinds.count("New member") == 1
    assert kinds.count("News") == 3


def test_what_is_new_leaves_out_members_whose_joining_has_no_date(client, filled):
    council = CouncilFactory(name="Named only")
    membership = record_existing_membership(
        council, by="test", joined_on=date(2020, 3, 3), joined_precision="day"
    )
    membership.date_means = DateMeans.NAMED
    membership.save()

    rows = rows_of(client, landing(filled, band("whats_new")))

    assert ("New member", "Bradford") in rows
    assert ("New member", "Named only") not in rows


def test_landing_page_of_all_bands_stays_within_budget(client, filled, make_case_studies):
    studies = make_case_studies(6, results=3)
    first = [each.pk for each in studies[0].results.all()]
    bands = [band(name) for name in NAMES if name != "drawn_figures"]
    bands.append(band("case_studies", case_studies=[study.pk for study in studies]))
    bands.append(band("drawn_figures", figures=[{"lead": "A", "figure": pk} for pk in first]))
    page = landing(filled, *bands)
    show(client, page)
    with CaptureQueriesContext(connection) as seen:
        show(client, page)

    assert len(seen) <= 15


def test_bands_alone_need_no_page(filled, study, make_case_studies):
    make_case_studies(MOST_NEW)  # so that it is none of the newest
    name, value = every_choice(study)[1]
    block = Bands.base_blocks[name]

    request = RequestFactory().get("/styleguide/")
    Bands.base_blocks["whats_new"].render(band("whats_new")[1], {"request": request})

    assert "41 of 100" in block.render(value, {"request": request})
    assert "41 of 100" in block.render(value)


def test_landing_block_has_the_texts_and_the_bands():
    names = set(ContentPage.body.field.stream_block.child_blocks)

    assert names == set(LandingBlock.base_blocks)
    assert names >= {*NAMES, "paragraph", "image"}


def test_links_without_target_are_left_out(db):
    links = [{"text": "Here", "url": "/here/"}, {"text": "Nowhere", "url": ""}]

    html = render_to_string("bands/links.html", {"links": links})

    assert "Here" in html
    assert "Nowhere" not in html


def test_results_keep_their_key_when_a_case_study_is_published(study):
    keys = [each.pk for each in study.results.all()]
    study.what_changed = "Something"
    study.save_revision().publish()
    study.results.add(ResultFactory.build())
    study.save_revision().publish()

    assert [each.pk for each in fresh(study).results.all()][:2] == keys
