"""The one tag that shows a picture."""

from typing import Any

from django import template
from django.template import Context
from wagtail.images.models import Filter
from wagtail.images.models import Picture as PictureElement
from wagtail.images.shortcuts import get_renditions_or_not_found

from portal.pictures import SHAPES, Picture

register = template.Library()


@register.inclusion_tag("components/picture.html", takes_context=True)
def show_picture(
    context: Context, picture: Picture, shape: str = "wide", alt: str | None = None
) -> dict[str, Any]:
    """Show a picture in a choice of sizes and formats, with its credit.

    A page's first picture is loaded at once, all others when they come into view.

    Args:
        picture: What to show.
        shape: One of SHAPES; all but "wide" are cut round the focal point.
        alt: What it shows in words; "" if it is decorative. As chosen with the block if None.
    """
    if alt is None:
        alt = "" if picture.decorative else picture.contextual_alt_text or ""
    request = context.get("request")
    is_first = request is not None and not getattr(request, "has_picture", False)
    if request is not None:
        request.has_picture = True
    how = SHAPES[shape]
    loading = "eager" if is_first else "lazy"
    renditions = get_renditions_or_not_found(picture, [Filter(spec) for spec in how.specs])
    attributes = {"alt": alt, "sizes": how.sizes, "loading": loading}
    element = PictureElement(renditions, attributes)
    return {"element": element, "picture": picture, "shape": shape}
