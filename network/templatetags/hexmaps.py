"""The hex art of a council, for templates."""

from django import template
from django.template import Context

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
