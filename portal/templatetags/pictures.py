"""The one tag that shows a picture."""

from typing import Any

from django import template
from django.template import Context

from portal.pictures import Picture

register = template.Library()


@register.inclusion_tag("components/picture.html", takes_context=True)
def show_picture(
    context: Context, picture: Picture, shape: str = "wide", alt: str | None = None
) -> dict[str, Any]:
    """Show a picture in a choice of sizes and formats, with its credit.

    A page's first picture is loaded at once, all others when they come into view.

    Args:
        picture: What to show.
        shape: "wide" (as it is), or cut round its focal point: "card" or "portrait".
        alt: What it shows in words; "" if it is decorative. As chosen with the block if None.
    """
    if alt is None:
        alt = "" if picture.decorative else picture.contextual_alt_text or ""
    request = context.get("request")
    is_first = not getattr(request, "has_picture", False)
    if request is not None:
        request.has_picture = True
    loading = "eager" if is_first else "lazy"
    return {"picture": picture, "shape": shape, "alt": alt, "loading": loading}
