"""Template tags of the network: hex art of a council, and the wording as it is signed."""

import re

from django import forms, template
from django.template import Context
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from councils import hexmap
from councils.models import Council
from network import member_map

register = template.Library()


@register.simple_tag(takes_context=True)
def hexcrop_of(context: Context, council) -> hexmap.Crop | None:
    """Return the crop round a council; None for no council. Loads the map once a request."""
    if not council:
        return None
    return hexmap.around(council, _atlas(context))


@register.simple_tag(takes_context=True)
def england_map(context: Context, *, every_link: bool = False) -> hexmap.England:
    """Return the whole map, for a page whose view does not pass one."""
    return hexmap.england(_atlas(context), every_link=every_link)


@register.simple_tag(takes_context=True)
def some_council(context: Context) -> hexmap.Cell | None:
    """Return a council for decoration, a member if there is one."""
    cells = _atlas(context).cells
    return next((cell for cell in cells if cell.is_member), next(iter(cells), None))


def _atlas(context: Context) -> hexmap.Atlas:
    """Return the map, loaded once a request."""
    request = context.get("request")
    atlas = getattr(request, "hex_atlas", None) or member_map.load()
    if request is not None:
        request.hex_atlas = atlas
    return atlas


@register.simple_tag(takes_context=True)
def council_to_join(context: Context) -> Council | None:
    """Return the council that someone who signs in has chosen, by the address they go on to."""
    request = context["request"]
    address = request.POST.get("next") or request.GET.get("next") or ""
    start = re.escape(reverse("network:join_council"))
    chosen = re.match(rf"{start}\?council=([-a-z0-9]{{1,120}})(?:&|$)", address)
    return Council.objects.filter(slug=chosen[1]).first() if chosen else None


@register.filter
def typed(form: forms.Form) -> list[tuple[str, str]]:
    """Return the label and the text of each field that text was typed into, not of choices."""
    return [
        (str(field.label), value)
        for field in form.visible_fields()
        if not hasattr(field.field, "choices") and isinstance(value := field.value(), str) and value
    ]


NUMBERED = re.compile(r"(\d+)\. (.+)")


@register.filter
def as_wording(text: str) -> SafeString:
    """Render paragraphs; one whose lines are all numbered from 1 becomes a list."""
    paragraphs = re.split(r"\n\s*\n", text.strip().replace("\r\n", "\n"))
    return format_html_join("\n", "{}", ((_paragraph(each),) for each in paragraphs))


def _paragraph(text: str) -> SafeString:
    lines = [line.strip() for line in text.split("\n")]
    numbered = [NUMBERED.fullmatch(line) for line in lines]
    # HTML lists number themselves, so use one only if its numbers equal the text's.
    if [int(m[1]) if m else None for m in numbered] == list(range(1, len(lines) + 1)):
        items = format_html_join("", "<li>{}</li>", ((m[2],) for m in numbered if m))
        return format_html("<ol>{}</ol>", items)
    return format_html(
        "<p>{}</p>", format_html_join(SafeString("<br>"), "{}", ((x,) for x in lines))
    )
