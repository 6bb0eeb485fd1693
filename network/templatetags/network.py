"""Template tags of the network: the hex art of a council, and the wording as it is signed."""

import re

from django import template
from django.template import Context
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from councils import hexmap
from network import member_map

register = template.Library()


@register.simple_tag(takes_context=True)
def hexcrop_of(context: Context, council) -> hexmap.Crop | None:
    """The crop round a council; None for no council. The map is loaded once a request."""
    if not council:
        return None
    return hexmap.around(council, _atlas(context))


@register.simple_tag(takes_context=True)
def england_map(context: Context, *, every_link: bool = False) -> hexmap.England:
    """The whole map, for a page whose view does not hand one over."""
    return hexmap.england(_atlas(context), every_link=every_link)


@register.simple_tag(takes_context=True)
def some_council(context: Context) -> hexmap.Cell | None:
    """Any council, a member if there is one, for a picture of none in particular."""
    cells = _atlas(context).cells
    return next((cell for cell in cells if cell.is_member), next(iter(cells), None))


def _atlas(context: Context) -> hexmap.Atlas:
    """The map of this request: loaded once, however many crops a page shows."""
    request = context.get("request")
    atlas = getattr(request, "hex_atlas", None) or member_map.load()
    if request is not None:
        request.hex_atlas = atlas
    return atlas


NUMBERED = re.compile(r"(\d+)\. (.+)")


@register.filter
def as_wording(text: str) -> SafeString:
    """Paragraphs; one whose every line is numbered, from 1 upwards, becomes a list."""
    paragraphs = re.split(r"\n\s*\n", text.strip().replace("\r\n", "\n"))
    return format_html_join("\n", "{}", ((_paragraph(each),) for each in paragraphs))


def _paragraph(text: str) -> SafeString:
    lines = [line.strip() for line in text.split("\n")]
    numbered = [NUMBERED.fullmatch(line) for line in lines]
    # A list counts by itself: only where it counts as the text does is it the same text.
    if [int(m[1]) if m else None for m in numbered] == list(range(1, len(lines) + 1)):
        items = format_html_join("", "<li>{}</li>", ((m[2],) for m in numbered if m))
        return format_html("<ol>{}</ol>", items)
    return format_html(
        "<p>{}</p>", format_html_join(SafeString("<br>"), "{}", ((x,) for x in lines))
    )
