"""The six principles, and the pages that explain them."""

from typing import Any

from django.db import models
from django.http import HttpRequest
from wagtail import blocks
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import RichTextField, StreamField
from wagtail.search import index

from portal.models import BasePage
from portal.page_cache import Remembered
from principles.blocks import ChosenFigureBlock, ExampleBlock, ReadingBlock

TEXT = ["bold", "italic", "link", "ol", "ul"]
HOW_MANY = 6
CASE_STUDIES_SHOWN = 3
FIGURES_SHOWN = 6


def listed_case_studies() -> Any:
    """Return the case studies that any page can list. One query.

    They belong to a higher app, which this app cannot import, and are reached by its related
    name.
    """
    case_study: Any = Principle._meta.get_field("case_studies").related_model
    return case_study.objects.listed()


class PrincipleQuerySet(models.QuerySet["Principle"]):
    """Questions about many principles."""

    def published(self) -> "PrincipleQuerySet":
        """Return the principles with a live page, each with its page, in their fixed order."""
        return self.filter(page__live=True).select_related("page")

    def tallied(self, case_studies: Any) -> list["Principle"]:
        """Return the principles, each with its `tally`. One query beside their own.

        Args:
            case_studies: Those to count (`listed_case_studies`).
        """
        tallies = case_studies.tally_by_principle()
        principles: list[Principle] = list(self)
        for principle in principles:
            principle.tally = tallies.get(principle.pk)
        return principles


class Principle(models.Model):
    """One of the six principles, in the network's own wording and order.

    A migration makes the rows. Editors write about a principle on its page.
    """

    number = models.PositiveSmallIntegerField(unique=True)
    slug = models.SlugField(unique=True)
    name = models.CharField(
        max_length=120, help_text="The network's wording, as published on 3 March 2020"
    )
    short_name = models.CharField(max_length=40)
    aim = models.CharField(max_length=120, help_text="Our one-line summary for cards")

    objects = PrincipleQuerySet.as_manager()

    #: Its case studies, counted, and the members they are about; None if it has none. Set by
    #: `tallied()`.
    tally: Any = None

    class Meta:
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(number__range=(1, HOW_MANY)),
                name="principles_principle_number_of_six",
            )
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.name}"

    def get_absolute_url(self) -> str:
        """Return the page's path; makes no query, because both slugs are fixed."""
        return f"/principles/{self.slug}/"


#: The published principles, each with its `tally`; read once for each public change of any kind.
tallied = Remembered(
    lambda: Principle.objects.published().tallied(listed_case_studies()), [], models.Model
)

#: All principles in their order, whether their pages are published or not; read as seldom.
in_order = Remembered(lambda: list(Principle.objects.order_by("number")), [], Principle)


