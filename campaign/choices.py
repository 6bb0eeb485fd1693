"""Choices of news and events."""

from django.db import models


class Topic(models.TextChoices):
    """What news is about: what the campaign has done since 2012 falls under these."""

    NETWORK = "network", "The network and its councils"
    BUYING = "buying", "Buying and commissioning"
    POLICY = "policy", "Government and law"
    RESEARCH = "research", "Reports and guides"
    HEALTH = "health", "Health and the NHS"
    AWARDS = "awards", "Awards and conventions"


class Exactness(models.TextChoices):
    """How exactly the day of some news is known."""

    DAY = "day", "The day"
    MONTH = "month", "Only the month"


class Format(models.TextChoices):
    """How people take part in an event."""

    IN_PERSON = "in-person", "In person"
    ONLINE = "online", "Online"
    BOTH = "both", "In person and online"


class When(models.TextChoices):
    """Whether an event is still to come."""

    UPCOMING = "upcoming", "Upcoming"
    PAST = "past", "Past"


class SupporterStatus(models.TextChoices):
    """Whether someone gets our news. Only those who confirmed it by email do."""

    ASKED = "asked", "Not confirmed yet"
    CONFIRMED = "confirmed", "On the list"
    LEFT = "left", "Has left"
    BOUNCED = "bounced", "Email does not reach them"
    COMPLAINED = "complained", "Reported our email as spam"


#: Everyone can sign up again, but only a confirmed supporter can leave.
SUPPORTER_TRANSITIONS: dict[str, set[str]] = {
    SupporterStatus.ASKED: {SupporterStatus.CONFIRMED, SupporterStatus.BOUNCED},
    SupporterStatus.CONFIRMED: {
        SupporterStatus.LEFT,
        SupporterStatus.BOUNCED,
        SupporterStatus.COMPLAINED,
    },
    SupporterStatus.LEFT: {SupporterStatus.ASKED},
    SupporterStatus.BOUNCED: {SupporterStatus.ASKED},
    SupporterStatus.COMPLAINED: set(),
}
