"""Sign-ups: one council's application to join."""

from datetime import datetime, timedelta
from math import ceil
from statistics import median

from django.conf import settings
from django.db import models
from django.db.models import Max, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.functional import cached_property

from councils.lookup import is_of
from councils.models import Council
from network.choices import (
    OPEN_SIGN_UP,
    WITH_STAFF,
    CollaboratorRole,
    ConversationStatus,
    EmailEvidence,
    Governance,
    Office,
    RequestStatus,
    Route,
    SignUpStatus,
    SignUpTask,
    office_in_words,
)
from network.models.moves import Moving
from network.models.periods import Absence
from network.models.signing import Contact, Endorsement
from network.models.wordings import EndorsementWording

ENOUGH_DECISIONS = 5
# The council can still change these; the network is not reviewing them.
EDITABLE = [
    SignUpStatus.DRAFT,
    SignUpStatus.AWAITING_ENDORSEMENT,
    SignUpStatus.CHANGES_REQUESTED,
]


def email_evidence(email: str, council: Council) -> EmailEvidence:
    """Return what the address shows about working for the council: evidence, not proof."""
    return EmailEvidence.MATCHED if is_of(email, council) else EmailEvidence.UNKNOWN


class SignUpQuerySet(models.QuerySet["SignUp"]):
    def open(self):
        """Return sign-ups that have not ended."""
        return self.filter(status__in=OPEN_SIGN_UP)

    def editable(self):
        """Return sign-ups that the council can still change."""
        return self.filter(status__in=EDITABLE)

    def visible_to(self, user):
        """Return sign-ups this person works on."""
        return self.filter(collaborators__user=user)

    def with_staff(self):
        """Return sign-ups that wait for staff, oldest first."""
        return self.filter(status__in=WITH_STAFF).order_by("submitted_at")

    def for_manager(self, user):
        """Return what waits for this manager: nobody's, theirs, and that of whom they stand in for.

        Oldest first.
        """
        away = Absence.objects.today().filter(deputy=user).values("user")
        mine = Q(owner=None) | Q(owner=user) | Q(owner__in=away)
        return self.with_staff().filter(mine)

    def with_signatures(self):
        """Fetch each one's requests and signatures too, with one query for all."""
        requests = self.model._meta.get_field("requests").related_model.objects
        return self.prefetch_related(
            models.Prefetch("requests", requests.select_related("endorsement"))
        )

    def in_order_of_work(self):
        """With the network, then with the council, then ended; annotated with that as `stage`.

        Within a stage, what the network waits longest for comes first, and else what is newest.
        """
        stage = models.Case(
            models.When(status__in=WITH_STAFF, then=models.Value(1)),
            models.When(status__in=OPEN_SIGN_UP, then=models.Value(2)),
            default=models.Value(3),
        )
        sent = models.Case(models.When(status__in=WITH_STAFF, then=models.F("submitted_at")))
        return self.annotate(stage=stage).order_by("stage", sent.asc(), "-started_at")

    def usual_days_to_decide(self) -> int | None:
        """Return the median days from sending to decision, or None for fewer than five decisions.

        It covers the newest fifty decisions about real councils. Because the number is public, an
        acceptance counts only once it is announced.
        """
        known = Q(membership__announced_at__isnull=False) | Q(status=SignUpStatus.DECLINED)
        decided = self.filter(
            known,
            status__in=[SignUpStatus.ACCEPTED, SignUpStatus.DECLINED],
            submitted_at__isnull=False,
            council__is_demonstration=False,
        )
        times = decided.order_by("-decided_at").values_list("submitted_at", "decided_at")[:50]
        if len(times) < ENOUGH_DECISIONS:
            return None
        # Round up, because “within” must not promise less than it took.
        took = median(decided_at - submitted_at for submitted_at, decided_at in times)
        return max(1, ceil(took / timedelta(days=1)))

    def next_reference(self) -> str:
        """Return the next free reference of this year, for example "KIL-2026-0042"."""
        year = timezone.localdate().year
        newest = self.filter(reference__startswith=f"KIL-{year}-").aggregate(newest=Max("number"))[
            "newest"
        ]
        return f"KIL-{year}-{(newest or 0) + 1:04d}"


