"""Limits that hold across processes: counted in the shared cache."""

import hashlib
import time

from django.core.cache import cache


def allow(what: str, who: str, *, times: int, seconds: int) -> bool:
    """Count one attempt. False when `who` has had `times` in this window of `seconds`.

    `who` is hashed, so that no address stands in the cache.
    """
    slots = _slots(what, who, times, seconds)
    taken = cache.get_many(slots)
    # `add` lets one of two processes have a slot. The database cache's `incr` would not:
    # it reads, then writes, and forgets the timeout on the way.
    return any(cache.add(slot, 1, timeout=seconds) for slot in slots if slot not in taken)


def is_spent(what: str, who: str, *, times: int, seconds: int) -> bool:
    """Whether the next `allow` would be False; counts nothing."""
    return len(cache.get_many(_slots(what, who, times, seconds))) == times


def _slots(what: str, who: str, times: int, seconds: int) -> list[str]:
    window = int(time.time() // seconds)
    digest = hashlib.sha256(who.encode()).hexdigest()[:32]
    return [f"limit:{what}:{digest}:{window}:{number}" for number in range(times)]
