"""StreamField blocks that the pages of every app share."""

from typing import Any

from django.core.exceptions import ValidationError
from wagtail import blocks
from wagtail.images.blocks import ImageBlock

from portal.pictures import Picture

PLAIN = ["bold", "italic", "link", "document-link"]


class HeadingBlock(blocks.CharBlock):
    """A heading within the page's text."""

    class Meta:
        icon = "title"
        template = "blocks/heading.html"
        preview_value = "What changed"
        description = "A heading within the text"


class ParagraphBlock(blocks.RichTextBlock):
    """Rich text with lists, subheadings and links."""

    def __init__(self, **kwargs):
        super().__init__(features=[*PLAIN, "ol", "ul", "h3"], **kwargs)

    class Meta:
        icon = "pilcrow"
        template = "blocks/paragraph.html"
        preview_value = "<p>Start from where people live.</p>"
        description = "Text, lists and links"


class QuoteBlock(blocks.StructBlock):
    """A quotation with its speaker, their role and its date."""

    text = blocks.TextBlock(max_length=400)
    who = blocks.CharBlock(max_length=120)
    role = blocks.CharBlock(max_length=160, help_text="The role at the time")
    as_at = blocks.CharBlock(max_length=60, help_text="When it was said, e.g. March 2020")
    source_url = blocks.URLBlock(required=False)

    class Meta:
        icon = "openquote"
        template = "blocks/quote.html"
        preview_value = {
            "text": "We start from what people can do.",
            "who": "A council leader (example)",
            "role": "Leader",
            "as_at": "March 2020",
        }
        description = "A quotation with its speaker, role and date"


class PanelBlock(blocks.StructBlock):
    """Important text in a panel of its own."""

    title = blocks.CharBlock(max_length=120)
    text = blocks.RichTextBlock(features=PLAIN)

    class Meta:
        icon = "info-circle"
        template = "blocks/panel.html"
        preview_value = {"title": "Good to know", "text": "<p>There is no fee.</p>"}
        description = "A panel set apart from the text"


class PictureBlock(ImageBlock):
    """A picture, with words for people who cannot see it, or "decorative"."""

    class Meta:
        icon = "image"
        template = "blocks/image.html"
        description = "A picture with its credit"

    def clean(self, value: Any) -> Any:
        """Check that we know why we can publish it, unless a draft is saved."""
        value = super().clean(value)
        if value and not value.rights and not self.is_deferred_validation:
            problem = "Open this picture under Images and select why we can publish it"
            errors = {"image": ValidationError(problem)}
            raise blocks.StructBlockValidationError(block_errors=errors)
        return value

    def get_preview_value(self) -> Picture | None:
        """Return a picture of the library, if it has any."""
        return Picture.objects.order_by("pk").first()


class StoryBlock(blocks.StreamBlock):
    """The blocks that every page can have; an app adds its own by subclassing."""

    heading = HeadingBlock()
    paragraph = ParagraphBlock()
    quote = QuoteBlock()
    panel = PanelBlock()
    image = PictureBlock(template="blocks/image.html")
