"""The searchable types: which rows are public, and the entry made of each.

To add a type, add a small class below. What is public is always read from the live rows,
because signals and tasks carry only keys. So no draft, private page, embargoed membership
or demonstration council can enter. See `search.documents.indexing` for updates.
"""

import logging
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import chain, groupby
from pathlib import Path
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.dateformat import format as format_date
from django.utils.text import get_text_list
from wagtail.models import Page, Site

from campaign.models import (
    ContentPage,
    EventIndexPage,
    EventPage,
    GlossaryPage,
    GlossaryTerm,
    NewsIndexPage,
    NewsPage,
    ResourceIndexPage,
    ResourcePage,
)
from casestudies import citations
from casestudies.dates import day_in_words
from casestudies.models import CaseStudyIndexPage, CaseStudyPage, ReadingListPage
from councils.choices import Kind
from councils.models import Council
from network.models import Membership
from network.profile import PROFILES, texts_of
from principles.models import Principle, PrincipleIndexPage, PrinciplePage
from search.engines.interface import Entry

logger = logging.getLogger("search")

# Of councils that fit equally well, members come first, and former ones last.
MEMBERS, FORMER = 1.5, 0.5

EMPTY = "None"  # what Wagtail tells of a value that a block leaves out

FIXED_PAGES = Path(__file__).parent.parent / "data" / "fixed_pages.toml"
FIXED = tuple(  # the name of the address, and the entry without its address
    (row.pop("address"), Entry(type="page", url="", **row | {"names": tuple(row["names"])}))
    for row in tomllib.loads(FIXED_PAGES.read_text(encoding="utf-8"))["page"]
)


BESIDE = 0.5  # news, events, terms and what others published: after what the network itself says


class EntryType:
    """One type of searchable thing. `key_prefix` and `key_field` make its keys."""

    type, label, plural = "page", "Page", "Pages"
    key_prefix = "page"
    key_field = "pk"
    title_fields: tuple[str, ...] = ("title",)

    def public(self) -> models.QuerySet:
        """Return the rows that anybody may see, with all that `entry` reads."""
        raise NotImplementedError

    def entry(self, row: Any) -> Entry | None:
        """Make the row's entry, or None if it has no address."""
        raise NotImplementedError

    def entries(
        self,
        keys: Iterable[str] | None = None,
        titled: Iterable[str] = (),
        most: int | None = None,
    ) -> Iterator[Entry]:
        """Make the entries of public rows, read afresh.

        A row that cannot be read is logged and left out, so that one bad page does not
        keep the others from being found.

        Args:
            keys: Only entries with these keys.
            titled: Only rows with every one of these words in a title or name.
            most: At most so many rows.
        """
        rows, start = self.public(), f"{self.key_prefix}:"
        if keys is not None:
            own = [key.removeprefix(start) for key in keys if key.startswith(start)]
            rows = rows.filter(**{f"{self.key_field}__in": own})
        for word in titled:
            holds = models.Q()
            for field in self.title_fields:
                holds |= models.Q(**{f"{field}__icontains": word})
            rows = rows.filter(pk__in=self.public().filter(holds).order_by().values("pk"))
        for row in self.prepared(rows[:most]):
            try:
                entry = self.entry(row)
            except Exception:
                logger.exception("%s cannot be read for search", self.key(row))
                continue
            if entry:
                yield entry

    def key(self, row: Any) -> str:
        """Return the key of the row's entry."""
        return f"{self.key_prefix}:{getattr(row, self.key_field)}"

    def prepared(self, rows: Iterable[Any]) -> Iterable[Any]:
        """Add to the rows what `entry` needs and no query of theirs brings."""
        return rows


