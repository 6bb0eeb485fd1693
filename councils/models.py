"""Register of English councils, current and abolished, with names and successors."""

import re
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from councils.choices import DomainKind, Kind, Region, SuccessionKind

_DOMAIN = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")
# Shared by many bodies, so that an address below one of these is not evidence of a council.
SHARED_BY_ALL = {"gov.uk", "co.uk", "org.uk", "ac.uk", "nhs.uk", "gov.wales", "llyw.cymru", "com"}

# Two councils of another type are not alike for that.
COMMON_KINDS = {
    Kind.COUNTY,
    Kind.DISTRICT,
    Kind.UNITARY,
    Kind.METROPOLITAN,
    Kind.LONDON_BOROUGH,
}


class CouncilQuerySet(models.QuerySet["Council"]):
    """Questions about many councils."""

    def not_ended(self):
        """Return councils that have not been abolished yet."""
        return self.filter(Q(ended_on=None) | Q(ended_on__gte=timezone.localdate()))

    def in_force(self):
        """Return councils that have begun and have not been abolished yet."""
        begun = Q(started_on=None) | Q(started_on__lte=timezone.localdate())
        return self.not_ended().filter(begun)

    def real(self):
        """Return councils without demonstration ones, for counts, maps and exports."""
        return self.filter(is_demonstration=False)

    def councils(self):
        """Return councils without other public bodies."""
        return self.exclude(kind=Kind.OTHER_BODY)

    def choosable(self):
        """Return the councils a sign-up can be started for: those in force or still to begin."""
        return self.not_ended().councils()


class Council(models.Model):  # type: ignore[django-manager-missing]  # Wagtail's is untyped
    """An entry of the register, identified by `key`; names, slugs and codes can change."""

    key = models.CharField(max_length=60, unique=True, editable=False)
    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=120)
    official_name = models.CharField(max_length=160)
    gss_code = models.CharField("GSS code", max_length=9, blank=True)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    region = models.CharField(max_length=30, choices=Region.choices)
    upper_tier = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="districts"
    )
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    population = models.PositiveIntegerField(null=True, blank=True)
    population_year = models.PositiveSmallIntegerField(null=True, blank=True)
    website = models.URLField(blank=True)
    former_gss_codes = models.CharField(max_length=60, blank=True)
    started_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    hex_q = models.SmallIntegerField(null=True, blank=True)
    hex_r = models.SmallIntegerField(null=True, blank=True)
    is_demonstration = models.BooleanField(
        default=False, help_text="Invented: absent from counts, map, API and exports."
    )

    objects = CouncilQuerySet.as_manager()

    class Meta:
        ordering = ["name", "official_name"]
        constraints = [
            models.UniqueConstraint(
                fields=["gss_code"],
                condition=~Q(gss_code=""),
                name="council_gss_code_once",
            )
        ]

    def __str__(self) -> str:
        """Return the name, with the year of its end if a successor may have the same name."""
        return f"{self.name} (ended in {self.ended_on:%Y})" if self.is_abolished else self.name

    def get_absolute_url(self) -> str:
        """Return the path of the council's page."""
        return reverse("network:council", args=[self.slug])

    @property
    def is_council(self) -> bool:
        """Whether it is a council, not another public body."""
        return self.kind != Kind.OTHER_BODY

    @property
    def is_abolished(self) -> bool:
        """Whether it has ended. On its last day it is still in force."""
        return self.ended_on is not None and self.ended_on < timezone.localdate()

    @property
    def is_ending(self) -> bool:
        """Whether its last day is known and not over yet."""
        return self.ended_on is not None and not self.is_abolished

    @property
    def is_coming(self) -> bool:
        """Whether it is still to begin."""
        return self.started_on is not None and self.started_on > timezone.localdate()

    @property
    def may_have_replaced(self) -> bool:
        """Whether it began after those of 1974, so it may have replaced others."""
        return self.started_on is not None and self.started_on.year > 1974

    def in_its_place(self) -> list["Council"]:
        """Councils in force that followed it, however many steps away; if none, the last."""
        steps, last = [self], []
        for each in steps:
            after = each.successions.exclude(on__gte=timezone.localdate())
            new = [s.successor for s in after.select_related("successor")]
            last += [] if new or each == self else [each]
            steps += [council for council in new if council not in steps]
        return [council for council in last if not council.is_abolished] or last

    @property
    def similar_populations(self) -> tuple[int, int] | None:
        """The least and the most people of a council of similar size: 2 thirds, and 3 halves."""
        return (-(-self.population * 2 // 3), self.population * 3 // 2) if self.population else None

    def ways_like(self, other: "Council") -> list[str]:
        """Return in which of three ways a council is like this one, each as good as the others.

        The same type ("kind"), unless it is one that few councils have; the same "region"; a
        similar "population".
        """
        ways = ["kind"] if self.kind == other.kind and self.kind in COMMON_KINDS else []
        ways += ["region"] if self.region == other.region else []
        between = self.similar_populations
        is_similar = between and between[0] <= (other.population or 0) <= between[1]
        return ways + (["population"] if is_similar else [])

    def distance_in_people(self, other: "Council") -> int:
        """Return how many people more or fewer it has; more than anybody has, if not known."""
        if other.population is None:
            return 10**9
        return abs(other.population - (self.population or 0))

    def why_like(self, other: "Council") -> str:
        """Return in words how a council is like this one; "" if it is not."""
        if other == self:
            return f"From {self.name} itself"
        ways = self.ways_like(other)
        parts = [f"a {Kind(other.kind).in_text}"] if "kind" in ways else []
        parts += [f"in {Region(other.region).in_text}"] if "region" in ways else []
        also = f"Also {' '.join(parts)}" if parts else ""
        if "population" not in ways:
            return also
        people = f"{other.population:,} people"
        if other.population_year:
            people += f" in {other.population_year}"
        return f"{also}, of similar size: {people}" if also else f"Of similar size: {people}"

    def coming_changes(self):
        """Return its future successions, each with its successor."""
        coming = self.successions.filter(on__gte=timezone.localdate())
        return coming.select_related("successor")

    @property
    def as_organisation(self) -> dict[str, Any] | None:
        """The council as data of schema.org; None for an invented one or another body."""
        if self.is_demonstration or not self.is_council:
            return None
        page = settings.SITE_URL + self.get_absolute_url()
        data: dict[str, Any] = {
            "@type": "GovernmentOrganization",
            "@id": f"{page}#council",
            "name": self.official_name,
            "alternateName": self.name,
            "url": self.website or page,
            "mainEntityOfPage": page,
        }
        if self.gss_code:
            code = {"@type": "PropertyValue", "propertyID": "GSS", "value": self.gss_code}
            data["identifier"] = code
        if self.started_on:
            data["foundingDate"] = self.started_on.isoformat()
        if self.ended_on and self.is_abolished:
            data["dissolutionDate"] = self.ended_on.isoformat()
        return data

    @property
    def kind_in_text(self) -> str:
        """Type within a sentence, for example "unitary council"."""
        return Kind(self.kind).in_text

    @property
    def region_in_text(self) -> str:
        """The region within a sentence, for example "the South East"."""
        return Region(self.region).in_text


class CouncilAlias(models.Model):
    """Another name that people use for a council, for example "BMDC"."""

    council = models.ForeignKey(Council, models.CASCADE, related_name="aliases")
    name = models.CharField(max_length=120)

    class Meta:
        verbose_name_plural = "council aliases"
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["council", "name"], name="alias_once")]

    def __str__(self) -> str:
        return self.name


