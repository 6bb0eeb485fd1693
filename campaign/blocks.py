"""StreamField blocks of content pages, in addition to those that every app shares."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from wagtail import blocks
from wagtail.contrib.typed_table_block.blocks import TypedTableBlock
from wagtail.documents import get_document_model
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.snippets.blocks import SnippetChooserBlock

from campaign.choosers import CouncilChooserBlock
from campaign.chosen import ChosenCard, cards_of, pattern
from campaign.people import Person
from casestudies import dates
from casestudies.blocks import StepBlock
from multiplier.blocks import MultiplierBlock, MultiplierResultBlock
from portal.blocks import PLAIN, PictureBlock, StoryBlock
from portal.pictures import Picture


class OperatorBlock(blocks.StaticBlock):
    """Who runs the site and how to reach them, from the site's settings."""

    class Meta:
        icon = "group"
        template = "blocks/operator.html"
        admin_text = "Name and contact details from Settings, “Who runs the site”."
        description = "Who runs the site, from the settings"


class ImageAndTextBlock(blocks.StructBlock):
    """A picture beside a few sentences."""

    picture = PictureBlock()
    title = blocks.CharBlock(max_length=80)
    text = blocks.RichTextBlock(
        features=[*PLAIN, "ul"], max_length=600, help_text="Up to 600 characters."
    )
    side = blocks.ChoiceBlock(
        choices=[("left", "Picture on the left"), ("right", "Picture on the right")],
        default="left",
    )

    class Meta:
        icon = "image"
        label = "Image and text"
        template = "blocks/image_and_text.html"
        description = "A picture beside a heading and a few sentences"

    def get_preview_value(self) -> blocks.StructValue:
        """Return an example with the first picture of the library."""
        return self.normalize(
            {
                "picture": self.child_blocks["picture"].get_preview_value(),
                "title": "A hall that stays open",
                "text": "<p>An example. The residents of an invented village run their hall.</p>",
                "side": "left",
            }
        )


class FigureBlock(blocks.StructBlock):
    """One figure with what makes it honest."""

    figure = blocks.CharBlock(max_length=14, help_text="As readers will see it: £2.43, 35%, 69.")
    measures = blocks.CharBlock(max_length=120, help_text="What it measures, in a few words.")
    as_at = blocks.CharBlock(
        max_length=10,
        label="Date",
        validators=[dates.validate_partial_date],
        help_text="2017, 2017-12 or 2017-12-05, as exact as the source.",
    )
    claimed_by = blocks.CharBlock(max_length=80, help_text="Who says so.")
    source = blocks.CharBlock(max_length=120, help_text="Where we read it.")
    source_url = blocks.URLBlock(required=False)

    class Meta:
        icon = "order"
        label = "Figure"
        value_class = type(
            "FigureValue",
            (blocks.StructValue,),
            {"date_in_words": property(lambda value: dates.in_words(value["as_at"]))},
        )


class FiguresBlock(blocks.StructBlock):
    """Up to three figures, large, each with its date, claimant and source."""

    figures = blocks.ListBlock(FigureBlock(), min_num=1, max_num=3)

    class Meta:
        icon = "order"
        template = "blocks/figures.html"
        description = "Up to 3 large figures, each with its date and source"
        preview_value = {
            "figures": [
                {
                    "figure": "35%",
                    "measures": "of an invented council’s spending stays in the district",
                    "as_at": "2025",
                    "claimed_by": "nobody: an example",
                    "source": "This style guide",
                }
            ]
        }


class PageCardBlock(blocks.StructBlock):
    """A page as a card."""

    page = blocks.PageChooserBlock(
        help_text="A case study, a principle, news, an event, a resource or any other page."
    )
    picture = PictureBlock(
        required=False, help_text="A photograph. Without one, we draw the card’s art."
    )

    class Meta:
        icon = "doc-empty"
        label = "Page"


