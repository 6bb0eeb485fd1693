"""From an address to its page, in two queries at any depth.

Wagtail looks up the site, its root page and each part of the address by itself, and then asks
for the restrictions of the page and of those above. The site and whether anything is
restricted are the same for every request: each process reads them once for each public change.
"""

from django.contrib.contenttypes.models import ContentType
from django.http import HttpRequest, HttpResponseBase
from wagtail.models import Page, PageViewRestriction, Site
from wagtail.query import PageQuerySet

from portal.page_cache import Remembered


def _read_only_site() -> Site | None:
    sites = list(Site.objects.select_related("root_page")[:2])
    return sites[0] if len(sites) == 1 and sites[0].is_default_site else None


#: The site with its root page; None if there are several, because then the host decides.
only_site = Remembered(_read_only_site, None, Site, Page)
#: Whether any page is restricted to some people.
any_restricted = Remembered(lambda: PageViewRestriction.objects.exists(), True, PageViewRestriction)


class PublicPages(PageQuerySet):
    """Pages whose `public()` asks for the restrictions only if there are any."""

    def public(self):
        """Return the pages that everybody may read, live or not."""
        return super().public() if any_restricted() else self

    def unrestricted(self):
        """Return live pages without a restriction of their own.

        For a list and the pages below it: access to the list has been checked before it is
        shown, so someone who can read a restricted list finds what is in it.
        """
        return self.live().filter(view_restrictions=None)


def serve(request: HttpRequest, path: str) -> HttpResponseBase:
    """Serve the page of an address, as Wagtail's own view does.

    Raises:
        Http404: If there is none, or it is not live.
    """
    from wagtail import views  # noqa: PLC0415  # needs the models

    if site := only_site():
        # Where Wagtail itself keeps what it found for a request.
        request._wagtail_site = site  # type: ignore[attr-defined]
        if page := page_at(site, path):
            request._wagtail_route_for_request = page.route(request, [])  # type: ignore[attr-defined]
    return views.serve(request, path)


def page_at(site: Site, path: str) -> Page | None:
    """Return the page of a path below a site's root, live or not, as its own type.

    None if no page has exactly this address; a page above may still answer it.
    """
    root = site.root_page
    slugs = [slug for slug in path.split("/") if slug]
    found = (root.content_type_id, root.pk)
    if slugs:
        pages = Page.objects.filter(
            slug=slugs[-1],  # has an index, unlike the whole address
            depth=root.depth + len(slugs),
            url_path=f"{root.url_path}{'/'.join(slugs)}/",
        )
        found = pages.values_list("content_type", "pk").first()
        if found is None:
            return None
    model = ContentType.objects.get_for_id(found[0]).model_class() or Page
    pages = model._base_manager.filter(pk=found[1])
    if rows := getattr(model, "served_with", ()):
        pages = pages.select_related(*rows)
    return pages.first()