class SignUp(Moving):
    """One council's application. Several people can work on it over days."""

    STATUSES = SignUpStatus
    event_field = "sign_up"

    reference = models.CharField(max_length=20, unique=True, editable=False)
    number = models.PositiveIntegerField(editable=False)
    council = models.ForeignKey("councils.Council", models.PROTECT, related_name="sign_ups")
    status = models.CharField(
        max_length=24,
        choices=SignUpStatus.choices,
        default=SignUpStatus.DRAFT,
        editable=False,
    )
    route = models.CharField(max_length=12, choices=Route.choices, default=Route.SIGNATURES)
    wording = models.ForeignKey(
        "network.EndorsementWording", models.PROTECT, null=True, related_name="sign_ups"
    )
    applicant_name = models.CharField(max_length=120, blank=True)
    applicant_job_title = models.CharField(max_length=160, blank=True)
    applicant_phone = models.CharField(max_length=40, blank=True)
    email_evidence = models.CharField(
        max_length=12, choices=EmailEvidence.choices, default=EmailEvidence.UNKNOWN
    )
    governance = models.CharField(max_length=12, choices=Governance.choices, blank=True)
    profile = models.TextField(blank=True, help_text="What the council says of itself.")
    profile_may_be_published = models.BooleanField(default=False)
    strategy_title = models.CharField(max_length=160, blank=True)
    strategy_link = models.URLField(max_length=500, blank=True)
    strategy_may_be_published = models.BooleanField(default=False)
    conversation = models.CharField(max_length=10, choices=ConversationStatus.choices, blank=True)
    conversation_on = models.DateField(null=True, blank=True)
    conversation_may_be_published = models.BooleanField(default=False)
    conversation_partners = models.TextField(blank=True)
    partners_may_be_published = models.BooleanField(default=False)
    conversation_outcome = models.TextField(blank=True)
    outcome_may_be_published = models.BooleanField(default=False)
    quote = models.TextField(blank=True)
    quote_by = models.CharField(max_length=200, blank=True, help_text="Name and role.")
    quote_approved_by = models.CharField(max_length=160, blank=True)
    quote_may_be_published = models.BooleanField(default=False)
    publish_from = models.DateField(null=True, blank=True, help_text="Not public before this day.")
    logo_rights = models.CharField(
        max_length=300, blank=True, help_text="Whose it is, and that the network may show it."
    )
    logo_may_be_published = models.BooleanField(default=False)
    changes_wanted = models.TextField(blank=True, help_text="What staff asked to be changed.")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    started_at = models.DateTimeField(auto_now_add=True)
    touched_at = models.DateTimeField(default=timezone.now, editable=False)
    idle_warnings = models.PositiveSmallIntegerField(
        default=0, editable=False, help_text="How many since it was last touched."
    )
    submitted_at = models.DateTimeField(null=True, editable=False)
    decided_at = models.DateTimeField(null=True, editable=False)
    decision_reason = models.TextField(blank=True)

    objects = SignUpQuerySet.as_manager()

    class Meta:
        verbose_name = "sign-up"
        ordering = ["-started_at"]
        permissions = [("review_signup", "Can review sign-ups")]
        indexes = [models.Index(fields=["status", "submitted_at"], name="sign_ups_by_status")]
        constraints = [
            models.UniqueConstraint(
                fields=["council"],
                condition=Q(status__in=OPEN_SIGN_UP),
                name="one_open_sign_up_a_council",
            )
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.council}"

    def get_absolute_url(self) -> str:
        return reverse("network:sign_up", args=[self.reference])

    @property
    def staff_url(self) -> str:
        """Where staff review it."""
        return reverse("network_staff:sign_up", args=[self.reference])

    @property
    def is_open(self) -> bool:
        return self.status in OPEN_SIGN_UP

    @property
    def status_in_words(self) -> str:
        """The status for people: once it is endorsed, nobody awaits an endorsement."""
        if self.status == SignUpStatus.AWAITING_ENDORSEMENT and self.is_endorsed():
            return "Endorsed, ready to send"
        return str(self.get_status_display())

    @property
    def may_be_signed(self) -> bool:
        """Whether a signature can be given.

        It can while the sign-up is open. It can also between acceptance and announcement, because
        a voided signature has to be given again.
        """
        if self.status != SignUpStatus.ACCEPTED:
            return self.is_open
        membership = getattr(self, "membership", None)
        return bool(membership and membership.is_live and not membership.announced_at)

    @property
    def may_be_written_to(self) -> bool:
        """Whether staff can write to the council: it is open, or led to a live membership."""
        membership = getattr(self, "membership", None)
        return self.is_open or bool(membership and membership.is_live)

    @property
    def is_reviewed(self) -> bool:
        """Whether a manager has it or could: it was sent, and is not decided."""
        return self.status in {*WITH_STAFF, SignUpStatus.CHANGES_REQUESTED}

    @property
    def is_editable(self) -> bool:
        """Whether the council can still change it."""
        return self.status in EDITABLE

    @cached_property
    def finished_tasks(self) -> dict[str, bool]:
        """Saved tasks, and whether each is marked as finished."""
        saves = self.task_saves.order_by("version").values_list("task", "is_finished")
        return dict(saves)

    @cached_property
    def open_changes(self) -> list:
        """What staff asked to be changed in single tasks, not completed again yet."""
        if self.status != SignUpStatus.CHANGES_REQUESTED:
            return []
        return list(self.wanted_changes.filter(settled_at=None))

    def change_wanted_in(self, task: str) -> str:
        """What staff asked to be changed in a task, until it is completed again; else ""."""
        return next((change.note for change in self.open_changes if change.task == task), "")

    def settle_change(self, task: str) -> None:
        """Note that the council has done what staff asked for in a task."""
        self.wanted_changes.filter(task=task, settled_at=None).update(settled_at=timezone.now())

    def touch(self) -> None:
        """Record activity: it is not idle, and reminders start from the beginning."""
        self.touched_at, self.idle_warnings = timezone.now(), 0
        self.save(update_fields=["touched_at", "idle_warnings"])

    @property
    def pinned_wording(self) -> EndorsementWording:
        """Wording its endorsers were asked to sign.

        Raises:
            ValueError: If no one has been asked yet.
        """
        if self.wording is None:
            raise ValueError(f"{self.reference} has not asked for an endorsement yet.")
        return self.wording

    @property
    def email_is_councils(self) -> bool:
        """Whether the applicant's address is on one of the council's domains."""
        return self.email_evidence == EmailEvidence.MATCHED

    @property
    def public_profile(self) -> str:
        """The profile, if the council agreed to publish it; else ""."""
        return self.profile if self.profile_may_be_published else ""

    @property
    def public_strategy(self) -> str:
        """The strategy's title, if the council agreed to publish it; else ""."""
        return self.strategy_title if self.strategy_may_be_published else ""

    @property
    def public_quote(self) -> str:
        """The quotation, if its speaker is named, someone approved it and it may be published."""
        approved = self.quote_may_be_published and self.quote_by and self.quote_approved_by
        return self.quote if approved else ""

    def reason_not_to_announce_at(self, at: datetime | None) -> str:
        """Return why the council cannot be announced at `at`, in words; "" if it can.

        An hour of today that is over means at once.
        """
        day = timezone.localdate(at) if at else None
        if day and day < timezone.localdate():
            return "Choose today or a later day"
        if day and self.publish_from and day < self.publish_from:
            earliest = format_date(self.publish_from, "j F Y")
            return (
                f"The council asked for no publicity before {earliest}. Choose that date or a "
                "later one"
            )
        return ""

    def champion_of(self, kind: str):
        """Return the current champion of this kind, or None."""
        return next((c for c in self.current_champions() if c.kind == kind), None)

    def current_champions(self) -> list:
        return [c for c in self.champions.all() if c.until is None]

    def office_name(self, office: str) -> str:
        """Return the council's name for a role: “Leader”, “Elected mayor”, “Chief executive”."""
        return office_in_words(office, self.governance)

    def current_requests(self) -> list:
        """Return the requests in force, leader first."""
        ended = {RequestStatus.CANCELLED, RequestStatus.SUPERSEDED}
        return [request for request in self.requests.all() if request.status not in ended]

    def request_of(self, office: str):
        """Return the request in force for this role, or None."""
        return next((r for r in self.current_requests() if r.office == office), None)

    def endorsers_are_named(self) -> bool:
        return len(self.current_requests()) == len(Office.values)

    def waiting_for(self) -> list:
        """Return people who were asked and have not signed yet."""
        return [r for r in self.current_requests() if r.status == RequestStatus.SENT]

    @property
    def snapshot(self) -> dict[str, object]:
        """What a signatory sees beside the wording: council, champions, route, approval."""
        return {
            "draft": not self.pinned_wording.is_approved,
            "council": self.council.official_name,
            "route": self.get_route_display(),
            "champions": [
                {"kind": c.get_kind_display(), "name": c.name, "role": c.role}
                for c in self.current_champions()
            ],
        }

    @property
    def fingerprint(self) -> str:
        """SHA-256 hash, in hexadecimal, of wording and snapshot: all that a signature binds to."""
        return self.pinned_wording.fingerprint_with(self.snapshot)

    def counting_endorsements(self):
        """Return the signatures that count: for the pinned wording and not voided."""
        return self.endorsements.counting().filter(wording=self.wording_id)

    def counted_signatures(self) -> list[Endorsement]:
        """Return the signatures that count, leader first.

        Makes no query if `requests__endorsement` is prefetched.
        """
        signed = [r for r in self.current_requests() if r.status == RequestStatus.SIGNED]
        for request in signed:
            request.endorsement.sign_up = self  # or each would read the row again
        counting = [request.endorsement for request in signed if request.endorsement.counts]
        return [each for each in counting if each.wording_id == self.wording_id]

    def was_decided_before(self, signature: Endorsement) -> bool:
        """Whether staff accepted it before this signature was given."""
        accepted = self.decided_at if self.status == SignUpStatus.ACCEPTED else None
        return accepted is not None and signature.signed_at > accepted

    def public_endorsements(self) -> list:
        """Return the signatures that the public can see.

        These are none if the council endorses without signatures, and none that staff still have to
        confirm with the signatory.
        """
        if not self.needs_signatures:
            return []
        counting = self.counting_endorsements().select_related("wording", "request")
        return [each for each in counting if not each.needs_confirming]

    def doubts(self) -> list[str]:
        """Return what makes the endorsement doubtful, in sentences for staff."""
        found = [] if self.is_endorsed() else ["The council’s endorsement is incomplete."]
        if self.needs_signatures:
            found += self.doubts_about_signatures()
        return found

    def doubts_about_signatures(self) -> list[str]:
        """Return why staff cannot rely on the signatures that count, in sentences."""
        counting = self.counted_signatures()
        found = [each.doubt for each in counting if each.doubt]
        if len({each.name.casefold() for each in counting}) < len(counting):
            found.append("Both signatures are in the same name. 2 different people must sign.")
        return found

    @property
    def needs_signatures(self) -> bool:
        return self.route in {Route.SIGNATURES, Route.BOTH}

    @property
    def needs_decision(self) -> bool:
        return self.route in {Route.DECISION, Route.BOTH}

    @property
    def formal_decision(self):
        """Decision as far as it is entered, or None."""
        return getattr(self, "decision", None)

    def is_signed(self) -> bool:
        """Whether each role has a signature that counts."""
        return {e.office for e in self.counted_signatures()} == set(Office.values)

    def is_decided(self) -> bool:
        """Whether the decision is complete and about the pinned wording.

        It may not hold yet; see `FormalDecision.has_taken_effect`.
        """
        decision = self.formal_decision
        return bool(decision and decision.is_complete and decision.wording_id == self.wording_id)

    def is_endorsed(self) -> bool:
        """Whether the council's way of endorsing is complete."""
        return (not self.needs_signatures or self.is_signed()) and (
            not self.needs_decision or self.is_decided()
        )

    def may_save(self, task: str) -> bool:
        """Whether a task can be changed now.

        After sending, it can if a signature is missing again, or if the decision is no longer about
        the pinned wording.
        """
        if task == SignUpTask.ENDORSERS:
            return self.may_ask
        anew = self.is_open and self.needs_decision and not self.is_decided()
        return self.is_editable or (task == SignUpTask.DECISION and anew)

    @property
    def may_ask(self) -> bool:
        """Whether someone can be asked to sign now.

        After sending, and until the announcement, they can if a signature is missing again.
        """
        if self.is_editable:
            return True
        return self.may_be_signed and self.needs_signatures and not self.is_signed()

    @property
    def relies_on_its_route(self) -> bool:
        """Whether someone was asked to sign or the decision is complete, depending on the route."""
        asked = self.status != SignUpStatus.DRAFT
        return asked or (self.needs_decision and self.is_decided())

    def upload_of(self, kind: str):
        """Return the last uploaded file of this kind, or None if it was removed."""
        files = self.uploads.all()
        return next((f for f in files if f.kind == kind and f.replaced_at is None), None)

    def lead(self):
        """Return the person who leads it."""
        return self.collaborators.get(role=CollaboratorRole.LEAD).user

    def contact(self) -> Contact:
        """The lead, described by “About you” unless somebody else has taken the lead since."""
        lead = self.lead()
        what = ["sign_up.about_you", "sign_up.lead_changed"]
        last = self.events.filter(what__in=what).order_by("pk").last()
        is_new = last is not None and last.what == "sign_up.lead_changed"
        return Contact(
            name=(not is_new and self.applicant_name) or str(lead),
            job_title="" if is_new else self.applicant_job_title,
            email=lead.email,
            phone="" if is_new else self.applicant_phone,
            is_known=self.email_evidence != EmailEvidence.UNKNOWN,
        )


class Collaborator(models.Model):
    """A person who works on a sign-up."""

    sign_up = models.ForeignKey(SignUp, models.CASCADE, related_name="collaborators")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="collaborations"
    )
    role = models.CharField(max_length=12, choices=CollaboratorRole.choices)
    since = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sign_up", "user"], name="once_a_person_a_sign_up"),
            models.UniqueConstraint(
                fields=["sign_up"],
                condition=Q(role=CollaboratorRole.LEAD),
                name="one_lead_a_sign_up",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} on {self.sign_up}"
