"""Bands: parts of a page that are as wide as the screen, which editors order and fill.

The home page is made of them. Landing pages put them between their texts.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.forms.utils import ErrorList
from django.utils import timezone
from django.utils.functional import cached_property
from wagtail import blocks

from campaign import events, news
from campaign.blocks import CampaignStoryBlock
from campaign.figures import CaseStudyChooserBlock, FigureBlock, drawn
from campaign.navigation import LinkBlock
from campaign.news import NewsPage
from campaign.supporters.blocks import SupportersSignUpBlock
from casestudies.dates import day_in_words
from casestudies.models import CaseStudyPage, Result
from casestudies.models.pages import listed_facts, public_cards
from councils.models import Council
from network.choices import DateMeans
from network.models import Membership
from portal.blocks import QuoteBlock
from portal.page_cache import Remembered
from principles.models import Principle

CASE_STUDIES = 3
FIGURES = 3
MOST_NEW = 8
OF_EACH = 2  # so that no kind of news fills the list alone

Context = dict[str, Any] | None


class Shown:
    """What the bands of one page show, read once for all of them.

    Args:
        references: What they refer to, as Wagtail tells it.
    """

    def __init__(self, references: Iterable[tuple[Any, ...]]) -> None:
        keys: dict[Any, set[int]] = {CaseStudyPage: set(), Result: set()}
        for model, key, *_ in references:
            if model in keys:
                keys[model].add(int(key))
        self.keys = keys

    @classmethod
    def by(cls, block: blocks.Block, value: Any, context: Context) -> "Shown":
        """Return what the page of this context shows; of a block alone, what that block shows."""
        request, page = (context or {}).get("request"), (context or {}).get("page")
        if shown := getattr(request, "shown_in_bands", None):
            return shown
        if not (stream := getattr(page, "body", None)):
            return cls(block.extract_references(value))
        shown = cls(stream.stream_block.extract_references(stream))
        if request is not None:
            request.shown_in_bands = shown
        return shown

    @cached_property
    def studies(self) -> dict[int, CaseStudyPage]:
        """Case studies by key, newest first: those that are chosen, and the newest."""
        by_age = listed_facts().in_order("newest")
        chosen, results = self.keys[CaseStudyPage], self.keys[Result]
        if results:
            chosen = chosen.union(
                Result.objects.filter(pk__in=results).values_list("page", flat=True)
            )
        shown = [key for place, key in enumerate(by_age) if place < MOST_NEW or key in chosen]
        return {study.pk: study for study in public_cards(shown)}


class Band(blocks.StructBlock):
    """A part of a page that is as wide as the screen."""

    def get_preview_value(self) -> blocks.StructValue:
        """Return the example, with what it leaves out."""
        return self.to_python(self.meta.preview_value)

    class Meta:
        group = "Bands"


class HeroBand(Band):
    """The first screen: one big sentence, the finder and the map."""

    title = blocks.CharBlock(max_length=80, label="The big sentence")
    text = blocks.TextBlock(max_length=300, rows=3, label="One or two sentences below it")
    links = blocks.ListBlock(LinkBlock(), min_num=0, max_num=2, default=[], label="Buttons")
    has_finder = blocks.BooleanBlock(required=False, default=True, label="With the council finder")
    has_map = blocks.BooleanBlock(required=False, default=True, label="With the map of members")

    class Meta:
        icon = "home"
        label = "Hero"
        template = "bands/hero.html"
        description = "The first screen: a big sentence, the council finder and the map"
        preview_value = {
            "title": "The power is already here.",
            "text": "Keep it Local councils do more with the community organisations on their "
            "doorstep.",
            "links": [{"text": "Join as a council", "address": "/join/"}],
            "has_finder": True,
            "has_map": True,
        }


class BigQuoteBand(Band, QuoteBlock):
    """One large quotation, beside the hexes of the speaker's council."""

    text = blocks.TextBlock(max_length=200, rows=3, help_text="Exact, and fewer than 25 words")
    source_title = blocks.CharBlock(
        max_length=120, required=False, help_text="Who published it: “Locality, undated page”."
    )
    case_study = CaseStudyChooserBlock(
        required=False,
        help_text="What the speaker’s council did. The band links to it and shows its place.",
    )

    class Meta:
        icon = "openquote"
        label = "Large quotation"
        template = "bands/big_quote.html"
        description = "One large quotation with its speaker, role and date"
        preview_value = QuoteBlock().meta.preview_value

    def get_context(self, value: Any, parent_context: Context = None) -> dict[str, Any]:
        """Add `study`: the case study if anybody may see it, else None."""
        context = super().get_context(value, parent_context=parent_context)
        chosen = value["case_study"]
        shown = Shown.by(self, value, parent_context)
        context["study"] = shown.studies.get(chosen) if chosen else None
        return context


