"""Membership of a council in the network."""

from calendar import isleap
from datetime import date, datetime, timedelta

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.dateformat import format as format_date

from councils.choices import Kind
from councils.models import Council, CouncilQuerySet
from network.choices import (
    LIVE_MEMBERSHIP,
    WAITING_CHECK_IN,
    ChampionKind,
    DateMeans,
    MembershipStatus,
    Precision,
    RepresentativeRole,
    WithdrawalStatus,
)
from network.models.moves import Moving
from network.models.people import Representative
from network.models.periods import hour_in_words

#: The month the network was announced in (LocalGov, 5 July 2019): nobody was a member before.
NETWORK_BEGAN = date(2019, 7, 1)

# A check-in opens this long before its day.
OPENS_BEFORE = timedelta(days=60)


def anniversary(day: date, year: int) -> date:
    """Return the same day of another year; 28 February for 29 February where there is none."""
    leap_day = (day.month, day.day) == (2, 29) and not isleap(year)
    return day.replace(year=year, day=28) if leap_day else day.replace(year=year)


class MembershipQuerySet(models.QuerySet["Membership"]):
    def announced(self):
        """Return memberships that are public. Every public query starts here."""
        return self.exclude(announced_at=None)

    def live(self):
        """Return memberships that have not ended."""
        return self.filter(status__in=LIVE_MEMBERSHIP)

    def live_of(self, council: Council) -> "Membership | None":
        """Return a council's membership that has not ended, announced or not."""
        return self.filter(council=council).live().first()

    def public_of(self, council: Council) -> list["Membership"]:
        """Return a council's public memberships, newest first, because it can join again."""
        return list(
            self.filter(council=council)
            .announced()
            .select_related("sign_up__wording", "sign_up__decision", "cohort")
            .annotate(has_answerer=models.Exists(self._with_answerer(models.OuterRef("pk"))))
            .order_by("-pk")
        )

    def _with_answerer(self, pk):
        """Return a membership if someone could answer a question: a champion or its lead."""
        champion = Q(champions__until=None, champions__email__gt="")
        lead = Q(
            representatives__ended_at=None,
            representatives__role=RepresentativeRole.LEAD,
            representatives__user__is_active=True,
        )
        return Membership.objects.filter(champion | lead, pk=pk)

    def represented_by(self, user):
        """Return memberships this person represents, each with all its representatives."""
        mine = models.Exists(
            Representative.objects.current().filter(user=user, membership=models.OuterRef("pk"))
        )
        people = models.Prefetch(
            "representatives", Representative.objects.current().select_related("user")
        )
        return self.filter(mine).select_related("council", "sign_up").prefetch_related(people)

    def unclaimed(self):
        """Return members of before this site for which nobody acts yet: no yearly check-in."""
        return self.announced().live().filter(sign_up=None, claimed_on=None)

    def due_for_check_in(self, today):
        """Return members whose next yearly check-in opens by a day and is not open yet."""
        waiting = models.Q(check_ins__status__in=WAITING_CHECK_IN)
        due = self.announced().live().filter(next_check_in_on__lte=today + OPENS_BEFORE)
        return due.exclude(waiting)

    def to_announce(self):
        """Return accepted memberships that are not public yet."""
        return self.live().filter(announced_at=None).exclude(sign_up=None)

    def with_sign_ups(self):
        """Fetch the sign-up of each with its signatures and decision, to see what is in doubt."""
        sign_ups = self.model._meta.get_field("sign_up").related_model.objects
        rows = sign_ups.select_related("council", "decision", "wording").with_signatures()
        return self.prefetch_related(models.Prefetch("sign_up", rows))

    def not_over_on(self, day: date):
        """Return public memberships of real councils that had not ended by a day."""
        return self.announced().exclude(council__is_demonstration=True).exclude(ended_on__lte=day)

    def next_check_in_to_open(self) -> date | None:
        """Return the day on which the next check-in opens; None if none will."""
        waiting = models.Q(check_ins__status__in=WAITING_CHECK_IN)
        rows = self.announced().live().exclude(waiting)
        first = rows.aggregate(first=models.Min("next_check_in_on"))["first"]
        return first - OPENS_BEFORE if first else None

    def next_announcement(self) -> datetime | None:
        """Return the hour of the next announcement; None if none has one."""
        rows = self.filter(announced_at=None).live()
        return rows.aggregate(first=models.Min("announce_at"))["first"]

    def due_for_announcement(self, now: datetime):
        """Return accepted memberships whose hour has come."""
        return self.filter(announced_at=None, announce_at__lte=now).live()


