"""The staff-only log of a council: what was said, how interested it is, what is next."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from councils.models import Council
from network import permissions
from network.models import Event, Membership, Note, Refused, SignUp
from portal.jobs.tick import one_by_one
from portal.models import User


def write_note(
    council: Council,
    *,
    by: User,
    text: str = "",
    on: date | None = None,
    who: str = "",
    stage: str = "",
    next_step: str = "",
    next_step_on: date | None = None,
    sign_up: SignUp | None = None,
) -> Note:
    """Write an entry into a council's log.

    Args:
        on: The day it is about; today if not given.
        stage: How interested the council is now, if that has changed.
        sign_up: The application it is about, if any.

    Raises:
        PermissionDenied: If they are not a network manager.
        Refused: If it says nothing, or a next step lacks its words or its day.
    """
    permissions.require(permissions.can_review(by))
    if not (text or stage or next_step):
        raise Refused("Enter what was said, a stage of interest or a next step.")
    if bool(next_step) != bool(next_step_on):
        raise Refused("Enter both the next step and its day.")
    return Note.objects.create(
        council=council,
        sign_up=sign_up,
        by=by,
        on=on or timezone.localdate(),
        who=who,
        text=text,
        stage=stage,
        next_step=next_step,
        next_step_on=next_step_on,
    )


@transaction.atomic
def do_next_step(note: Note, *, by: User) -> None:
    """Record that the next step of an entry is done.

    Raises:
        PermissionDenied: If they are not a network manager.
        Refused: If it has none, or it is done.
    """
    permissions.require(permissions.can_review(by))
    note = _locked(note)
    if not note.is_to_do:
        raise Refused("This next step is done already.")
    note.done_at, note.done_by = timezone.now(), by
    note.save(update_fields=["done_at", "done_by"])


@transaction.atomic
def erase_note(note: Note, *, by: User, why: str) -> None:
    """Erase the words of an entry: wrong, or someone's personal data that we must not keep.

    That there was an entry, by whom and when, stays, as does the stage of interest.

    Raises:
        PermissionDenied: If they are not a network manager.
        Refused: If its words are erased already.
    """
    permissions.require(permissions.can_review(by))
    note = _locked(note)
    if note.erased_at:
        raise Refused("The words of this entry are erased already.")
    _erase(note)
    Event.objects.record(
        "note.erased",
        by=by,
        why=why,
        sign_up=note.sign_up,
        membership=Membership.objects.live_of(note.council),
    )


def erase_old_notes(*, by: str = "tick") -> int:
    """Erase the words of entries kept for 6 years, and return a count. For the tick."""
    return one_by_one(Note.objects.older_than_kept(), _erase_old)


@transaction.atomic
def _erase_old(pk: int) -> bool:
    note = _locked(Note(pk=pk))
    if note.erased_at:
        return False
    _erase(note)
    return True


def _erase(note: Note) -> None:
    note.text = note.who = note.next_step = ""
    note.erased_at, note.next_step_on = timezone.now(), None
    note.save(update_fields=["text", "who", "next_step", "next_step_on", "erased_at"])


def _locked(note: Note) -> Note:
    rows = Note.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("council", "sign_up").get(pk=note.pk)
