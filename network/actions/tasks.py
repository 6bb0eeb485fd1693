"""Saving the tasks of a sign-up: each by itself, with a version.

One way for every task: `save_task`. It takes the version that was on the page; where
somebody saved another meanwhile, nothing is written and the act raises ChangedMeanwhile.
Which rows hold a task's answers is said by a keeper, registered when the app is ready.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.db import transaction

from network.actions.locks import locked_to_save
from network.actions.refusals import ChangedMeanwhile
from network.choices import SignUpTask
from network.models import Event, SignUp, TaskSave
from portal.models import User

Answers = dict[str, Any]
Keeper = Callable[[SignUp, Answers, TaskSave], None]
_keepers: dict[str, Keeper] = {}


def register_keepers(keepers: Mapping[SignUpTask, Keeper]) -> None:
    """Say which function writes each task's answers into the rows that hold them.

    Args:
        keepers: Each takes the locked sign-up, the answers by the names of the form's fields, and
            the TaskSave (who, which version). It may raise Refused: then nothing is saved.
    """
    _keepers.update(keepers)


@transaction.atomic
def save_task(
    sign_up: SignUp,
    task: SignUpTask,
    *,
    by: User,
    answers: Answers,
    seen: int | None = None,
    is_finished: bool = False,
) -> TaskSave:
    """Keep a task's answers; a draft's may be empty.

    Args:
        answers: by the names of the form's fields.
        seen: the version that was on the page, 0 for none; None where there was no page.
        is_finished: the person said that this section is finished.
    Raises: ChangedMeanwhile when another version was saved since `seen`; Refused.
    """
    sign_up = locked_to_save(sign_up, task)
    plain = in_json(answers)
    last = newest_save(sign_up, task)
    if last and seen is not None and seen != last.version:
        if (last.answers, last.is_finished) == (plain, is_finished):
            return last  # a double click: the same was saved a moment ago
        raise ChangedMeanwhile(last)
    save = TaskSave.objects.create(
        sign_up=sign_up,
        task=task,
        version=last.version + 1 if last else 1,
        by=by,
        answers=plain,
        is_finished=is_finished,
    )
    _keepers[task](sign_up, answers, save)
    sign_up.touch()
    Event.objects.record(f"sign_up.{task}", by=by, sign_up=sign_up)
    return save


def newest_save(sign_up: SignUp, task: str) -> TaskSave | None:
    """The last saving of a task; None where it was never saved."""
    saves = sign_up.task_saves.filter(task=task).select_related("by")
    return saves.order_by("-version").first()


def in_json(answers: Answers) -> Answers:
    """The answers as JSON holds them: dates as ISO text."""
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in answers.items()
    }
