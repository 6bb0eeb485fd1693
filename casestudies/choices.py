"""The words a case study may use about itself. Imports nothing of ours."""

from django.db import models


class Status(models.TextChoices):
    """Whether the work goes on, as far as a source or the council has said."""

    RUNNING = "running", "Running"
    CHANGED = "changed", "Changed into something else"
    ENDED = "ended", "Ended"
    UNKNOWN = "unknown", "Not known"


class Theme(models.TextChoices):
    """What the work is mostly about, in words a reader would look for."""

    BUYING = "buying", "Buying and social value"
    ANCHORS = "anchors", "Community anchors"
    NEIGHBOURHOODS = "neighbourhoods", "Neighbourhood working"
    BUILDINGS = "buildings", "Community buildings"
    GRANTS = "grants", "Grants and small funds"
    COHESION = "cohesion", "Community cohesion"
    WELLBEING = "wellbeing", "Health and wellbeing"


class PartnerKind(models.TextChoices):
    """What sort of body a partner is."""

    COUNCIL = "council", "Council"
    VCSE = "vcse", "Voluntary, community or social enterprise"
    NHS = "nhs", "NHS"
    UNIVERSITY = "university", "University or research body"
    BUSINESS = "business", "Business"
