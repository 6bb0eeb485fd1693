"""Drafts that nobody touches: reminded, warned, ended. Nothing is deleted."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from network import emails
from network.actions.ending import end_the_rest
from network.actions.locks import locked
from network.choices import SignUpStatus
from network.models import Event, SignUp
from network.models.events import Actor
from network.models.sign_ups import EDITABLE

# Untouched for so many days: the first two mails remind, the third says when it ends.
REMIND_AFTER = (30, 90, 166)
ENDS_AFTER = 180


def remind_idle(*, by: Actor = "tick") -> int:
    """Mail the lead of each sign-up that has lain untouched for long. Returns how many."""
    return sum(
        _remind(sign_up, warnings=number, by=by)
        for number, days in reversed(list(enumerate(REMIND_AFTER, start=1)))
        for sign_up in _untouched_for(days).filter(idle_warnings__lt=number)
    )


@transaction.atomic
def _remind(sign_up: SignUp, *, warnings: int, by: Actor) -> bool:
    sign_up = locked(sign_up)
    days = REMIND_AFTER[warnings - 1]
    if sign_up.idle_warnings >= warnings or not _is_untouched(sign_up, days):
        return False
    sign_up.idle_warnings = warnings
    sign_up.save(update_fields=["idle_warnings"])
    Event.objects.record("sign_up.reminded", by=by, sign_up=sign_up, why=f"{days} days untouched")
    emails.idle(sign_up, warnings)
    return True


def expire_idle(*, by: Actor = "tick") -> int:
    """End those untouched for 180 days that were warned a fortnight ago. Returns how many."""
    warned = _untouched_for(ENDS_AFTER).filter(idle_warnings=len(REMIND_AFTER))
    return sum(_expire(sign_up, by) for sign_up in warned)


@transaction.atomic
def _expire(sign_up: SignUp, by: Actor) -> bool:
    sign_up = locked(sign_up)
    warned = sign_up.idle_warnings == len(REMIND_AFTER) and _warned_long_enough(sign_up)
    if not (warned and _is_untouched(sign_up, ENDS_AFTER)):
        return False
    end_the_rest(sign_up, by=by, why="Sign-up ended, untouched")
    sign_up.move_to(SignUpStatus.EXPIRED, by=by, why=f"{ENDS_AFTER} days untouched")
    emails.expired(sign_up)
    return True


def _warned_long_enough(sign_up: SignUp) -> bool:
    """A worker that stood still for months must not warn today and end tomorrow."""
    notice = timedelta(days=ENDS_AFTER - REMIND_AFTER[-1])
    warning = sign_up.events.filter(what="sign_up.reminded").latest("pk")
    return warning.at <= timezone.now() - notice


def _untouched_for(days: int):
    since = timezone.now() - timedelta(days=days)
    return SignUp.objects.filter(status__in=EDITABLE, touched_at__lte=since)


def _is_untouched(sign_up: SignUp, days: int) -> bool:
    return sign_up.is_editable and sign_up.touched_at <= timezone.now() - timedelta(days=days)