def with_membership_flag(councils: CouncilQuerySet):
    """Annotate councils with `is_member`: whether each has a live, announced membership."""
    live = Membership.objects.announced().live().filter(council=models.OuterRef("pk"))
    return councils.annotate(is_member=models.Exists(live))


def members(councils: CouncilQuerySet):
    """Return the councils that are members, as the public knows it."""
    return with_membership_flag(councils).filter(is_member=True)


def findable(councils: CouncilQuerySet):
    """Return councils, current or abolished, and other bodies that are members.

    These are what people can search for when they join.
    """
    return with_membership_flag(councils).filter(~Q(kind=Kind.OTHER_BODY) | Q(is_member=True))


class Membership(Moving):
    """A council's membership, made at acceptance and public once announced.

    Memberships that began before this site are recorded without a sign-up.
    """

    STATUSES = MembershipStatus
    event_field = "membership"

    council = models.ForeignKey("councils.Council", models.PROTECT, related_name="memberships")
    sign_up = models.OneToOneField(
        "network.SignUp", models.PROTECT, null=True, related_name="membership"
    )
    status = models.CharField(
        max_length=24,
        choices=MembershipStatus.choices,
        default=MembershipStatus.LIVE,
        editable=False,
    )
    announce_at = models.DateTimeField(
        null=True, blank=True, help_text="When it becomes public; blank while that is on hold."
    )
    announced_at = models.DateTimeField(null=True, editable=False)
    joined_on = models.DateField(null=True, blank=True)
    joined_precision = models.CharField(
        max_length=10, choices=Precision.choices, default=Precision.DAY
    )
    date_means = models.CharField(
        max_length=10, choices=DateMeans.choices, default=DateMeans.JOINED
    )
    ended_on = models.DateField(
        null=True, editable=False, help_text="Since when it is no member any more."
    )
    claimed_on = models.DateField(
        null=True, editable=False, help_text="Since when somebody acts for an existing member."
    )
    next_check_in_on = models.DateField(
        null=True, editable=False, help_text="The day of its next yearly check-in."
    )
    cohort = models.ForeignKey(
        "network.Cohort", models.PROTECT, null=True, blank=True, related_name="memberships"
    )
    takes_questions = models.BooleanField(
        default=True, editable=False, help_text="Officers of other councils can ask it something."
    )
    source_title = models.CharField(max_length=200, blank=True)
    source_url = models.URLField(max_length=300, blank=True)
    source_date = models.CharField(max_length=60, blank=True)
    note = models.TextField(blank=True)
    made_at = models.DateTimeField(auto_now_add=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["council__name", "-made_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["council"],
                condition=Q(status__in=LIVE_MEMBERSHIP),
                name="one_live_membership_a_council",
            ),
            models.CheckConstraint(
                condition=Q(joined_on__isnull=True, joined_precision="not_known")
                | Q(joined_on__isnull=False) & ~Q(joined_precision="not_known"),
                name="joined_date_as_exact_as_known",
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | ~Q(status__in=LIVE_MEMBERSHIP),
                name="only_an_ended_membership_has_an_end",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.council}: {self.get_status_display()}"

    def event_about(self) -> dict[str, models.Model | None]:
        return {"membership": self, "sign_up": self.sign_up}

    @property
    def governance(self) -> str:
        """How the council is governed; "" if it did not apply here."""
        return self.sign_up.governance if self.sign_up else ""

    def lead(self):
        """Return the person who represents it first, or None."""
        leads = self.representatives.current().filter(role=RepresentativeRole.LEAD)
        found = leads.select_related("user").first()
        return found.user if found else None

    def answerer(self) -> tuple[str, str, str] | None:
        """Return name, role and email of who is asked questions; None if there is no one.

        The officer champion, else the councillor champion, else the lead contact.
        """
        named = {each.kind: each for each in self.current_champions().exclude(email="")}
        who = named.get(ChampionKind.OFFICER) or named.get(ChampionKind.POLITICAL)
        if who:
            return who.name, who.role, who.email
        lead = self.lead()
        return (str(lead), "Lead contact", lead.email) if lead and lead.is_active else None

    def people_who_check_in(self) -> list:
        """Return its lead and contributors, who confirm its yearly check-in."""
        acting = [RepresentativeRole.LEAD, RepresentativeRole.CONTRIBUTOR]
        found = self.representatives.current().filter(role__in=acting, user__is_active=True)
        return [each.user for each in found.select_related("user")]

    @property
    def is_live(self) -> bool:
        """Whether it has not ended."""
        return self.status in LIVE_MEMBERSHIP

    @property
    def is_public_and_live(self) -> bool:
        """Whether the council is a member now, as far as the public knows."""
        return self.is_live and self.announced_at is not None

    @property
    def public_status(self) -> str:
        """Its status as the public knows it, who need not know of a late check-in."""
        late = {MembershipStatus.CHECK_IN_DUE, MembershipStatus.OVERDUE}
        return MembershipStatus.LIVE if self.status in late else self.status

    @property
    def is_paused(self) -> bool:
        return self.status == MembershipStatus.PAUSED

    @property
    def ended_unseen(self) -> bool:
        """Whether the council withdrew between acceptance and announcement."""
        return not self.is_live and self.announced_at is None

    @property
    def is_from_before_this_site(self) -> bool:
        return self.sign_up_id is None

    @property
    def is_claimed(self) -> bool:
        """Whether somebody acts for it here. Only then it has a yearly check-in."""
        return not self.is_from_before_this_site or self.claimed_on is not None

    @property
    def years_count_from(self) -> date | None:
        """Day whose anniversaries are the days of its check-ins; None if it has none."""
        if self.announced_at is None or not self.is_claimed:
            return None
        announced = timezone.localdate(self.announced_at)
        return self.claimed_on or self.joined_on or announced

    def check_in_after(self, day: date) -> date | None:
        """Return the day of the first check-in after a day; None if it has none."""
        start = self.years_count_from
        if start is None:
            return None
        years = (anniversary(start, year) for year in range(start.year + 1, day.year + 3))
        return next(each for each in years if each > day)

    @property
    def joined_text(self) -> str:
        """First date known of it, as exact as it is known; "" if none is."""
        formats = {Precision.DAY: "j F Y", Precision.MONTH: "F Y", Precision.YEAR: "Y"}
        if self.joined_on is None:
            return ""
        return format_date(self.joined_on, formats[Precision(self.joined_precision)])

    @property
    def joined_when(self) -> str:
        """First date known, to follow a verb: "on 3 March 2020", "in March 2020"."""
        return f"{'on' if self.joined_precision == Precision.DAY else 'in'} {self.joined_text}"

    @property
    def is_named_only(self) -> bool:
        """Whether the first date known is the day it was named, not the day it joined."""
        return self.date_means == DateMeans.NAMED

    @property
    def since_text(self) -> str:
        """What the public reads of its start, as far as known: "Member since March 2021"."""
        if not self.joined_on:
            return "Member"
        if self.is_named_only:
            return f"Named as a member {self.joined_when}"
        return f"Member since {self.joined_text}"

    @property
    def perhaps_from(self) -> date:
        """First day on which it may have been a member."""
        if self.joined_on is None or self.is_named_only:
            return NETWORK_BEGAN
        if self.joined_precision == Precision.DAY:
            return self.joined_on
        month = self.joined_on.month if self.joined_precision == Precision.MONTH else 1
        return self.joined_on.replace(month=month, day=1)

    @property
    def certain_from(self) -> date | None:
        """First day on which it was surely a member: by its date, or else by its record here."""
        if self.joined_on is None:
            return timezone.localdate(self.announced_at) if self.announced_at else None
        if self.joined_precision == Precision.MONTH:
            return (self.joined_on.replace(day=1) + timedelta(days=32)).replace(day=1)
        if self.joined_precision == Precision.YEAR:
            return date(self.joined_on.year + 1, 1, 1)
        return self.joined_on

    def was_member_on(self, day: date) -> bool:
        """Whether it was surely a member on a day. For rows that are `not_over_on` that day."""
        began = self.certain_from is not None and self.certain_from <= day
        return began and (self.is_live or self.ended_on is not None)

    def unknown_about(self, day: date) -> str:
        """What is not known of it on a day, in a sentence; "" if all is."""
        if self.joined_on is None:
            return "We do not know when it joined."
        if not self.is_live and self.ended_on is None:
            return "We do not know when its membership ended."
        if self.is_named_only:
            before = " before this day" if not self.was_member_on(day) else " earlier"
            return f"{self.since_text}. It may have joined{before}."
        if not self.was_member_on(day):
            return f"It joined {self.joined_when}. We do not know on which day."
        return ""

    def reasons_to_wait(self, at: datetime) -> list[str]:
        """Return why it cannot become public at a moment, in sentences; none if it can."""
        if self.sign_up is None:
            return []
        publicity = self.sign_up.reason_not_to_announce_at(at)
        return [*self.sign_up.doubts(), *([f"{publicity}."] if publicity else [])]

    @property
    def announcement_text(self) -> str:
        """When it was or will be announced, in words for staff."""
        if self.ended_unseen:
            return "Withdrawn before it was announced"
        if self.announced_at:
            return format_date(timezone.localtime(self.announced_at), "j F Y")
        return f"Due on {self.announce_text}" if self.announce_at else "On hold"

    @property
    def announce_text(self) -> str:
        """Its hour in words: "Monday 7 December 2026 at 9am"; "" while it is on hold."""
        return hour_in_words(self.announce_at) if self.announce_at else ""

    @property
    def staff_url(self) -> str:
        """Where staff look after it: its offices, or the application until it is announced."""
        if self.is_public_and_live:
            return reverse("network_staff:member_offices", args=[self.council.slug])
        return self.sign_up.staff_url if self.sign_up else self.council.get_absolute_url()

    @property
    def check_ins_url(self) -> str:
        """Where staff look after its check-ins, or find someone to act for it."""
        page = "check_in" if self.is_claimed else "claim"
        return reverse(f"network_staff:{page}", args=[self.council.slug])

    @property
    def years_text(self) -> str:
        """Years of an ended membership, as far as known: "Member 2021 to 2026"."""
        joined = format_date(self.joined_on, "Y") if self.joined_on else ""
        ended = format_date(self.ended_on, "Y") if self.ended_on else ""
        if joined and ended and self.is_named_only:
            return f"Member by {joined}, until {ended}"
        if joined and ended:
            return f"Member {joined} to {ended}" if joined != ended else f"Member in {joined}"
        if ended:
            return f"Member until {ended}"
        return f"Member from {joined}" if joined else "Once a member"

    def public_statement(self) -> str:
        """Council's statement about leaving, once staff have checked it; else ""."""
        done = self.withdrawals.filter(status=WithdrawalStatus.DONE).first()
        return done.public_statement if done else ""

    def current_champions(self):
        """Champions of today, whether or not they consented to be named."""
        return self.champions.filter(until=None)

    def earlier_champions(self):
        """Champions of before, the last one first. Without those named by mistake."""
        return self.champions.exclude(until=None).order_by("-until", "-pk")

    def published_champions(self):
        """Current champions who consented to be named."""
        return self.champions.filter(may_be_published=True, until=None)
