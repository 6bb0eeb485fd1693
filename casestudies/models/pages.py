"""Pages of case studies: the list, and one page each.

Every figure is a `Result`, with what it measures, its date, who claims it and a `Source` of the
same page (DESIGN section 5, point 11).
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.forms import CheckboxSelectMultiple
from django.utils import timezone
from django.utils.text import slugify
from modelcluster.fields import ParentalManyToManyField
from wagtail.admin.panels import (
    FieldPanel,
    HelpPanel,
    InlinePanel,
    MultiFieldPanel,
    ObjectList,
    TabbedInterface,
    TitleFieldPanel,
)
from wagtail.fields import RichTextField, StreamField
from wagtail.models import PageManager
from wagtail.query import PageQuerySet
from wagtail.search import index

from casestudies import citations, dates, facets, rules
from casestudies.blocks import PartnerBlock
from casestudies.choices import Status, Theme
from casestudies.citations import AFTER_FIGURES, BEFORE_FIGURES, Numbering
from casestudies.forms import CaseStudyPageForm
from casestudies.models.evidence import Result
from councils import hexmap
from multiplier.blocks import MultiplierResultBlock
from network import member_map
from portal.context import site_operator
from portal.models import BasePage

#: Fields that a card does not need.
LONG_TEXTS = (
    "the_problem",
    "what_they_did",
    "partners",
    "on_the_figures",
    "worked_out",
    "what_was_hard",
    "what_it_took",
    "tips",
    "contact",
)
# How long a published case study goes without a review, if editors give no date.
REVIEW_AFTER = timedelta(days=365)
RICH_TEXT = ["bold", "italic", "h3", "ol", "ul", "link"]


class CaseStudyIndexPage(BasePage):
    """The list of all case studies with its filters, at /case-studies/."""

    ADDRESS = "/case-studies/"

    introduction = models.CharField(
        max_length=300,
        blank=True,
        help_text="One or two sentences under the heading.",
    )

    template = "pages/case_study_index_page.html"
    max_count = 1
    subpage_types = ["casestudies.CaseStudyPage"]
    fixed_because = "the menu and other websites link to it"
    kept_parameters = (*facets.LABELS, "page")

    content_panels = [*BasePage.content_panels, "introduction"]
    search_fields = [*BasePage.search_fields, index.SearchField("introduction")]

    class Meta:
        verbose_name = "case study list"

    def fixed_slug(self) -> str:
        """Return "case-studies"."""
        return self.ADDRESS.strip("/")

    def get_context(self, request, *args, **kwargs):
        """Add `listing` (see `facets.Listing`) and `section`."""
        context = super().get_context(request, *args, **kwargs)
        listing = facets.Listing(
            CaseStudyPage.objects.child_of(self).real().unrestricted(), request.GET
        )
        draw_crops(listing.page)
        context.update(section="case-studies", listing=listing)
        return context

    def serve(self, request, *args, **kwargs):
        """Return the list; as not found if the address has a filter that does not exist."""
        response = super().serve(request, *args, **kwargs)
        if response.context_data["listing"].unknown:
            response.status_code = 404
        return response


class CaseStudyQuerySet(PageQuerySet):
    """Questions about many case studies."""

    def real(self):
        """Return case studies without those of demonstration councils, for lists and counts."""
        return self.filter(council__is_demonstration=False)

    def invented(self):
        """Return the case studies of demonstration councils."""
        return self.filter(council__is_demonstration=True)

    def listed(self):
        """Return the case studies that any page can list: live, public and real."""
        return self.live().public().real()

    def unrestricted(self):
        """Return live case studies without a view restriction of their own.

        For the list page and the pages below it. Wagtail's `public()` also checks the
        ancestors, but access to the list page has been checked before it is shown. So someone
        who can read a restricted list finds its case studies.
        """
        return self.live().filter(view_restrictions=None)

    def about(self, principles):
        """Return case studies about any of these principles, given by slug; no duplicates."""
        through = CaseStudyPage.principles.through
        return self.filter(
            pk__in=through.objects.filter(principle__slug__in=principles).values("casestudypage_id")
        )

    def titled(self, words):
        """Return those with every word in the title, the summary or the council's name."""
        found = self
        for word in words:
            places = ("title", "summary", "council__name")
            holds = [models.Q(**{f"{place}__icontains": word}) for place in places]
            found = found.filter(holds[0] | holds[1] | holds[2])
        return found

    def in_regions(self, regions):
        """Return case studies of councils in any of these regions."""
        return self.filter(council__region__in=regions)

    def by_kinds(self, kinds):
        """Return case studies of councils of any of these types."""
        return self.filter(council__kind__in=kinds)

    def for_cards(self):
        """Return case studies with everything a card shows, in a fixed number of queries."""
        rows = self.select_related("council").defer(*LONG_TEXTS)
        return rows.prefetch_related("principles", "results")

    def related_to(self, page):
        """Return other case studies that share a principle with `page`, most shared first.

        Other councils come before the same council, because the reader has found this council
        already and learns more from another one.
        """
        through = CaseStudyPage.principles.through.objects.order_by()
        shared = through.filter(
            casestudypage=models.OuterRef("pk"), principle__in=page.principles.all()
        )
        # A subquery, because a join would group by every column, long texts included.
        count = shared.values("casestudypage").annotate(n=models.Count("pk")).values("n")
        return (
            self.real()
            .unrestricted()
            .exclude(pk=page.pk)
            .annotate(
                shared=models.Subquery(count),
                same_council=models.Case(
                    models.When(council_id=page.council_id, then=1), default=0
                ),
            )
            .filter(shared__gt=0)
            .order_by("same_council", "-shared", "title", "pk")
        )


