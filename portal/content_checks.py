"""What to look at before a page is published: what Wagtail's own checks cannot see.

Wagtail checks what the preview shows (headings, descriptions, empty links). These read what the
editor wrote, so that a report can list every page. They advise and never prevent.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from bs4 import BeautifulSoup
from django.conf import settings
from django.db import models
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.text import get_text_list
from modelcluster.models import get_all_child_relations
from wagtail import blocks
from wagtail.admin.panels import Panel
from wagtail.contrib.redirects.models import Redirect
from wagtail.documents import get_document_model
from wagtail.fields import RichTextField, StreamField
from wagtail.images.blocks import ImageBlock
from wagtail.models import Page, Site

LONGEST_SENTENCE = 30  # words; what we aim at is 15
OLD_AFTER = 365  # days
HOME_PAGE = "wagtail_serve"  # the name of the address that answers every page


class Kind(models.TextChoices):
    """What a check looks at."""

    STARTER = "starter", "Words of a starter page left"
    PICTURE = "picture", "Picture without a description"
    HEADING = "heading", "Heading missing or empty"
    LINK_TEXT = "link-text", "Link that says nothing"
    BROKEN = "broken", "Link that leads nowhere"
    SOURCE = "source", "Figure without a source"
    DATE = "date", "Quotation without a date"
    AS_AT = "as-at", "Role not confirmed for a year"
    SENTENCE = "sentence", "Long sentences"


@dataclass(frozen=True)
class Problem:
    """Something that an editor may want to change, and where it is."""

    kind: Kind
    where: str  # the field's label
    path: str  # as Wagtail names a place in the form: "body.<id>.text"
    what: str


@dataclass(frozen=True)
class Piece:
    """One value of a page: a text, a picture, a block."""

    where: str
    path: str
    value: Any
    block: Any = None  # the block that it is the value of, if it is of one
    is_ours: bool = True  # not somebody's exact words, which nobody shortens

    def problem(self, kind: Kind, what: str) -> Problem:
        """Return a problem of this piece."""
        return Problem(kind, self.where, self.path, what)


def problems(page: Page) -> list[Problem]:
    """Return everything there is to look at on a page, in the order of its form."""
    pieces = list(_pieces(page))
    places = {piece.path: number for number, piece in enumerate(pieces)}
    found = [problem for piece in pieces for problem in _problems_of(piece)]
    return sorted([*found, *_broken(pieces)], key=lambda each: places[each.path])


# ---- What a page consists of


def _pieces(page: Page) -> Iterator[Piece]:
    for field in page._meta.get_fields():
        if isinstance(field, models.Field) and field.editable and field.name not in NOT_TEXT:
            yield from _field(field, getattr(page, field.name), "")
    for relation in get_all_child_relations(type(page)):
        where = str(relation.field.model._meta.verbose_name).capitalize()
        for child in getattr(page, relation.get_accessor_name()).all():
            for field in relation.field.model._meta.get_fields():
                if isinstance(field, RichTextField | models.URLField | models.TextField):
                    value = getattr(child, field.name)
                    yield Piece(where, relation.get_accessor_name(), _value(field, value))


NOT_TEXT = {"title", "draft_title", "slug", "seo_title", "url_path", "path", "locale"}


def _field(field: models.Field, value: Any, path: str) -> Iterator[Piece]:
    where = str(field.verbose_name).capitalize()
    if isinstance(field, StreamField):
        yield Piece(where, field.name, value, field.stream_block)
        yield from _block(where, field.name, field.stream_block, value)
    elif isinstance(field, models.CharField | models.TextField) and value and not field.choices:
        yield Piece(where, field.name, _value(field, value))


def _value(field: models.Field, value: Any) -> Any:
    return BeautifulSoup(value, "html.parser") if isinstance(field, RichTextField) else value


def _block(where: str, path: str, block: blocks.Block, value: Any) -> Iterator[Piece]:
    """Yield every block below one, each after the block that holds it."""
    if isinstance(block, blocks.StreamBlock):
        below: Iterable[tuple[str, blocks.Block, Any]] = [
            (child.id, child.block, child.value) for child in value
        ]
    elif isinstance(block, blocks.ListBlock):
        below = [(child.id, block.child_block, child.value) for child in value.bound_blocks]
    elif isinstance(block, blocks.StructBlock) and not isinstance(block, ImageBlock):
        below = [(name, child, value.get(name)) for name, child in block.child_blocks.items()]
    else:
        return
    is_quotation = isinstance(block, blocks.StructBlock) and _is_quotation(block)
    for name, child, each in below:
        rich = isinstance(child, blocks.RichTextBlock)
        shown = BeautifulSoup(each.source if each else "", "html.parser") if rich else each
        is_ours = not (is_quotation and name in {"text", "quote"})
        yield Piece(where, f"{path}.{name}", shown, child, is_ours)
        yield from _block(where, f"{path}.{name}", child, each)


# ---- What is looked at


def _problems_of(piece: Piece) -> Iterator[Problem]:
    if isinstance(piece.block, blocks.StreamBlock):
        yield from _headings(piece)
    yield from _left_over(piece)
    if isinstance(piece.block, ImageBlock):
        yield from _picture(piece)
    elif isinstance(piece.block, blocks.StructBlock):
        yield from _struct(piece)
    if isinstance(piece.value, BeautifulSoup):
        yield from _link_texts(piece)
        yield from _figures(piece)
        paragraphs = [each.get_text(" ") for each in piece.value.find_all(["p", "li"])]
        yield from _sentences(piece, paragraphs)
    elif isinstance(piece.value, str) and piece.is_ours and " " in piece.value:
        yield from _sentences(piece, [piece.value])


# As starter pages have it: "[Who did what]". Two brackets are a citation.
TO_REPLACE = re.compile(r"(?<!\[)\[(?!\[)[A-Z](?:[^\[\]]|\[\[[^\[\]]*\]\])*\]")


def _left_over(piece: Piece) -> Iterator[Problem]:
    """Words in square brackets are to be replaced; within a quotation they can be an insertion."""
    if not isinstance(piece.value, str | BeautifulSoup):
        return
    text = piece.value if isinstance(piece.value, str) else piece.value.get_text(" ")
    find = TO_REPLACE.search if piece.is_ours else TO_REPLACE.fullmatch
    if found := find(text.strip()):
        yield piece.problem(Kind.STARTER, f"Replace “{_short(found[0])}” with your own words.")


def _headings(piece: Piece) -> Iterator[Problem]:
    """A subheading needs a heading above it, and a heading needs words."""
    has_heading = "heading" not in piece.block.child_blocks
    for child in piece.value:
        place = Piece(piece.where, f"{piece.path}.{child.id}", child.value)
        if child.block_type == "heading":
            has_heading = True
            if not str(child.value or "").strip():
                yield place.problem(Kind.HEADING, "A heading has no words.")
        elif not has_heading and _has_subheading(child):
            yield place.problem(
                Kind.HEADING, "A subheading comes before any heading. Add a heading above it."
            )


def _has_subheading(child: Any) -> bool:
    return isinstance(child.block, blocks.RichTextBlock) and "<h3" in child.value.source


FILE_NAME = re.compile(
    r"^\S+\.(jpe?g|png|gif|webp|avif|heic)$|^(img|dsc|image|screenshot)[ _-]?\d", re.I
)


def _picture(piece: Piece) -> Iterator[Problem]:
    image = piece.value
    if image is None or getattr(image, "decorative", False):
        return
    alt = (getattr(image, "contextual_alt_text", "") or "").strip()
    if not alt:
        yield piece.problem(
            Kind.PICTURE, "Say what the picture shows, or mark it as only decoration."
        )
    elif FILE_NAME.match(alt):
        yield piece.problem(Kind.PICTURE, f"“{alt}” is the name of a file. Say what it shows.")


def _is_quotation(block: blocks.StructBlock) -> bool:
    return bool({"who", "said_by"} & set(block.child_blocks))


def _struct(piece: Piece) -> Iterator[Problem]:
    names, value = set(piece.block.child_blocks), piece.value or {}
    if "as_at" in names:
        said = str(value.get("as_at") or "").strip()
        is_quotation = _is_quotation(piece.block)
        if is_quotation and not said and (value.get("text") or value.get("quote")):
            yield piece.problem(Kind.DATE, "Enter when this was said.")
        if not is_quotation and "role" in names and value.get("role"):
            day = latest_day(said)
            if day is None:
                yield piece.problem(Kind.AS_AT, "Enter when this role was last confirmed.")
            elif (timezone.localdate() - day).days > OLD_AFTER:
                yield piece.problem(
                    Kind.AS_AT, f"This role was last confirmed in {said}. Check who holds it now."
                )
    if {"figure", "number", "value"} & names and "source" in names and not value.get("source"):
        yield piece.problem(Kind.SOURCE, "Enter who says so, and when.")


MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
YEAR = re.compile(r"\b(?:19|20)\d\d\b")


def latest_day(words: str) -> date | None:
    """Return the last day that "March 2020", "2020-03-05" or "2020" can mean; None if none."""
    words = str(words)
    year = YEAR.search(words)
    if not year:
        return None
    numbers = re.search(r"(\d{4})-(\d{2})", words)
    named = re.search(r"\b(" + "|".join(MONTHS) + r")[a-z]*\b", words.lower())
    month = int(numbers[2]) if numbers else MONTHS.index(named[1]) + 1 if named else 12
    return date(int(year[0]), min(max(month, 1), 12), 28)


SAYS_NOTHING = {
    "here",
    "click here",
    "read more",
    "more",
    "see more",
    "find out more",
    "learn more",
    "link",
    "this link",
    "this",
    "this page",
    "page",
    "website",
    "download",
    "details",
    "back",
}


def _link_texts(piece: Piece) -> Iterator[Problem]:
    for link in piece.value.find_all("a"):
        text = " ".join(link.get_text(" ").split())
        if text.lower().strip(".:!…> ") in SAYS_NOTHING:
            yield piece.problem(
                Kind.LINK_TEXT, f"“{text}” does not say where the link leads. Name the page."
            )
        elif not text:
            yield piece.problem(Kind.LINK_TEXT, "A link has no words.")
        elif re.match(r"(https?://|www\.)", text):
            yield piece.problem(
                Kind.LINK_TEXT, f"“{_short(text)}” is a web address. Say what the page is."
            )


FIGURE = re.compile(r"£\s?\d[\d,.]*|\b\d[\d,.]*\s?(?:%|per cent\b)")
CITED = re.compile(r"\[\[|\b(?:19|20)\d\d\b")


def _figures(piece: Piece) -> Iterator[Problem]:
    """A paragraph with a sum or a share names who says so: a link, a citation, or a year."""
    bare = []
    for paragraph in piece.value.find_all(["p", "li"]):
        text = paragraph.get_text(" ")
        figure = FIGURE.search(text)
        if figure and not paragraph.find("a") and not CITED.search(text):
            bare.append(f"“{figure[0].rstrip('.,')}”")
    if bare:
        have = "has no source in its paragraph" if len(bare) == 1 else "have no source beside them"
        yield piece.problem(
            Kind.SOURCE,
            f"{get_text_list(bare, 'and')} {have}. Say who says so, and when, or link to it.",
        )


SENTENCE_END = re.compile(r"(?<=[.!?])[”’\")]*\s+|\n")


def _sentences(piece: Piece, texts: list[str]) -> Iterator[Problem]:
    found = [each.split() for text in texts for each in SENTENCE_END.split(text)]
    long = sorted((each for each in found if len(each) > LONGEST_SENTENCE), key=len, reverse=True)
    if long:
        count = "A sentence has" if len(long) == 1 else f"{len(long)} sentences have"
        begins = _short(" ".join(long[0]))
        yield piece.problem(
            Kind.SENTENCE, f"{count} more than {LONGEST_SENTENCE} words: “{begins}”"
        )


def _short(text: str, length: int = 60) -> str:
    return text if len(text) <= length else f"{text[:length].rsplit(' ', 1)[0]} …"


# ---- Links within the site


def _broken(pieces: list[Piece]) -> Iterator[Problem]:
    """Yield the links to pages, documents and addresses of this site that lead nowhere."""
    links = [(piece, link) for piece in pieces for link in _links(piece)]
    pages = {int(to) for _, (kind, to, _) in links if kind == "page"}
    live = set(Page.objects.live().filter(pk__in=pages).values_list("pk", flat=True))
    documents = {int(to) for _, (kind, to, _) in links if kind == "document"}
    there = set(get_document_model().objects.filter(pk__in=documents).values_list("pk", flat=True))
    for piece, (kind, to, text) in links:
        if kind == "page" and int(to) not in live:
            yield piece.problem(Kind.BROKEN, f"{text} leads to a page that is not public.")
        elif kind == "document" and int(to) not in there:
            yield piece.problem(Kind.BROKEN, f"{text} leads to a document that is not here.")
        elif kind == "address" and not answers(to):
            yield piece.problem(Kind.BROKEN, f"{text} leads to {to}, where there is nothing.")


def _links(piece: Piece) -> Iterator[tuple[str, str, str]]:
    """Yield the kind, the target and the words of each link of a piece into this site."""
    if isinstance(piece.value, BeautifulSoup):
        for link in piece.value.find_all("a"):
            text = _short(" ".join(link.get_text(" ").split()))
            target = str(link.get("id") or "")
            if link.get("linktype") in {"page", "document"} and target.isdecimal():
                yield str(link["linktype"]), target, f"“{text}”"
            elif inner := inner_path(str(link.get("href") or "")):
                yield "address", inner, f"“{text}”"
    elif isinstance(piece.block, blocks.PageChooserBlock) and piece.value:
        # Some blocks hold the key of their page alone, which spares a query.
        is_key = isinstance(piece.value, int)
        key, text = (piece.value, "It") if is_key else (piece.value.pk, f"“{piece.value}”")
        yield "page", str(key), text
    elif isinstance(piece.value, str) and (inner := inner_path(piece.value)):
        yield "address", inner, f"“{inner}”"


def inner_path(address: str) -> str:
    """Return the path of an address within this site; "" for any other text."""
    if not re.match(r"(/|https?://)\S*$", address) or address.startswith("//"):
        return ""
    parts = urlsplit(address)
    is_ours = not parts.netloc or parts.netloc == urlsplit(settings.SITE_URL).netloc
    return parts.path if is_ours else ""


def answers(path: str) -> bool:
    """Whether something of this site is at a path: a view, a public page or a redirect."""
    try:
        if resolve(path).url_name != HOME_PAGE:
            return True
    except Resolver404:
        return False
    site = Site.objects.filter(is_default_site=True).select_related("root_page").first()
    if site is None:
        return False
    at = f"{site.root_page.url_path.rstrip('/')}/{path.strip('/')}".rstrip("/") + "/"
    if Page.objects.live().filter(url_path=at).exists():
        return True
    return Redirect.objects.filter(old_path=Redirect.normalise_path(path)).exists()


class ContentChecksPanel(Panel):
    """Says what to look at before publishing, as last saved, with a link to each place."""

    class BoundPanel(Panel.BoundPanel):
        """The panel for one page."""

        template_name = "portal/content_checks.html"

        @property
        def found(self) -> list[Problem]:
            """What there is to look at; nothing for a page that was never saved."""
            if not hasattr(self, "_found"):
                self._found = problems(self.instance) if self.instance.pk else []
            return self._found

        def is_shown(self) -> bool:
            """Whether there is anything to say."""
            return bool(self.found)

        def get_context_data(self, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
            """Add `problems`."""
            return {**super().get_context_data(parent_context), "problems": self.found}
