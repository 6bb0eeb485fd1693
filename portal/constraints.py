"""Constraints that more than one app needs."""

from django.db import models


def both_or_neither(name: str, *fields: str) -> models.CheckConstraint:
    """The named nullable fields are all set, or none is."""
    none = models.Q(**{f"{field}__isnull": True for field in fields})
    every = models.Q(**{f"{field}__isnull": False for field in fields})
    return models.CheckConstraint(condition=none | every, name=name)
