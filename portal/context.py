"""Context processor for every template."""

from django.conf import settings
from django.core.cache import caches
from django.db import transaction
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from wagtail.models import Page

from portal.form_recovery import mark_of
from portal.models import SiteOperator

_FIRST_LEVEL = 3  # depth in Wagtail's tree: below the root and the home page
_MENU_KEY = "portal.menu"
_MENU_SECONDS = 10  # because other processes do not hear of a change


def _menu() -> list[dict[str, str]]:
    """Return the address, slug and title of each first-level page that is shown in menus.

    A page with a view restriction of its own is left out.
    """
    shown = Page.objects.live().in_menu().filter(depth=_FIRST_LEVEL, view_restrictions=None)
    rows = shown.order_by("path").values_list("slug", "title")
    return [{"slug": slug, "title": title, "url": f"/{slug}/"} for slug, title in rows]


def forget_menu(sender: type, **kwargs: object) -> None:
    """Clear the menu's cache when a page changes, now and after the transaction."""
    if issubclass(sender, Page):
        caches["pages"].delete(_MENU_KEY)
        transaction.on_commit(lambda: caches["pages"].delete(_MENU_KEY))


def site(request: HttpRequest) -> dict[str, object]:
    """Return the variables that every template has.

    Returns:
        `operator` (who runs the site), `menu` (the pages that editors show in menus),
        `site_url`, `debug_mail` (whether to link to /dev/mail/) and `typed_by` (for
        `components/own_form.html`).
    """
    return {
        "menu": SimpleLazyObject(
            lambda: caches["pages"].get_or_set(_MENU_KEY, _menu, timeout=_MENU_SECONDS)
        ),
        "operator": SimpleLazyObject(SiteOperator.cached),
        "site_url": settings.SITE_URL,
        "debug_mail": settings.DEBUG,
        "typed_by": SimpleLazyObject(lambda: mark_of(request.user)),
    }
