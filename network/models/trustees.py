"""What a trustee of the network's body confirms, where no second manager can."""

from collections.abc import Callable
from typing import Any, cast

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.urls import reverse

from network.choices import ProfileChangeStatus, SignUpStatus, TrusteeAct, TrusteeStatus
from network.choices import WithdrawalStatus as Leaving
from network.models.check_ins import CheckIn
from network.models.departures import Removal, Withdrawal
from network.models.links import EmailedLink, EmailedLinkQuerySet
from network.models.memberships import Membership
from network.models.offices import LaterEndorsement
from network.models.profiles import ProfileChange
from network.models.sign_ups import SignUp
from network.models.signing import Endorsement
from network.models.wordings import EndorsementWording
from portal.models import User

T = TrusteeAct
Waits = Callable[[Any], bool]
_of_review: tuple[type[models.Model], Waits] = (
    SignUp,
    lambda row: row.status == SignUpStatus.IN_REVIEW,
)
_of_profile: tuple[type[models.Model], Waits] = (
    ProfileChange,
    lambda row: row.status == ProfileChangeStatus.WAITING and row.membership.is_live,
)
# What each act is about, and whether it still waits: another manager may have done it.
MATTERS: dict[str, tuple[type[models.Model], Waits]] = {
    T.APPROVE_WORDING: (EndorsementWording, lambda row: row.waits_for_second),
    T.OPEN_REMOVAL: (
        Membership,
        lambda row: row.is_public_and_live and not row.removals.open().exists(),
    ),
    T.DECIDE_REMOVAL: (Removal, lambda row: row.is_open and row.membership.is_live),
    T.ACCEPT: _of_review,
    T.DECLINE: _of_review,
    T.TAKE_BACK_DECLINE: (SignUp, lambda row: row.status == SignUpStatus.DECLINED),
    T.CONFIRM_DECISION: (
        SignUp,
        lambda row: bool(row.is_open and row.is_decided and not row.decision.confirmed_at),
    ),
    T.CONFIRM_SIGNATURE: (
        Endorsement,
        lambda row: row.needs_confirming and row.struck_out_at is None,
    ),
    T.REMOVE_SIGNATURE: (Endorsement, lambda row: row.struck_out_at is None),
    T.CONFIRM_LATER: (
        LaterEndorsement,
        lambda row: row.needs_confirming and row.struck_out_at is None,
    ),
    T.REMOVE_LATER: (LaterEndorsement, lambda row: row.struck_out_at is None),
    T.MOVE_ANNOUNCEMENT: (Membership, lambda row: row.is_live and row.announced_at is None),
    T.CONFIRM_LEAVING: (
        Withdrawal,
        lambda row: row.status == Leaving.ASKED and row.by_decision,
    ),
    T.CHECK_STATEMENT: (Withdrawal, lambda row: row.statement_waits),
    T.STOP_LEAVING: (Withdrawal, lambda row: row.is_open),
    T.PUBLISH_PROFILE: _of_profile,
    T.SEND_BACK_PROFILE: _of_profile,
    T.PUBLISH_LINES: (
        CheckIn,
        lambda row: row.membership.is_live and row.lines_public_at is None,
    ),
    T.GIVE_TIME: (CheckIn, lambda row: row.is_waited_for),
    T.INVITE_TO_CLAIM: (Membership, lambda row: row.is_public_and_live and row.lead() is None),
}

# Acts that one answer of the manager decides: its name, and what is to be done then, or else.
TWO_WAYS: dict[str, tuple[str, str, str]] = {
    T.DECIDE_REMOVAL: (
        "remove",
        "End the membership of {}",
        "Drop the proposal to end the membership of {}",
    ),
    T.CHECK_STATEMENT: (
        "unlawful_why",
        "Do not publish the statement of {}",
        "Publish the statement of {}",
    ),
}


class TrusteeRequestQuerySet(EmailedLinkQuerySet):
    def waiting(self):
        """Return requests that no one has answered, withdrawn or settled in another way."""
        return self.filter(status=TrusteeStatus.ASKED)

    def waiting_about(self, act: str):
        """Return whether one waits for this act, as a condition on the rows it is about."""
        asked = self.waiting().filter(act=act, row_pk=models.OuterRef("pk"))
        return models.Exists(asked)

    def about(self, row: models.Model):
        """Return requests about one row, or about anything of a sign-up or a membership."""
        if isinstance(row, SignUp):
            return self.filter(sign_up=row)
        if isinstance(row, Membership):
            return self.filter(membership=row)
        acts = [act for act, (model, _) in MATTERS.items() if isinstance(row, model)]
        return self.filter(act__in=acts, row_pk=row.pk)

    def with_all(self):
        """Select everything that their pages and emails name."""
        return self.select_related("sign_up__council", "membership__council", "wording", "asked_by")


