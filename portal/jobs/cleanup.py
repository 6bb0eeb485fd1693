"""What is thrown away by itself: accounts that never confirmed, sessions and tasks that ended."""

from datetime import timedelta

from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import transaction
from django.db.models import ProtectedError, QuerySet, RestrictedError
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from portal.models import User

UNCONFIRMED_FOR = timedelta(days=7)
KEEP_TASKS = timedelta(days=7)


def unconfirmed() -> QuerySet[User]:
    """Accounts that somebody asked for and never came for.

    Never signed in, no confirmed address, no rights of any kind, and older than a week.
    """
    return User.objects.filter(
        last_login=None,
        is_staff=False,
        is_superuser=False,
        groups=None,
        user_permissions=None,
        date_joined__lt=timezone.now() - UNCONFIRMED_FOR,
    ).exclude(emailaddress__verified=True)


def sweep_unconfirmed() -> int:
    """Delete them, one by one. Returns how many went; one that others need stays."""
    pks = list(unconfirmed().values_list("pk", flat=True))
    return sum(_sweep(pk) for pk in pks)


def _sweep(pk: int) -> bool:
    try:
        with transaction.atomic():
            # Read again under a lock: the code may have been entered meanwhile.
            person = unconfirmed().filter(pk=pk).select_for_update(of=("self",)).first()
            if person is None:
                return False
            person.delete()
            return True
    except (ProtectedError, RestrictedError):  # works on a sign-up, stands in a history
        return False


def sweep_finished() -> int:
    """Delete what has ended and tells nobody anything; once an hour. Returns how many."""
    if not cache.add("swept-finished", True, timeout=3600):
        return 0
    now = timezone.now()
    sessions, _ = Session.objects.filter(expire_date__lt=now).delete()
    tasks, _ = DBTaskResult.objects.finished().filter(finished_at__lt=now - KEEP_TASKS).delete()
    return sessions + tasks
