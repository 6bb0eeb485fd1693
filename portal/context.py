"""What every template may use."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from portal.models import SiteOperator


def site(request: HttpRequest) -> dict[str, object]:
    """`operator` (who runs the site), `site_url` and `debug_mail` (a link in DEBUG)."""
    return {
        "operator": SimpleLazyObject(lambda: SiteOperator.current()),
        "site_url": settings.SITE_URL,
        "debug_mail": settings.DEBUG,
    }
