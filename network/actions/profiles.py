"""Changes of a member's profile: saved, sent, published, sent back and put back.

Prose is public once staff have read it. Links, the contact and the logo are public at once.
Each saving is a version of its own, so that nobody overwrites what someone else saved.
"""

from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from councils.models import Council
from network import permissions, profile
from network.actions import check_ins
from network.actions.locks import locked_membership, locked_row
from network.actions.tasks import in_json
from network.choices import MODERATED_PARTS, ProfileChangeStatus
from network.emails import profiles as profiles_emails
from network.models import InvalidMove, Membership, ProfileChange, Refused
from network.models.events import Actor
from network.models.moves import ChangedMeanwhile
from network.upload_validation import FitFile
from portal.models import User
from portal.signals import public_changed

S = ProfileChangeStatus


@transaction.atomic
def save_part(
    membership: Membership,
    part: str,
    *,
    by: User,
    answers: dict[str, Any],
    seen: int | None = None,
    send: bool = False,
    file: FitFile | None = None,
) -> ProfileChange:
    """Save one part of a profile, as a draft or to be published.

    What the council saved of it before and is not public is replaced.

    Args:
        answers: Answers by field name.
        seen: The version that was on the page, 0 for none; None without a page.
        send: Whether to send prose to staff, and to publish anything else.
        file: The logo.

    Raises:
        ChangedMeanwhile: If another version was saved since `seen`.
        PermissionDenied: If they do not act for this member, or only as a viewer.
        Refused: If the council is not a public member, or nothing has changed.
    """
    membership = _to_change(membership, by)
    plain = in_json(answers)
    last = ProfileChange.objects.newest(membership, part)
    if last and seen is not None and seen != last.version:
        if (last.answers, last.by_id) == (plain, by.pk):
            return last  # a double click: already saved
        raise ChangedMeanwhile(last)
    if send and file is None and _same(plain, profile.answers_now(membership, part)):
        raise Refused("This is what the public page already says, so there is nothing to publish.")
    _replace_open(membership, part, by)
    change = ProfileChange(membership=membership, part=part, by=by, answers=plain)
    change.version = last.version + 1 if last else 1
    if file is not None:
        change.file.save(f"logo.{file.ending}", ContentFile(file.content), save=False)
    if send and part in MODERATED_PARTS:
        change.status = S.WAITING
    change.save()
    if send and part not in MODERATED_PARTS:
        _publish(change, by=by)
    else:
        change.record("sent" if send else "saved", by=by, why=change.get_part_display())
    return change


def _to_change(membership: Membership, by: User) -> Membership:
    membership = locked_membership(membership.pk)
    permissions.require(permissions.can_act_for(by, membership))
    if not membership.is_public_and_live:
        raise Refused("This council is not a member.")
    return membership


def _same(mine: dict[str, Any], public: dict[str, Any]) -> bool:
    """Whether two versions say the same, where an answer left out is an empty one."""
    return all((mine.get(n) or "") == (public.get(n) or "") for n in {*mine, *public})


def _replace_open(membership: Membership, part: str, by: User) -> bool:
    """Replace what the council saved and is not public, and return whether there was any."""
    found = membership.profile_changes.open().filter(part=part).first()
    if found is None:
        return False
    found.move_to(S.REPLACED, by=by, why=found.get_part_display())
    return True


@transaction.atomic
def publish_from_source(
    membership: Membership, part: str, *, by: str, answers: dict[str, Any], **source: str
) -> ProfileChange | None:
    """Publish what a public source says, where the council has said nothing itself.

    For commands.

    Args:
        source: `source_title`, and perhaps `source_url` and `source_date`.

    Returns:
        The change; None if there ever was a version of this part.
    """
    membership = locked_membership(membership.pk)
    if ProfileChange.objects.newest(membership, part):
        return None
    change = ProfileChange(membership=membership, part=part, version=1, answers=answers, **source)
    change.save()
    _publish(change, by=by)
    return change


@transaction.atomic
def write_from_source(
    membership: Membership, part: str, *, by: User, answers: dict[str, Any], **source: str
) -> ProfileChange:
    """Publish what a public source says about a member for which nobody acts.

    The page names the source, so no second person has to read it first. Never over the
    council's own words.

    Args:
        source: `source_title`, and perhaps `source_url` and `source_date`.

    Raises:
        PermissionDenied: If they may not look after this member.
        Refused: If it is not a public member, someone acts for it, it said something itself, or
            nothing has changed.
    """
    membership = locked_membership(membership.pk)
    permissions.require(permissions.can_write_for(by, membership))
    if not membership.is_public_and_live:
        raise Refused("This council is not a member.")
    if people := membership.people_who_check_in():
        raise Refused(f"{people[0]} acts for {membership.council.name}. Ask them to change it.")
    public = profile.published_changes(membership).get(part)
    now = profile.answers_now(membership, part)
    if any(now.values()) and not (public and public.is_from_us):
        raise Refused("The council wrote this itself, so you cannot change it.")
    plain = in_json(answers)
    if _same(plain, now) and public and all(getattr(public, n) == v for n, v in source.items()):
        raise Refused("This is what the public page already says, so there is nothing to publish.")
    _replace_open(membership, part, by)
    last = ProfileChange.objects.newest(membership, part)
    change = ProfileChange(membership=membership, part=part, by=by, answers=plain, **source)
    change.version = last.version + 1 if last else 1
    change.save()
    _publish(change, by=by)
    return change


