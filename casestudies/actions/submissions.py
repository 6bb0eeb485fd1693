"""Case studies from members: started, saved, sent, read by editors, and published.

Each saving is a revision of the page. While a council writes, the page is locked in the admin,
so that no editor publishes what nobody has sent; editors read it through Wagtail's workflow.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from wagtail.blocks import StreamValue
from wagtail.models import WorkflowState
from wagtail.users.models import UserProfile

from casestudies import readiness, submitted
from casestudies.choices import SubmissionStatus
from casestudies.emails import submissions as emails
from casestudies.forms.submissions import MemberPictureForm
from casestudies.models import CaseStudyIndexPage, CaseStudyPage, Submission
from councils.models import Council
from network import permissions
from network.actions.locks import locked_membership
from network.models import ChangedMeanwhile, Event, InvalidMove, Membership, Refused, TooMany
from network.models.events import Actor
from portal.models import User

MOST_UNFINISHED = 20  # of a council at one time
MOST_PICTURES = 12
CHANGED = "Someone changed this while you had the page open. Its status is now “{}”."


@dataclass(frozen=True)
class Saved:
    """A version of one section: what it says, who saved it and when."""

    answers: dict[str, Any]
    by: User | str
    at: datetime
    version: int


@transaction.atomic
def start(membership: Membership, *, by: User) -> Submission:
    """Start a new case study of a member.

    Raises:
        PermissionDenied: If they do not act for this member, or only as a viewer.
        Refused: If the council is no public member, or has too many unfinished ones.
    """
    membership = _to_write(membership, by)
    council = membership.council
    index = CaseStudyIndexPage.objects.first()
    if index is None:
        raise Refused("You cannot start a case study yet. The list of case studies is not here.")
    if Submission.objects.of_council(council).unfinished().count() >= MOST_UNFINISHED:
        raise TooMany(
            f"{council.name} has {MOST_UNFINISHED} unfinished case studies. Finish or withdraw "
            "one, then start another."
        )
    page = CaseStudyPage(
        title=submitted.untitled(council),
        slug=f"from-a-member-{secrets.token_hex(8)}",  # until it is sent: a title could be guessed
        council=council,
        owner=by,
        live=False,
        has_unpublished_changes=True,
    )
    page.sources = [submitted.own_source(council)]
    index.add_child(instance=page)
    submission = Submission.objects.create(page=page, membership=membership)
    _save_version(submission, page, by)
    _record(submission, "started", by=by)
    return submission


@transaction.atomic
def start_change(membership: Membership, page: CaseStudyPage, *, by: User) -> Submission:
    """Start a change of a published case study of a member; the public text stays.

    If it was started before, that one is returned.

    Raises:
        PermissionDenied: If they do not act for this member, or only as a viewer.
        Refused: If the page is not this council's and public, or editors are changing it.
    """
    membership = _to_write(membership, by)
    page = CaseStudyPage.objects.select_for_update(of=("self",)).get(pk=page.pk)
    if page.council_id != membership.council_id or not page.live:
        raise Refused("This is no public case study of your council.")
    found = Submission.objects.filter(page=page).first()
    if found is not None and found.council != membership.council:
        raise Refused("Another council wrote this. Contact us if it should be yours.")
    submission = found or Submission(page=page, membership=membership, is_open=False)
    if submission.is_open:
        return submission
    if page.has_unpublished_changes:
        raise Refused(
            "You cannot change this case study yet. Our editors are working on it. Try again when "
            "they have published their changes, or contact us."
        )
    submission.is_open, submission.withdrawn_at = True, None
    submission.save()
    _save_version(submission, page, by)
    _record(submission, "change_started", by=by)
    return submission


def _to_write(membership: Membership, by: User) -> Membership:
    """Lock a membership for someone who writes for it.

    Raises:
        PermissionDenied: If they do not act for this member, or only as a viewer.
        Refused: If the council is not a public member.
    """
    membership = locked_membership(membership.pk)
    permissions.require(permissions.can_act_for(by, membership))
    if not membership.is_public_and_live:
        raise Refused("This council is not a member.")
    return membership


def _locked(submission: Submission) -> Submission:
    """Read a submission and its page again under a lock."""
    rows = Submission.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("page", "membership__council").get(pk=submission.pk)


def _to_change(submission: Submission, by: User) -> Submission:
    """Lock a submission for someone who changes it.

    Raises:
        PermissionDenied: If they do not act for this member, or only as a viewer.
        Refused: If the council is no public member, or cannot change it now.
    """
    membership = _member_now(submission)
    _to_write(membership, by)
    submission = _locked(submission)
    if not (submission.is_open and submission.can_be_changed):
        raise InvalidMove(CHANGED.format(submission.status.label.lower()))
    return submission


def _member_now(submission: Submission) -> Membership:
    """Return the council's membership of today, because a council can leave and join again."""
    live = Membership.objects.filter(council=submission.council).live().first()
    return live or submission.membership


