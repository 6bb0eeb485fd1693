"""Cards of the pages and councils that editors choose, each with art of its own."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail.models import Page

from casestudies.models import CaseStudyPage
from councils import hexmap
from councils.models import Council
from network.models.memberships import with_membership_flag
from portal.page_routes import PublicPages
from portal.pictures import Picture
from principles.models import PrinciplePage

# Of a pattern: rows and columns of hexes, and how many of every 16 are lit.
_ROWS, _ACROSS, _STEP = 5, 9, 44.0
_LIT = 5
_GROUNDS = 4


@dataclass(frozen=True)
class ChosenCard:
    """What a card of `components/card.html` shows."""

    title: str
    url: str
    kicker: str
    text: str
    picture: Picture | None = None
    council: Any = None  # whose hexes are the art
    art: str = ""
    number: str = ""
    measure: str = ""
    claim: str = ""


def cards_of(chosen: Iterable[tuple[str, Any, Picture | None]]) -> list[ChosenCard]:
    """Return the cards of what everybody may see, in order; no two of them look alike.

    Args:
        chosen: "page" or "council", the row or None, and a photograph or None.
    """
    rows = [(kind, row.pk, picture) for kind, row, picture in chosen if row]
    pages = _public_pages({pk for kind, pk, _ in rows if kind == "page"})
    councils = _councils({pk for kind, pk, _ in rows if kind == "council"})
    cards: list[ChosenCard] = []
    drawn, ground = set(), -1
    for kind, pk, picture in rows:
        row = (pages if kind == "page" else councils).get(pk)
        if row is None:
            continue
        picture = picture or getattr(row, "picture", None)
        is_drawn = kind == "council" and row.slug not in drawn  # else its hexes are on a card
        council = row if is_drawn and not picture else None
        if council:
            drawn.add(council.slug)
        card = _of_council(row) if kind == "council" else _of_page(row)
        ground = -1 if picture else 0 if council else ground_of(card["url"], ground)
        art = "" if picture or council else _art(row, card["url"], ground)
        cards.append(ChosenCard(**card, picture=picture, council=council, art=art))
    return cards


def _art(row: Any, url: str, ground: int) -> SafeString:
    if isinstance(row, CaseStudyPage):
        return row.card_art
    number = row.principle.number if isinstance(row, PrinciplePage) else None
    return pattern(url, ground, number)


def _public_pages(keys: set[int]) -> dict[int, Any]:
    """Return the pages that anybody may see, as their own types."""
    found: dict[int, Any] = {}
    if not keys:
        return found
    kinds: dict[Any, set[int]] = {}
    public = PublicPages(Page).filter(pk__in=keys).live().public().select_related("content_type")
    for page in public.only("content_type", "path", "depth"):
        kinds.setdefault(page.specific_class, set()).add(page.pk)
    for model, of_kind in kinds.items():
        rows = model.objects.filter(pk__in=of_kind)
        if model is PrinciplePage:
            rows = rows.select_related("principle")
        for word in ("real", "for_cards"):  # case studies, events, news
            rows = getattr(rows, word, rows.all)()
        found |= {row.pk: row for row in rows}
    return found


def _councils(keys: set[int]) -> dict[int, Any]:
    """Return real councils, each with `is_member`."""
    if not keys:
        return {}
    found = with_membership_flag(Council.objects.real().filter(pk__in=keys))
    return {council.pk: council for council in found}


def _of_council(council: Any) -> dict[str, str]:
    facts = f"{council.get_kind_display()}, {council.get_region_display()}"
    is_member = "A Keep it Local council." if council.is_member else ""
    return {
        "title": council.name,
        "url": council.get_absolute_url(),
        "kicker": facts,
        "text": is_member,
    }


def _of_page(page: Any) -> dict[str, str]:
    card = {
        "title": page.title,
        "url": getattr(page, "address", "") or page.get_url() or "",
        "kicker": page.kicker or ("Case study" if isinstance(page, CaseStudyPage) else ""),
        "text": page.summary_text,
    }
    result = page.headline if isinstance(page, CaseStudyPage) else None
    if result:
        card |= {"number": result.figure, "measure": result.measures, "claim": result.claim}
        card["text"] = ""
    return card


def ground_of(name: str, before: int) -> int:
    """Return one of four grounds, another than that of the card before."""
    ground = hashlib.sha256(name.encode()).digest()[0] % _GROUNDS
    return ground if ground != before else (ground + 1) % _GROUNDS


def pattern(name: str, ground: int, number: int | None = None) -> SafeString:
    """Return hexes in a pattern that is always the same for one name, and for no other.

    Args:
        name: Whose pattern it is.
        ground: One of four colours; councils' hexes are on the first.
        number: Of a principle, written large.
    """
    digest = hashlib.sha256(name.encode()).digest()
    paths = {"land": "", "member": ""}
    for n in range(_ROWS * _ACROSS):
        row, along = divmod(n, _ACROSS)
        x = _STEP * (along + (row % 2) / 2)
        kind = "member" if (digest[n % len(digest)] + n * 7) % 16 < _LIT else "land"
        paths[kind] += hexmap.hexagon(x, row * _STEP * 0.866, _STEP)
    written = format_html('<text class="art__number" x="24" y="132">{}</text>', number or "")
    return format_html(
        '<svg class="hexcrop art art--{}" viewBox="0 0 {} {}" width="{}" height="{}" '
        'preserveAspectRatio="xMidYMid slice" aria-hidden="true" focusable="false">'
        '<path class="hexcrop__land" d="{}"/><path class="hexcrop__member" d="{}"/>{}</svg>',
        ground,
        *(hexmap.CROP_WIDTH, hexmap.CROP_HEIGHT) * 2,
        paths["land"],
        paths["member"],
        written if number else "",
    )
