"""Sharing pictures: a PNG for each council, case study, news item and event, from our own shapes.

A picture's file is named after what it shows, so that a change makes another file. The worker
draws what is missing and deletes what nothing shows any more. A request only reads; until its
picture is drawn, a page has the picture that all others have.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import resvg_py
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import escape
from django.views.decorators.http import require_safe
from PIL import ImageFont

from campaign.events import EventPage
from campaign.news import NewsPage
from casestudies.dates import day_in_words
from casestudies.models import CaseStudyPage
from councils import hexmap
from councils.models import Council
from network import member_map
from portal.context import site_operator
from portal.security.files import by_rule

WIDTH, HEIGHT = 1200, 630
FOLDER = "cards"
MOST_AT_ONCE = 5  # in one tick, so that mail never waits long

_DATA = Path(__file__).parent / "data"
_FONTS = {face: str(_DATA / f"{face}.ttf") for face in ("kil-display", "kil-text")}
_TEXT_WIDTH, _TEXT_HEIGHT = 600, 340
_LEADING = 1.12
_MOST_LINES = 5
# The tokens of portal/assets/scss/_tokens.scss.
_FOREST, _MINT, _MARIGOLD, _WHITE = "#0c5549", "#dcece5", "#f6b32b", "#fff"
_HEXES = {"land": "#c5ded3", "member": "#8fbfae", "here": _FOREST}


@dataclass(frozen=True)
class Card:
    """What a picture shows.

    Attributes:
        crop: The hexes round the council, or None for no council.
        foot: The small line at the bottom; "" for none.
    """

    kicker: str
    title: str
    line: str
    crop: hexmap.Crop | None
    foot: str

    @property
    def file(self) -> str:
        """The name of the picture's file in the media storage."""
        return f"{FOLDER}/{hashlib.sha256(self.svg().encode()).hexdigest()[:24]}.png"

    def svg(self) -> str:
        """Return the picture as SVG."""
        size, lines = _fitted(self.title)
        leading = round(size * _LEADING)
        top = 310 - leading * (len(lines) - 1) // 2
        title = "".join(
            f'<text x="64" y="{top + leading * n}" font-family="kil-display" '
            f'font-size="{size}" fill="{_WHITE}">{escape(line)}</text>'
            for n, line in enumerate(lines)
        )
        below = top + leading * (len(lines) - 1) + 56
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}">'
            f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{_MINT}"/>{self._hexes()}'
            f'<rect width="720" height="{HEIGHT}" fill="{_FOREST}"/>'
            f"{_text(64, 96, 28, _MARIGOLD, self.kicker)}{title}"
            f"{_text(64, below, 32, _WHITE, self.line)}"
            '<g transform="translate(64 520)">'
            f'<path fill="{_WHITE}" d="M18 0l18 10v20L18 40 0 30V10z"/>'
            f'<path fill="{_MARIGOLD}" d="M18 10.5l8.6 4.8v9.4L18 29.5l-8.6-4.8v-9.4z"/></g>'
            f'<text x="116" y="551" font-family="kil-display" font-size="34" fill="{_WHITE}">'
            f"Keep it Local</text>{_text(64, 598, 22, _WHITE, self.foot)}</svg>"
        )

    def png(self) -> bytes:
        """Draw the picture; takes some tens of milliseconds."""
        return resvg_py.svg_to_bytes(
            svg_string=self.svg(), skip_system_fonts=True, font_files=list(_FONTS.values())
        )

    def _hexes(self) -> str:
        """Return the council's surroundings, with the council in the middle of the right side."""
        if self.crop is None:
            return ""
        scale = HEIGHT / self.crop.height
        left = 960 - self.crop.width * scale / 2
        paths = "".join(
            f'<path fill="{colour}" d="{getattr(self.crop, part)}"/>'
            for part, colour in _HEXES.items()
        )
        sea = f'<path fill="none" stroke="{_WHITE}" stroke-opacity=".45" d="{self.crop.sea}"/>'
        return f'<g transform="translate({left:.1f} 0) scale({scale:.3f})">{sea}{paths}</g>'


def _text(x: int, y: int, size: int, colour: str, words: str) -> str:
    return (
        f'<text x="{x}" y="{y}" font-family="kil-text" font-weight="600" font-size="{size}" '
        f'fill="{colour}">{escape(words)}</text>'
    )


@lru_cache(maxsize=1024)
def _fitted(title: str) -> tuple[int, tuple[str, ...]]:
    """Return the largest size in which a title fits, and its lines; a longer one is cut."""
    for size in (84, 72, 64, 56, 48):
        font = ImageFont.truetype(_FONTS["kil-display"], size)
        lines = [""]
        for word in title.split():
            longer = f"{lines[-1]} {word}".strip()
            if font.getlength(longer) <= _TEXT_WIDTH or not lines[-1]:
                lines[-1] = longer
            else:
                lines.append(word)
        is_low = len(lines) * size * _LEADING <= _TEXT_HEIGHT
        if is_low and all(font.getlength(line) <= _TEXT_WIDTH for line in lines):
            return size, tuple(lines)
    shown = lines[:_MOST_LINES]
    return size, (*shown[:-1], f"{shown[-1]} …") if len(lines) > _MOST_LINES else tuple(shown)


