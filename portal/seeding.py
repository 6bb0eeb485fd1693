"""What the site begins with is made once; from then on it belongs to the editors."""

from collections.abc import Callable

from django.db import transaction

from portal.models import Seeded


@transaction.atomic
def once(key: str, make: Callable[[], object], *, there: bool = False) -> bool:
    """Call `make` unless that was done under `key` before; whether it was called.

    What was renamed, moved or deleted since is not made again. `there`: it is on the
    site already, by whatever hand: remembered, and not made. If `make` raises, nothing
    is remembered.
    """
    _, is_first = Seeded.objects.get_or_create(key=key)
    if not is_first or there:
        return False
    make()
    return True
