"""Sources of a case study, and the figures that cite them."""

from collections.abc import Collection

from django.db import models
from django.utils.text import slugify
from modelcluster.fields import ParentalKey
from wagtail.models import Orderable

from casestudies import rules


class Source(Orderable):
    """A source of a case study, and how it was read."""

    page = ParentalKey(
        "casestudies.CaseStudyPage", on_delete=models.CASCADE, related_name="sources"
    )
    label = models.CharField(
        max_length=60,
        help_text="Short, as you would say it: “LocalGov, 2019”. Figures name their source with "
        "it, and texts cite it with [[LocalGov, 2019]].",
    )
    title = models.CharField(max_length=200)
    publisher = models.CharField(max_length=120)
    published = models.CharField(
        max_length=80,
        blank=True,
        help_text="As exact as the source. Leave blank if it does not say.",
    )
    url = models.URLField("web address", max_length=400, blank=True)
    note = models.CharField(
        "as read",
        max_length=200,
        blank=True,
        help_text="How we read it: in full, in part, as a stored copy or second-hand.",
    )

    panels = ["label", "title", "publisher", "published", "url", "note"]

    #: Its number on the page, and the ids of the places that cite it; set when a page is shown.
    number = 0
    uses: list[str] = []

    class Meta(Orderable.Meta):
        verbose_name = "source"

    def __str__(self) -> str:
        return self.label

    @property
    def anchor(self) -> str:
        """Id of this source on its page, which rich text can link to."""
        return f"source-{slugify(self.label)}"

    @property
    def published_text(self) -> str:
        """Date of publication, or that none was given."""
        return self.published or rules.NO_DATE


class Result(Orderable):
    """A claimed figure: what it measures, its date, who claims it, and the source."""

    page = ParentalKey(
        "casestudies.CaseStudyPage", on_delete=models.CASCADE, related_name="results"
    )
    figure = models.CharField(max_length=40, help_text="As readers will see it: “£2.43”.")
    measures = models.CharField(
        max_length=250,
        help_text="Continue from the figure: “of local benefit for every £1 of income at …”.",
    )
    period = models.CharField(
        "date",
        max_length=160,
        help_text=f"As exact as the source: “2019-20”. If it gives no date: “{rules.NO_DATE}”.",
    )
    claimed_by = models.CharField(max_length=160)
    source = models.CharField(
        max_length=60, help_text="The label of one of the sources on this page."
    )

    panels = ["figure", "measures", "period", "claimed_by", "source"]

    #: The source with the figure's label; set when a page is shown.
    cited: Source | None = None
    cited_from = ""

    class Meta(Orderable.Meta):
        verbose_name = "figure"

    def __str__(self) -> str:
        return f"{self.figure} {self.measures}"

    @property
    def claim(self) -> str:
        """Who claims it and when, for cards."""
        return f"Claimed by {self.claimed_by} ({self.period})"

    def problems(self, labels: Collection[str]) -> dict[str, str]:
        """Return what prevents publishing, by field; see `rules.figure_problems`."""
        given = {part: getattr(self, part) for part in rules.FIGURE_PARTS}
        return rules.figure_problems(given, labels)
