"""Pages of case studies: the list, and one page each.

Every figure is a `Result`, with what it measures, its date, who claims it and a `Source` of the
same page (DESIGN section 5, point 11).
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Abs, Coalesce
from django.forms import CheckboxSelectMultiple
from django.http import Http404
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.safestring import SafeString
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
from wagtail.contrib.redirects.models import Redirect
from wagtail.fields import RichTextField, StreamField
from wagtail.models import PageManager, PagePermissionTester, PageViewRestriction
from wagtail.search import index
from wagtail.url_routing import RouteResult

from casestudies import card_art, citations, dates, facets, parts, rules
from casestudies.blocks import CaseStudyStoryBlock, PartnerBlock, StepBlock
from casestudies.choices import Completeness, CostBand, Part, Route, Status, Theme
from casestudies.citations import Numbering
from casestudies.forms.pages import CaseStudyPageForm
from casestudies.models.confirmations import Confirmation, FormerCaseStudy, a_year_before
from casestudies.models.evidence import Result
from casestudies.panels import CompletenessPanel, FromMemberPanel
from councils import hexmap
from councils.models import COMMON_KINDS, Council
from multiplier.blocks import MultiplierResultBlock
from network import member_map
from network.models import Membership
from portal.content_checks import ContentChecksPanel
from portal.context import site_operator
from portal.models import BasePage, ListPage, StarterPermissions
from portal.page_cache import Remembered
from portal.page_routes import PublicPages, any_restricted
from principles.models import Principle

#: Fields that a card does not need.
LONG_TEXTS = (
    *citations.TEXTS,
    *citations.STREAMS,
    "partners",
    "worked_out",
)
# How long a published case study goes without a review, if editors give no date.
REVIEW_AFTER = timedelta(days=365)
RELATED = 3  # other case studies that a page leads to
FILTERED = [field for field in facets.COLUMNS.values() if "__" not in field]
RICH_TEXT = ["bold", "italic", "h3", "ol", "ul", "link"]
FEW_WORDS = ["bold", "italic", "link"]


class CaseStudyIndexPage(ListPage):
    """The list of all case studies with its filters, at /case-studies/."""

    ADDRESS = "/case-studies/"

    introduction = models.CharField(
        max_length=300,
        blank=True,
        help_text="One or two sentences under the heading.",
    )

    template = "pages/case_study_index_page.html"
    max_count = 1
    subpage_types = ["casestudies.CaseStudyPage", "casestudies.ReadingListPage"]
    fixed_because = "the menu and other websites link to it"
    kept_parameters = (*facets.LABELS, "sort", "page")

    content_panels = [*BasePage.content_panels, "introduction"]
    search_fields = [*BasePage.search_fields, index.SearchField("introduction")]

    class Meta:
        verbose_name = "case study list"

    def get_context(self, request, *args, **kwargs):
        """Add `listing` (see `facets.CaseStudyListing`), `reading_lists` and `section`."""
        context = super().get_context(request, *args, **kwargs)
        # All are below this page. Asking for that as well would make SQLite read every row whole.
        every = CaseStudyPage.objects.real().unrestricted()
        listing = facets.CaseStudyListing(every, listed_facts(), request.GET)
        for case_study in listing.page if listing.like else ():
            case_study.why_like = listing.like.why_like(case_study.council)
        context.update(
            section="case-studies",
            listing=listing,
            reading_lists=self._reading_lists() if listing.is_first else [],
        )
        return context

    def route(self, request, path_components):
        """Return what is at an address below; the notice of a case study that was deleted.

        Raises:
            Http404: If no case study was ever public there.
        """
        try:
            return super().route(request, path_components)
        except Http404:
            if len(path_components) != 1:
                raise
            return self.route_to_notice(path_components[0])

    def route_to_notice(self, slug):
        """Return the way to the notice at a former address; a redirect of the editors goes first.

        Raises:
            Http404: If there is none. A redirect is followed then.
        """
        former = FormerCaseStudy.objects.select_related("council").filter(slug=slug).first()
        path = Redirect.normalise_path(f"{self.ADDRESS}{slug}/")
        if former is None or Redirect.objects.filter(old_path=path).exists():
            raise Http404
        return RouteResult(self, kwargs={"former": former})

    def serve(self, request, *args, former=None, **kwargs):
        """Show the list; or that a case study is no longer published, as gone (410).

        Search engines forget such an address sooner than one that is not found. The title and
        the council are shown only if editors say why, because they may be the reason.
        """
        if former is None:
            return super().serve(request, *args, **kwargs)
        context = {"former": former, "section": "case-studies"}
        page = TemplateResponse(request, "casestudies/former.html", context, status=410)
        page["X-Robots-Tag"] = "noindex"
        # Without it a browser keeps a 410 for good, even when the case study is public again.
        page["Cache-Control"] = "no-cache"
        return page

    def _reading_lists(self):
        """Return the editors' reading lists that anybody may see."""
        lists = self.get_children().type(apps.get_model("casestudies.ReadingListPage"))
        return lists.live().filter(view_restrictions=None).specific(defer=True)


