"""Reading lists: case studies that editors chose, in order, each with a sentence why."""

from django.core.exceptions import ValidationError
from django.db import models
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, InlinePanel, PageChooserPanel
from wagtail.models import Orderable
from wagtail.search import index

from casestudies.models.pages import CaseStudyIndexPage, CaseStudyPage, public_cards
from portal.models import BasePage


class ReadingListPage(BasePage):
    """A page of chosen case studies, below the list of all."""

    introduction = models.TextField(
        max_length=600, help_text="Who it is for, and who chose. It is also the summary in lists."
    )

    parent_page_types = ["casestudies.CaseStudyIndexPage"]
    subpage_types: list[str] = []
    template = "pages/reading_list_page.html"

    content_panels = [
        *BasePage.content_panels,
        FieldPanel("introduction"),
        InlinePanel("readings", heading="Case studies, in order", label="Case study"),
    ]
    search_fields = [*BasePage.search_fields, index.SearchField("introduction")]

    class Meta:
        verbose_name = "reading list"

    @property
    def address(self) -> str:
        """Page's path, without a query, because the list's slug is fixed."""
        return f"{CaseStudyIndexPage.ADDRESS}{self.slug}/"

    @property
    def summary_text(self) -> str:
        """Text for cards, lists and search engines."""
        return self.listing_summary or self.introduction

    def shown(self) -> list[CaseStudyPage]:
        """Return the chosen case studies that anybody may see, in order, each with its `why`."""
        readings = list(self.readings.all())
        chosen = [reading.case_study_id for reading in readings if reading.case_study_id]
        found = {page.pk: page for page in public_cards(chosen)}
        for reading in readings:
            if reading.case_study_id in found:
                found[reading.case_study_id].why = reading.why
        return [found[pk] for pk in dict.fromkeys(chosen) if pk in found]

    def get_context(self, request, *args, **kwargs):
        """Add `case_studies` and `section`."""
        context = super().get_context(request, *args, **kwargs)
        context.update(section="case-studies", case_studies=self.shown())
        return context


class Reading(Orderable):
    """One case study of a reading list, and why it was chosen."""

    page = ParentalKey(ReadingListPage, on_delete=models.CASCADE, related_name="readings")
    # Null in drafts alone, so that Wagtail can save one before a case study is chosen.
    case_study = models.ForeignKey(
        CaseStudyPage, null=True, on_delete=models.CASCADE, related_name="readings"
    )
    why = models.CharField(max_length=200, help_text="One sentence: why read this one?")

    panels = [PageChooserPanel("case_study", required_on_save=False), FieldPanel("why")]

    def __str__(self) -> str:
        return f"{self.case_study}: {self.why}"

    def clean(self) -> None:
        """Raise ValidationError for an invented case study, which no list shows."""
        super().clean()
        council = self.case_study and self.case_study.council
        if council and council.is_demonstration:
            raise ValidationError({"case_study": "Choose a case study of a real council"})
