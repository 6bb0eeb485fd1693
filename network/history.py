"""Who changed what in a sign-up, in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, QuerySet, Subquery

from network.choices import SignUpTask
from network.forms.requests import EndorserAnswers
from network.forms.saving import Difference, TaskForm
from network.forms.tasks import TASK_FORMS
from network.models import SignUp, TaskSave


@dataclass(frozen=True)
class Change:
    """One saving of one task, and which answers it changed: before, and since."""

    task: str
    by: str
    at: datetime
    is_finished: bool | None  # None where the task does not ask
    differences: list[Difference]


def saves_of(sign_up: SignUp) -> QuerySet[TaskSave]:
    """Every saving, the newest first, each with the answers `before` it."""
    before = TaskSave.objects.filter(
        sign_up=OuterRef("sign_up"), task=OuterRef("task"), version=OuterRef("version") - 1
    )
    saves = sign_up.task_saves.select_related("by").order_by("-at", "-pk")
    return saves.annotate(before=Subquery(before.values("answers")[:1]))


def in_words(saves: Iterable[TaskSave]) -> list[Change]:
    """What each of `saves_of` changed."""
    kinds: list[type[TaskForm]] = [*TASK_FORMS.values(), EndorserAnswers]
    forms = {form.task: form() for form in kinds}
    changes = []
    for save in saves:
        form = forms[SignUpTask(save.task)]
        differences = form.differences(getattr(save, "before") or {}, save.answers)  # noqa: B009
        task = save.get_task_display()
        finished = None if save.task == SignUpTask.ENDORSERS else save.is_finished
        changes.append(Change(task, str(save.by), save.at, finished, differences))
    return changes
