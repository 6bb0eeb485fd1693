"""StreamField blocks of a case study."""

from wagtail import blocks

from casestudies import dates
from casestudies.choices import PartnerKind
from portal.blocks import PLAIN, QuoteBlock, StoryBlock


class PartnerValue(blocks.StructValue):
    """A partner, with its type in words for templates."""

    @property
    def kind_label(self) -> str:
        """Type in words, or ""."""
        return PartnerKind(self["kind"]).label if self["kind"] else ""


class PartnerBlock(blocks.StructBlock):
    """An organisation that did the work with the council, and its part in it."""

    name = blocks.CharBlock(max_length=120)
    kind = blocks.ChoiceBlock(choices=PartnerKind.choices)
    role = blocks.CharBlock(
        max_length=200, required=False, help_text="What it did, in a few words."
    )

    class Meta:
        value_class = PartnerValue
        icon = "group"
        label = "Partner"
        description = "A body that did the work with the council."
        preview_value = {
            "name": "Bradford Trident",
            "kind": PartnerKind.VCSE,
            "role": "community anchor",
        }


class StepValue(blocks.StructValue):
    """A step, with its dates in words for templates."""

    @property
    def when(self) -> str:
        """Its date or period: "December 2017", "2019 to 2022"; "" if it has none."""
        given = filter(None, (self["date"], self.get("until")))
        return " to ".join(filter(None, map(dates.in_words, given)))


class StepBlock(blocks.StructBlock):
    """One step of what was done, with its date."""

    date = blocks.CharBlock(
        max_length=10,
        required=False,
        validators=[dates.validate_partial_date],
        help_text="2017, 2017-12 or 2017-12-05, as exact as the source. Blank if it gives none.",
    )
    until = blocks.CharBlock(
        max_length=10,
        required=False,
        validators=[dates.validate_partial_date],
        help_text="For a period: when it ended.",
    )
    what = blocks.RichTextBlock(
        features=["bold", "italic", "link"],
        help_text="Who did what, in one or two sentences, with its source: [[LocalGov, 2019]].",
    )

    class Meta:
        value_class = StepValue
        icon = "date"
        label = "Step"
        description = "Something that was done, with its date."
        preview_value = {"date": "2017-12-05", "what": "<p>The Executive approved the policy.</p>"}


class CitedQuoteBlock(QuoteBlock):
    """A quotation that names one of the page's sources."""

    source_url = None
    source = blocks.CharBlock(
        max_length=60, help_text="The label of one of the sources on this page"
    )

    class Meta:
        template = "blocks/quote.html"


class CaseStudyStoryBlock(StoryBlock):
    """The blocks of a case study's longer story. Texts cite sources as [[label]]."""

    heading = blocks.CharBlock(
        icon="title",
        template="blocks/subheading.html",
        preview_value="A policy with marks attached",
        description="A heading within the story",
    )
    paragraph = blocks.RichTextBlock(
        features=[*PLAIN, "ol", "ul"],
        icon="pilcrow",
        template="blocks/paragraph.html",
        preview_value="<p>Start from where people live [[LocalGov, 2019]].</p>",
        description="Text, lists and links; cite a source with [[LocalGov, 2019]]",
    )
    quote = CitedQuoteBlock()
