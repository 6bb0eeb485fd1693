"""What falls due by itself: each row is its own transaction, and one that fails holds up no
other."""

import logging
from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet

logger = logging.getLogger("network.ticks")


def one_by_one(rows: QuerySet[Any], act: Callable[[int], bool]) -> int:
    """How many acts did something. One that fails is logged, and the next is tried."""
    done = 0
    for pk in list(rows.values_list("pk", flat=True)):
        try:
            done += act(pk)
        except Exception as problem:  # whatever one row may raise
            # Only its kind: the text could quote a name or an address.
            name = rows.model._meta.verbose_name
            logger.error("%s %s: %s", name, pk, type(problem).__name__)
    return done
