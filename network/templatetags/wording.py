"""The wording of an endorsement on a page: the same words, its numbered lines as a list."""

import re

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()

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