class PageEntries(EntryType):
    """What pages have in common. Keys are "page:<id>", whatever the type."""

    model: type[Page]
    texts: tuple[str, ...]  # fields that the page shows: a field is public by name only
    headings: Mapping[str, str] = {}  # of fields whose heading tells what they are about

    def public(self) -> models.QuerySet:
        """Return the live pages without a view restriction."""
        return self.model.objects.live().public().select_related("asked_as").order_by("pk")

    def prepared(self, rows: Iterable[Any]) -> Iterator[Any]:
        """Add `search_address`, with the host if there are several sites, to each page.

        It is "" for a page outside every site. Wagtail's own `url` asks for the sites anew
        for each page.
        """
        roots = Site.get_site_root_paths()
        for page in rows:
            page.search_address = ""
            if root := next((r for r in roots if page.url_path.startswith(r.root_path)), None):
                path = reverse("wagtail_serve", args=[page.url_path.removeprefix(root.root_path)])
                page.search_address = path if len(roots) == 1 else root.root_url + path
            yield page

    def body(self, page: Any) -> Iterator[str]:
        """Return everything else that the page says, without tags, piece by piece."""
        for name in self.texts:
            field, value = page._meta.get_field(name), getattr(page, name)
            if hasattr(field, "get_searchable_content"):  # rich text, or a story of blocks
                told = field.get_searchable_content(value)
                pieces = [piece for piece in told if piece not in ("", EMPTY)]
            else:
                pieces = [str(value)]
            if pieces and name in self.headings:
                yield f"{self.headings[name]}:"
            yield from pieces

    def entry(self, page: Any) -> Entry | None:
        """Make the page's entry from its title, summary and texts."""
        if not page.search_address:
            return None
        return Entry(
            key=self.key(page),
            type=self.type,
            title=page.title,
            url=page.search_address,
            summary=page.summary_text,
            body="\n".join(piece for piece in self.body(page) if piece),
            asked=page.asked_as.words if hasattr(page, "asked_as") else "",
        )


class PrincipleEntries(PageEntries):
    """The pages of the six principles."""

    type, label, plural = "principle", "Principle", "Principles"
    model = PrinciplePage
    texts = ("intro", "meaning", "in_practice", "questions", "reading")

    def public(self) -> models.QuerySet:
        """Add what the entries read."""
        return super().public().select_related("principle")

    def entry(self, page: PrinciplePage) -> Entry | None:
        """Add the principle's names and slug."""
        entry = super().entry(page)
        principle = page.principle
        return entry and replace(
            entry,
            names=(principle.name, principle.short_name, f"Principle {principle.number}"),
            summary=entry.summary or page.intro,
            principles=(principle.slug,),
        )


class CaseStudyEntries(PageEntries):
    """Case studies of real councils."""

    type, label, plural = "case-study", "Case study", "Case studies"
    model = CaseStudyPage
    title_fields = ("title", "council__name")
    texts = (
        "what_changed",
        "the_problem",
        "steps",
        "story",
        "who_decided",
        "partners",
        "on_the_figures",
        "money",
        "people",
        "time",
        "what_it_took",
        "what_was_hard",
        "advice",
    )
    headings = {"what_was_hard": "What was hard", "what_it_took": "What it took"}

    def public(self) -> models.QuerySet:
        """Leave out demonstration councils, and add what the entries read."""
        rows = super().public().filter(council__is_demonstration=False)
        return rows.select_related("council").prefetch_related(
            "principles", "results", "council__aliases"
        )

    def body(self, page: CaseStudyPage) -> Iterator[str]:
        """Add the results, the theme, the principles and the council's names."""
        yield from (citations.without(piece) for piece in super().body(page))
        yield from (str(result) for result in page.results.all())
        # After the text, so that "BMDC" finds the studies too, but ranks the council first.
        yield f"Theme: {page.get_theme_display()}." if page.theme else ""
        principles = "; ".join(principle.name for principle in page.principles.all())
        yield f"Principles: {principles}."
        if page.council:
            names = [page.council.official_name, *(a.name for a in page.council.aliases.all())]
            yield f"Council: {', '.join(names)}."

    def entry(self, page: CaseStudyPage) -> Entry | None:
        """Add what a case study is filed under; None for a draft without a council."""
        entry, council = super().entry(page), page.council
        if entry is None or council is None:
            return None
        return replace(
            entry,
            names=(council.name,),
            note=council.name,
            principles=tuple(principle.slug for principle in page.principles.all()),
            council=council.slug,
            region=council.region,
            theme=page.theme,
            date=page.as_at,
        )


class ContentEntries(PageEntries):
    """Editors' own pages."""

    model, texts = ContentPage, ("intro", "body")


class NewsEntries(PageEntries):
    """News."""

    type, label, plural = "news", "News", "News"
    model, texts = NewsPage, ("body",)

    def public(self) -> models.QuerySet:
        """Add what the entries read."""
        return super().public().prefetch_related("councils__council")

    def body(self, page: NewsPage) -> Iterator[str]:
        """Add the topics and the councils' names."""
        yield from super().body(page)
        yield from page.topic_labels
        yield from (row.council.name for row in page.councils.all() if row.council)

    def entry(self, page: NewsPage) -> Entry | None:
        """Add the date, and the council if it is about one alone."""
        entry = super().entry(page)
        about = [row.council for row in page.councils.all() if row.council]
        one = about[0] if len(about) == 1 else None
        return entry and replace(
            entry,
            date=page.iso_date,
            note=page.date_in_words,
            weight=BESIDE,
            council=one.slug if one else "",
            region=one.region if one else "",
        )