class CouncilDomain(models.Model):
    """A domain that a council uses for email or its website; evidence, not proof."""

    council = models.ForeignKey(Council, models.CASCADE, related_name="domains")
    domain = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=DomainKind.choices)
    evidence = models.CharField(
        max_length=120, blank=True, help_text="Where this is known from, and when it was read."
    )

    class Meta:
        ordering = ["domain"]
        constraints = [models.UniqueConstraint(fields=["council", "domain"], name="domain_once")]

    def __str__(self) -> str:
        return self.domain

    def clean(self) -> None:
        """Store the domain in the form that `councils.lookup.domain_of` returns.

        Raises:
            ValidationError: If it is not a domain, or many bodies share it.
        """
        typed = self.domain.strip().lower().rstrip(".").rpartition("@")[2].removeprefix("www.")
        try:
            typed = typed.encode("idna").decode()
        except UnicodeError:
            typed = ""
        if typed in SHARED_BY_ALL:
            raise ValidationError({"domain": f"Many bodies have addresses below {typed}"})
        if not _DOMAIN.fullmatch(typed):
            raise ValidationError({"domain": "Enter a domain alone, such as bradford.gov.uk"})
        self.domain = typed


class Succession(models.Model):
    """A replacement of one council by another, in whole or in part."""

    predecessor = models.ForeignKey(Council, models.PROTECT, related_name="successions")
    successor = models.ForeignKey(Council, models.PROTECT, related_name="precessions")
    kind = models.CharField(max_length=12, choices=SuccessionKind.choices)
    # The predecessor's last day.
    on = models.DateField(null=True, blank=True)
    source = models.CharField(
        max_length=200, blank=True, help_text="The law or decision behind it."
    )

    class Meta:
        ordering = ["on", "successor__name"]
        constraints = [
            models.UniqueConstraint(fields=["predecessor", "successor"], name="succession_once")
        ]

    def __str__(self) -> str:
        return f"{self.predecessor} {self.get_kind_display()} {self.successor}"

    @property
    def begins_on(self) -> date | None:
        """The successor's first day, which follows the predecessor's last."""
        return self.successor.started_on or (self.on + timedelta(days=1) if self.on else None)


class RegisterStamp(models.Model):
    """A random mark that the database renews with every write to the register.

    Triggers write it (migration 0002), so every process notices what any other changed.
    """

    stamp = models.CharField(max_length=32)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.stamp