@dataclass
class Tally:
    """How many case studies there are about a principle, and about which members.

    `members` are names and slugs, in the order of the names.
    """

    count: int = 0
    members: list[tuple[str, str]] = field(default_factory=list)


class CaseStudyQuerySet(PublicPages):
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

    def due_for_confirmation(self, today):
        """Return the public ones to ask about: no one was asked or confirmed it for a year.

        What has ended is not asked about again.
        """
        year_ago = a_year_before(today)
        asked = Confirmation.objects.filter(page=models.OuterRef("pk"), asked_on__gt=year_ago)
        old = models.Q(confirmed_on=None) | models.Q(confirmed_on__lte=year_ago)
        found = self.live().filter(old, first_published_at__date__lte=year_ago)
        return found.exclude(status=Status.ENDED).exclude(models.Exists(asked))

    def about(self, principles):
        """Return case studies about any of these principles, given by slug; no duplicates."""
        through = CaseStudyPage.principles.through
        return self.filter(
            pk__in=through.objects.filter(principle__slug__in=principles).values("casestudypage_id")
        )

    def tally_by_principle(self) -> dict[int, Tally]:
        """Return the tally of each principle that has a case study, by its pk. One query."""
        members = Membership.objects.announced().live()
        is_member = models.Exists(members.filter(council=models.OuterRef("council")))
        rows = (
            self.order_by("council__name")
            .values_list("principles", "council__name", "council__slug")
            .annotate(count=models.Count("pk"), is_member=is_member)
        )
        tallies: dict[int, Tally] = defaultdict(Tally)
        for principle, name, slug, count, member in rows:
            tallies[principle].count += count
            if member:
                tallies[principle].members.append((name, slug))
        return dict(tallies)

    def titled(self, words):
        """Return those with every word in the title, the summary or the council's name."""
        found = self
        for word in words:
            places = ("title", "summary", "council__name")
            holds = [models.Q(**{f"{place}__icontains": word}) for place in places]
            found = found.filter(holds[0] | holds[1] | holds[2])
        return found

    def most_like(self, council):
        """Annotate case studies with how like a council theirs is, to order them by.

        `ways`: in how many of `Council.ways_like`; `distance`: how many people more or fewer.
        """
        between = council.similar_populations
        ways = [{"council__region": council.region}]
        ways += [{"council__kind": council.kind}] if council.kind in COMMON_KINDS else []
        ways += [{"council__population__range": between}] if between else []
        each = [models.Case(models.When(**way, then=1), default=0) for way in ways]
        population = models.F("council__population") - (council.population or 0)
        return self.annotate(
            ways=sum(each[1:], each[0]), distance=Coalesce(Abs(population), models.Value(10**9))
        )

    def foremost(self, principle, chosen, number):
        """Return so many of those about a principle, for cards, if anybody may see them.

        The chosen ones come first, then those confirmed most recently.
        """
        facts = listed_facts()
        pairs = zip(facts.keys, facts.columns.get("principle", ()), strict=True)
        about = {key for key, principles in pairs if principle in principles}
        keys = dict.fromkeys([*chosen, *facts.in_order("confirmed")])
        return public_cards([key for key in keys if key in about][:number])

    def for_cards(self):
        """Return case studies with everything a card shows, in a fixed number of queries."""
        rows = self.select_related("council").defer(*LONG_TEXTS)
        return rows.prefetch_related("principles", "results")


