"""What there is to look at before publishing: each check finds its fault, and leaves good text."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.core.files.base import ContentFile
from django.utils import timezone
from wagtail import blocks
from wagtail.contrib.redirects.models import Redirect
from wagtail.documents.models import Document
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file

from campaign.models import GlossaryTerm
from campaign.tests.factories import (
    ContentPageFactory,
    GlossaryPageFactory,
    HomePageFactory,
    NewsIndexPageFactory,
    NewsPageFactory,
)
from casestudies.tests.factories import CaseStudyIndexPageFactory, CaseStudyPageFactory
from portal import content_checks
from portal.content_checks import Kind, Piece, answers, inner_path, latest_day, problems
from portal.tests.security.test_doors import give_second_factor

LONG = " ".join(["word"] * 31) + "."


@pytest.fixture
def home(db):
    return HomePageFactory()


@pytest.fixture
def page_with(home):
    """Return a function: a saved page with these raw blocks, read as from the database."""

    def make(*raw, **fields):
        page = ContentPageFactory(parent=home, slug="ours", title="Ours", **fields)
        page.body = page.body.stream_block.to_python(
            [{"type": kind, "value": value, "id": f"b{n}"} for n, (kind, value) in enumerate(raw)]
        )
        page.save()
        return type(page).objects.get(pk=page.pk)

    return make


def kinds(page):
    return [problem.kind for problem in problems(page)]


def quote(**given):
    return ("quote", {"text": "We ask first.", "who": "Pat Lee", "role": "Leader", **given})


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (("paragraph", "<h3>A part</h3><p>Text.</p>"), Kind.HEADING),
        (("heading", ""), Kind.HEADING),
        (("paragraph", '<p>See <a href="https://example.org/a">here</a>.</p>'), Kind.LINK_TEXT),
        (("paragraph", '<p><a href="https://example.org/a">Click here!</a></p>'), Kind.LINK_TEXT),
        (("paragraph", '<p><a href="https://x.org/a">https://x.org/a</a></p>'), Kind.LINK_TEXT),
        (("paragraph", '<p><a href="https://example.org/a"> </a></p>'), Kind.LINK_TEXT),
        (("paragraph", '<p><a href="https://example.org/">The report of 2019</a></p>'), None),
        (("paragraph", '<p><a href="/no-such-page/">The plan</a></p>'), Kind.BROKEN),
        (("paragraph", '<p><a linktype="page" id="999999">The plan</a></p>'), Kind.BROKEN),
        (("paragraph", '<p><a linktype="document" id="999999">The plan</a></p>'), Kind.BROKEN),
        (("paragraph", '<p><a href="/search/">Search the site</a></p>'), None),
        (("paragraph", "<p>It brought £2.43 for each pound.</p>"), Kind.SOURCE),
        (("paragraph", "<p>It rose by 41%.</p>"), Kind.SOURCE),
        (("paragraph", "<p>It rose by 41%, says the LocalGov of 5 July 2019.</p>"), None),
        (("paragraph", '<p>It rose by <a href="https://x.org">41%, they say</a>.</p>'), None),
        (("paragraph", "<p>We met 12 people.</p>"), None),
        (quote(as_at=""), Kind.DATE),
        (quote(as_at="March 2020"), None),
        (quote(as_at="March 2020", text=LONG), None),
        (("paragraph", f"<p>{LONG}</p>"), Kind.SENTENCE),
        (("paragraph", "<p>Short. And short again.</p>"), None),
        (("heading", "[What this is about]"), Kind.STARTER),
        (("paragraph", "<p>It was late [How late was it [[Source, year]].].</p>"), Kind.STARTER),
        (("paragraph", "<p>It was late [[LocalGov, 2019]] [sic].</p>"), None),
        (quote(as_at="March 2020", text="[Their exact words, fewer than 25]"), Kind.STARTER),
        (quote(as_at="March 2020", text="[The council] asked us first."), None),
    ],
)
def test_each_fault_is_found_and_good_text_is_left(page_with, raw, kind):
    assert kinds(page_with(raw)) == ([kind] if kind else [])


def test_subheading_below_a_heading_is_in_order(page_with):
    page = page_with(("heading", "What we did"), ("paragraph", "<h3>A part</h3><p>Text.</p>"))

    assert kinds(page) == []


def test_place_is_named_as_wagtails_form_names_it(page_with):
    page = page_with(
        ("heading", "One"), quote(as_at=""), ("panel", {"title": "T", "text": f"<p>{LONG}</p>"})
    )

    assert [problem.path for problem in problems(page)] == ["body.b1", "body.b2.text"]
    assert [problem.where for problem in problems(page)] == ["Body", "Body"]


def test_links_follow_what_happens_to_their_pages_and_documents(page_with, home):
    target = ContentPageFactory(parent=home, slug="target", title="Target")
    paper = Document.objects.create(title="Paper", file=ContentFile(b"x", name="a.txt"))
    links = (
        f'<p><a linktype="page" id="{target.pk}">The target</a>, '
        f'<a href="/target/?a=b#c">the same</a>, '
        f'<a linktype="document" id="{paper.pk}">the paper</a></p>'
    )
    page = page_with(("paragraph", links))
    assert problems(page) == []

    target.unpublish()
    paper.delete()

    assert kinds(page) == [Kind.BROKEN] * 3
    assert "“The target” leads to a page that is not public" in problems(page)[0].what


def test_chosen_page_that_is_not_public_is_found(page_with, home, case_study):
    cards = {"title": "T", "cards": [{"type": "page", "value": {"page": case_study.pk}}]}
    page = page_with(("cards", cards))
    assert problems(page) == []

    case_study.unpublish()

    assert kinds(page) == [Kind.BROKEN]


@pytest.fixture
def case_study(home):
    index = CaseStudyIndexPageFactory(parent=home)
    return CaseStudyPageFactory(parent=index)


@pytest.mark.parametrize(
    ("alt", "decorative", "kind"),
    [
        ("", False, Kind.PICTURE),
        ("IMG_2034.jpg", False, Kind.PICTURE),
        ("Neighbours at a long table", False, None),
        ("", True, None),
    ],
)
def test_picture_says_what_it_shows_or_is_decoration(page_with, alt, decorative, kind):
    image = get_image_model().objects.create(title="x", file=get_test_image_file())
    value = {"image": image.pk, "alt_text": alt, "decorative": decorative}

    assert kinds(page_with(("image", value))) == ([kind] if kind else [])


class PersonBlock(blocks.StructBlock):
    """As the blocks of people are."""

    name = blocks.CharBlock()
    role = blocks.CharBlock()
    as_at = blocks.CharBlock(required=False)


@pytest.mark.parametrize(("days", "is_old"), [(30, False), (300, False), (500, True), (None, True)])
def test_role_that_was_not_confirmed_for_a_year_is_found(days, is_old):
    block = PersonBlock()
    day = timezone.localdate() - timedelta(days=days) if days else None
    as_at = f"{day:%B %Y}" if day else ""
    value = block.to_python({"name": "Pat Lee", "role": "Leader", "as_at": as_at})

    found = list(content_checks._problems_of(Piece("Body", "body.x", value, block)))

    assert [problem.kind for problem in found] == ([Kind.AS_AT] if is_old else [])


class FigureBlock(blocks.StructBlock):
    """As the blocks of figures are."""

    figure = blocks.CharBlock()
    source = blocks.CharBlock(required=False)


def test_figure_block_without_source_is_found():
    block = FigureBlock()
    for source, expected in (("", [Kind.SOURCE]), ("LocalGov, 2019", [])):
        value = block.to_python({"figure": "41%", "source": source})
        found = content_checks._problems_of(Piece("Body", "body.x", value, block))
        assert [problem.kind for problem in found] == expected


def test_fields_beside_the_blocks_and_rows_below_are_read(home):
    index = NewsIndexPageFactory(parent=home)
    news = NewsPageFactory(
        parent=index, summary=LONG, sources='<p><a href="https://a.org">here</a></p>'
    )
    assert [(p.kind, p.path) for p in problems(news)] == [
        (Kind.SENTENCE, "summary"),
        (Kind.LINK_TEXT, "sources"),
    ]

    glossary = GlossaryPageFactory(parent=home)
    glossary.terms = [
        GlossaryTerm(name="Commons", meaning='<p><a href="/nowhere/">Read on</a></p>')
    ]
    glossary.save()
    [found] = problems(glossary)
    assert (found.kind, found.where, found.path) == (Kind.BROKEN, "Term", "terms")


@pytest.mark.parametrize(
    ("words", "month"),
    [
        ("March 2020", "2020-03"),
        ("5 July 2019", "2019-07"),
        ("2020-09-30", "2020-09"),
        ("2020", "2020-12"),
        ("undated", ""),
        ("May I say", ""),
    ],
)
def test_latest_day_reads_dates_as_people_write_them(words, month):
    day = latest_day(words)

    assert (f"{day:%Y-%m}" if day else "") == month


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("/about/", "/about/"),
        ("/about/?a=b#c", "/about/"),
        ("//elsewhere.example/a", ""),
        ("https://elsewhere.example/about/", ""),
        ("mailto:a@b.example", ""),
        ("/ is a sign", ""),
    ],
)
def test_inner_path_is_of_this_site_alone(address, path, settings):
    assert inner_path(address) == path
    assert inner_path(f"{settings.SITE_URL}/about/") == "/about/"


def test_address_answers_for_views_public_pages_and_redirects(home):
    draft = ContentPageFactory(parent=home, slug="draft", title="Draft", live=False)
    Redirect.objects.create(old_path="/moved", redirect_page=home)

    assert answers("/") and answers("/multiplier/") and answers("/moved/")
    assert not answers(f"/{draft.slug}/") and not answers("/nowhere/")


def test_form_lists_what_there_is_to_look_at_with_a_link_to_each_place(as_, editor, page_with):
    give_second_factor(editor)
    desk = as_(editor)
    page = page_with(quote(as_at=""))
    address = f"/admin/pages/{page.pk}/edit/"

    html = BeautifulSoup(desk.get(address).content, "html.parser")
    [link] = html.select("a[href*='#:w:contentpath=body.b0']")
    assert "Enter when this was said" in link.parent.get_text()
    assert html.select_one("[data-contentpath=body]")

    page.body = []
    page.save_revision()
    assert "to look at before you publish" not in desk.get(address).content.decode()


def test_checks_do_not_prevent_publishing(page_with):
    page = page_with(quote(as_at=""), ("paragraph", f"<p>{LONG}</p>"))

    page.save_revision().publish()

    assert len(problems(page)) == 2


def test_checks_ask_the_database_the_same_for_many_links(
    page_with, home, django_assert_max_num_queries
):
    pages = [ContentPageFactory(parent=home, slug=f"p{n}", title="P") for n in range(10)]
    links = "".join(f'<p><a linktype="page" id="{p.pk}">One of them</a></p>' for p in pages)
    page = page_with(("paragraph", links))

    with django_assert_max_num_queries(3):
        assert problems(page) == []
