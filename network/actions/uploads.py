"""Keeping the files that officers hand in."""

from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from network.actions.locks import locked_to_save
from network.choices import SignUpTask, UploadKind
from network.fit_files import FitFile
from network.models import Event, FormalDecision, SignUp, Upload
from portal.models import User

# A file whose row was never written, since the process died in between, is swept after this.
ORPHAN_AFTER = timedelta(days=1)
# To which task a file belongs: it may change as long as that may.
TASKS = {UploadKind.LOGO: SignUpTask.PUBLICITY, UploadKind.DECISION: SignUpTask.DECISION}


def keep_upload(sign_up: SignUp, *, by: User, kind: UploadKind, file: FitFile) -> Upload:
    """Keep a checked file under a name that nobody can guess; it takes the place of the one
    before, which stays as history. Raises: Refused."""
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
            sign_up = locked_to_save(sign_up, TASKS[kind])
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
    """Show this kind of file no longer. Raises: Refused."""
    sign_up = locked_to_save(sign_up, TASKS[kind])
    if _replace(sign_up, kind):
        sign_up.touch()
        Event.objects.record(f"sign_up.{kind}_removed", by=by, sign_up=sign_up)


def _replace(sign_up: SignUp, kind: UploadKind) -> int:
    """Show the present file no longer. What staff confirmed was the decision as it stood: other
    minutes need them again. Returns how many files were replaced."""
    if kind == UploadKind.DECISION:
        decision = FormalDecision.objects.filter(sign_up=sign_up)
        decision.update(confirmed_by=None, confirmed_at=None)
    current = sign_up.uploads.filter(kind=kind, replaced_at=None)
    return current.update(replaced_at=timezone.now())


def sweep_orphans() -> int:
    """Delete files that no row knows. Returns how many went."""
    old = timezone.now() - ORPHAN_AFTER
    found = {
        str(path.relative_to(settings.UPLOADS_ROOT)): path
        for path in Path(settings.UPLOADS_ROOT).rglob("*")
        if path.is_file() and datetime.fromtimestamp(path.stat().st_mtime, tz=old.tzinfo) < old
    }
    known = set(Upload.objects.filter(file__in=found).values_list("file", flat=True))
    orphans = [path for name, path in found.items() if name not in known]
    for path in orphans:
        path.unlink(missing_ok=True)
    return len(orphans)
