"""What each type of thing looks like to search (how the engine hears of changes: keeping_up.py).

A new type is one small class below. What is public is asked of the live rows, always
afresh: what a signal or a task carries is only a key. So no draft, private page,
embargoed membership or demonstration council can enter.
"""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.dateformat import format as format_date
from django.utils.text import get_text_list
from wagtail.models import Page, Site

from campaign.models import ContentPage
from casestudies.models import CaseStudyIndexPage, CaseStudyPage
from councils.choices import Kind
from councils.models import Council
from network.models import Membership
from principles.models import Principle, PrincipleIndexPage, PrinciplePage
from search.engines import Entry
from search.fixed_pages import FIXED

logger = logging.getLogger("search")


class EntryType:
    """One type of searchable thing. `key_prefix` and `key_field` make its keys."""

    type: str
    label: str
    plural: str
    key_prefix: str
    key_field = "pk"
    title_fields: tuple[str, ...] = ("title",)

    def public(self) -> models.QuerySet:
        """The rows that anybody may see, with all that `entry` reads."""
        raise NotImplementedError

    def entry(self, row: Any) -> Entry | None:
        """The row as search sees it; None for one without an address."""
        raise NotImplementedError

    def key(self, row: Any) -> str:
        return f"{self.key_prefix}:{getattr(row, self.key_field)}"

    def entries(
        self,
        keys: Iterable[str] | None = None,
        titled: Iterable[str] = (),
        most: int | None = None,
    ) -> Iterator[Entry]:
        """The entries of all public rows, or of those among `keys`, read afresh;
        `titled`: only with every one of these words in a title or name; `most`: so many.

        A row that cannot be read is logged and left out: one bad page must not keep
        the others from being found.
        """
        rows = self.public()
        if keys is not None:
            rows = rows.filter(**{f"{self.key_field}__in": self._own(keys)})
        for word in titled:
            rows = rows.filter(pk__in=self._titled(word))
        for row in self.prepared(rows[:most]):
            try:
                entry = self.entry(row)
            except Exception:
                logger.exception("%s cannot be read for search", self.key(row))
                continue
            if entry:
                yield entry

    def prepared(self, rows: Iterable[Any]) -> Iterable[Any]:
        """The rows with what `entry` needs and no query of theirs brings."""
        return rows

    def _titled(self, word: str) -> models.QuerySet:
        """The primary keys of rows with this word in a title or name."""
        holds = models.Q()
        for field in self.title_fields:
            holds |= models.Q(**{f"{field}__icontains": word})
        return self.public().filter(holds).order_by().values("pk")

    def _own(self, keys: Iterable[str]) -> list[str]:
        start = f"{self.key_prefix}:"
        return [key.removeprefix(start) for key in keys if key.startswith(start)]


class PageEntries(EntryType):
    """What pages have in common. Keys are "page:<id>", whatever the type."""

    key_prefix = "page"
    model: type[Page]
    texts: tuple[str, ...]  # fields that the page shows: a field is public by name only

    def public(self) -> models.QuerySet:
        return self.model.objects.live().public().order_by("pk")

    def prepared(self, rows: Iterable[Any]) -> Iterator[Any]:
        """The pages with `search_address`: Wagtail would look the sites up for each."""
        roots = Site.get_site_root_paths()
        for page in rows:
            page.search_address = _address(page, roots)
            yield page

    def body(self, page: Any) -> Iterator[str]:
        """Everything else that the page says, piece by piece."""
        for name in self.texts:
            yield from _pieces(page, name)

    def entry(self, page: Any) -> Entry | None:
        if not page.search_address:
            return None
        return Entry(
            key=self.key(page),
            type=self.type,
            title=page.title,
            url=page.search_address,
            summary=page.summary_text,
            body="\n".join(piece for piece in self.body(page) if piece),
        )