class FiguresBand(Band):
    """Up to three figures of case studies, drawn to scale."""

    title = blocks.CharBlock(max_length=80)
    figures = blocks.ListBlock(FigureBlock(), min_num=1, max_num=FIGURES)

    class Meta:
        icon = "order"
        label = "Drawn figures"
        template = "bands/figures.html"
        description = "Up to 3 figures of case studies, drawn to scale, with date and source"
        preview_value = {"title": "What it has changed", "figures": []}

    def get_context(self, value: Any, parent_context: Context = None) -> dict[str, Any]:
        """Add `figures`, those of case studies that anybody may see."""
        context = super().get_context(value, parent_context=parent_context)
        context["figures"] = drawn(value["figures"], Shown.by(self, value, parent_context).studies)
        return context


class WhatsNewBand(Band):
    """News, the next event, the newest members and the newest case studies, in one list."""

    title = blocks.CharBlock(max_length=80, default="What is new")
    how_many = blocks.IntegerBlock(min_value=3, max_value=MOST_NEW, default=6)

    class Meta:
        icon = "date"
        label = "What is new"
        template = "bands/whats_new.html"
        description = "The newest news, event, members and case studies in one dated list"
        preview_value = {"title": "What is new", "how_many": 6}

    def get_context(self, value: Any, parent_context: Context = None) -> dict[str, Any]:
        """Add `rows` and `next_event`."""
        context = super().get_context(value, parent_context=parent_context)
        shown = Shown.by(self, value, parent_context)
        context["next_event"] = event = events.next_event()
        context["rows"] = whats_new((value["how_many"] or MOST_NEW) - bool(event), shown)
        return context


@dataclass(frozen=True)
class New:
    """A row of what is new."""

    on: date
    when: str  # the date in words, as exact as it is known
    machine_date: str
    kind: str
    title: str
    url: str
    text: str = ""


def whats_new(number: int, shown: Shown) -> list[New]:
    """Return what is newest, newest first; more than two of a kind only if others are few."""
    kinds = [
        _newest_news()[:number],
        _newest_members()[:number],
        _newest_case_studies(list(shown.studies.values())[:number]),
    ]
    first = [row for rows in kinds for row in rows[:OF_EACH]]
    rest = [row for rows in kinds for row in rows[OF_EACH:]]
    return sorted((first + rest)[:number], key=_day, reverse=True)


def _day(row: New) -> date:
    return row.on


def _read_newest_news() -> list[New]:
    return [
        New(
            item.date,
            item.date_in_words,
            item.iso_date,
            "Press notice" if item.is_press_notice else "News",
            item.title,
            item.address,
            item.summary_text,
        )
        for item in news.newest(MOST_NEW)
        if item.date
    ]


def _read_newest_members() -> list[New]:
    """Return the newest members whose date of joining is known, and not only of being named."""
    members = Membership.objects.announced().live().filter(council__is_demonstration=False)
    members = members.exclude(joined_on=None).exclude(date_means=DateMeans.NAMED)
    return [
        New(
            each.joined_on,
            each.joined_text,
            f"{each.joined_on:{_EXACT.get(each.joined_precision, '%Y-%m-%d')}}",
            "New member",
            each.council.name,
            each.council.get_absolute_url(),
            f"{each.since_text}.",
        )
        for each in members.select_related("council").order_by("-joined_on", "pk")[:MOST_NEW]
    ]


_newest_news = Remembered(_read_newest_news, [], NewsPage)
_newest_members = Remembered(_read_newest_members, [], Membership, Council)
_EXACT = {"month": "%Y-%m", "year": "%Y"}


