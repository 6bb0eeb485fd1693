"""Tags for what machines read of a page: titles, descriptions, breadcrumbs and JSON-LD."""

import json
from typing import Any

from django import template
from django.conf import settings
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

HOME_DEPTH = 2
# A `</script>` in a value must not end the element.
_ESCAPES = {ord(sign): f"\\u{ord(sign):04X}" for sign in "<>&"}


@register.simple_block_tag
def page_title(content: str) -> SafeString:
    """Return a page's title, for browsers and for cards; `content` is escaped already."""
    title = mark_safe(" ".join(content.split()).replace('"', "&quot;"))  # noqa: S308
    return format_html(
        '<title>{0} · Keep it Local</title>\n  <meta property="og:title" content="{0}">', title
    )


@register.simple_block_tag
def page_description(content: str) -> SafeString:
    """Return a page's `<meta name="description">` as it is, and again for cards."""
    again = content.replace('name="description"', 'property="og:description"')
    return mark_safe(f"{content}\n  {again}" if content.strip() else "")  # noqa: S308


@register.simple_tag(takes_context=True)
def breadcrumb_links(context: Context) -> list[dict[str, str]]:
    """Return the links of components/breadcrumbs.html, from its variables."""
    links = [{"url": "/", "text": "Home"}]
    if page := context.get("page"):
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
