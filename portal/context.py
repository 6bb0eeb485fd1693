"""Context processor for every template."""

from django.conf import settings
from django.db import models
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from wagtail.models import Page

from portal.form_recovery import mark_of
from portal.models import SiteOperator
from portal.page_cache import Remembered

_FIRST_LEVEL = 3  # depth in Wagtail's tree: below the root and the home page


def _menu() -> list[dict[str, str]]:
    """Return the address, slug and title of each first-level page that is shown in menus.

    A page with a view restriction of its own is left out, and so is a list while it is empty.
    """
    shown = Page.objects.live().in_menu().filter(depth=_FIRST_LEVEL, view_restrictions=None)
    below = Page.objects.live().filter(depth=_FIRST_LEVEL + 1, view_restrictions=None)
    below = below.filter(path__startswith=models.OuterRef("path"))
    pages = shown.order_by("path").annotate(has_pages=models.Exists(below))
    return [
        {"slug": page.slug, "title": page.title, "url": f"/{page.slug}/"}
        for page in pages
        if page.has_pages or not getattr(page.specific_class, "leaves_menu_when_empty", False)
    ]


menu = Remembered(_menu, [], Page)
site_operator = Remembered(SiteOperator.current, SiteOperator(), SiteOperator)


def site(request: HttpRequest) -> dict[str, object]:
    """Return the variables that every template has.

    Returns:
        `operator` (who runs the site), `menu` (the pages that editors show in menus),
        `site_url`, `debug_mail` (whether to link to /dev/mail/) and `typed_by` (for
        `components/own_form.html`).
    """
    return {
        "menu": SimpleLazyObject(menu),
        "operator": getattr(request, "operator", SimpleLazyObject(site_operator)),
        "site_url": settings.SITE_URL,
        "debug_mail": settings.DEBUG,
        "typed_by": SimpleLazyObject(lambda: mark_of(request.user)),
    }
