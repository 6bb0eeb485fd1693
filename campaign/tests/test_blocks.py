"""The blocks of landing pages, each by itself and stretched to its limits."""

import io
import re
from datetime import date

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.test import RequestFactory
from PIL import Image
from wagtail import blocks
from wagtail.contrib.typed_table_block.blocks import BaseTypedTableBlock
from wagtail.documents.models import Document
from wagtail.images.blocks import ImageBlock

from campaign.chosen import cards_of
from campaign.models import ContentPage, Person
from campaign.tests.factories import NewsPageFactory
from campaign.tests.test_content_page import page_with, queries
from casestudies.choices import Theme
from casestudies.tests.factories import CouncilFactory
from portal.models import Picture
from portal.styleguide import every_block
from principles.tests.factories import PrincipleIndexPageFactory, PrinciplePageFactory

pytestmark = pytest.mark.django_db
OF_WHAT_IS_PUBLISHED = {
    "drawn_figures",
    "whats_new",
    "principles",
    "case_studies",
    "member_counter",
    "map",
}
STREAM = ContentPage.body.field.stream_block.child_blocks
LONG = "שלום עולם מרחבא مرحبا بالعالم Donaudampfschifffahrtselektrizitätenhauptbetriebswerk "


@pytest.fixture
def picture(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    drawn = io.BytesIO()
    Image.new("RGB", (90, 60), "green").save(drawn, "PNG")
    file = ContentFile(drawn.getvalue(), name="hall.png")
    return Picture.objects.create(title="hall.png", file=file, rights="ours", credit="Ada")


@pytest.fixture
def person(db):
    return Person.objects.create(
        name="سلمى مثال", role="Officer", as_at=date(2026, 11, 3), has_agreed=True
    )


def shown(name: str, value) -> BeautifulSoup:
    block = STREAM[name]
    value = block.normalize(value) if isinstance(value, dict) else value
    html = block.render(value, context={"request": RequestFactory().get("/")})
    return BeautifulSoup(html, "html.parser")


def stretched(block: blocks.Block, value):
    """Return a value with the longest texts and the longest lists that the block allows."""
    if isinstance(block, blocks.StructBlock) and not isinstance(block, ImageBlock):
        found = {n: stretched(b, value.get(n)) for n, b in block.child_blocks.items()}
        return block.normalize(found)
    if isinstance(block, blocks.ListBlock):
        given = list(value) or [block.child_block.get_default()]
        return block.normalize(
            [stretched(block.child_block, given[0])] * (block.meta.max_num or 40)
        )
    if isinstance(block, blocks.RichTextBlock):
        return block.normalize(f"<p>{LONG * 8}</p>")
    if isinstance(block, BaseTypedTableBlock):
        value.row_data = value.row_data[:1] * 40
        return value
    is_text = type(block) in (blocks.CharBlock, blocks.TextBlock)
    if is_text and not block.field.validators[1:2] and "://" not in str(value):
        return (LONG * 30)[: block.field.max_length or 400].strip()
    return value


def test_every_block_says_what_it_is_and_has_an_example(picture):
    for bound in every_block():
        assert bound.block.meta.description, bound.block.name
        assert bound.block.meta.icon != "placeholder", bound.block.name
        html = bound.block.render(bound.value, context={"request": RequestFactory().get("/")})
        has_text = bool(BeautifulSoup(html, "html.parser").get_text(strip=True))
        # Some show what is published, and here there is nothing.
        assert has_text or bound.block.name in OF_WHAT_IS_PUBLISHED, bound.block.name


@pytest.mark.parametrize("has_picture", [True, False])
def test_every_block_holds_long_texts_and_full_lists(has_picture, request):
    if has_picture:
        request.getfixturevalue("picture")
    for bound in every_block():
        value = stretched(bound.block, bound.value)
        html = bound.block.render(value, context={"request": RequestFactory().get("/")})
        assert "None" not in BeautifulSoup(html, "html.parser").get_text(), bound.block.name


def test_style_guide_shows_a_block_that_is_in_no_list(client, settings, monkeypatch, picture):
    settings.DEBUG = True
    extra = blocks.CharBlock(template="blocks/heading.html", preview_value="Brand new")
    extra.set_name("extra")
    monkeypatch.setitem(STREAM, "extra", extra)
    page = client.get("/styleguide/").content.decode()
    assert "Brand new" in page
    for name in STREAM:
        assert f'id="block-{name}"' in page


def test_style_guide_stays_within_fifteen_queries(
    client, settings, picture, council, django_assert_max_num_queries
):
    settings.DEBUG = True
    client.get("/styleguide/")
    with django_assert_max_num_queries(15):
        client.get("/styleguide/")


def test_image_needs_words_or_to_be_decorative_and_rights(picture):
    block = STREAM["image"]
    given = {"image": picture.pk, "alt_text": "", "decorative": False}
    with pytest.raises(ValidationError):
        block.clean(block.to_python(given))
    assert block.clean(block.to_python(given | {"decorative": True})).pk == picture.pk
    Picture.objects.update(rights="")
    unclear = block.to_python(given | {"alt_text": "A hall"})
    with pytest.raises(ValidationError) as refused:
        block.clean(unclear)
    assert "why we can publish it" in str(refused.value.as_json_data())
    assert block.clean_deferred(unclear).pk == picture.pk  # a draft is saved


def test_image_and_text_shows_picture_with_its_words(picture):
    words = {"image": picture.pk, "alt_text": "A green hall", "decorative": False}
    value = STREAM["image_and_text"].to_python(
        {"picture": words, "title": "A hall", "text": "<p>Ours.</p>", "side": "right"}
    )
    found = shown("image_and_text", value)
    assert found.img["alt"] == "A green hall"
    assert found.h2.get_text() == "A hall"
    assert "beside--right" in found.section["class"]
    assert "Picture: Ada" in found.get_text()


def test_figure_without_date_or_source_is_refused():
    block = STREAM["figures"]
    whole = {"figure": "35%", "measures": "stays", "as_at": "2019-07", "claimed_by": "Us"}
    value = {"figures": [whole | {"source": "A report", "source_url": ""}]}
    assert "As at July 2019" in shown("figures", block.to_python(value)).get_text()
    block.clean(block.to_python(value))
    for name in ("as_at", "source", "claimed_by"):
        lacking = {"figures": [value["figures"][0] | {name: ""}]}
        with pytest.raises(ValidationError):
            block.clean(block.to_python(lacking))
    with pytest.raises(ValidationError):
        block.clean(block.to_python({"figures": value["figures"] * 4}))


def table(columns=2, rows=1, caption="Spending", heading="2024"):
    return {
        "table": {
            "caption": caption,
            "columns": [{"type": "number", "heading": heading}] * columns,
            "rows": [{"values": ["£1"] * columns}] * rows,
        },
        "has_row_headings": True,
        "source": "",
        "source_url": "",
    }


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (table(caption=""), "Enter a caption"),
        (table(heading=""), "Enter a heading for each column"),
        (table(columns=7), "A table can have 6 columns"),
        (table(rows=41), "40 rows"),
        (table(rows=0), "at least one column and one row"),
    ],
)
def test_table_that_readers_cannot_follow_is_refused(made, said):
    block = STREAM["table"]
    value = block.to_python(made)
    with pytest.raises(ValidationError) as refused:
        block.clean(value)
    assert said in str(refused.value.as_json_data())
    block.clean_deferred(value)


