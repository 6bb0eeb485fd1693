"""Who speaks up for it in a council."""

from django.db import models
from django.db.models import Q

from network.choices import ChampionKind


class Champion(models.Model):
    """The lead councillor or the senior officer, from a date until a date."""

    sign_up = models.ForeignKey(
        "network.SignUp", models.PROTECT, null=True, related_name="champions"
    )
    membership = models.ForeignKey(
        "network.Membership", models.PROTECT, null=True, related_name="champions"
    )
    kind = models.CharField(max_length=10, choices=ChampionKind.choices)
    name = models.CharField(max_length=120, blank=True)
    role = models.CharField(max_length=160, blank=True)
    may_be_published = models.BooleanField(default=False)
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["-kind", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["sign_up", "kind"],
                condition=Q(until=None),
                name="one_champion_of_a_kind_a_sign_up",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.role}"

    @property
    def is_complete(self) -> bool:
        return bool(self.name and self.role)
