"""Deletion of what we keep for a time only: accounts, sessions, logs and who got which email."""

from datetime import timedelta
from typing import Any

from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import transaction
from django.db.models import ProtectedError, QuerySet, RestrictedError
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from portal.jobs.tick import one_by_one
from portal.models import AccountEvent, Delivery, Mailing, PageChange, User

UNCONFIRMED_FOR = timedelta(days=7)
KEEP_TASKS = timedelta(days=7)
KEEP_ACCOUNT_EVENTS = timedelta(days=365)
KEEP_PAGE_CHANGES = timedelta(days=2)
KEEP_DELIVERIES = timedelta(days=90)  # the time in which an email may still come back


DELIVERIES = "who got which email to many"
KEPT_APART = {"unconfirmed accounts", DELIVERIES}  # each has a job of its own


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


def past_keeping() -> dict[str, QuerySet[Any]]:
    """Return the rows that the next cleanup deletes, by what they are."""
    now = timezone.now()
    tasks = DBTaskResult.objects.finished()
    return {
        "unconfirmed accounts": unconfirmed_users(),
        "expired sessions": Session.objects.filter(expire_date__lt=now),
        "finished tasks": tasks.filter(finished_at__lt=now - KEEP_TASKS),
        "account history": AccountEvent.objects.filter(at__lt=now - KEEP_ACCOUNT_EVENTS),
        "page changes": PageChange.objects.filter(at__lt=now - KEEP_PAGE_CHANGES),
        DELIVERIES: Delivery.objects.filter(mailing__in=_old_mailings()),
    }


def delete_finished() -> int:
    """Delete expired sessions, old finished tasks and old logs once an hour; return how many."""
    if not cache.add("swept-finished", True, timeout=3600):
        return 0
    rows = past_keeping()
    return sum(rows[what].delete()[0] for what in rows if what not in KEPT_APART)


def _old_mailings() -> QuerySet[Mailing]:
    return Mailing.objects.filter(
        ended_at__lt=timezone.now() - KEEP_DELIVERIES, last_counts__isnull=True
    )


def delete_deliveries() -> int:
    """Delete who got which email of mailings that ended long ago; return how many mailings.

    How many were sent and how many came back stays with the mailing.
    """
    return one_by_one(_old_mailings(), _keep_counts_alone)


@transaction.atomic
def _keep_counts_alone(pk: int) -> bool:
    mailing = Mailing.objects.select_for_update().get(pk=pk)
    mailing.last_counts = mailing.counts()
    mailing.save(update_fields=["last_counts"])
    mailing.deliveries.all().delete()
    return True
