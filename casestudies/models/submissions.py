"""Case studies from members: the page a council writes, and what Wagtail does not hold of it.

The text is in the page's own revisions, and the approval in Wagtail's workflow, so editors carry
on with the very page the council wrote.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from wagtail.models import WorkflowState

from casestudies.choices import SubmissionStatus
from portal.models import both_or_neither


class SubmissionQuerySet(models.QuerySet["Submission"]):
    """Questions about many submissions."""

    def of_council(self, council):
        """Return what this council writes or wrote."""
        return self.filter(membership__council=council)

    def unfinished(self):
        """Return those that were never public and are not withdrawn."""
        return self.filter(page__first_published_at=None, withdrawn_at=None)

    def waiting(self):
        """Return what waits for an editor to read it, oldest first."""
        states = WorkflowState.objects.filter(
            status=WorkflowState.STATUS_IN_PROGRESS,
            base_content_type__app_label="wagtailcore",
            base_content_type__model="page",
            # As text, because Wagtail keeps keys of every kind of object there.
            object_id=models.functions.Cast(models.OuterRef("page"), models.CharField()),
        )
        return self.filter(models.Exists(states), is_open=True).order_by("sent_at", "pk")

    def with_pages(self):
        """Return them with what a list says of each, in a fixed number of queries."""
        states = WorkflowState.objects.active().select_related("current_task_state__task")
        # Where Wagtail looks first. Its own method finds nothing for pages of one type.
        in_workflow = models.Prefetch(
            "page___specific_workflow_states", states, to_attr="_current_workflow_states"
        )
        rows = self.select_related("membership__council", "sent_by", "page__owner")
        return rows.prefetch_related(in_workflow)

    def with_a_part_of(self, user):
        """Return those this person wrote or sent, or whose council they represent or did."""
        acts = Q(membership__council__memberships__representatives__user=user)
        return self.filter(acts | Q(sent_by=user) | Q(page__owner=user)).distinct()


class Submission(models.Model):
    """A case study that a member writes in its member area, or changes there."""

    page = models.OneToOneField(
        "casestudies.CaseStudyPage", models.CASCADE, related_name="submission"
    )
    membership = models.ForeignKey(
        "network.Membership", models.PROTECT, related_name="case_study_submissions"
    )
    is_open = models.BooleanField(
        default=True, help_text="Whether the council is writing something that is not public."
    )
    started_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    published_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        ordering = ["-started_at", "-pk"]
        constraints = [both_or_neither("submission_sent_by_at", "sent_by", "sent_at")]

    def __str__(self) -> str:
        return f"{self.page.draft_title or self.page.title}, from {self.council}"

    @property
    def council(self):
        """The council that writes it."""
        return self.membership.council

    @property
    def title(self) -> str:
        """The title as the council last saved it, or the public one."""
        return self.page.draft_title if self.is_open else self.page.title

    @property
    def workflow_state(self) -> WorkflowState | None:
        """Where it is in the editors' workflow; None if it is not in one."""
        return self.page.current_workflow_state if self.is_open else None

    @property
    def status(self) -> SubmissionStatus:
        """How far it has come."""
        if self.withdrawn_at:
            return SubmissionStatus.WITHDRAWN
        if not self.is_open:
            live = self.page.live
            return SubmissionStatus.PUBLISHED if live else SubmissionStatus.UNPUBLISHED
        if state := self.workflow_state:
            waits = state.status == WorkflowState.STATUS_IN_PROGRESS
            return SubmissionStatus.WAITING if waits else SubmissionStatus.SENT_BACK
        return SubmissionStatus.CHANGING if self.page.live else SubmissionStatus.DRAFT

    @property
    def wanted(self) -> str:
        """What the editor who sent it back asks for; "" if it was not sent back."""
        state = self.workflow_state
        if state is None or self.status != SubmissionStatus.SENT_BACK:
            return ""
        return state.current_task_state.comment if state.current_task_state else ""

    @property
    def can_be_changed(self) -> bool:
        """Whether the council can change it now: not while editors read it or once withdrawn."""
        return self.status not in {SubmissionStatus.WAITING, SubmissionStatus.WITHDRAWN}

    @property
    def version(self):
        """The page as the council last saved it; as it is public if nothing is being changed."""
        return self.page.get_latest_revision_as_object() if self.is_open else self.page

    @property
    def address(self) -> str:
        """Where the council writes it."""
        return reverse("casestudies:submission", args=[self.council.slug, self.pk])