def test_table_has_caption_headings_and_can_be_scrolled_by_keyboard():
    found = shown("table", STREAM["table"].to_python(table()))
    assert found.caption.get_text() == "Spending"
    assert [th["scope"] for th in found.find_all("th")] == ["col", "col", "row"]
    assert found.select_one(".table-scroll")["tabindex"] == "0"
    STREAM["table"].clean(STREAM["table"].to_python(table(columns=6, rows=40)))


def test_accordion_opens_without_a_script():
    found = shown("accordion", STREAM["accordion"].get_preview_value())
    assert len(found.select("details > summary")) == 2
    assert not found.find("script")


def test_people_show_their_role_as_at_a_day(person, picture):
    Person.objects.update(portrait=picture)
    person.refresh_from_db()
    found = shown("people", STREAM["people"].to_python({"title": "Us", "people": [person.pk]}))
    assert "Officer, as at 3 November 2026" in found.get_text()
    assert found.h3.bdi.get_text() == person.name
    assert found.img["alt"] == ""  # the name is beside it


def test_person_without_consent_cannot_be_kept(db):
    someone = Person(name="A", role="B", as_at=date(2026, 1, 1))
    with pytest.raises(ValidationError) as refused:
        someone.full_clean()
    assert "Confirm that they agreed" in str(refused.value)