class CardsBlock(blocks.StructBlock):
    """Up to six pages and councils as cards."""

    title = blocks.CharBlock(max_length=80)
    cards = blocks.StreamBlock(
        [("page", PageCardBlock()), ("council", CouncilChooserBlock(label="Council"))],
        min_num=1,
        max_num=6,
        help_text="Cards of what is not public are left out.",
    )

    class Meta:
        icon = "list-ul"
        template = "blocks/cards.html"
        description = "Up to 6 pages, case studies, principles or councils as cards"

    def get_context(
        self, value: Any, parent_context: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """Add `cards`: those that everybody may see, in the chosen order."""
        context = super().get_context(value, parent_context=parent_context)
        context["cards"] = value.get("examples") or cards_of(
            ("page", card.value["page"], card.value["picture"])
            if card.block_type == "page"
            else ("council", card.value, None)
            for card in value["cards"]
        )
        return context

    def get_preview_value(self) -> blocks.StructValue:
        """Return examples, which need no page to exist."""
        value = self.normalize({"title": "Where to go on", "cards": []})
        value["examples"] = [
            ChosenCard(
                "An invented page", "#one", "", "A sentence about it.", art=pattern("one", 1)
            ),
            ChosenCard("A principle", "#two", "Principle 3", "Its aim.", art=pattern("two", 3, 3)),
            ChosenCard(
                "Invented news", "#three", "News", "What happened.", art=pattern("three", 2)
            ),
        ]
        return value


class AccordionBlock(blocks.StructBlock):
    """Questions whose answers open; without a script they work the same."""

    entries = blocks.ListBlock(
        blocks.StructBlock(
            [
                ("question", blocks.CharBlock(max_length=120)),
                ("answer", blocks.RichTextBlock(features=[*PLAIN, "ol", "ul"], max_length=2000)),
            ],
            label="Question",
        ),
        min_num=2,
        max_num=12,
    )

    class Meta:
        icon = "list-ol"
        template = "blocks/accordion.html"
        description = "Questions with answers that readers open"
        preview_value = {
            "entries": [
                {"question": "Is there a fee?", "answer": "<p>No.</p>"},
                {"question": "Who signs?", "answer": "<p>The leader and the chief executive.</p>"},
            ]
        }


class CellsBlock(TypedTableBlock):
    """Wagtail's table, with a caption and limits that keep it readable."""

    MOST_COLUMNS, MOST_ROWS = 6, 40

    text = blocks.RichTextBlock(features=["bold", "italic", "link"], required=False, label="Text")
    number = blocks.CharBlock(max_length=20, required=False, label="Number (right-aligned)")

    def clean(self, value: Any) -> Any:
        """Raise ValidationError without a caption or with too many cells, unless it is a draft."""
        value = super().clean(value)
        problem = ""
        if not value or not value.columns or not value.row_data:
            problem = "Add at least one column and one row"
        elif not value.caption:
            problem = "Enter a caption: what the table shows"
        elif not all(column["heading"] for column in value.columns):
            problem = "Enter a heading for each column"
        elif len(value.columns) > self.MOST_COLUMNS or len(value.row_data) > self.MOST_ROWS:
            problem = f"A table can have {self.MOST_COLUMNS} columns and {self.MOST_ROWS} rows"
        if problem and not self.is_deferred_validation:
            raise ValidationError(problem)
        return value


class TableBlock(blocks.StructBlock):
    """A table with its source."""

    table = CellsBlock()
    has_row_headings = blocks.BooleanBlock(
        required=False, default=True, label="The first column names the rows"
    )
    source = blocks.CharBlock(
        max_length=160, required=False, help_text="Who says so, and when. Needed for figures."
    )
    source_url = blocks.URLBlock(required=False)

    class Meta:
        icon = "table"
        template = "blocks/table.html"
        description = "A table with a caption, headings and its source"
        preview_value = {
            "table": {
                "caption": "An invented council’s spending",
                "columns": [
                    {"type": "text", "heading": "Kind of supplier"},
                    {"type": "number", "heading": "2024"},
                    {"type": "number", "heading": "2025"},
                ],
                "rows": [
                    {"values": ["<p>Local and small</p>", "£1.2 million", "£1.9 million"]},
                    {"values": ["<p>All others</p>", "£8.4 million", "£7.7 million"]},
                ],
            },
            "has_row_headings": True,
            "source": "This style guide, an example",
        }


class PeopleBlock(blocks.StructBlock):
    """Up to twelve people who agreed to be shown."""

    title = blocks.CharBlock(max_length=80)
    people = blocks.ListBlock(SnippetChooserBlock(Person), min_num=1, max_num=12)

    class Meta:
        icon = "group"
        template = "blocks/people.html"
        description = "Up to 12 people with their roles, as at a day"

    def get_context(
        self, value: Any, parent_context: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """Add `people`, with their portraits in one query; who was deleted is left out."""
        context = super().get_context(value, parent_context=parent_context)
        people = [person for person in value["people"] if person]
        portraits = {person.portrait_id for person in people} - {None}
        by_pk = Picture.objects.in_bulk(portraits) if portraits else {}
        for person in people:
            if person.portrait_id:
                person.portrait = by_pk.get(person.portrait_id)
        context["people"] = people
        return context

    def get_preview_value(self) -> blocks.StructValue:
        """Return invented people, who say so."""
        invented = [
            Person(
                name=name,
                role="An invented officer",
                organisation="Sampleford Council (invented)",
                as_at=date(2026, 11, 30),
                words="Answers questions about how a council joins.",
                email="nobody@sampleford.example",
            )
            for name in ("Ada Example", "אורי לדוגמה", "مثال سلمى")
        ]
        return self.normalize({"title": "Who to ask", "people": invented})


class DownloadsBlock(blocks.StructBlock):
    """Up to ten files to download, each with its kind and size."""

    title = blocks.CharBlock(max_length=80)
    files = blocks.ListBlock(
        blocks.StructBlock(
            [
                ("document", DocumentChooserBlock()),
                (
                    "words",
                    blocks.CharBlock(
                        max_length=160, required=False, help_text="What it is good for."
                    ),
                ),
            ],
            label="File",
        ),
        min_num=1,
        max_num=10,
    )

    class Meta:
        icon = "download"
        template = "blocks/downloads.html"
        description = "Up to 10 files with their kind and size"

    def get_preview_value(self) -> blocks.StructValue:
        """Return a file that is not there."""
        Document = get_document_model()
        example = Document(
            pk=0, title="An invented form", file="documents/form.pdf", file_size=240_000
        )
        files = [{"document": example, "words": "An example, which leads nowhere."}]
        return self.normalize({"title": "To download", "files": files})


class SourcedStepBlock(StepBlock):
    """Something that happened, with its date and its own source."""

    what = blocks.RichTextBlock(
        features=["bold", "italic", "link"], help_text="Who did what, in one or two sentences."
    )
    source = blocks.CharBlock(
        max_length=120, help_text="Who says so, and when: “LocalGov, 5 July 2019”."
    )
    source_url = blocks.URLBlock(required=False)

    class Meta:
        label = "Entry"


class TimelineBlock(blocks.StructBlock):
    """What happened, in order, each with its date and source."""

    entries = blocks.ListBlock(SourcedStepBlock(), min_num=1, max_num=40)

    class Meta:
        icon = "date"
        template = "blocks/timeline.html"
        preview_value = {
            "entries": [
                {
                    "date": "2020-03-03",
                    "what": "<p>The first 11 councils are named.</p>",
                    "source": "Locality, 3 March 2020",
                }
            ]
        }
        description = "What happened, in order, with dates and sources"


class CampaignStoryBlock(StoryBlock):
    """The blocks of landing and content pages."""

    image_and_text = ImageAndTextBlock()
    figures = FiguresBlock()
    table = TableBlock()
    accordion = AccordionBlock()
    cards = CardsBlock()
    people = PeopleBlock()
    downloads = DownloadsBlock()
    multiplier = MultiplierBlock()
    multiplier_result = MultiplierResultBlock()
    timeline = TimelineBlock()
    operator = OperatorBlock()
