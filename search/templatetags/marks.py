"""Highlights, as templates show them."""

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from search.engines import Parts

register = template.Library()


@register.simple_tag
def marked(parts: Parts) -> SafeString:
    """The text with what was asked for in <mark>; everything in it escaped."""
    return mark_safe(  # noqa: S308 (each part is escaped here)
        "".join(
            f"<mark>{escape(part.text)}</mark>" if part.marked else escape(part.text)
            for part in parts
        )
    )