def _newest_case_studies(pages: list[CaseStudyPage]) -> list[New]:
    rows = []
    for page in pages:
        if page.first_published_at:
            day = timezone.localdate(page.first_published_at)
            words = (day_in_words(day), day.isoformat(), "Case study", page.title, page.address)
            rows.append(New(day, *words, page.what_changed))
    return rows


class AskCouncilBand(Band):
    """The door for residents: a letter to the council, drafted."""

    title = blocks.CharBlock(max_length=80)
    text = blocks.TextBlock(max_length=300, rows=3)

    class Meta:
        icon = "mail"
        label = "Ask your council"
        template = "bands/ask_council.html"
        description = "A finder that drafts a letter to someone’s own council"
        preview_value = {
            "title": "Ask your council to join",
            "text": "Choose your council and we’ll draft a letter to its leader for you to send.",
        }


class PrinciplesBand(Band):
    """The six principles, each with its aim."""

    title = blocks.CharBlock(max_length=80, default="Six principles, one way of working")

    class Meta:
        icon = "list-ol"
        label = "The six principles"
        template = "bands/principles.html"
        description = "The six principles, each with its aim and a link"
        preview_value = {"title": "Six principles, one way of working"}

    def get_context(self, value: Any, parent_context: Context = None) -> dict[str, Any]:
        """Add `principles`, those with a live page."""
        context = super().get_context(value, parent_context=parent_context)
        context["principles"] = Principle.objects.published()
        return context


class StepsBlock(blocks.StructBlock):
    """One step of how a council joins."""

    title = blocks.CharBlock(max_length=60)
    text = blocks.TextBlock(max_length=200, rows=2)

    class Meta:
        icon = "list-ol"
        label = "Step"


class HowToJoinBand(Band):
    """How a council joins, in a few steps."""

    kicker = blocks.CharBlock(max_length=30, required=False, label="A word above the title")
    title = blocks.CharBlock(max_length=80)
    steps = blocks.ListBlock(StepsBlock(), min_num=2, max_num=4)
    links = blocks.ListBlock(LinkBlock(), min_num=0, max_num=1, default=[], label="Button")

    class Meta:
        icon = "tick-inverse"
        label = "How a council joins"
        template = "bands/how_to_join.html"
        description = "How a council joins, in 2 to 4 steps"
        preview_value = {
            "kicker": "No fee",
            "title": "How a council joins",
            "steps": [
                {"title": "An officer starts", "text": "They choose the council."},
                {"title": "2 people sign", "text": "Each from a link we email them."},
            ],
            "links": [{"text": "Start now", "address": "/join/"}],
        }


class CalculatorBand(Band):
    """An invitation to the calculator, with the published figures of one organisation."""

    title = blocks.CharBlock(max_length=80)
    text = blocks.RichTextBlock(features=["bold", "italic", "link"])
    button = blocks.CharBlock(max_length=40, default="Try the multiplier")

    class Meta:
        icon = "plus-inverse"
        label = "Invitation to the calculator"
        template = "bands/calculator.html"
        description = "What becomes of one pound, and a way to the calculator"
        preview_value = {
            "title": "A pound that keeps on working",
            "text": "<p>Work out what your own money does.</p>",
            "button": "Try the multiplier",
        }


class CaseStudiesBand(Band):
    """Cards of case studies: those chosen, or the newest."""

    title = blocks.CharBlock(max_length=80)
    case_studies = blocks.ListBlock(
        CaseStudyChooserBlock(),
        min_num=0,
        max_num=6,
        default=[],
        help_text="If you choose fewer than 3, the newest fill the gaps.",
    )

    class Meta:
        icon = "list-ul"
        label = "Cards of case studies"
        template = "bands/case_studies.html"
        description = "Up to 6 case studies as cards"
        preview_value = {"title": "What councils have done", "case_studies": []}

    def get_context(self, value: Any, parent_context: Context = None) -> dict[str, Any]:
        """Add `studies`: those chosen that anybody may see, then the newest, at least three."""
        context = super().get_context(value, parent_context=parent_context)
        studies = Shown.by(self, value, parent_context).studies
        chosen = [key for key in value["case_studies"] if key in studies]
        newest = [key for key in studies if key not in chosen]
        keys = [*chosen, *newest[: max(0, CASE_STUDIES - len(chosen))]]
        context["studies"] = [studies[key] for key in keys]
        return context