class CaseStudyPage(BasePage):
    """The page of what one council did about one or more of the principles."""

    # Null in drafts alone, so that Wagtail can save one before a council is chosen.
    council = models.ForeignKey(
        "councils.Council",
        null=True,
        on_delete=models.PROTECT,
        related_name="case_studies",
        help_text="Any council in the register, member or not.",
    )
    principles = ParentalManyToManyField("principles.Principle", related_name="case_studies")
    theme = models.CharField(max_length=20, choices=Theme.choices, blank=True)
    summary = models.TextField(
        help_text=f"At most {rules.SUMMARY_WORDS} words: "
        "the problem, what the council did, and the results."
    )
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.UNKNOWN)
    as_at = models.CharField(
        "last confirmed",
        max_length=10,
        blank=True,
        validators=[dates.validate_partial_date],
        help_text="When a source or the council last confirmed it: 2019, 2019-07 or 2019-07-05. "
        "Only as exact as the source.",
    )
    status_note = models.CharField(
        max_length=200, blank=True, help_text="One sentence, if the status needs one."
    )
    the_problem = RichTextField(features=RICH_TEXT)
    what_they_did = RichTextField(features=RICH_TEXT)
    partners = StreamField([("partner", PartnerBlock())], blank=True)
    on_the_figures = RichTextField(
        blank=True,
        features=RICH_TEXT,
        help_text="What readers must know before they compare the figures: "
        "different bases, years or counts.",
    )
    worked_out = StreamField(
        [("result", MultiplierResultBlock())],
        blank=True,
        max_num=3,
        verbose_name="worked-out multiplier",
        help_text="Links to results from the calculator.",
    )
    what_was_hard = RichTextField(
        blank=True,
        features=RICH_TEXT,
        help_text="Others learn most from this. If blank, the page says we have not found "
        "anything.",
    )
    what_it_took = RichTextField(
        blank=True, features=RICH_TEXT, help_text="Money, time, people and decisions."
    )
    tips = RichTextField(
        blank=True, features=RICH_TEXT, help_text="What they would tell another council."
    )
    contact = RichTextField(
        blank=True,
        features=["link"],
        help_text="A team or a page, with permission. Name a person only if they agreed.",
    )
    written_on = models.DateField(
        null=True, blank=True, help_text="When we wrote this text from its sources."
    )
    confirmed_on = models.DateField(
        null=True, blank=True, help_text="When the council last confirmed this is true."
    )
    review_date = models.DateField(
        null=True,
        blank=True,
        help_text="When to ask the council again. If blank, a year after you publish.",
    )

    objects = PageManager.from_queryset(CaseStudyQuerySet)()

    parent_page_types = ["casestudies.CaseStudyIndexPage"]
    subpage_types: list[str] = []
    template = "pages/case_study_page.html"
    base_form_class = CaseStudyPageForm

    content_panels = [
        TitleFieldPanel(
            "title",
            help_text="Begin with the council: “Bradford: spending with the district first”.",
        ),
    ]
    story_panels = [
        *content_panels,
        MultiFieldPanel(
            [
                "council",
                FieldPanel("principles", widget=CheckboxSelectMultiple, required_on_save=False),
                "theme",
            ],
            heading="Council and subject",
        ),
        "summary",
        MultiFieldPanel(["status", "as_at", "status_note"], heading="Is it still running?"),
        "the_problem",
        "what_they_did",
        "partners",
        "what_was_hard",
        "what_it_took",
        "tips",
        "contact",
    ]
    evidence_panels = [
        HelpPanel(
            "<p><strong>Sources first, then figures.</strong> Give each source a short "
            "label, such as <em>LocalGov, 2019</em>. Figures use it to name their "
            "source. To cite it in a text, type the label in double brackets: "
            "<em>[[LocalGov, 2019]]</em>. The page shows a number there. You can keep a figure in "
            "a draft without its date, its source and "
            "who claims it, but you cannot publish it.</p>"
        ),
        InlinePanel("sources", heading="Sources", label="Source"),
        InlinePanel("results", heading="Figures", label="Figure"),
        "on_the_figures",
        "worked_out",
        MultiFieldPanel(
            ["written_on", "confirmed_on", "review_date"], heading="Is this still true?"
        ),
    ]
    edit_handler = TabbedInterface(
        [
            ObjectList(story_panels, heading="Story"),
            ObjectList(evidence_panels, heading="Figures and sources"),
            ObjectList(BasePage.promote_panels, heading="Promote"),
            ObjectList(BasePage.settings_panels, heading="Settings"),  # schedule and comments
        ]
    )
    search_fields = [
        *BasePage.search_fields,
        index.SearchField("summary"),
        index.SearchField("the_problem"),
        index.SearchField("what_they_did"),
        index.SearchField("what_was_hard"),
        index.SearchField("tips"),
        index.FilterField("council_id"),
        index.RelatedFields(
            "council", [index.SearchField("name"), index.AutocompleteField("name")]
        ),
    ]

    class Meta:
        verbose_name = "case study"
        verbose_name_plural = "case studies"

    def save(self, clean=True, **kwargs):
        """Save the page; if it is live, check the rules and give it a review date.

        Raises:
            ValidationError: If a live page breaks a rule for publishing.
        """
        if clean and self.live:
            self.check_publishable()
        if self.live and self.review_date is None:
            self.review_date = timezone.localdate() + REVIEW_AFTER
        return super().save(clean=clean, **kwargs)

    def check_publishable(self) -> None:
        """Check the rules for publishing (`casestudies.rules`).

        Raises:
            ValidationError: With everything that prevents publishing.
        """
        labels = [source.label for source in self.sources.all()]
        problems = [rules.summary_problem(self.summary), rules.labels_problem(labels)]
        problems += [
            citations.unknown_problem(getattr(self, name), labels)
            for name in (*BEFORE_FIGURES, *AFTER_FIGURES)
        ]
        problems += [
            f"{result.figure or 'A figure'}: {problem}"
            for result in self.results.all()
            for problem in result.problems(labels).values()
        ]
        if any(problems):
            raise ValidationError([problem for problem in problems if problem])

    @property
    def address(self) -> str:
        """Page's path, without a query, because the list's slug is fixed."""
        return f"{CaseStudyIndexPage.ADDRESS}{self.slug}/"

    @property
    def summary_text(self) -> str:
        """Text for cards, lists and search engines."""
        return self.listing_summary or self.summary

    @property
    def kicker(self) -> str:
        """The council's name to stand above the title; "" if the title begins with it."""
        name = self.council.name if self.council else ""
        is_named = self.title.casefold().startswith(name.casefold().partition(" upon ")[0])
        return "" if is_named else name

    @property
    def status_line(self) -> str:
        """Status with its date; says so if the date is more than a year old."""
        status = self.get_status_display()
        when = dates.in_words(self.as_at)
        if not when:
            return f"{status}. Date not known"
        is_recent = dates.is_within_a_year(self.as_at, timezone.localdate())
        if self.status == Status.ENDED or is_recent:
            return f"{status}, as at {when}"
        return f"{status}. Not confirmed since {when}"

    @property
    def provenance(self) -> str:
        """How this was written, and whether the council has confirmed it."""
        if self.confirmed_on:
            return f"Confirmed by the council on {_day(self.confirmed_on)}."
        if self.written_on:
            return (
                f"Written from public sources on {_day(self.written_on)}. "
                "Not yet confirmed by the council."
            )
        return "Not yet confirmed by the council."

    @property
    def as_article(self) -> dict[str, Any]:
        """The page as data of schema.org; author and publisher only once someone runs the site."""
        address = settings.SITE_URL + self.address
        data: dict[str, Any] = {
            "@type": "Article",
            "@id": f"{address}#article",
            "headline": self.title,
            "description": self.summary_text,
            "url": address,
            "image": f"{settings.SITE_URL}/cards/case-studies/{self.slug}.png",
            "inLanguage": "en-GB",
        }
        if self.first_published_at and self.last_published_at:
            data["datePublished"] = self.first_published_at.isoformat()
            data["dateModified"] = self.last_published_at.isoformat()
        if self.council and (about := self.council.as_organisation):
            data["about"] = about
        if sources := [source.url for source in self.sources.all() if source.url]:
            data["isBasedOn"] = sources
        operator = site_operator()
        if operator.is_known:
            data["author"] = data["publisher"] = operator.as_organisation
        return data

    @property
    def headline(self) -> Result | None:
        """Figure for cards: the first in the editor's order, or None."""
        return next(iter(self.results.all()), None)

    def get_context(self, request, *args, **kwargs):
        """Add `section`, `is_member`, `texts`, `sources`, `results`, `contents` and `related`.

        `texts` has each rich text with its citations as numbers. Each source has `number` and
        `uses`, each result `cited` and `cited_from` (`casestudies.citations`).
        """
        context = super().get_context(request, *args, **kwargs)
        related = self._related()
        sources, results = list(self.sources.all()), list(self.results.all())
        numbering = Numbering(sources)
        texts = {name: numbering.text(getattr(self, name)) for name in BEFORE_FIGURES}
        for result in results:
            numbering.cite(result)
        texts |= {name: numbering.text(getattr(self, name)) for name in AFTER_FIGURES}
        atlas = draw_crops([self, *related])
        # A draft that is previewed may have no council yet.
        cell = atlas.by_slug.get(self.council.slug) if self.council else None
        context.update(
            section="case-studies",
            is_member=bool(cell and cell.is_member),
            texts=texts,
            sources=sources,
            results=results,
            contents=self._contents(),
            related=related,
        )
        return context

    def _contents(self) -> list[dict[str, str]]:
        """Return the links of "on this page", for the parts the page has."""
        parts = [
            ("The problem", True),
            ("What they did", True),
            ("Partners", self.partners),
            ("Results", True),
            ("What was hard", True),
            ("What it took", self.what_it_took),
            ("Tips", self.tips),
            ("Contact", self.contact),
            ("Sources", True),
            ("Cite", True),
        ]
        return [{"url": f"#{slugify(text)}", "text": text} for text, there in parts if there]

    def _related(self) -> list["CaseStudyPage"]:
        """Return three related case studies, each with `shared_principles`."""
        others = CaseStudyPage.objects.related_to(self)
        found = list(others.select_related("council").defer(*LONG_TEXTS)[:3])
        # One query for the principles of all four. A new page that is previewed has no row yet.
        saved = [self, *found] if self.pk else found
        models.prefetch_related_objects(saved, "principles")
        mine = {principle.pk for principle in self.principles.all()}
        for page in found:
            page.shared_principles = [p for p in page.principles.all() if p.pk in mine]
        return found


def draw_crops(case_studies: Iterable["CaseStudyPage"]) -> hexmap.Atlas:
    """Set `crop`, the hexes round its council, on each case study with one; makes one query.

    Returns:
        The atlas of all councils.
    """
    atlas = member_map.load()
    for page in case_studies:
        page.crop = hexmap.around(page.council, atlas) if page.council else None
    return atlas


def _day(day) -> str:
    return f"{day.day} {day:%B %Y}"