class PrincipleEntries(PageEntries):
    type, label, plural = "principle", "Principle", "Principles"
    model, texts = PrinciplePage, ("intro", "meaning")

    def public(self) -> models.QuerySet:
        rows = super().public().select_related("principle")
        return rows.prefetch_related("examples", "prompts")

    def body(self, page: PrinciplePage) -> Iterator[str]:
        yield from super().body(page)
        yield from (f"{example.place}. {example.text}" for example in page.examples.all())
        yield from (prompt.text for prompt in page.prompts.all())

    def entry(self, page: PrinciplePage) -> Entry | None:
        entry = super().entry(page)
        principle = page.principle
        return entry and replace(
            entry,
            names=(
                principle.name,
                principle.short_name,
                f"Principle {principle.number}",
            ),
            summary=entry.summary or page.intro,
            principles=(principle.slug,),
        )


class CaseStudyEntries(PageEntries):
    type, label, plural = "case-study", "Case study", "Case studies"
    model = CaseStudyPage
    title_fields = ("title", "council__name")
    texts = (
        "the_problem",
        "what_they_did",
        "partners",
        "on_the_figures",
        "what_was_hard",
        "what_it_took",
        "tips",
    )

    def public(self) -> models.QuerySet:
        rows = super().public().filter(council__is_demonstration=False)
        return rows.select_related("council").prefetch_related(
            "principles", "results", "council__aliases"
        )

    def body(self, page: CaseStudyPage) -> Iterator[str]:
        yield from super().body(page)
        yield from (str(result) for result in page.results.all())
        # Below the text, so that "BMDC" finds the studies too, after the council itself;
        # and so does what it is filed under.
        yield f"Theme: {page.get_theme_display()}." if page.theme else ""
        principles = "; ".join(principle.name for principle in page.principles.all())
        yield f"Principles: {principles}."
        names = [page.council.official_name, *(a.name for a in page.council.aliases.all())]
        yield f"Council: {', '.join(names)}."

    def entry(self, page: CaseStudyPage) -> Entry | None:
        entry = super().entry(page)
        return entry and replace(
            entry,
            names=(page.council.name,),
            note=page.council.name,
            principles=tuple(principle.slug for principle in page.principles.all()),
            council=page.council.slug,
            region=page.council.region,
            theme=page.theme,
            date=page.as_at,
        )


class ContentEntries(PageEntries):
    type, label, plural = "page", "Page", "Pages"
    model, texts = ContentPage, ("intro", "body")


class CaseStudyListEntries(PageEntries):
    """The list itself, for who asks for case studies and not for one of them."""

    type, label, plural = "page", "Page", "Pages"
    model, texts = CaseStudyIndexPage, ("introduction",)


class PrincipleListEntries(PageEntries):
    """All six, and where they come from."""

    type, label, plural = "page", "Page", "Pages"
    model, texts = PrincipleIndexPage, ("intro", "background")

    def body(self, page: PrincipleIndexPage) -> Iterator[str]:
        yield from super().body(page)
        yield from Principle.objects.values_list("name", flat=True)


class FixedEntries(EntryType):
    """Pages that no row stands for: public as long as the site is."""

    type, label, plural = "page", "Page", "Pages"
    key_prefix = "fixed"

    def entries(
        self,
        keys: Iterable[str] | None = None,
        titled: Iterable[str] = (),
        most: int | None = None,
    ) -> Iterator[Entry]:
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
        return Council.objects.real().councils()

    def public(self) -> models.QuerySet:
        shown = Membership.objects.announced().live().select_related("sign_up")
        return (
            self.rows()
            .order_by("pk")
            .prefetch_related(
                "aliases",
                "successions__successor",
                "precessions__predecessor",
                models.Prefetch("memberships", queryset=shown, to_attr="shown"),
            )
        )

    def entry(self, council: Council) -> Entry:
        return Entry(
            key=self.key(council),
            type=self.type,
            title=_title(council),
            url=council.get_absolute_url(),
            names=tuple(dict.fromkeys(_names(council))),
            summary=" ".join(_standing(council)),
            body="\n".join(_own_words(council)),
            note="Member" if _memberships(council) else "",
            council=council.slug,
            region=council.region,
        )


