"""The approval of pages: by a publisher, who is never the person who submitted or owns the page.

Nor someone who represents or represented the council that wrote it.
"""

from typing import Any

from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import QuerySet
from wagtail.models import AbstractGroupApprovalTask, Page, TaskState, Workflow, WorkflowTask

from campaign.roles import Role
from casestudies.models import Submission
from portal import seeding
from portal.models import User

NAME = "a publisher"  # "Submit to a publisher", as the button says


class ApprovalTask(AbstractGroupApprovalTask):
    """Wagtail's approval by a group, but nobody approves what they submitted or wrote."""

    class Meta:
        verbose_name = "approval by someone else"
        verbose_name_plural = "approvals by someone else"

    def get_actions(self, obj: Any, user: User) -> list[tuple[str, str, bool]]:
        """Return nothing for the author; for others what Wagtail offers."""
        return [] if is_own(obj, user) else super().get_actions(obj, user)

    def get_task_states_user_can_moderate(self, user: User, **kwargs: Any) -> QuerySet[TaskState]:
        """Return what waits for this person, without what they submitted."""
        states = super().get_task_states_user_can_moderate(user, **kwargs)
        own = Page.objects.filter(owner=user).values_list("pk", flat=True)
        of_council = Submission.objects.with_a_part_of(user).values_list("page", flat=True)
        return states.exclude(workflow_state__requested_by=user).exclude(
            workflow_state__object_id__in=[str(pk) for pk in [*own, *of_council]]
        )

    def on_action(self, task_state: TaskState, user: User, action_name: str, **kwargs: Any) -> None:
        """Refuse the author, whichever way the request came."""
        if not is_own(task_state.workflow_state.content_object, user):
            super().on_action(task_state, user, action_name, **kwargs)

    @classmethod
    def get_description(cls) -> str:
        """Return the task in words, for whoever makes workflows."""
        return "Members of the chosen groups approve, but never what they submitted or own"


def is_own(obj: Any, user: User) -> bool:
    """Whether they own the page, submitted it, or have a part in the council that wrote it."""
    state = obj.current_workflow_state
    requested_by = state.requested_by_id if state else None
    if user.pk in {getattr(obj, "owner_id", None), requested_by}:
        return True
    return isinstance(obj, Page) and (
        Submission.objects.with_a_part_of(user).filter(page=obj.pk).exists()
    )


@transaction.atomic
def seed() -> int:
    """Put our approval in the place of Wagtail's own, once; return how many workflows changed."""

    def make() -> None:
        group, _ = Group.objects.get_or_create(name=Role.PUBLISHER.value)
        task = ApprovalTask.objects.create(name="Approval by a publisher")
        task.groups.add(group)
        workflow = Workflow.objects.filter(workflow_pages__page=Page.get_first_root_node()).first()
        if workflow is None:  # an administrator took it away
            return
        workflow.name = NAME
        workflow.save()
        workflow.workflow_tasks.all().delete()
        WorkflowTask.objects.create(workflow=workflow, task=task)

    return int(seeding.once("workflow/approval", make))
