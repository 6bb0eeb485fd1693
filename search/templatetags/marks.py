"""Highlights, as templates and the API show them."""

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from search.engines.interface import Parts

register = template.Library()


@register.simple_tag
def marked(parts: Parts) -> SafeString:
    """Return the text with the matched words in <mark>, everything in it escaped."""
    return mark_safe(  # noqa: S308 (each part is escaped here)
        "".join(
            f"<mark>{escape(part.text)}</mark>" if part.marked else escape(part.text)
            for part in parts
        )
    )
