"""Who is asking, behind the proxies that we trust."""

from django.conf import settings
from django.http import HttpRequest

from portal.models import User


class MemberRequest(HttpRequest):
    """A request behind `login_required`: somebody is signed in."""

    user: User


def address_of(request: HttpRequest) -> str:
    """The visitor's network address.

    With TRUSTED_PROXY_COUNT proxies in front, it is that many places from the end of
    X-Forwarded-For: what stands further left, the visitor may have written.
    """
    direct = request.META.get("REMOTE_ADDR", "")
    count = settings.TRUSTED_PROXY_COUNT
    forwarded = request.headers.get("X-Forwarded-For", "")
    hops = [hop.strip() for hop in forwarded.split(",") if hop.strip()]
    return hops[-count] if count and len(hops) >= count else direct
