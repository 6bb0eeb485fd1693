"""What crawlers may read: everything public, nothing of a sign-up."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

CLOSED = [
    "/accounts/",
    "/admin/",
    "/django-admin/",
    "/dev/",
    "/endorse/",
    "/join/council/",
    "/join/KIL-",
    "/my/",
    "/search/",
]


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """robots.txt, with the sitemap's address."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in CLOSED)]
    lines += ["", f"Sitemap: {settings.SITE_URL}/sitemap.xml", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain")
