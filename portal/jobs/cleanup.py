"""Deletion of what we keep for a time only: accounts, sessions, logs and who got which email."""

from datetime import timedelta

from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import transaction
from django.db.models import ProtectedError, Q, QuerySet, RestrictedError
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from portal.jobs.tick import one_by_one
from portal.models import AccountEvent, Delivery, Mailing, OutboxMessage, PageChange, User
from portal.personal_data.registry import NOBODY
from portal.retention import Period

UNCONFIRMED_FOR = timedelta(days=7)
KEEP_TASKS = timedelta(days=7)
KEEP_ACCOUNT_EVENTS = timedelta(days=365)
KEEP_PAGE_CHANGES = timedelta(days=2)
KEEP_DELIVERIES = timedelta(days=90)  # the time in which an email may still come back
KEEP_RECIPIENTS = timedelta(days=365)
KEEP_ERASED = timedelta(days=30)  # who was told that their data is erased
TOLD_OF_ERASURE = "network.person_erased"


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
    """Delete expired sessions, old finished tasks and old logs once an hour; return how many."""
    if not cache.add("swept-finished", True, timeout=3600):
        return 0
    return sum(period.end() for period in PERIODS if period.job is None)


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


def _named_recipients() -> QuerySet[OutboxMessage]:
    now = timezone.now()
    old = Q(created_at__lt=now - KEEP_RECIPIENTS)
    old |= Q(kind=TOLD_OF_ERASURE, created_at__lt=now - KEEP_ERASED)
    return (
        OutboxMessage.objects.filter(old)
        .exclude(to=NOBODY)
        .exclude(status=OutboxMessage.Status.PENDING)
    )


def forget_recipients() -> int:
    """Take address and names out of emails sent long ago, and return how many."""
    return _named_recipients().update(to=NOBODY, about={}, last_error="")


PERIODS = [
    Period(
        "Accounts whose address nobody confirmed",
        UNCONFIRMED_FOR,
        "they were made",
        "Someone who mistyped an address, or never came back, leaves nothing here",
        "Deletes the account",
        unconfirmed_users,
        delete_unconfirmed,
    ),
    Period(
        "Sessions",
        timedelta(),
        "When they expire: 2 weeks after the last use",
        "They are of no more use",
        "Deletes them",
        lambda: Session.objects.filter(expire_date__lt=timezone.now()),
    ),
    Period(
        "Sign-ins and changes of an account",
        KEEP_ACCOUNT_EVENTS,
        "they happened",
        "So that people notice a sign-in that was not theirs",
        "Deletes them",
        lambda: AccountEvent.objects.filter(at__lt=timezone.now() - KEEP_ACCOUNT_EVENTS),
    ),
    Period(
        "Addresses of emails we sent",
        KEEP_RECIPIENTS,
        "the email was written",
        "To answer whether someone was told. That someone’s data was erased: 30 days",
        "Takes the address out; what kind of email it was, and when, stays",
        _named_recipients,
        forget_recipients,
    ),
    Period(
        "Who got which email to many",
        KEEP_DELIVERIES,
        "the sending ended",
        "The time in which an email can still come back",
        "Deletes who got it; how many did stays",
        lambda: Delivery.objects.filter(mailing__in=_old_mailings()),
        delete_deliveries,
    ),
    Period(
        "Finished jobs",
        KEEP_TASKS,
        "they finished",
        "To find out why one failed. They hold numbers of rows and no names",
        "Deletes them",
        lambda: DBTaskResult.objects.finished().filter(finished_at__lt=timezone.now() - KEEP_TASKS),
    ),
    Period(
        "Changes of public pages",
        KEEP_PAGE_CHANGES,
        "they were made",
        "To make kept pages again. They name nobody",
        "Deletes them",
        lambda: PageChange.objects.filter(at__lt=timezone.now() - KEEP_PAGE_CHANGES),
    ),
]
