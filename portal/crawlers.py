"""What crawlers are told: robots.txt and the sitemaps."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe
from wagtail.contrib.sitemaps import Sitemap as PagesSitemap

from casestudies.models import CaseStudyPage
from councils.models import Council

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


class OwnSitemap(Sitemap):
    """Addresses under SITE_URL, whatever host name the crawler asked by."""

    def get_protocol(self, protocol=None):
        return urlsplit(settings.SITE_URL).scheme

    def get_domain(self, site=None):
        return urlsplit(settings.SITE_URL).netloc


class RealPagesSitemap(PagesSitemap):
    """Wagtail's public pages, but for what demonstration councils are said to have done."""

    def items(self):
        return super().items().exclude(pk__in=CaseStudyPage.objects.invented().values("pk"))


class ViewSitemap(OwnSitemap):
    """The public pages that no editor owns."""

    def items(self):
        multiplier = ("calculator", "compare", "shift", "check", "spend", "method", "embed_builder")
        return ["network:councils", *(f"multiplier:{page}" for page in multiplier)]

    def location(self, item):
        return reverse(item)


class CouncilSitemap(OwnSitemap):
    """Every real entry of the register, abolished ones too: they keep their address."""

    def items(self):
        return Council.objects.real().order_by("slug").only("slug")


SITEMAPS = {"pages": RealPagesSitemap, "views": ViewSitemap, "councils": CouncilSitemap}
