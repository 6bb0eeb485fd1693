"""Saving of a sign-up's tasks, each with a version, and of its files.

Every task is saved by `save_task` with the version that was on the page. If someone has
saved another since, it writes nothing and raises ChangedMeanwhile.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from network.actions.locks import locked_to_save
from network.choices import ChampionKind, SignUpStatus, SignUpTask, UploadKind
from network.models import (
    Champion,
    Event,
    FormalDecision,
    Practice,
    ProfileChange,
    Refused,
    SignUp,
    TaskSave,
    Upload,
)
from network.models.moves import ChangedMeanwhile
from network.upload_validation import FitFile
from portal.models import User
from principles.models import Principle

Answers = dict[str, Any]
Keeper = Callable[[SignUp, Answers, TaskSave], None]
_keepers: dict[SignUpTask, Keeper] = {}


def register_keepers(keepers: Mapping[SignUpTask, Keeper]) -> None:
    """Register the function that saves each task's answers in their own rows.

    Args:
        keepers: Each takes the locked sign-up, the answers by field name, and the TaskSave (who,
            which version). It may raise Refused, and nothing is saved.
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
    """Save a task's answers, which can be empty in a draft.

    Args:
        answers: Answers by field name.
        seen: The version that was on the page, 0 for none; None without a page.
        is_finished: Whether the person marked this section as finished.

    Raises:
        ChangedMeanwhile: If another version was saved since `seen`.
        PermissionDenied: If they do not work on it.
        Refused: If the council can no longer change this task.
    """
    sign_up = locked_to_save(sign_up, task, by=by)
    plain = in_json(answers)
    last = newest_save(sign_up, task)
    if last and seen is not None and seen != last.version:
        if (last.answers, last.is_finished) == (plain, is_finished):
            return last  # a double click: already saved
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
    if is_finished or task == SignUpTask.ENDORSERS:  # nobody says of that one that it is finished
        sign_up.settle_change(task)
    sign_up.touch()
    Event.objects.record(f"sign_up.{task}", by=by, sign_up=sign_up)
    return save


def newest_save(sign_up: SignUp, task: str) -> TaskSave | None:
    """Return the last saved version of a task, or None."""
    saves = sign_up.task_saves.filter(task=task).select_related("by")
    return saves.order_by("-version").first()


def in_json(answers: Answers) -> Answers:
    """Return the answers as JSON values, with dates as ISO text."""
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in answers.items()
    }


def keep_about_you(sign_up: SignUp, answers: Answers, save: TaskSave) -> None:
    """Save the applicant, and name the lead's account if it has no name yet."""
    called, name = save.by.get_full_name(), answers["name"]
    is_new = name and name != called and called in ("", sign_up.applicant_name)
    if is_new and sign_up.lead() == save.by:
        save.by.first_name, save.by.last_name = name, ""
        save.by.save(update_fields=["first_name", "last_name"])
    _write_columns(
        sign_up,
        applicant_name=answers["name"],
        applicant_job_title=answers["job_title"],
        applicant_phone=answers["phone"],
    )


def keep_columns(sign_up: SignUp, answers: Answers, save: TaskSave) -> None:
    _write_columns(sign_up, **answers)


def keep_practice(sign_up: SignUp, answers: Answers, save: TaskSave) -> None:
    """Save the text of each principle, from answers such as "principle_3"."""
    for principle in Principle.objects.all():
        name = f"principle_{principle.number}"
        published = answers.get(f"{name}_may_be_published", False)
        Practice.objects.update_or_create(
            sign_up=sign_up,
            principle=principle,
            defaults={"text": answers[name], "may_be_published": published},
        )


def keep_champions(sign_up: SignUp, answers: Answers, save: TaskSave) -> None:
    """Keep both champions.

    Once endorsers were asked, a champion needs a name and a role, because both are on the
    page they sign. A signature keeps the names it was given for; `submit` tells its giver.
    """
    for kind in ChampionKind:
        _keep_champion(sign_up, kind, answers)