def test_deleted_person_is_gone_from_the_page(client, home, person):
    other = Person.objects.create(name="B", role="C", as_at=date(2026, 1, 1), has_agreed=True)
    people = STREAM["people"].to_python({"title": "Who", "people": [person.pk, other.pk]})
    page_with(home, ("people", people))
    assert person.name in client.get("/about/").content.decode()
    person.delete()
    page = client.get("/about/").content.decode()
    assert person.name not in page
    assert "C, as at 1 January 2026" in page


def test_download_says_kind_and_size(db):
    document = Document.objects.create(title="A form", file="documents/a.pdf", file_size=240_000)
    files = [{"document": document.pk, "words": "For a start."}]
    found = shown("downloads", STREAM["downloads"].to_python({"title": "Files", "files": files}))
    assert re.search(r"A form\s*\(PDF, 234.4\sKB\)", found.get_text())


def test_link_to_a_document_in_text_says_kind_and_size(db):
    document = Document.objects.create(title="A", file="documents/a.docx", file_size=2_000_000)
    text = (
        f'<p>Read <a linktype="document" id="{document.pk}">the guide</a>, <a href="/x/">x</a>.</p>'
    )
    html = str(STREAM["paragraph"].render(STREAM["paragraph"].to_python(text)))
    assert f'<a href="{document.url}">the guide</a> (Word, 1.9\xa0MB), <a href="/x/">x</a>.' in html
    assert "data-file" not in html


# ---- Cards ----------------------------------------------------------------------------------


def cards(*chosen) -> list:
    return cards_of((kind, row, None) for kind, row in chosen)


def test_cards_show_pages_case_studies_principles_and_councils(home, news_index, make_case_studies):
    [study] = make_case_studies(1)
    principle = PrinciplePageFactory(parent=PrincipleIndexPageFactory(parent=home), number=3)
    news = NewsPageFactory(parent=news_index)
    council = CouncilFactory(name="Ambridge")
    made = cards(("page", study), ("page", principle), ("page", news), ("council", council))
    assert [card.title for card in made] == [study.title, principle.title, news.title, "Ambridge"]
    assert made[1].kicker == "Principle 3"
    assert made[2].kicker.startswith("News, ")
    assert made[0].art == study.card_art
    assert made[3].council == council
    assert ">3</text>" in made[1].art


def test_no_two_cards_look_alike(home, news_index, make_case_studies):
    council = CouncilFactory()
    news = [("page", NewsPageFactory(parent=news_index)) for _ in range(4)]
    made = cards(("council", council), *news, ("council", council))
    assert [bool(card.council) for card in made] == [True, *[False] * 5]
    arts = [card.art for card in made[1:]]
    assert len(set(arts)) == 5
    grounds = [re.search(r"art--(\d)", art)[1] for art in arts]
    assert all(one != two for one, two in zip(["0", *grounds], grounds, strict=False))
    studies = [("page", study) for study in make_case_studies(2, theme=Theme.GRANTS, results=0)]
    assert len({card.art for card in cards(*studies)}) == 2


def test_cards_leave_out_what_not_everybody_may_see(home, make_case_studies):
    [study, draft] = make_case_studies(2)
    draft.unpublish()
    invented = CouncilFactory(is_demonstration=True)
    [never] = make_case_studies(1, council=invented)
    made = cards(("page", study), ("page", draft), ("page", never), ("council", invented))
    assert [card.title for card in made] == [study.title]


def test_card_shows_the_photograph_of_news(news_index, picture):
    news = NewsPageFactory(parent=news_index, picture=picture, picture_alt="A hall")
    [card] = cards(("page", news))
    assert card.picture == picture
    assert not card.art


def test_cards_ask_the_same_for_one_and_for_six(client, home, make_case_studies):
    studies = make_case_studies(6)

    def block(*chosen):
        given = [{"type": "page", "value": {"page": each.pk, "picture": None}} for each in chosen]
        return STREAM["cards"].to_python({"title": "Cards", "cards": given})

    page = page_with(home, ("cards", block(studies[0])))
    one = queries(client, "/about/")
    page.body = [("cards", block(*studies))]
    page.save_revision().publish()
    assert queries(client, "/about/") == one <= 15
    assert client.get("/about/").content.decode().count('class="card"') == 6