class EventEntries(PageEntries):
    """Real events, past ones too."""

    type, label, plural = "event", "Event", "Events"
    model, texts = EventPage, ("place", "for_whom", "organiser", "body")

    def public(self) -> models.QuerySet:
        """Leave out those of the demonstration."""
        return super().public().filter(is_demonstration=False)

    def entry(self, page: EventPage) -> Entry | None:
        """Add its day, and whether it is cancelled."""
        entry, day = super().entry(page), page.first_day
        return entry and replace(
            entry,
            date=str(day or ""),
            weight=BESIDE,
            note="Cancelled" if page.is_cancelled else day_in_words(day) if day else "",
        )


class NewsListEntries(PageEntries):
    """The list of news."""

    model, texts = NewsIndexPage, ("introduction",)


class EventListEntries(PageEntries):
    """The list of events."""

    model, texts = EventIndexPage, ("introduction",)


class ResourceEntries(PageEntries):
    """Publications that help a council."""

    type, label, plural = "resource", "Resource", "Resources"
    model, texts = ResourcePage, ("summary", "why", "take_care", "publisher")

    def public(self) -> models.QuerySet:
        """Add what the entries read."""
        return super().public().prefetch_related("principles")

    def entry(self, page: ResourcePage) -> Entry | None:
        """Add the publisher, the year and what the resource is filed under."""
        entry = super().entry(page)
        return entry and replace(
            entry,
            body=f"{entry.body}\n{page.get_kind_display()}: {page.get_topic_display()}.",
            note=page.publisher,
            weight=BESIDE,
            principles=tuple(principle.slug for principle in page.principles.all()),
            date=str(page.year or ""),
        )


class ResourceListEntries(PageEntries):
    """The list of resources."""

    model, texts = ResourceIndexPage, ("introduction",)


class GlossaryEntries(PageEntries):
    """The page of all terms."""

    model, texts = GlossaryPage, ("introduction",)


class TermEntries(EntryType):
    """The terms of the glossary, each with its place on the page."""

    type, label, plural = "term", "Term", "Terms"
    key_prefix = "term"
    title_fields = ("name", "other_names")

    def public(self) -> models.QuerySet:
        """Return the terms of a live glossary without a view restriction."""
        pages = GlossaryPage.objects.live().public()
        return GlossaryTerm.objects.filter(page__in=pages).order_by("pk")

    def entry(self, term: GlossaryTerm) -> Entry:
        """Make a term's entry."""
        meaning = " ".join(GlossaryTerm.meaning.field.get_searchable_content(term.meaning))
        return Entry(
            key=self.key(term),
            type=self.type,
            title=term.name,
            url=term.address,
            names=tuple(name for each in term.other_names.split(",") if (name := each.strip())),
            summary=meaning,
            note="Glossary",
            weight=BESIDE,
        )


class CaseStudyListEntries(PageEntries):
    """The list of case studies, for readers who want all of them."""

    model, texts = CaseStudyIndexPage, ("introduction",)


class ReadingListEntries(PageEntries):
    """Reading lists, with why each case study was chosen."""

    model, texts = ReadingListPage, ("introduction",)

    def public(self) -> models.QuerySet:
        """Add what the entries read."""
        return super().public().prefetch_related("readings")

    def body(self, page: ReadingListPage) -> Iterator[str]:
        """Add the sentences and titles of what it shows."""
        yield from super().body(page)
        for case_study in page.shown():
            yield f"{case_study.title}: {case_study.why}"


class PrincipleListEntries(PageEntries):
    """The page of all six principles, and where they come from."""

    model, texts = PrincipleIndexPage, ("intro", "background")

    def body(self, page: PrincipleIndexPage) -> Iterator[str]:
        """Add the principles' names."""
        yield from super().body(page)
        yield from Principle.objects.values_list("name", flat=True)


class FixedEntries(EntryType):
    """Pages without a row, always public; see data/fixed_pages.toml."""

    key_prefix = "fixed"

    def entries(
        self,
        keys: Iterable[str] | None = None,
        titled: Iterable[str] = (),
        most: int | None = None,
    ) -> Iterator[Entry]:
        """See `EntryType.entries`. They are few, so `most` does not matter."""
        wanted = None if keys is None else set(keys)
        words = [word.casefold() for word in titled]
        for name, entry in FIXED:
            called = "\n".join((entry.title, *entry.names)).casefold()
            if (wanted is None or entry.key in wanted) and all(word in called for word in words):
                yield replace(entry, url=reverse(name))


