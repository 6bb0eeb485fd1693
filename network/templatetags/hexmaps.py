"""The hex art of a council, for templates."""

from django import template
from django.template import Context

from network import hexmap

register = template.Library()


@register.simple_tag(takes_context=True)
def hexcrop_of(context: Context, council) -> hexmap.Crop | None:
    """The crop round a council; None for no council. The map is loaded once a request."""
    if not council:
        return None
    request = context.get("request")
    atlas = getattr(request, "hex_atlas", None) or hexmap.load()
    if request is not None:
        request.hex_atlas = atlas
    return hexmap.around(council, atlas)
