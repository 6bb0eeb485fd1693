"""Context processor for every template."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from portal.form_recovery import mark_of
from portal.models import SiteOperator
from portal.page_cache import Remembered

site_operator = Remembered(SiteOperator.current, SiteOperator(), SiteOperator)


def site(request: HttpRequest) -> dict[str, object]:
    """Return the variables that every template has.

    Returns:
        `operator` (who runs the site), `site_url`, `debug_mail` (whether to link to /dev/mail/)
        and `typed_by` (for `components/own_form.html`). What the menus show is
        `campaign.navigation`'s.
    """
    return {
        "operator": getattr(request, "operator", SimpleLazyObject(site_operator)),
        "site_url": settings.SITE_URL,
        "debug_mail": settings.DEBUG,
        "typed_by": SimpleLazyObject(lambda: mark_of(request.user)),
    }