class PrincipleIndexPage(BasePage):
    """The list of all six principles, with their background."""

    template = "pages/principle_index_page.html"
    max_count = 1
    subpage_types = ["principles.PrinciplePage"]
    fixed_because = "the menu and other websites link to it"

    intro = models.CharField(max_length=300, help_text="The sentence under the title")
    background = RichTextField(
        blank=True,
        features=["h3", *TEXT],
        help_text="Where the six come from, with sources",
    )

    content_panels = [*BasePage.content_panels, "intro", "background"]
    search_fields = [
        *BasePage.search_fields,
        index.SearchField("intro"),
        index.SearchField("background"),
    ]

    def fixed_slug(self) -> str:
        """Return "principles"."""
        return "principles"

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add `principles`, the published ones with their tallies, and `section`."""
        context = super().get_context(request, *args, **kwargs)
        context["principles"] = tallied()
        context["section"] = "principles"
        return context


class PrinciplePage(BasePage):
    """The page of one principle: its meaning, what members say, and questions for a meeting.

    With `?print`, only the questions, on one sheet of paper.
    """

    template = "pages/principle_page.html"
    print_template = "pages/principle_questions.html"
    served_with = ("principle",)
    parent_page_types = ["principles.PrincipleIndexPage"]
    subpage_types: list[str] = []
    is_creatable = False  # the seed makes all six
    fixed_because = "councils have endorsed all six principles and other websites link to them"

    principle = models.OneToOneField(Principle, on_delete=models.PROTECT, related_name="page")
    intro = models.CharField(
        max_length=300, help_text="The big sentence under the principle's name"
    )
    meaning = RichTextField(
        features=["h3", *TEXT],
        help_text="What it means, short and plain, with the source of each fact",
    )
    less_of = models.CharField(
        max_length=120,
        blank=True,
        help_text="For the comparison of the six: what a council does less of. "
        "For example, judging a contract by its price alone",
    )
    more_of = models.CharField(
        max_length=120, blank=True, help_text="And what it does more of instead"
    )
    in_practice = StreamField(
        [("example", ExampleBlock())],
        blank=True,
        help_text="What places say in their own words, and what they did in ours",
    )
    chosen_figures = StreamField(
        [("figure", ChosenFigureBlock())],
        blank=True,
        max_num=FIGURES_SHOWN,
        verbose_name="figures",
        help_text="If you choose none, the page shows the first figure of the case studies about "
        "this principle that were confirmed most recently",
    )
    questions = StreamField(
        [("question", blocks.TextBlock(max_length=250, rows=1, icon="help"))],
        blank=True,
        verbose_name="questions for a meeting",
        help_text="6 to 8 plain questions that anyone can ask their own council. They print on "
        "one sheet. The first is in the comparison of the six",
    )
    reading = StreamField(
        [("publication", ReadingBlock())], blank=True, verbose_name="further reading"
    )

    content_panels = [
        *BasePage.content_panels,
        FieldPanel("principle", read_only=True),
        "intro",
        FieldPanel("meaning"),
        MultiFieldPanel(["less_of", "more_of"], "In the comparison of the six"),
        "in_practice",
        "chosen_figures",
        "questions",
        "reading",
    ]
    search_fields = [
        *BasePage.search_fields,
        index.SearchField("intro"),
        index.SearchField("meaning"),
        index.SearchField("in_practice"),
        index.SearchField("questions"),
        index.SearchField("reading"),
    ]

    @property
    def kicker(self) -> str:
        """What stands above the title on a card."""
        return f"Principle {self.principle.number}"

    def fixed_slug(self) -> str | None:
        """Return the principle's slug, or None if no principle is chosen yet."""
        return self.principle.slug if self.principle_id else None

    def get_template(self, request: HttpRequest, *args: Any, **kwargs: Any) -> str:
        """Return the template of the page, or of the sheet for printing."""
        return self.print_template if "print" in request.GET else self.template

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add `section` and, except for the sheet, what the page says beside its own text.

        That is `principles`, `tally`, `previous`, `next`, `case_studies`, `figures` and
        `practices`: what members say of it on their pages.
        """
        context = super().get_context(request, *args, **kwargs)
        context["section"] = "principles"
        if "print" in request.GET:
            return context
        principles = tallied()
        case_studies = self.case_studies()
        context["principles"] = principles
        context["tally"] = next((p.tally for p in principles if p.pk == self.principle_id), None)
        context["previous"], context["next"] = self.neighbours(principles)
        context["case_studies"] = case_studies[:CASE_STUDIES_SHOWN]
        context["figures"] = self.figures(case_studies)
        # A method of network's queryset, which this app cannot import.
        context["practices"] = self.principle.practices.said_now(self.principle)
        return context

    def _chosen(self) -> list[tuple[int, str]]:
        """Return the chosen figures: a case study's pk, and the figure as it is there or ""."""
        # What is stored, because Wagtail would read the pages that it links to.
        rows = [block["value"] for block in self.chosen_figures.raw_data]
        return [(row["case_study"], row["figure"] or "") for row in rows if row["case_study"]]

    def case_studies(self) -> list[Any]:
        """Return case studies of this principle.

        Those with a chosen figure come first, then those confirmed most recently.
        """
        chosen = dict.fromkeys(pk for pk, _ in self._chosen())
        # A method of casestudies' queryset, which this app cannot import.
        return listed_case_studies().foremost(self.principle.slug, chosen, FIGURES_SHOWN)

    def figures(self, case_studies: list[Any]) -> list[tuple[Any, Any]]:
        """Return figures, each with its case study: those chosen, or the first of each.

        Args:
            case_studies: Those that can be shown. A figure of any other is left out.
        """
        by_pk = {study.pk: study for study in case_studies}
        chosen = [(by_pk[pk], figure) for pk, figure in self._chosen() if pk in by_pk]
        found = [
            (study, next((r for r in study.results.all() if r.figure == figure), study.headline))
            for study, figure in chosen or [(study, "") for study in case_studies]
        ]
        return [(study, result) for study, result in found if result]

    def neighbours(self, principles: list[Principle]) -> tuple[Principle | None, Principle | None]:
        """Return the principles before and after this page's, each None at an end.

        Args:
            principles: The published principles in order.
        """
        number = self.principle.number
        before = [other for other in principles if other.number < number]
        after = [other for other in principles if other.number > number]
        return (before[-1] if before else None), (after[0] if after else None)