class OtherBodyEntries(CouncilEntries):
    """Public bodies of the network that are no councils, such as one of the NHS."""

    type, label, plural = "other-body", "Other public body", "Other public bodies"

    def rows(self) -> models.QuerySet:
        return Council.objects.real().filter(kind=Kind.OTHER_BODY)


TYPES: tuple[EntryType, ...] = (
    PrincipleEntries(),
    CaseStudyEntries(),
    CouncilEntries(),
    OtherBodyEntries(),
    FixedEntries(),
    PrincipleListEntries(),
    CaseStudyListEntries(),
    ContentEntries(),
)


def live_entries(keys: Iterable[str] | None = None) -> Iterator[Entry]:
    """The entries of everything public now, or of what is public among `keys`."""
    for kind in TYPES:
        yield from kind.entries(keys)


def entries_of_pages(pages: Iterable[Page]) -> dict[int, Entry]:
    """By primary key, the entries of those of these pages that anybody may see."""
    by_model: dict[type, list[str]] = {}
    for page in pages:
        by_model.setdefault(page.specific_class, []).append(f"page:{page.pk}")
    kinds = [kind for kind in TYPES if isinstance(kind, PageEntries) and kind.model in by_model]
    found = (entry for kind in kinds for entry in kind.entries(by_model[kind.model]))
    return {int(entry.key.removeprefix("page:")): entry for entry in found}


def _address(page: Page, roots: list[Any]) -> str:
    """Where the page is read; with the host where there are several sites; "" where it
    belongs to none."""
    for root in roots:
        if page.url_path.startswith(root.root_path):
            rest = page.url_path.removeprefix(root.root_path)
            path = reverse("wagtail_serve", args=[rest])
            return path if len(roots) == 1 else root.root_url + path
    return ""


def _pieces(page: Page, name: str) -> list[str]:
    """A field's text without tags: plain, rich text or a story of blocks."""
    field, value = page._meta.get_field(name), getattr(page, name)
    if hasattr(field, "get_searchable_content"):
        return field.get_searchable_content(value)
    return [str(value)]


def _memberships(council: Any) -> list[Membership]:
    """The live and announced one, as `CouncilEntries.public` brought it; or none."""
    return council.shown


def _title(council: Council) -> str:
    """The name; with the year in which an abolished council ended, since its successor
    may be called the same."""
    if council.ended_on is None:
        return council.name
    return f"{council.name} (until {council.ended_on.year})"


def _names(council: Council) -> Iterator[str]:
    """What else people call it, codes among them."""
    if council.is_council and not council.is_abolished:
        yield f"{council.name} Council"
    yield from (alias.name for alias in council.aliases.all())
    yield council.official_name
    yield from f"{council.gss_code} {council.former_gss_codes}".split()


def _own_words(council: Council) -> Iterator[str]:
    """What a member wrote for its page, as the page shows it."""
    for membership in _memberships(council):
        if own := membership.sign_up:
            yield own.profile
            yield own.strategy_title
            yield own.public_quote


def _standing(council: Council) -> Iterator[str]:
    """What the register and the network say of a council, in public, as sentences."""
    where = f"{council.get_kind_display()} in {_in_text(council.get_region_display())}"
    if council.ended_on is None:
        yield f"{where}."
    else:
        yield f"{where} until {format_date(council.ended_on, 'j F Y')}."
        for kind, successors in groupby(
            council.successions.all(), key=lambda step: step.get_kind_display()
        ):
            yield f"{kind} {get_text_list([s.successor.name for s in successors], 'and')}."
    if before := sorted({step.predecessor.name for step in council.precessions.all()}):
        yield f"Followed {get_text_list(before, 'and')}."
    for membership in _memberships(council):
        since = membership.joined_text
        yield f"Member of the network{f' since {since}' if since else ''}."


def _in_text(region: str) -> str:
    """A region's name within a sentence: "the North East", but "London"."""
    compass = ("North", "South", "East", "West")
    return f"the {region}" if region.startswith(compass) else region
