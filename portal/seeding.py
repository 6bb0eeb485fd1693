"""Seeding of the first content: each piece once, because then it belongs to the editors."""

from collections.abc import Callable

from django.db import transaction

from portal.models import Seeded


@transaction.atomic
def once(key: str, make: Callable[[], object], *, there: bool = False) -> bool:
    """Call `make` once for each key, and record it in the same transaction.

    Content that editors have renamed, moved or deleted is not made again.

    Args:
        key: A name for the piece of content.
        make: Makes it. If it raises, nothing is recorded.
        there: Whether the content exists already; then it is only recorded.

    Returns:
        Whether `make` was called.
    """
    _, is_first = Seeded.objects.get_or_create(key=key)
    if not is_first or there:
        return False
    make()
    return True