@transaction.atomic
def publish(change: ProfileChange, *, by: User) -> None:
    """Publish a change that waits, and tell its author.

    Raises:
        PermissionDenied: If they wrote it, have a part in the council or are no manager.
        Refused: If it no longer waits, or the council is no longer a member.
    """
    change = _to_decide(change, by)
    change.decided_by, change.decided_at = by, timezone.now()
    change.save(update_fields=["decided_by", "decided_at"])
    _publish(change, by=by)
    profiles_emails.change_published(change)


@transaction.atomic
def publish_words(membership: Membership, *, by: User, shown: str) -> None:
    """Publish everything a member's people wrote that waits: its page, and its check-ins' lines.

    Args:
        shown: `WaitingWords.fingerprint` of what was read.

    Raises:
        PermissionDenied: If they may not look after this member.
        Refused: If nothing waits, or something else than what was read.
    """
    membership = locked_membership(membership.pk)
    permissions.require(permissions.can_look_after(by, membership))
    words = profile.waiting_words(membership)
    if not words:
        raise Refused("Nothing is waiting to be published.")
    if words.fingerprint != shown:
        raise Refused(
            "The council has sent something else since you opened the page. Read it again."
        )
    for change in words.changes:
        publish(change, by=by)
    for check_in in words.check_ins:
        check_ins.publish_lines(check_in, by=by)


@transaction.atomic
def send_back(change: ProfileChange, *, by: User, why: str) -> None:
    """Send a change back with what to change, and tell its author and the lead.

    Raises:
        PermissionDenied: If they wrote it, have a part in the council or are no manager.
        Refused: If it no longer waits, or the council is no longer a member.
    """
    change = _to_decide(change, by)
    change.note, change.decided_by, change.decided_at = why, by, timezone.now()
    change.save(update_fields=["note", "decided_by", "decided_at"])
    change.move_to(S.SENT_BACK, by=by, why=f"{change.get_part_display()}: {why}")
    profiles_emails.change_sent_back(change)


def _to_decide(change: ProfileChange, by: User) -> ProfileChange:
    change = locked_row(change)
    permissions.require(permissions.can_moderate(by, change))
    if not change.membership.is_public_and_live:
        raise Refused("This council is not a member.")
    if change.status != S.WAITING:
        raise InvalidMove("This no longer waits. Someone has answered it, or sent a newer version.")
    return change


@transaction.atomic
def discard(membership: Membership, part: str, *, by: User) -> None:
    """Discard what the council saved of one part and is not public. The public page stays.

    Raises:
        PermissionDenied: If they do not act for this member, or only as a viewer.
        Refused: If the council is not a public member, or there is nothing to discard.
    """
    membership = _to_change(membership, by)
    if not _replace_open(membership, part, by):
        raise Refused("There is nothing to discard. Someone has discarded or published it.")


@transaction.atomic
def put_back(change: ProfileChange, *, by: User) -> None:
    """Take the public version of a part back, so that the one before is public again.

    Before the first change, that is what the council wrote when it applied. The same again
    brings back what was taken back. If staff do it, the lead is told.

    Raises:
        PermissionDenied: If they neither lead for this member nor may look after it.
        Refused: If it is not public any more, or the council is no longer a member.
    """
    change = locked_row(change)
    permissions.require(permissions.can_put_back(by, change.membership))
    if not change.membership.is_public_and_live:
        raise Refused("This council is not a member.")
    if change.status != S.PUBLISHED:
        raise InvalidMove("Someone has changed this since you opened the page. Check it again.")
    if before := change.before():
        _publish(before, by=by, what="put_back")
    else:
        change.move_to(S.REPLACED, by=by, what="put_back", why=change.get_part_display())
        public_changed.send(sender=Council, instance=change.council)
    profiles_emails.put_back(change, by)


def _publish(change: ProfileChange, *, by: Actor, what: str = "published") -> None:
    """Make a version the public one, in place of the one before."""
    part = change.get_part_display()
    if now := change.membership.profile_changes.published().filter(part=change.part).first():
        now.move_to(S.REPLACED, by=by, why=part)
    change.published_at = timezone.now()
    change.save(update_fields=["published_at"])
    change.move_to(S.PUBLISHED, by=by, what=what, why=part)
    public_changed.send(sender=Council, instance=change.council)
