"""Rate limits, counted in the cache that all processes share."""

import hashlib
import time

from django.core.cache import cache


def allow(what: str, who: str, *, times: int, seconds: int) -> bool:
    """Count one attempt and return whether it is within the limit.

    Args:
        what: A name for the limit.
        who: Who tries, for example an address. Hashed, so that the cache holds no address.
        times: How many attempts are allowed in each window.
        seconds: The length of a window.
    """
    slots = _slots(what, who, times, seconds)
    taken = cache.get_many(slots)
    # `add` is atomic. The database cache's `incr` is not: it reads, then writes, and loses the
    # timeout.
    return any(cache.add(slot, 1, timeout=seconds) for slot in slots if slot not in taken)


def is_spent(what: str, who: str, *, times: int, seconds: int) -> bool:
    """Whether the next `allow` would be False, without counting an attempt."""
    return len(cache.get_many(_slots(what, who, times, seconds))) == times


def _slots(what: str, who: str, times: int, seconds: int) -> list[str]:
    window = int(time.time() // seconds)
    digest = hashlib.sha256(who.encode()).hexdigest()[:32]
    return [f"limit:{what}:{digest}:{window}:{number}" for number in range(times)]
