"""What staff write to the people of many members at once, and what those switched off."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Subquery

from network.choices import MessageAbout, MessageTo, OptionalMail, RepresentativeRole
from network.models.memberships import Membership
from network.models.people import Representative
from portal import links
from portal.models import Delivery, Mailing, User

ONLY = 1  # the one generation of links that last as long as the account


class MemberMessageQuerySet(models.QuerySet["MemberMessage"]):
    def with_sending(self):
        """Add how the sending goes: `sending`, `sent_to`, `sent_on`, `sent_well`, `failed`."""
        mailing = Mailing.objects.filter(kind__in=KINDS.values(), about=OuterRef("pk"))
        rows = Delivery.objects.filter(mailing__kind__in=KINDS.values())
        rows = rows.filter(mailing__about=OuterRef("pk")).order_by().values("mailing")
        count = rows.annotate(n=models.Count("pk")).values("n")
        fields = {"sending": "status", "sent_to": "recipients", "sent_on": "started_at"}
        return self.annotate(
            **{name: Subquery(mailing.values(of)[:1]) for name, of in fields.items()},
            last_counts=Subquery(mailing.values("last_counts")[:1]),
            sent_well=Subquery(count.filter(status=Delivery.Status.SENT)),
            failed=Subquery(count.filter(_FAILED)),
        )

    def sent(self):
        """Return those that were sent, the newest first."""
        mailing = Mailing.objects.filter(kind__in=KINDS.values(), about=OuterRef("pk"))
        return self.filter(Exists(mailing)).with_sending().order_by("-sent_on")

    def readable_by(self, user: User, membership: Membership):
        """Return those sent to a member that this person may read there, the newest first.

        What went to its lead contact alone, only the lead contact of today reads.
        """
        leads = membership.representatives.current().filter(user=user, role=RepresentativeRole.LEAD)
        mine = self.sent().filter(memberships=membership).select_related("by")
        return mine if leads.exists() else mine.filter(to=MessageTo.ALL)


_FAILED = Q(status=Delivery.Status.FAILED) | Q(bounced_at__isnull=False)


class MemberMessage(models.Model):
    """An email from staff to the people of some members. Once it is sent it never changes.

    Attributes:
        memberships: The members whose people it is for, as staff chose them.
    """

    subject = models.CharField(max_length=80)
    text = models.TextField()
    about = models.CharField(max_length=12, choices=MessageAbout.choices)
    to = models.CharField(max_length=8, choices=MessageTo.choices)
    memberships = models.ManyToManyField("network.Membership", related_name="member_messages")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    written_at = models.DateTimeField(auto_now_add=True)

    objects = MemberMessageQuerySet.as_manager()

    class Meta:
        ordering = ["-written_at", "-pk"]

    def __str__(self) -> str:
        return self.subject

    @property
    def kind(self) -> str:
        """Kind of its email."""
        return KINDS[MessageAbout(self.about)]

    @property
    def is_news(self) -> bool:
        """Whether people can switch it off."""
        return self.about == MessageAbout.NEWS

    @property
    def mailing(self) -> Mailing | None:
        """How its sending goes; None before."""
        rows = Mailing.objects.filter(kind__in=KINDS.values(), about=self.pk)
        return rows.select_related("by").first()

    def roles(self) -> QuerySet[Representative]:
        """Return what makes people its recipients: who acts for which of its members."""
        members = self.memberships.announced().live()
        rows = Representative.objects.current().filter(membership__in=members, user__is_active=True)
        rows = rows.select_related("membership__council", "user")
        return rows.filter(role=RepresentativeRole.LEAD) if self.to == MessageTo.LEADS else rows

    def audience(self) -> QuerySet[User]:
        """Return who gets it, if it is sent now: each person once, with `acts_for`."""
        people = User.objects.filter(pk__in=self.roles().order_by().values("user"))
        if self.is_news:
            people = people.exclude(mail_opt_outs__kind=OptionalMail.NEWS)
        return people.prefetch_related(Prefetch("representations", self.roles(), "acts_for"))

    def without_news(self) -> QuerySet[User]:
        """Return who would get it if they had not switched news off."""
        people = User.objects.filter(pk__in=self.roles().order_by().values("user"))
        off = people.filter(mail_opt_outs__kind=OptionalMail.NEWS)
        return off if self.is_news else off.none()

    def unreached(self) -> QuerySet[Membership]:
        """Return those of its members of which nobody gets it."""
        people = self.audience().order_by().values("pk")
        reached = self.roles().order_by().filter(user__in=people).values("membership")
        return self.memberships.exclude(pk__in=reached).select_related("council")


def roles_of(person: User) -> list[Representative]:
    """Return why someone of an audience gets the message: for which members they act."""
    return person.acts_for  # type: ignore[attr-defined]


KINDS = {
    MessageAbout.MEMBERSHIP: "network.member_message",
    MessageAbout.NEWS: "network.member_news",
}


def fingerprint(people: Iterable[User]) -> str:
    """Return a short name for exactly these people, in any order."""
    keys = ",".join(str(pk) for pk in sorted(person.pk for person in people))
    return hashlib.sha256(keys.encode()).hexdigest()[:16]


class MailOptOut(models.Model):
    """One kind of email that a person does not want."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="mail_opt_outs")
    kind = models.CharField(max_length=12, choices=OptionalMail.choices)
    since = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "kind"], name="one_opt_out_of_each_kind")
        ]

    def __str__(self) -> str:
        return f"{self.user}: no {self.get_kind_display().lower()}"


def stop_token(user: int, kind: OptionalMail) -> str:
    """Token of the link that stops one kind of email; all it can do, at any time."""
    return links.make(f"stop {kind}", pk=user, generation=ONLY)


def what_to_stop(token: str) -> tuple[int, OptionalMail] | None:
    """Return whom a token stops which kind of email to; None if it never was such a link."""
    pk = links.row_of(token)
    if pk is None:
        return None
    valid = (k for k in OptionalMail if links.is_valid(token, f"stop {k}", pk=pk, generation=ONLY))
    return next(((pk, kind) for kind in valid), None)