def _keep_champion(sign_up: SignUp, kind: ChampionKind, answers: Answers) -> None:
    name, role = answers[f"{kind}_name"], answers[f"{kind}_role"]
    if sign_up.status != SignUpStatus.DRAFT and not (name and role):
        raise Refused(
            "You have asked someone to sign, so enter a name and a role for each champion."
        )
    current = sign_up.champion_of(kind)
    changed = current is None or (current.name, current.role) != (name, role)
    if current is not None and changed and sign_up.endorsements.exists():
        # Signed beside: the row stays as history. Nobody is told there any more.
        replaced = Champion.objects.filter(pk=current.pk)
        replaced.update(until=timezone.localdate(), email="")
    agreed = answers.get(f"{kind}_may_be_told", False)
    Champion.objects.update_or_create(
        sign_up=sign_up,
        kind=kind,
        until=None,
        defaults={
            "name": name,
            "role": role,
            "may_be_published": answers[f"{kind}_may_be_published"],
            "email": answers.get(f"{kind}_email", "") if agreed else "",
        },
    )


def _write_columns(sign_up: SignUp, **columns: object) -> None:
    for name, value in columns.items():
        setattr(sign_up, name, value)
    sign_up.save(update_fields=list(columns))


# Age after which a file without a row is deleted; its process died before saving.
ORPHAN_AFTER = timedelta(days=1)
# The task of each kind of file, which decides whether it can change.
TASKS = {UploadKind.LOGO: SignUpTask.PUBLICITY, UploadKind.DECISION: SignUpTask.DECISION}


def keep_upload(sign_up: SignUp, *, by: User, kind: UploadKind, file: FitFile) -> Upload:
    """Save a validated file under an unguessable name. The previous one stays as history.

    Raises:
        PermissionDenied: If they do not work on it.
        Refused: If the council can no longer change this task.
    """
    upload = Upload(
        sign_up=sign_up,
        kind=kind,
        name=file.name,
        content_type=file.content_type,
        size=len(file.content),
        by=by,
    )
    try:
        with transaction.atomic():
            sign_up = locked_to_save(sign_up, TASKS[kind], by=by)
            _replace(sign_up, kind)
            upload.file.save(f"file.{file.ending}", ContentFile(file.content), save=False)
            upload.save()
            sign_up.touch()
            Event.objects.record(f"sign_up.{kind}_uploaded", by=by, sign_up=sign_up, why=file.name)
    except BaseException:
        if upload.file:
            upload.file.delete(save=False)
        raise
    return upload


@transaction.atomic
def remove_upload(sign_up: SignUp, *, by: User, kind: UploadKind) -> None:
    """Stop showing this kind of file.

    Raises:
        PermissionDenied: If they do not work on it.
        Refused: If the council can no longer change this task.
    """
    sign_up = locked_to_save(sign_up, TASKS[kind], by=by)
    if _replace(sign_up, kind):
        sign_up.touch()
        Event.objects.record(f"sign_up.{kind}_removed", by=by, sign_up=sign_up)


def _replace(sign_up: SignUp, kind: UploadKind) -> int:
    """Replace the current file of this kind, and return how many there were.

    Staff have to confirm the decision again, because they read other minutes.
    """
    if kind == UploadKind.DECISION:
        decision = FormalDecision.objects.filter(sign_up=sign_up)
        decision.update(confirmed_by=None, confirmed_at=None)
    current = sign_up.uploads.filter(kind=kind, replaced_at=None)
    return current.update(replaced_at=timezone.now())


def sweep_orphans() -> int:
    """Delete uploaded files that have no row, and return a count. For the tick."""
    old = timezone.now() - ORPHAN_AFTER
    found = {
        str(path.relative_to(settings.UPLOADS_ROOT)): path
        for path in Path(settings.UPLOADS_ROOT).rglob("*")
        if path.is_file() and datetime.fromtimestamp(path.stat().st_mtime, tz=old.tzinfo) < old
    }
    known = set(Upload.objects.filter(file__in=found).values_list("file", flat=True))
    known |= set(ProfileChange.objects.filter(file__in=found).values_list("file", flat=True))
    orphans = [path for name, path in found.items() if name not in known]
    for path in orphans:
        path.unlink(missing_ok=True)
    return len(orphans)
