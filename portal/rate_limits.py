"""Limits that hold across processes: counted in the shared cache."""

import hashlib
import time

from django.core.cache import cache
from django.http import HttpRequest

from portal.client import address_of


def allow(what: str, who: str, *, times: int, seconds: int) -> bool:
    """Count one attempt. False when `who` has had `times` in this window of `seconds`.

    `who` is hashed, so that no address stands in the cache.
    """
    window = int(time.time() // seconds)
    digest = hashlib.sha256(who.encode()).hexdigest()[:32]
    key = f"limit:{what}:{digest}:{window}"
    cache.add(key, 0, timeout=seconds)
    try:
        return cache.incr(key) <= times
    except ValueError:  # evicted between the two calls
        return True


def allow_visitor(what: str, request: HttpRequest, *, times: int, seconds: int) -> bool:
    """The same, counted by the visitor's network address."""
    return allow(what, address_of(request), times=times, seconds=seconds)
