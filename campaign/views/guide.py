"""The editors' guide in the admin: docs/editors.md, so that there is one text."""

from functools import cache
from itertools import pairwise
from pathlib import Path

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from django.views.decorators.http import require_safe
from markdown_it import MarkdownIt

from portal.security.files import by_rule

DOCS = Path(settings.BASE_DIR) / "docs"
PICTURES = DOCS / "pictures"
FRAME = '<div class="kil-guide__table" tabindex="0" role="group" aria-label="Table">'


@cache
def contents() -> tuple[SafeString, list[tuple[str, str]]]:
    """Return the guide as HTML, and the id and the words of each of its parts."""
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = reader.parse((DOCS / "editors.md").read_text(encoding="utf-8"))
    parts = []
    for token, following in pairwise(tokens):
        if token.type == "heading_open" and token.tag == "h2":
            parts.append((slugify(following.content), following.content))
            token.attrSet("id", parts[-1][0])
        for child in token.children or []:
            if child.type == "image":
                stem = Path(str(child.attrs["src"])).stem
                child.attrSet("src", reverse("editors_guide_picture", args=[stem]))
                child.attrSet("loading", "lazy")
    html = reader.renderer.render(tokens, reader.options, {})
    # A wide table is scrolled in a frame that the keyboard reaches.
    html = html.replace("<table>", f"{FRAME}<table>").replace("</table>", "</table></div>")
    return mark_safe(html.partition("</h1>")[2]), parts  # noqa: S308 (our own file, without HTML)


@require_safe
def guide(request: HttpRequest) -> HttpResponse:
    """The whole guide on one page."""
    html, parts = contents()
    return render(request, "campaign/admin_guide.html", {"guide": html, "parts": parts})


@require_safe
def picture(request: HttpRequest, stem: str) -> FileResponse:
    """One picture of the guide; 404 for any other file."""
    found = {path.stem: path for path in PICTURES.glob("*.webp")}.get(stem)
    if found is None:
        raise Http404
    return by_rule(FileResponse(found.open("rb")), found.name)
