"""Sources of a case study, the figures that cite them, and corrections."""

from collections.abc import Collection
from decimal import Decimal
from uuid import uuid4

from django.db import models
from django.utils import timezone
from django.utils.text import slugify
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel
from wagtail.admin.widgets import AdminAutoHeightTextInput
from wagtail.models import Orderable

from casestudies import rules
from casestudies.figures import amount


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
        max_length=200,
        blank=True,
        help_text="What readers need to know of it: “We could read only its opening part.”",
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
    # Names the figure in data files, together with its page; it stays when the figure changes.
    key = models.UUIDField(default=uuid4, editable=False)
    figure = models.CharField(
        max_length=40,
        help_text="One number, as readers will see it: “£2.43”, “over 1,000” or “41%”.",
    )
    unit = models.CharField(
        max_length=30,
        blank=True,
        help_text="What it counts: “people” or “buildings”. Leave blank for £ and %.",
    )
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
    beside = models.CharField(
        "stands beside others about",
        max_length=80,
        blank=True,
        help_text="If sources disagree about one thing, give each of their figures the same words, "
        "for example “share of spending that stays local”. The page then compares them.",
    )
    note = models.CharField(
        max_length=250,
        blank=True,
        help_text="What readers need to know before they use it, or why it differs.",
    )

    panels = [
        "figure",
        "unit",
        FieldPanel("measures", widget=AdminAutoHeightTextInput),
        "period",
        "claimed_by",
        "source",
        "beside",
        FieldPanel("note", widget=AdminAutoHeightTextInput),
    ]

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

    @property
    def public_id(self) -> str:
        """The figure's name in data files, which never changes: "12-9f1c2d3e"."""
        return f"{self.page_id}-{self.key.hex[:8]}"

    @property
    def value(self) -> Decimal | None:
        """The figure as a number, in pounds for money; None if it is not one number."""
        found = amount(self.figure)
        return found.value if found else None

    @property
    def unit_text(self) -> str:
        """The unit: "GBP", "%", or what the figure counts."""
        found = amount(self.figure)
        return (found and found.unit) or self.unit

    def problems(self, labels: Collection[str]) -> dict[str, str]:
        """Return what prevents publishing, by field; see `rules.figure_problems`."""
        given = {part: getattr(self, part) for part in rules.FIGURE_PARTS}
        return rules.figure_problems(given, labels)


class Correction(Orderable):
    """A public note of what a page said before and no longer says."""

    page = ParentalKey(
        "casestudies.CaseStudyPage", on_delete=models.CASCADE, related_name="corrections"
    )
    day = models.DateField("date", default=timezone.localdate, null=True)
    note = models.CharField(
        max_length=400,
        help_text="What the page said, what is right, and how we know. Readers see this.",
    )

    panels = [
        FieldPanel("day", required_on_save=False),
        FieldPanel("note", widget=AdminAutoHeightTextInput),
    ]

    class Meta(Orderable.Meta):
        verbose_name = "correction"

    def __str__(self) -> str:
        return self.note