def _save_version(submission: Submission, page: CaseStudyPage, by: User) -> None:
    """Save what the council wrote as a revision, and lock the page for editors."""
    # Without validation: a draft can lack anything, and the forms have checked what was entered.
    page.save_revision(user=by, clean=False, log_action=True)
    _lock(submission, by)


def _lock(submission: Submission, by: User | None) -> None:
    """Lock the page in the admin for as long as the council writes, or unlock it."""
    page = submission.page
    page.locked, page.locked_by = by is not None, by
    page.locked_at = timezone.now() if by else None
    rows = CaseStudyPage.objects.filter(pk=page.pk)
    rows.update(locked=page.locked, locked_by=by, locked_at=page.locked_at)


def _record(submission: Submission, what: str, *, by: Actor, why: str = "") -> None:
    title = submission.page.draft_title or submission.page.title
    said = f"{title}: {why}" if why else title
    Event.objects.record(f"case_study.{what}", by=by, why=said, membership=_member_now(submission))


@transaction.atomic
def save_section(
    submission: Submission, section: str, *, by: User, answers: dict[str, Any], seen: int
) -> None:
    """Save one section as a new version of the draft. The public page does not change.

    Args:
        answers: By the names of the form's fields.
        seen: The version that was on the page.

    Raises:
        ChangedMeanwhile: If someone saved this section differently since `seen`.
        PermissionDenied: If they do not act for this member, or only as a viewer.
        Refused: If the council cannot change it now.
    """
    submission = _to_change(submission, by)
    page = submission.version
    latest = page.latest_revision
    now = submitted.read(section, page, submission.council)
    submitted.write(section, page, submission.council, answers)
    if now == submitted.read(section, page, submission.council):
        return  # nothing new, or a double click
    if latest and latest.pk != seen and now != version_seen(submission, section, seen):
        raise ChangedMeanwhile(Saved(now, latest.user or "An editor", latest.created_at, latest.pk))
    _save_version(submission, page, by)


def version_seen(submission: Submission, section: str, seen: int) -> dict[str, Any]:
    """Return the answers of a section as an earlier version had them; none if there is none."""
    found = submission.page.revisions.filter(pk=seen).first()
    return submitted.read(section, found.as_object(), submission.council) if found else {}


@transaction.atomic
def add_picture(submission: Submission, form: MemberPictureForm, *, by: User) -> None:
    """Add a picture behind the longer story.

    Its file gets a name that nobody can guess, because it lies where public pictures do.

    Args:
        form: What they entered, valid.

    Raises:
        PermissionDenied: If they do not act for this member, or only as a viewer.
        Refused: If the council cannot change it now, or it has too many pictures.
    """
    submission = _to_change(submission, by)
    page = submission.version
    if len(submitted.pictures(page)) >= MOST_PICTURES:
        raise TooMany(f"A case study can have {MOST_PICTURES} pictures. Remove one first.")
    picture = form.save()
    picture.contextual_alt_text, picture.decorative = form.cleaned_data["alt"], False
    page.story.append(("image", picture))
    people = page.council_notes.get("people_in_pictures", {})
    page.council_notes["people_in_pictures"] = {
        **people,
        str(picture.pk): form.cleaned_data["people"],
    }
    _save_version(submission, page, by)


@transaction.atomic
def remove_picture(submission: Submission, block: str, *, by: User) -> None:
    """Remove a picture from the draft. Earlier versions keep it, so it can come back.

    Args:
        block: The id of its block in the story.

    Raises:
        PermissionDenied: If they do not act for this member, or only as a viewer.
        Refused: If the council cannot change it now, or the picture is not there.
    """
    submission = _to_change(submission, by)
    page = submission.version
    found = next((each for each in submitted.pictures(page) if each.id == block), None)
    if found is None:
        raise Refused("This picture is no longer here. Someone has removed it.")
    kept = [(b.block_type, b.value, b.id) for b in page.story if b.id != block]
    page.story = StreamValue(page.story.stream_block, kept)
    page.council_notes.get("people_in_pictures", {}).pop(str(found.value.pk), None)
    _save_version(submission, page, by)


