"""StreamField blocks of content pages, in addition to those that every app shares."""

from typing import Any

from wagtail import blocks

from casestudies.blocks import StepBlock
from casestudies.models import CaseStudyPage
from multiplier.blocks import MultiplierBlock, MultiplierResultBlock
from portal.blocks import StoryBlock


class OperatorBlock(blocks.StaticBlock):
    """Who runs the site and how to reach them, from the site's settings."""

    class Meta:
        icon = "group"
        template = "blocks/operator.html"
        admin_text = "Name and contact details from Settings, “Who runs the site”."
        description = "Who runs the site, from the settings"


class CaseStudyCardsBlock(blocks.StructBlock):
    """Up to six case studies as cards."""

    title = blocks.CharBlock(max_length=80)
    case_studies = blocks.ListBlock(
        blocks.PageChooserBlock(page_type="casestudies.CaseStudyPage"),
        min_num=1,
        max_num=6,
    )

    def get_context(
        self, value: Any, parent_context: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """Add `studies`: the chosen case studies that can be listed, in the chosen order."""
        context = super().get_context(value, parent_context=parent_context)
        chosen = [page.pk for page in value["case_studies"] if page]
        listed = CaseStudyPage.objects.listed().filter(pk__in=chosen)
        by_pk = {page.pk: page for page in listed.for_cards()}
        context["studies"] = [by_pk[pk] for pk in chosen if pk in by_pk]
        return context

    class Meta:
        icon = "list-ul"
        template = "blocks/case_study_cards.html"
        preview_value = {"title": "What councils did", "case_studies": []}
        description = "Up to six case studies as cards"


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

    case_study_cards = CaseStudyCardsBlock()
    multiplier = MultiplierBlock()
    multiplier_result = MultiplierResultBlock()
    timeline = TimelineBlock()
    operator = OperatorBlock()