class CaseStudyPermissions(StarterPermissions):
    """What staff can do with a case study: nobody publishes what their own council writes.

    And nobody what a council is still writing: while it does, the page is locked.
    """

    def can_copy(self):
        """Allow what Wagtail does; a starter page also to whoever can write beside it."""
        return super().can_copy() if self.page.is_starter else PagePermissionTester.can_copy(self)

    def can_publish(self):
        """Refuse to those with a part in it, and while it is locked."""
        return super().can_publish() and not self._is_kept_from()

    def _is_kept_from(self) -> bool:
        submissions = apps.get_model("casestudies.Submission").objects.filter(page=self.page.pk)
        if self.page.locked:
            return submissions.exists()
        return submissions.with_a_part_of(self.user).exists()


class CaseStudyPage(BasePage):
    """The page of what one council did about one or more of the principles."""

    taken_slugs = frozenset({"corrections", "feed", "pack", "still-true"})

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
        max_length=300, blank=True, help_text="What is still running, in a sentence or two."
    )
    what_changed = models.CharField(
        max_length=140,
        blank=True,
        help_text="One line that leads lists: what is different now, with its figure if one is "
        "sound. If that is not known, say so.",
    )
    the_problem = RichTextField(
        features=RICH_TEXT, help_text="What was wrong before, and how big it was."
    )
    steps = StreamField(
        [("step", StepBlock())],
        blank=True,
        verbose_name="step by step",
        help_text="What was done, oldest first. A full case study has 3 or more.",
    )
    story = StreamField(
        CaseStudyStoryBlock(),
        blank=True,
        verbose_name="longer story",
        help_text="With headings of your own.",
    )
    who_decided = RichTextField(
        blank=True,
        features=RICH_TEXT,
        help_text="Which body or person decided what, when and how.",
    )
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
    cost_band = models.CharField(
        max_length=10,
        choices=CostBand.choices,
        blank=True,
        help_text="Public money for the whole work, if a source gives the sum.",
    )
    money = RichTextField(blank=True, features=FEW_WORDS, help_text="What it cost, and who paid.")
    people = RichTextField(
        blank=True, features=FEW_WORDS, help_text="Staff and volunteers: how many, in which jobs."
    )
    time = RichTextField(
        blank=True,
        features=FEW_WORDS,
        help_text="How long from the decision to the start, and until it showed.",
    )
    procurement_route = models.CharField(
        max_length=12,
        choices=Route.choices,
        blank=True,
        help_text="The main way the council bought or gave.",
    )
    what_it_took = RichTextField(
        "more on what it took",
        blank=True,
        features=RICH_TEXT,
        help_text="The procurement in more words, powers, systems and anything else.",
    )
    what_was_hard = RichTextField(
        blank=True,
        features=RICH_TEXT,
        help_text="What was hard, did not work or was criticised. Others learn most from this.",
    )
    advice = RichTextField(
        blank=True,
        features=RICH_TEXT,
        help_text="What they would tell another council. Say who gives it.",
    )
    contact = RichTextField(
        blank=True,
        features=["link"],
        help_text="A team or a page, with permission. Name a person only if they agreed.",
    )
    nothing_found = models.JSONField("we found nothing published about", default=list, blank=True)
    written_on = models.DateField(
        null=True, blank=True, help_text="When we wrote this text from its sources."
    )
    confirmed_on = models.DateField(
        null=True,
        blank=True,
        help_text="When the council last confirmed this is true. Its yearly answer fills this in.",
    )
    written_by = models.CharField(
        max_length=300,
        blank=True,
        help_text="If the council wrote it: who to credit, as they agreed. “Calderdale Council”, "
        "or “Sam Sample, Head of Communities, for Calderdale Council”.",
    )
    # What a council tells editors and not readers: the author, and who has agreed to what.
    council_notes = models.JSONField(default=dict, blank=True, editable=False)
    # Derived when the page is saved, to filter lists by.
    completeness = models.CharField(
        max_length=5,
        choices=Completeness.choices,
        default=Completeness.SHORT,
        editable=False,
    )
    began = models.PositiveSmallIntegerField(null=True, editable=False)
    principle_numbers = models.CharField(max_length=6, default="", editable=False)  # "236"
    # How often it was published: readers cite it.
    version = models.PositiveIntegerField(default=0, editable=False)

    objects = PageManager.from_queryset(CaseStudyQuerySet)()

    parent_page_types = ["casestudies.CaseStudyIndexPage"]
    subpage_types: list[str] = []
    template = "pages/case_study_page.html"
    served_with = ("council",)
    base_form_class = CaseStudyPageForm
    # A copy said nothing that was corrected, and no council has confirmed it.
    exclude_fields_in_copy = ["corrections", "confirmed_on", "written_by", "council_notes"]

    content_panels = [
        TitleFieldPanel(
            "title",
            help_text="Begin with the council: “Bradford: spending with the district first”.",
        ),
    ]
    story_panels = [
        FromMemberPanel(heading="From a member"),
        ContentChecksPanel(),
        HelpPanel(
            "<p><strong>Begin with your sources.</strong> Enter each under “Figures and sources” "
            "with a short label, such as <em>LocalGov, 2019</em>. Then end each sentence that it "
            "backs with the label in double brackets: <em>[[LocalGov, 2019]]</em>. Readers see a "
            "number there. You can save a draft at any time, however little it holds.</p>"
        ),
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
        "what_changed",
        MultiFieldPanel(["status", "as_at", "status_note"], heading="Is it still running?"),
        "the_problem",
        "steps",
        "story",
        "who_decided",
        "partners",
        MultiFieldPanel(
            ["cost_band", "money", "people", "time", "procurement_route", "what_it_took"],
            heading="What it took",
        ),
        "what_was_hard",
        FieldPanel("advice", heading=Part.ADVICE.label),
        FieldPanel("contact", heading=Part.CONTACT.label),
        "nothing_found",
        CompletenessPanel(heading="Full case study or short note"),
    ]
    evidence_panels = [
        HelpPanel(
            "<p><strong>Sources first, then figures.</strong> Figures name their source by its "
            "label, and texts cite it as <em>[[LocalGov, 2019]]</em>. You can keep a figure in a "
            "draft without its date, its source and who claims it, but you cannot publish it.</p>"
        ),
        InlinePanel("sources", heading="Sources", label="Source"),
        InlinePanel("results", heading="Figures", label="Figure"),
        "on_the_figures",
        "worked_out",
        InlinePanel("corrections", heading="Corrections", label="Correction"),
        MultiFieldPanel(
            ["written_on", "confirmed_on", "written_by"], heading="Is this still true?"
        ),
    ]
    edit_handler = TabbedInterface(
        [
            ObjectList(story_panels, heading="Story"),
            ObjectList(evidence_panels, heading="Figures and sources"),
            ObjectList(BasePage.promote_panels, heading="Promote"),
            ObjectList(BasePage.settings_panels, heading="Settings"),  # schedule, comments, review
        ]
    )
    search_fields = [
        *BasePage.search_fields,
        index.SearchField("summary"),
        index.SearchField("the_problem"),
        index.SearchField("story"),
        index.SearchField("what_was_hard"),
        index.SearchField("advice"),
        index.FilterField("council_id"),
        index.RelatedFields(
            "council", [index.SearchField("name"), index.AutocompleteField("name")]
        ),
    ]

    class Meta:
        verbose_name = "case study"
        verbose_name_plural = "case studies"
        indexes = [
            # All that the list filters, counts and sorts by, so that it reads no long texts.
            models.Index(
                fields=["council", *FILTERED, "as_at"],
                name="case_studies_listed",
            )
        ]

    def permissions_for_user(self, user):
        """Return what this user can do with the page."""
        return CaseStudyPermissions(user, self)

    def save(self, clean=True, **kwargs):
        """Save the page and what is derived from it; if it is live, check the rules first.

        A live page gets a review date, and a new version number whenever it is published.

        Raises:
            ValidationError: If a live page breaks a rule for publishing.
        """
        if clean and self.live:
            self.check_publishable()
        if self.live and self.review_date is None:
            self.review_date = timezone.localdate() + REVIEW_AFTER
        self.completeness = parts.completeness(self)
        years = [year for step in self.steps if (year := dates.year(step.value["date"]))]
        self.began = min(years, default=None)
        self.principle_numbers = "".join(sorted(str(each.number) for each in self.principles.all()))
        self._count_version()
        return super().save(clean=clean, **kwargs)

    def _count_version(self) -> None:
        """Number a published revision. The revision itself holds the number of an earlier one."""
        rows = CaseStudyPage.objects.filter(pk=self.pk) if self.pk else CaseStudyPage.objects.none()
        published, self.version = rows.values_list("live_revision", "version").first() or (None, 0)
        if self.live_revision_id and self.live_revision_id != published:
            self.version += 1

    def with_content_json(self, content):
        """Return a revision's page, with what the council confirmed after it was written."""
        page = super().with_content_json(content)
        columns = ("confirmed_on", "status", "as_at")
        rows = CaseStudyPage.objects.filter(pk=self.pk, confirmed_on__isnull=False)
        said = rows.values(*columns).first()  # `self` may have been read before the answer
        if said and (page.confirmed_on is None or page.confirmed_on < said["confirmed_on"]):
            for column in columns:
                setattr(page, column, said[column])
        return page

    def route(self, request, path_components):
        """Return this page; its notice if it is not published any more.

        Raises:
            Http404: If it is not public and never was.
        """
        if self.live or path_components:
            return super().route(request, path_components)
        return self.get_parent().specific.route_to_notice(self.slug)

    def check_publishable(self) -> None:
        """Check the rules for publishing (`casestudies.rules`).

        Raises:
            ValidationError: With everything that prevents publishing.
        """
        labels = [source.label for source in self.sources.all()]
        problems = [
            rules.summary_problem(self.summary),
            rules.labels_problem(labels),
            rules.hard_problem(parts.is_answered(self, Part.WHAT_WAS_HARD)),
        ]
        problems += [
            citations.unknown_problem(getattr(self, name), labels)
            for name in (*citations.TEXTS, *citations.STREAMS)
        ]
        problems += [
            f"{result.figure or 'A figure'}: {problem}"
            for result in self.results.all()
            for problem in result.problems(labels).values()
        ]
        if any(correction.day is None for correction in self.corrections.all()):
            problems.append("Enter the date of each correction")
        if any(problems):
            refusal = ValidationError([problem for problem in problems if problem])
            refusal.page = self  # type: ignore[attr-defined]  # a list may hold several drafts
            raise refusal

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
        called, colon, _ = self.title.partition(":")
        is_named = self.title.startswith(name) or (colon and name.startswith(called))
        return "" if is_named else name

    @property
    def status_line(self) -> str:
        """Status with its date; says so if the date is more than a year old."""
        status = self.get_status_display()
        when = dates.in_words(self.as_at)
        if not when:
            return f"{status}. Date not known"
        is_recent = dates.is_within_a_year(self.as_at, timezone.localdate())
        if self.council and self.is_from_council and (is_recent or self.status == Status.ENDED):
            return f"{status}. Confirmed by {self.council.name}, {when}"
        if self.status == Status.ENDED or is_recent:
            return f"{status}, as at {when}"
        return f"{status}. Not confirmed since {when}"

    @property
    def is_from_council(self) -> bool:
        """Whether the council itself said last how the work stands, and not another source."""
        said = self.confirmed_on
        return bool(said and self.council and f"{said:%Y-%m}" == self.as_at[:7])

    @property
    def facts(self) -> list[str]:
        """Facts for cards: whether it is a short note, what it cost, whether it still runs."""
        note = self.get_completeness_display() if self.completeness == Completeness.SHORT else ""
        return list(filter(None, [note, self.get_cost_band_display(), self.status_line]))

    @property
    def provenance(self) -> str:
        """How this was written and by whom, and whether the council has confirmed it."""
        if self.confirmed_on:
            written = f"Written by {self.written_by}. " if self.written_by else ""
            day = dates.day_in_words(self.confirmed_on)
            return f"{written}Confirmed by the council on {day}."
        if self.written_by:
            return f"Written by {self.written_by}."
        if self.written_on:
            return (
                f"Written from public sources on {dates.day_in_words(self.written_on)}. "
                "Not yet confirmed by the council."
            )
        return "Not yet confirmed by the council."

    @property
    def citation(self) -> str:
        """How to cite this page: its title, version, day and address."""
        council = f" ({self.kicker})" if self.kicker else ""
        version = ""
        if self.last_published_at:
            day = dates.day_in_words(timezone.localtime(self.last_published_at))
            version = f"version {self.version} of {day}, "
        address = f"{settings.SITE_URL}{self.address}"
        return f"Keep it Local portal, “{self.title}”{council}, {version}{address}"

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
        about = self.council.as_organisation if self.council else None
        if about:
            data["about"] = about
        if sources := [source.url for source in self.sources.all() if source.url]:
            data["isBasedOn"] = sources
        operator = site_operator()
        if operator.is_known:
            data["author"] = data["publisher"] = operator.as_organisation
        if self.written_by and about:
            data["author"] = about
        return data

    @property
    def headline(self) -> Result | None:
        """Figure for cards: the first in the editor's order, or None."""
        return next(iter(self.results.all()), None)

    @property
    def card_art(self) -> SafeString:
        """What is drawn on its card: its figure, or the pattern of its theme."""
        result = self.headline
        value, unit = (result.value, result.unit_text) if result else (None, "")
        return card_art.of(value, unit, self.theme, self.slug)

    @property
    def plain_text(self) -> str:
        """The words of its parts, a text a line, for their reading age."""
        fields = map(self._meta.get_field, (*citations.TEXTS, *citations.STREAMS))
        texts = [
            t for field in fields for t in field.get_searchable_content(getattr(self, field.name))
        ]
        return citations.without("\n".join([self.summary, *texts]))

    @property
    def is_full(self) -> bool:
        """Whether every part is answered."""
        return parts.completeness(self) == Completeness.FULL

    def get_context(self, request, *args, **kwargs):
        """Add `section`, `is_member`, `said`, `texts`, `sources`, `contents`, `related`, figures.

        `texts` has each rich text and the story with its citations as numbers; `steps` pairs of
        dates and text; `figures` lists by what they disagree about, "" for those that stand
        alone, so that the editor's first figure comes first. Each source has `number` and
        `uses`, each result `cited` and `cited_from` (`casestudies.citations`). `shown` names the
        parts to show, `unknown` those with nothing published, each
        as a sentence names it.
        """
        context = super().get_context(request, *args, **kwargs)
        if self.pk:  # a new page that is previewed has no row yet
            models.prefetch_related_objects([self], "sources", "corrections")
        related = self._related()  # also reads the figures
        atlas = member_map.load()
        # A draft that is previewed may have no council yet.
        cell = atlas.by_slug.get(self.council.slug) if self.council else None
        self.crop = hexmap.around(self.council, atlas) if self.council else None
        context.update(
            section="case-studies",
            is_member=bool(cell and cell.is_member),
            said=self.confirmations.with_public_sentence().first() if self.pk else None,
            related=related,
            **self.cited_content(),
        )
        return context

    def cited_content(self) -> dict[str, Any]:
        """Return the content with its citations numbered; see `get_context`."""
        numbering = Numbering(self.sources.all())
        texts = {"the_problem": numbering.text(self.the_problem)}
        steps = [
            (step.value.when, numbering.text(step.value["what"].source)) for step in self.steps
        ]
        texts["story"] = numbering.rendered(str(self.story))
        texts["who_decided"] = numbering.text(self.who_decided)
        figures: dict[str, list[Result]] = {}
        for result in self.results.all():
            figures.setdefault(result.beside, []).append(result)
        for group in figures.values():
            for result in group:
                numbering.cite(result)
        for name in citations.TEXTS[2:]:
            texts[name] = numbering.text(getattr(self, name))
        shown = parts.shown(self)
        headings = {**parts.headings(self), "sources": "Sources"}
        headings |= {"corrections": "Corrections"} if self.corrections.all() else {}
        headings["cite"] = "Cite"
        return {
            "texts": texts,
            "steps": steps,
            "figures": figures,
            "sources": numbering.sources,
            "shown": shown,
            "unknown": parts.unknown(self),
            "contents": [{"url": f"#{id_}", "text": text} for id_, text in headings.items()],
        }

    def _related(self) -> list["CaseStudyPage"]:
        """Return related case studies, each with `shared_principles` and `why_like`."""
        facts = listed_facts()
        found = facts.cards(facts.related_to(self, RELATED))
        if self.pk:  # a new page that is previewed has no row yet
            models.prefetch_related_objects([self], "principles", "results")
        mine = {principle.pk for principle in self.principles.all()}
        for page in found:
            page.shared_principles = [p for p in page.principles.all() if p.pk in mine]
            page.why_like = self.council.why_like(page.council) if self.council else ""
        return found


def _listed_facts() -> facets.CaseStudyFacts:
    return facets.CaseStudyFacts.read(CaseStudyPage.objects.real().unrestricted())


#: Read once for each public change: at 10,000 case studies it is the slowest part of a list.
listed_facts = Remembered(
    _listed_facts,
    facets.CaseStudyFacts(),
    CaseStudyPage,
    Council,
    Principle,
    Result,
    PageViewRestriction,
)


def public_cards(keys: Sequence[int]) -> list[CaseStudyPage]:
    """Return those of these case studies that anybody may see, in this order, for cards."""
    if any_restricted():  # perhaps the list of them all
        public = set(
            CaseStudyPage.objects.listed().filter(pk__in=keys).values_list("pk", flat=True)
        )
        keys = [key for key in keys if key in public]
    return listed_facts().cards(keys)
