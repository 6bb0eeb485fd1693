"""Choices of a case study: its status and theme, and the types of partners."""

from django.db import models


class Status(models.TextChoices):
    """Whether the work still runs, according to a source or the council."""

    RUNNING = "running", "Running"
    CHANGED = "changed", "Changed into something else"
    ENDED = "ended", "Ended"
    UNKNOWN = "unknown", "Not known"


class Theme(models.TextChoices):
    """The main subject of the work, in words a reader would search for."""

    BUYING = "buying", "Buying and social value"
    ANCHORS = "anchors", "Community anchors"
    NEIGHBOURHOODS = "neighbourhoods", "Neighbourhood working"
    BUILDINGS = "buildings", "Community buildings"
    GRANTS = "grants", "Grants and small funds"
    COHESION = "cohesion", "Community cohesion"
    WELLBEING = "wellbeing", "Health and wellbeing"


class PartnerKind(models.TextChoices):
    """The type of a partner organisation."""

    COUNCIL = "council", "Council"
    VCSE = "vcse", "Voluntary, community or social enterprise"
    NHS = "nhs", "NHS"
    UNIVERSITY = "university", "University or research body"
    BUSINESS = "business", "Business"
