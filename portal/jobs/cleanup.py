"""Deletion of unconfirmed accounts, expired sessions and finished tasks."""

from datetime import timedelta

from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import transaction
from django.db.models import ProtectedError, QuerySet, RestrictedError
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from portal.jobs.tick import one_by_one
from portal.models import AccountEvent, PageChange, User

UNCONFIRMED_FOR = timedelta(days=7)
KEEP_TASKS = timedelta(days=7)
KEEP_ACCOUNT_EVENTS = timedelta(days=365)
KEEP_PAGE_CHANGES = timedelta(days=2)


def unconfirmed_users() -> QuerySet[User]:
    """Return users who never signed in and have no confirmed address and no rights.

    Their accounts are more than a week old.
    """
    return User.objects.filter(
        last_login=None,
        is_staff=False,
        is_superuser=False,
        groups=None,
        user_permissions=None,
        date_joined__lt=timezone.now() - UNCONFIRMED_FOR,
    ).exclude(emailaddress__verified=True)


def delete_unconfirmed() -> int:
    """Delete unconfirmed accounts that no other row needs, and return how many."""
    return one_by_one(unconfirmed_users(), _delete_user)


def _delete_user(pk: int) -> bool:
    try:
        with transaction.atomic():
            # Read again with a lock, because the code may have been entered since.
            person = unconfirmed_users().filter(pk=pk).select_for_update(of=("self",)).first()
            if person is None:
                return False
            person.delete()
            return True
    except (ProtectedError, RestrictedError):  # works on a sign-up or is in its history
        return False


def delete_finished() -> int:
    """Delete expired sessions and old finished tasks, once an hour, and return how many."""
    if not cache.add("swept-finished", True, timeout=3600):
        return 0
    now = timezone.now()
    sessions, _ = Session.objects.filter(expire_date__lt=now).delete()
    tasks, _ = DBTaskResult.objects.finished().filter(finished_at__lt=now - KEEP_TASKS).delete()
    events, _ = AccountEvent.objects.filter(at__lt=now - KEEP_ACCOUNT_EVENTS).delete()
    changes, _ = PageChange.objects.filter(at__lt=now - KEEP_PAGE_CHANGES).delete()
    return sessions + tasks + events + changes