class CouncilEntries(EntryType):
    """Every real council of the register, members or not, abolished ones too."""

    type, label, plural = "council", "Council", "Councils"
    key_prefix, key_field = "council", "key"
    title_fields = ("name", "official_name", "aliases__name")

    def rows(self) -> models.QuerySet:
        """Return the rows of this type."""
        return Council.objects.real().councils()

    def public(self) -> models.QuerySet:
        """Return the rows, each with its announced live memberships as `shown`."""
        shown = Membership.objects.announced().live().prefetch_related(*PROFILES)
        return (
            self.rows()
            .order_by("pk")
            .select_related("upper_tier")
            .prefetch_related(
                "aliases",
                "successions__successor",
                "precessions__predecessor",
                models.Prefetch("memberships", queryset=shown, to_attr="shown"),
            )
        )

    def entry(self, council: Any) -> Entry:
        """Make a council's entry. An abolished one's title has the year it ended.

        Its successor may have the same name.
        """
        ended = council.ended_on if council.is_abolished else None
        texts = map(texts_of, council.shown)
        return Entry(
            key=self.key(council),
            type=self.type,
            title=f"{council.name} (until {ended.year})" if ended else council.name,
            url=council.get_absolute_url(),
            names=tuple(dict.fromkeys(_names(council))),
            summary=" ".join(_sentences(council)),
            body="\n".join(chain.from_iterable(texts)),
            note="Member" if council.shown else "",
            weight=FORMER if ended else MEMBERS if council.shown else 1.0,
            council=council.slug,
            region=council.region,
        )


class OtherBodyEntries(CouncilEntries):
    """Public bodies in the network that are not councils, such as one of the NHS."""

    type, label, plural = "other-body", "Other public body", "Other public bodies"

    def rows(self) -> models.QuerySet:
        """Return the rows of this type."""
        return Council.objects.real().filter(kind=Kind.OTHER_BODY)


TYPES: tuple[EntryType, ...] = (
    PrincipleEntries(),
    CaseStudyEntries(),
    CouncilEntries(),
    OtherBodyEntries(),
    NewsEntries(),
    EventEntries(),
    ResourceEntries(),
    TermEntries(),
    FixedEntries(),
    PrincipleListEntries(),
    CaseStudyListEntries(),
    NewsListEntries(),
    EventListEntries(),
    ReadingListEntries(),
    ResourceListEntries(),
    GlossaryEntries(),
    ContentEntries(),
)


def live_entries(keys: Iterable[str] | None = None) -> Iterator[Entry]:
    """Make the entries of everything public now, or of what is public among `keys`."""
    for kind in TYPES:
        yield from kind.entries(keys)


def entries_of_pages(pages: Iterable[Page]) -> dict[int, Entry]:
    """Return, by primary key, the entries of those of these pages that anybody may see."""
    by_model: dict[type, list[str]] = {}
    for page in pages:
        by_model.setdefault(page.specific_class, []).append(f"page:{page.pk}")
    kinds = [kind for kind in TYPES if isinstance(kind, PageEntries) and kind.model in by_model]
    found = (entry for kind in kinds for entry in kind.entries(by_model[kind.model]))
    return {int(entry.key.removeprefix("page:")): entry for entry in found}


def _names(council: Council) -> Iterator[str]:
    """Return a council's other names, its codes among them."""
    if council.is_council and not council.is_abolished:
        yield f"{council.name} Council"
    yield from (alias.name for alias in council.aliases.all())
    yield council.official_name
    yield from f"{council.gss_code} {council.former_gss_codes}".split()


def _sentences(council: Any) -> Iterator[str]:
    """Return what the register and the network say of a council in public."""
    county = f"{council.upper_tier.name}, " if council.upper_tier else ""
    where = f"{council.get_kind_display()} in {county}{council.region_in_text}"
    if council.ended_on:
        yield f"{where} until {format_date(council.ended_on, 'j F Y')}."
    elif council.is_coming:
        yield f"{where} from {format_date(council.started_on, 'j F Y')}."
    else:
        yield f"{where}."
    for kind, group in groupby(council.successions.all(), key=lambda s: s.get_kind_display()):
        names = get_text_list([step.successor.name for step in group], "and")
        yield (
            f"To be {kind[0].lower()}{kind[1:]} {names}."
            if council.is_ending
            else f"{kind} {names}."
        )
    if before := sorted({step.predecessor.name for step in council.precessions.all()}):
        verb = "Will follow" if council.is_coming else "Followed"
        yield f"{verb} {get_text_list(before, 'and')}."
    for membership in council.shown:
        yield f"{membership.since_text.replace('ember', 'ember of the network', 1)}."
