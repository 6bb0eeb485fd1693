"""A member's badge and certificate, and the page to copy them from."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.html import format_html
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from councils import hexmap
from network import member_map, record
from network.badge import SIZES, THEMES, drawn, words_of
from network.views.directory import announced_of
from network.views.memberships import membership_of, page_of_member
from portal.links import absolute
from portal.models import MemberRequest
from portal.page_cache import kept
from portal.security import files
from principles.models import Principle

BADGE_FRESH = 60  # seconds: a badge follows the membership within a minute


@kept("size", "theme")
@require_safe
def badge(request: HttpRequest, slug: str) -> HttpResponse:
    """A badge for other websites, as a picture; 404 for councils that never were members.

    When a membership is paused or has ended, the picture says so, because pages that show it
    stay as they are.
    """
    membership = announced_of(slug)
    size = request.GET.get("size", "large")
    theme = request.GET.get("theme", "light")
    if membership is None or size not in SIZES or theme not in THEMES:
        raise Http404
    picture = drawn(words_of(membership), size, theme)
    svg = render_to_string("network/badge.svg", {"badge": picture})
    response = HttpResponse(svg, content_type="image/svg+xml", headers=files.HEADERS)
    patch_cache_control(response, public=True, max_age=BADGE_FRESH)
    return response


@kept()
@require_safe
def certificate(request: HttpRequest, slug: str) -> HttpResponse:
    """A page to print, of what is public; the record instead if it is paused or has ended."""
    membership = announced_of(slug)
    if membership is None:
        raise Http404
    if not words_of(membership).is_current:
        return redirect("network:endorsement", slug)
    council = membership.council
    context = {
        "council": council,
        "membership": membership,
        "record": record.record_of(membership),
        "principles": Principle.objects.order_by("number"),
        "crop": hexmap.around(council, member_map.load()),
        "address": absolute("network:endorsement", slug),
        "section": "councils",
    }
    return render(request, "network/certificate.html", context)


@never_cache
@login_required
@require_safe
def of_member(request: MemberRequest, slug: str) -> HttpResponse:
    """Show each badge with the code to copy, and the certificate, to who represents a member."""
    membership = membership_of(request, slug)
    council = membership.council
    words = words_of(membership)
    address = reverse("network:badge", args=[slug])
    context: dict[str, object] = {
        "words": words,
        "badges": [
            {
                "size": size,
                "theme": theme,
                "title": f"{size.capitalize()}, {theme}",
                "src": (query := f"{address}?size={size}&theme={theme}"),
                "picture": (picture := drawn(words, size, theme)),
                "code": format_html(
                    '<a href="{}"><img src="{}" alt="{} and the Keep it Local Network: '
                    'see the public record" width="{}" height="{}"></a>',
                    absolute("network:endorsement", slug),
                    absolute("network:badge", slug) + query.removeprefix(address),
                    council.name,
                    picture.width,
                    picture.height,
                ),
            }
            for size in reversed(SIZES)
            for theme in THEMES
        ],
    }
    return page_of_member(request, "member_badge", membership, **context)