@transaction.atomic
def send(submission: Submission, *, by: User) -> None:
    """Send it to the editors, through Wagtail's workflow in this person's name.

    Raises:
        PermissionDenied: If they do not act for this member, or only as a viewer.
        Refused: If something is missing, or the council cannot send it now.
    """
    submission = _to_change(submission, by)
    page = submission.version
    if readiness.problems(page, submission.council):
        raise Refused("You cannot send this yet. Some sections are not complete.")
    make_ready(page, submission.council)
    try:
        page.full_clean()
        page.check_publishable()
    except ValidationError as problem:  # what no section can say
        raise Refused(" ".join(problem.messages)) from problem
    page.save_revision(user=by, clean=False, log_action=True)
    _lock(submission, None)
    _mute(by)
    state, workflow = submission.workflow_state, page.get_workflow()
    if state is not None:
        state.resume(user=by)
    elif workflow is not None:
        workflow.start(submission.page, by)
    else:
        raise Refused("You cannot send this, because no one is set to read it. Contact us.")
    submission.sent_at, submission.sent_by = timezone.now(), by
    submission.save(update_fields=["sent_at", "sent_by"])
    _record(submission, "sent", by=by)
    emails.case_study_sent(submission)


def make_ready(page: CaseStudyPage, council: Council) -> None:
    """Give a page what it has once it is sent: its address, who wrote it, and the council's word.

    The page is not saved. A preview shows it so too.
    """
    if page.first_published_at is None:
        page.slug = ""
        page.minimal_clean()  # makes the slug from the title
    page.confirmed_on = timezone.localdate()
    page.written_by = credit(page, council)


def credit(page: CaseStudyPage, council: Council) -> str:
    """Return who wrote it, as readers see it: the council, and the author if they agreed."""
    notes = page.council_notes
    if not notes.get("author_agrees"):
        return council.official_name
    who = ", ".join(filter(None, [notes["author_name"], notes["author_role"]]))
    return f"{who}, for {council.official_name}"[:300]


def _mute(user: User) -> None:
    """Let Wagtail send no mail to someone who cannot enter the admin; ours tell them."""
    if not user.has_perm("wagtailadmin.access_admin"):
        profile = UserProfile.get_for_user(user)
        profile.approved_notifications = profile.rejected_notifications = False
        profile.save(update_fields=["approved_notifications", "rejected_notifications"])


@transaction.atomic
def take_back(submission: Submission, *, by: User) -> None:
    """Take it back from the editors, or take up one that was withdrawn, to change it.

    Raises:
        PermissionDenied: If they do not act for this member, or only as a viewer.
        Refused: If it neither waits nor was withdrawn.
    """
    _to_write(_member_now(submission), by)
    submission = _locked(submission)
    if submission.status == SubmissionStatus.WAITING:
        submission.workflow_state.cancel(user=by)  # type: ignore[union-attr]  # it waits in one
    elif submission.status == SubmissionStatus.WITHDRAWN:
        submission.withdrawn_at, submission.is_open = None, True
        submission.save(update_fields=["withdrawn_at", "is_open"])
    else:
        raise InvalidMove(CHANGED.format(submission.status.label.lower()))
    _lock(submission, by)
    _record(submission, "taken_back", by=by)


@transaction.atomic
def withdraw(submission: Submission, *, by: User) -> None:
    """Withdraw a case study that was never public, or discard a change. What is public stays.

    Raises:
        PermissionDenied: If they do not act for this member, or only as a viewer.
        Refused: If there is nothing to withdraw.
    """
    _to_write(_member_now(submission), by)
    submission = _locked(submission)
    if submission.withdrawn_at or not submission.is_open:
        raise InvalidMove(CHANGED.format(submission.status.label.lower()))
    if state := submission.workflow_state:
        state.cancel(user=by)
    page = submission.page
    if page.live:
        page.save_revision(user=by, clean=False, changed=False, log_action=True)
        CaseStudyPage.objects.filter(pk=page.pk).update(has_unpublished_changes=False)
        submission.is_open = False
    else:
        submission.withdrawn_at = timezone.now()
    submission.save(update_fields=["is_open", "withdrawn_at"])
    _lock(submission, None)
    _record(submission, "withdrawn", by=by)


@transaction.atomic
def note_sent_back(state: WorkflowState, *, by: Actor) -> None:
    """Tell the council that an editor asks for changes, and give the page back to it.

    For Wagtail's signal.
    """
    submission = Submission.objects.filter(page=state.object_id, is_open=True).first()
    if submission is None:
        return
    submission = _locked(submission)
    _lock(submission, submission.sent_by)
    _record(submission, "sent_back", by=by, why=submission.wanted)
    emails.case_study_sent_back(submission)


@transaction.atomic
def note_published(page: CaseStudyPage, *, by: Actor) -> None:
    """Tell the council that what it sent is public. For Wagtail's signal."""
    submission = Submission.objects.filter(page=page.pk, is_open=True).first()
    if submission is None:
        return
    submission = _locked(submission)
    submission.is_open, submission.published_at = False, timezone.now()
    submission.withdrawn_at = None
    submission.save(update_fields=["is_open", "published_at", "withdrawn_at"])
    _lock(submission, None)
    _record(submission, "published", by=by)
    emails.case_study_published(submission)