def _foot() -> str:
    operator = site_operator()
    return "" if operator.is_known else operator.line


def of_council(council: Council, atlas: hexmap.Atlas) -> Card:
    """Return the card of a council; whether it is a member is read from the map."""
    cell = atlas.by_slug.get(council.slug)
    if council.is_abolished:
        line = "A former council"
    elif cell and cell.is_member:
        line = "A Keep it Local council"
    else:
        line = "Not a Keep it Local council yet"
    kicker = f"{council.get_kind_display()}, {council.get_region_display()}"
    return Card(kicker, council.name, line, hexmap.around(council, atlas), _foot())


def of_case_study(page: CaseStudyPage, atlas: hexmap.Atlas) -> Card:
    """Return the card of a case study."""
    crop = hexmap.around(page.council, atlas)
    return Card("Case study", page.title, page.kicker, crop, _foot())


def of_news(page: NewsPage, atlas: hexmap.Atlas) -> Card:
    """Return the card of some news; with its council, if it is about one."""
    about = [row.council for row in page.councils.all() if row.council]
    crop = hexmap.around(about[0], atlas) if len(about) == 1 else None
    return Card("News", page.title, page.date_in_words, crop, _foot())


def of_event(page: EventPage, atlas: hexmap.Atlas) -> Card:
    """Return the card of an event."""
    kicker = "Cancelled event" if page.is_cancelled else "Event"
    line = day_in_words(page.first_day) if page.first_day else ""
    return Card(kicker, page.title, line, None, _foot())


def _councils() -> Any:
    return Council.objects.real()


def _case_studies() -> Any:
    return CaseStudyPage.objects.listed().select_related("council")


def _news() -> Any:
    return NewsPage.objects.listed().for_rows().with_councils()


def _events() -> Any:
    return EventPage.objects.listed().defer("body")


_KINDS: dict[str, tuple[Callable[[], Any], Callable[..., Card]]] = {
    "councils": (_councils, of_council),
    "case-studies": (_case_studies, of_case_study),
    "news": (_news, of_news),
    "events": (_events, of_event),
}


@require_safe
def card(request: HttpRequest, kind: str, slug: str) -> HttpResponseBase:
    """Send the picture of a row that is public, or the picture of all."""
    if kind not in _KINDS:
        raise Http404
    rows, card_of = _KINDS[kind]
    row = rows().filter(slug=slug).first()
    if row is None:
        raise Http404
    file = card_of(row, member_map.load()).file
    if not default_storage.exists(file):
        return redirect(static("portal/img/card.png"))
    response = by_rule(FileResponse(default_storage.open(file)), f"{slug}.png")
    response["Cache-Control"] = "public, max-age=3600"
    return response


def _state(atlas: hexmap.Atlas) -> tuple[Any, ...]:
    """Return everything that the pictures depend on; cheap, unlike the pictures' names."""
    places = _councils().values_list("slug", "name", "kind", "region", "ended_on")
    studies = _case_studies().values_list("pk", "slug", "title", "council__slug")
    news = _news().values_list("pk", "slug", "title", "date", "exactness", "councils__council")
    events = _events().values_list("pk", "slug", "title", "begins", "is_cancelled")
    rows = (places, studies, news, events)
    return atlas, _foot(), timezone.localdate(), *(tuple(each) for each in rows)


_complete: list[tuple[Any, ...]] = []  # the state of this process's last tick with nothing to draw


def draw_missing() -> int:
    """Draw some of the missing pictures, or else delete old ones; return how many were drawn."""
    atlas = member_map.load()
    state = _state(atlas)
    if [state] == _complete:
        return 0
    cards = {
        (found := card_of(row, atlas)).file: found
        for rows, card_of in reversed(_KINDS.values())
        for row in rows()
    }
    missing = [file for file in cards if not default_storage.exists(file)]
    for file in missing[:MOST_AT_ONCE]:
        default_storage.save(file, ContentFile(cards[file].png()))
    if not missing:
        _delete_others(set(cards))
        _complete[:] = [state]
    return len(missing[:MOST_AT_ONCE])


def _delete_others(kept: set[str]) -> None:
    if not default_storage.exists(FOLDER):
        return
    for name in default_storage.listdir(FOLDER)[1]:
        if f"{FOLDER}/{name}" not in kept:
            default_storage.delete(f"{FOLDER}/{name}")