class MemberCounterBand(Band):
    """How many councils are members, and which."""

    text = blocks.TextBlock(
        max_length=200, rows=2, required=False, help_text="A sentence below the number"
    )

    class Meta:
        icon = "group"
        label = "Member counter"
        template = "bands/member_counter.html"
        description = "How many councils are members, by name"
        preview_value = {"text": "They endorse the same six principles."}


class MapBand(Band):
    """The map of members, larger than in a hero."""

    title = blocks.CharBlock(max_length=80)
    text = blocks.TextBlock(max_length=300, rows=3, required=False)

    class Meta:
        icon = "site"
        label = "Map of members"
        template = "bands/map.html"
        description = "The map of member councils"
        preview_value = {"title": "Where Keep it Local councils are", "text": ""}


class CallValue(blocks.StructValue):
    """A call to action, with what its template asks."""

    @property
    def is_open(self) -> bool:
        """Whether a button leads anywhere: a call that nobody can follow is not shown."""
        return any(link.url for link in self["links"])


class CallToActionBand(Band):
    """One thing to do, said large."""

    title = blocks.CharBlock(max_length=80)
    text = blocks.TextBlock(max_length=300, rows=3, required=False)
    links = blocks.ListBlock(LinkBlock(), min_num=1, max_num=2, label="Buttons")

    class Meta:
        icon = "arrow-right"
        label = "Call to action"
        value_class = CallValue
        template = "bands/call_to_action.html"
        description = "One thing to do, said large, with 1 or 2 buttons"
        preview_value = {
            "title": "Bring your council in",
            "text": "It takes an officer about an hour to start.",
            "links": [{"text": "Join as a council", "address": "/join/"}],
        }


ONCE = {"max_num": 1}


class Bands(blocks.StreamBlock):
    """All bands. Some say what can be said only once on a page."""

    hero = HeroBand()
    big_quote = BigQuoteBand()
    drawn_figures = FiguresBand()
    whats_new = WhatsNewBand()
    ask_council = AskCouncilBand()
    calculator_invitation = CalculatorBand()
    principles = PrinciplesBand()
    case_studies = CaseStudiesBand()
    how_to_join = HowToJoinBand()
    member_counter = MemberCounterBand()
    map = MapBand()
    call_to_action = CallToActionBand()
    supporters = SupportersSignUpBlock()

    class Meta:
        block_counts = {
            "hero": ONCE,
            "big_quote": {"max_num": 2},
            "drawn_figures": {"max_num": 2},
            "whats_new": ONCE,
            "ask_council": ONCE,
            "calculator_invitation": ONCE,
            "principles": ONCE,
            "how_to_join": ONCE,
            "member_counter": ONCE,
            "map": ONCE,
            "call_to_action": {"max_num": 3},
            "supporters": ONCE,
        }

    def clean(self, value: Any) -> Any:
        """Check that a hero, if there is one, is what readers see first.

        Raises:
            StreamBlockValidationError: If it is not, unless a draft is saved.
        """
        cleaned = super().clean(value)
        names = [child.block_type for child in cleaned]
        if "hero" in names[1:] and not self.is_deferred_validation:
            raise blocks.StreamBlockValidationError(
                non_block_errors=ErrorList([ValidationError("Move the hero to the top")])
            )
        return cleaned


class HomeBands(Bands):
    """What the home page is made of: a hero, then bands in any order."""

    def clean(self, value: Any) -> Any:
        """Check that it begins with the hero.

        Raises:
            StreamBlockValidationError: If it does not, unless a draft is saved.
        """
        cleaned = super().clean(value)
        begins = [child.block_type for child in cleaned][:1]
        if begins != ["hero"] and not self.is_deferred_validation:
            raise blocks.StreamBlockValidationError(
                non_block_errors=ErrorList([ValidationError("Begin with the hero")])
            )
        return cleaned


class LandingBlock(CampaignStoryBlock, Bands):
    """What landing pages are made of: texts, and bands between them."""

    class Meta:
        block_counts = Bands._meta_class.block_counts