class TrusteeRequest(EmailedLink):
    """One act of a manager that one named trustee is asked to confirm, through an emailed link.

    It holds what the manager entered. Nothing is done until the trustee confirms it.
    """

    STATUSES = TrusteeStatus
    LINK_PURPOSE = "trustee"
    WAITING = TrusteeStatus.ASKED
    event_field = "trustee"

    act = models.CharField(max_length=20, choices=TrusteeAct.choices)
    row_pk = models.PositiveBigIntegerField(help_text="Key of the row that the act is about.")
    # Of that row: what its history belongs to, and what is locked first.
    sign_up = models.ForeignKey(
        "network.SignUp", models.PROTECT, null=True, related_name="trustee_requests"
    )
    membership = models.ForeignKey(
        "network.Membership", models.PROTECT, null=True, related_name="trustee_requests"
    )
    wording = models.ForeignKey(
        "network.EndorsementWording", models.PROTECT, null=True, related_name="trustee_requests"
    )
    answers = models.JSONField(
        default=dict, encoder=DjangoJSONEncoder, help_text="What the act is done with."
    )
    said = models.JSONField(default=list, help_text="The same in words: questions and answers.")
    why = models.TextField(help_text="Why no other manager does it. The trustee reads it.")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    name = models.CharField(max_length=120)
    role = models.CharField(max_length=160)
    email = models.EmailField()
    status = models.CharField(
        max_length=10,
        choices=TrusteeStatus.choices,
        default=TrusteeStatus.ASKED,
        editable=False,
    )
    reminded_at = models.DateTimeField(null=True, editable=False)
    answered_at = models.DateTimeField(null=True, editable=False)
    confirmed_name = models.CharField(max_length=120, blank=True)
    confirmed_role = models.CharField(max_length=160, blank=True)
    declined_why = models.TextField(blank=True)

    objects = TrusteeRequestQuerySet.as_manager()

    class Meta(EmailedLink.Meta):
        ordering = ["-asked_at", "-pk"]
        constraints = [
            *EmailedLink.Meta.constraints,
            models.UniqueConstraint(
                fields=["act", "row_pk"],
                condition=Q(status=TrusteeStatus.ASKED),
                name="one_open_trustee_request_an_act",
            ),
            models.CheckConstraint(
                condition=Q(sign_up__isnull=False)
                | Q(membership__isnull=False)
                | Q(wording__isnull=False),
                name="trustee_request_about_something",
            ),
            models.CheckConstraint(
                condition=~Q(status=TrusteeStatus.CONFIRMED)
                | Q(answered_at__isnull=False) & ~Q(confirmed_name=""),
                name="trustee_confirmed_by_name",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}: {self.get_status_display()}"

    def event_about(self) -> dict[str, models.Model | None]:
        return {"sign_up": self.sign_up, "membership": self.membership, "wording": self.wording}

    @property
    def staff_url(self) -> str:
        """Where staff see it."""
        return reverse("network_staff:trustee_request", args=[self.pk])

    @property
    def row_url(self) -> str:
        """Where staff find what it is about."""
        if self.council is None:
            return reverse("network_staff:wordings")
        return self.row.staff_url

    @property
    def council(self):
        """Council that it is about, or None: a wording is about all of them."""
        of = self.membership or self.sign_up
        return of.council if of else None

    @property
    def about(self) -> str:
        """What it is about, in a few words: for the subject of an email."""
        return self.council.name if self.council else "the wording"

    @property
    def title(self) -> str:
        """What is to be confirmed, in words."""
        wording = self.wording
        about = f"version {wording.version}" if wording else self.council.official_name
        words = self.get_act_display()
        if self.act in TWO_WAYS:
            answer, if_so, if_not = TWO_WAYS[self.act]
            words = if_so if self.answers.get(answer) else if_not
        return words.format(about)

    @property
    def row(self):
        """The row that it is about, as the database has it now."""
        model, _ = MATTERS[self.act]
        return model._base_manager.get(pk=self.row_pk)

    @property
    def is_wanted(self) -> bool:
        """Whether it still waits: a second manager may have done it, or it may have ended."""
        _, waits = MATTERS[self.act]
        return waits(self.row)

    @property
    def in_the_name_of(self) -> str:
        """Who confirmed it, for the history and beside what was confirmed."""
        name, role = self.confirmed_name or self.name, self.confirmed_role or self.role
        return f"{name}, {role}, by link"


class ByTrustee(User):  # type: ignore[django-manager-missing]  # as for User
    """The manager who asked, at the moment when a trustee's confirmation is carried out.

    Only `actions.trustees` makes one. `permissions` lets it do what takes another person, and
    the history names the trustee.
    """

    request: TrusteeRequest

    class Meta:
        proxy = True
        default_permissions = ()

    def __str__(self) -> str:
        return self.request.in_the_name_of

    @classmethod
    def of(cls, request: TrusteeRequest) -> "ByTrustee":
        """Return who acts when this request is confirmed."""
        found = cast("ByTrustee", cls.objects.get(pk=request.asked_by_id))
        found.request = request
        return found
