"""Tags for what machines read of a page: titles, descriptions, breadcrumbs and JSON-LD."""

import json
import re
from html import unescape
from typing import Any

from django import template
from django.conf import settings
from django.template import Context
from django.utils.safestring import SafeString, mark_safe
from wagtail.models import Page

register = template.Library()

HOME_DEPTH = 2
LONGEST_TITLE = 75
_SITE = " · Keep it Local"
_TITLE = re.compile(r"<title>(.*) · Keep it Local</title>", re.DOTALL)
_DESCRIPTION = re.compile(r'<meta name="description" content="[^"]*">')
# A `</script>` in a value must not end the element.
_ESCAPES = {ord(sign): f"\\u{ord(sign):04X}" for sign in "<>&"}


@register.simple_block_tag
def and_for_cards(content: str) -> SafeString:
    """Return a page's `<title>` and description, and both again for cards.

    A long title goes without the site's name, because search results and tabs cut it off.
    """
    again = ""
    if found := _TITLE.search(content):
        title = " ".join(found[1].split()).replace('"', "&quot;")
        if len(unescape(title)) + len(_SITE) > LONGEST_TITLE:
            content = content.replace(f"{_SITE}</title>", "</title>", 1)
        again = f'<meta property="og:title" content="{title}">\n  '
    if found := _DESCRIPTION.search(content):
        again += found[0].replace('name="description"', 'property="og:description"')
    return mark_safe(f"{content.rstrip()}\n  {again.rstrip()}")  # noqa: S308


@register.simple_tag(takes_context=True)
def breadcrumb_links(context: Context) -> list[dict[str, str]]:
    """Return the links of components/breadcrumbs.html, from its variables."""
    links: list[dict[str, Any]] = [{"url": "/", "text": "Home"}]
    if isinstance(page := context.get("page"), Page):
        above = page.get_ancestors().filter(depth__gt=HOME_DEPTH) if page.depth else ()
        links += [{"url": p.get_url(context.get("request")), "text": p.title} for p in above]
    for name in ("one", "two"):
        if text := context.get(f"{name}_text"):
            links.append({"url": context[f"{name}_url"], "text": text})
    return links


@register.simple_tag
def breadcrumb_list(links: list[dict[str, str]]) -> SafeString:
    """Return breadcrumbs as JSON-LD."""
    items = [
        {
            "@type": "ListItem",
            "position": place,
            "name": str(link["text"]),
            "item": f"{settings.SITE_URL}{link['url']}",
        }
        for place, link in enumerate(links, start=1)
    ]
    return json_ld({"@type": "BreadcrumbList", "itemListElement": items})


@register.simple_tag
def json_ld(data: dict[str, Any] | None) -> SafeString:
    """Return data of schema.org as a script element that runs nothing; "" for no data."""
    if not data:
        return SafeString("")
    text = json.dumps({"@context": "https://schema.org", **data}, ensure_ascii=False)
    element = f'<script type="application/ld+json">{text.translate(_ESCAPES)}</script>'
    return mark_safe(element)  # noqa: S308
