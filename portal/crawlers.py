"""robots.txt, security.txt and the sitemaps."""

from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.db.models import Max, Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe
from wagtail.contrib.sitemaps import Sitemap as PagesSitemap

from campaign.events import EventPage
from casestudies.models import CaseStudyPage
from councils.models import Council
from network.models import Membership
from portal.context import site_operator
from portal.page_cache import kept

CLOSED = [
    "/accounts/",
    "/admin/",
    "/django-admin/",
    "/dev/",
    "/endorse/",
    "/supporters/link/",
    "/join/council/",
    "/join/KIL-",
    "/case-studies/still-true/",
    "/my/",
    "/search/",
]


@kept()
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Return robots.txt with the sitemap's address."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in CLOSED)]
    lines += ["", f"Sitemap: {settings.SITE_URL}/sitemap.xml", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain")


@kept()
@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """Say whom to tell of a security fault (RFC 9116)."""
    email = site_operator().email
    contact = f"mailto:{email}" if email else f"{settings.SITE_URL}/contact/"
    lines = [
        f"Contact: {contact}",
        f"Expires: {timezone.now() + timedelta(days=180):%Y-%m-%dT00:00:00Z}",
        "Preferred-Languages: en",
        f"Canonical: {settings.SITE_URL}{reverse('security_txt')}",
        "",
    ]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


class OwnSitemap(Sitemap):
    """A sitemap with addresses below SITE_URL, whatever host name the crawler used."""

    def get_protocol(self, protocol=None):
        """Return SITE_URL's scheme."""
        return urlsplit(settings.SITE_URL).scheme

    def get_domain(self, site=None):
        """Return SITE_URL's host and port."""
        return urlsplit(settings.SITE_URL).netloc


class RealPagesSitemap(PagesSitemap):
    """Wagtail's public pages, without the demonstration's case studies and events."""

    def items(self):
        """Return the pages."""
        pages = super().items().exclude(pk__in=CaseStudyPage.objects.invented().values("pk"))
        return pages.exclude(pk__in=EventPage.objects.filter(is_demonstration=True).values("pk"))


class ViewSitemap(OwnSitemap):
    """Public pages that are views, not Wagtail pages."""

    def items(self):
        """Return names of URL patterns."""
        network = ("councils", "join", "join_ask_my_council", "join_not_listed", "committee_paper")
        multiplier = ("calculator", "compare", "shift", "check", "spend", "method")
        multiplier += ("embed_builder", "embed_terms")
        return [
            *(f"network:{page}" for page in network),
            *(f"multiplier:{page}" for page in multiplier),
            "campaign:supporters",
            "casestudies:corrections",
            "casestudies:data",
        ]

    def location(self, item):
        """Return the path of a URL pattern."""
        return reverse(item)

    def lastmod(self, item):
        """Return when a member was last announced, for the list of councils; no other is known."""
        if item != "network:councils":
            return None
        return Membership.objects.announced().aggregate(last=Max("announced_at"))["last"]


class CouncilSitemap(OwnSitemap):
    """Every real council; abolished ones too, because they keep their address."""

    def items(self):
        """Return the councils, each with `changed`: when its membership last changed."""
        announced = Membership.objects.announced()
        changed = Max("memberships__announced_at", filter=Q(memberships__in=announced))
        return Council.objects.real().order_by("slug").only("slug").annotate(changed=changed)

    def lastmod(self, item):
        """Return when the council's membership was announced; None for one that has none."""
        return item.changed


SITEMAPS = {"pages": RealPagesSitemap, "views": ViewSitemap, "councils": CouncilSitemap}
