"""Colleagues and representatives: invitations, access requests and the lead."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from wagtail.models import Page, WorkflowState

from network import permissions
from network.actions.locks import expire, locked, locked_membership, locked_row
from network.choices import (
    AccessStatus,
    CollaboratorRole,
    EmailEvidence,
    InvitationStatus,
    QuestionStatus,
    RepresentativeRole,
)
from network.emails import people as people_emails
from network.models import (
    AccessRequest,
    Collaborator,
    Event,
    InvalidMove,
    Invitation,
    Membership,
    PersonMerge,
    Refused,
    Representative,
    SignUp,
    Withdrawal,
)
from network.models.sign_ups import email_evidence
from portal.models import User

# Enough for a council's team, but not for bulk email.
OPEN_INVITATIONS = 10


@transaction.atomic
def invite(sign_up: SignUp, *, by: User, email: str) -> Invitation:
    """Invite a colleague by email to work on the sign-up too.

    Someone already invited gets a new link, and the old one expires.

    Raises:
        PermissionDenied: If `by` does not work on it.
        Refused: If it has ended, they work on it already, or too many invitations are open.
    """
    sign_up = locked(sign_up)
    permissions.require(permissions.works_on(by, sign_up))
    _refuse_ended(sign_up)
    email = email.lower()
    if sign_up.collaborators.filter(user__email__iexact=email).exists():
        raise Refused(f"{email} already works on this application.")
    waiting = sign_up.invitations.filter(status=InvitationStatus.SENT)
    invitation = waiting.filter(email=email).first()
    if invitation is None and waiting.count() >= OPEN_INVITATIONS:
        raise Refused(
            f"{OPEN_INVITATIONS} invitations are waiting for an answer. Cancel one first."
        )
    if invitation is None:
        invitation = Invitation.objects.create(sign_up=sign_up, email=email, by=by)
    invitation.renew_link()
    invitation.record("sent", by=by, why=email)
    sign_up.touch()
    people_emails.invitation(invitation)
    return invitation


@transaction.atomic
def invite_representative(
    membership: Membership, *, by: User, email: str, role: RepresentativeRole
) -> Invitation:
    """Invite a colleague by email to represent a member, as a contributor or a viewer.

    Someone already invited gets a new link, with this role, and the old one expires.

    Raises:
        PermissionDenied: If `by` does not lead for it.
        Refused: If it has ended, they represent it already, or too many invitations are open.
    """
    membership = _to_manage(membership, by)
    email = email.lower()
    if membership.representatives.current().filter(user__email__iexact=email).exists():
        raise Refused(f"{email} already has access.")
    waiting = membership.invitations.filter(status=InvitationStatus.SENT)
    invitation = waiting.filter(email=email).first()
    if invitation is None and waiting.count() >= OPEN_INVITATIONS:
        raise Refused(
            f"{OPEN_INVITATIONS} invitations are waiting for an answer. Cancel one first."
        )
    if invitation is None:
        invitation = Invitation(membership=membership, email=email)
    invitation.by, invitation.role = by, role
    invitation.save()
    invitation.renew_link()
    invitation.record("sent", by=by, why=f"{email}, {role.label.lower()}")
    people_emails.member_invitation(invitation)
    return invitation


def _to_manage(membership: Membership, by: User) -> Membership:
    """Lock a membership for its lead, who decides who has access."""
    membership = locked_membership(membership.pk)
    permissions.require(permissions.leads_member(by, membership))
    if not membership.is_live:
        raise Refused("This membership has ended.")
    return membership


@transaction.atomic
def accept_invitation(invitation: Invitation, *, by: User) -> SignUp | Membership:
    """Accept the invitation, and start to work on the sign-up or to represent the member.

    Raises:
        PermissionDenied: If it went to someone else.
        Refused: If it has ended.
    """
    invitation = _to_answer(invitation, by)
    invitation.move_to(InvitationStatus.ACCEPTED, by=by)
    if invitation.sign_up is None:
        membership: Membership = invitation.membership  # type: ignore[assignment]  # one of both
        represent(membership, by, RepresentativeRole(invitation.role))
        people_emails.member_invitation_accepted(invitation, by)
        return membership
    join(invitation.sign_up, by)
    people_emails.invitation_accepted(invitation, by)
    return invitation.sign_up


def join(sign_up: SignUp, person: User) -> None:
    """Add someone to the people who work on it. Idempotent.

    For actions that hold the sign-up's lock and have asked for permission.
    """
    Collaborator.objects.get_or_create(
        sign_up=sign_up, user=person, defaults={"role": CollaboratorRole.COLLEAGUE}
    )
    sign_up.touch()


@transaction.atomic
def refuse_invitation(invitation: Invitation, *, by: User) -> None:
    """Decline the invitation.

    Raises:
        PermissionDenied: If it went to someone else.
        Refused: If it has ended.
    """
    _to_answer(invitation, by).move_to(InvitationStatus.REFUSED, by=by)


def _to_answer(invitation: Invitation, by: User) -> Invitation:
    invitation = locked_row(invitation)
    permissions.require(permissions.can_answer_invitation(by, invitation))
    if not invitation.is_waited_for:
        raise Refused("This invitation has expired. Ask your colleague for a new one.")
    return invitation


@transaction.atomic
def cancel_invitation(invitation: Invitation, *, by: User) -> None:
    """Cancel an invitation and revoke its link.

    Raises:
        PermissionDenied: If they neither sent it nor lead the sign-up or the member.
        InvalidMove: If it has been answered or cancelled.
    """
    invitation = locked_row(invitation)
    permissions.require(permissions.can_cancel_invitation(by, invitation))
    invitation.move_to(InvitationStatus.CANCELLED, by=by)


def expire_invitations(*, by: str = "tick") -> int:
    """Expire invitations whose link has ended, and return a count. For the tick."""
    return expire(Invitation.objects.ended(), by=by)


@transaction.atomic
def leave(sign_up: SignUp, *, by: User) -> None:
    """Stop working on a sign-up.

    Raises:
        PermissionDenied: If they do not work on it.
        Refused: If they lead it; they hand the lead over first.
    """
    sign_up = locked(sign_up)
    permissions.require(permissions.works_on(by, sign_up))
    mine = _collaborator(sign_up, by)
    if mine.role == CollaboratorRole.LEAD:
        raise Refused("You are the lead contact. Make someone else the lead contact first.")
    mine.delete()
    _take_back_invitations(sign_up, sent_by=by, by=by)
    event = Event.objects.record("sign_up.colleague_left", by=by, sign_up=sign_up)
    people_emails.colleague_left(sign_up, by, event)


@transaction.atomic
def remove_colleague(sign_up: SignUp, *, by: User, person: User) -> None:
    """Remove a colleague from a sign-up, and tell them.

    Raises:
        PermissionDenied: If `by` does not lead it.
        Refused: If the person leads it, or does not work on it.
    """
    sign_up = locked(sign_up)
    permissions.require(permissions.can_manage_colleagues(by, sign_up))
    theirs = _collaborator(sign_up, person)
    if theirs.role == CollaboratorRole.LEAD:
        raise Refused("The lead contact cannot be removed.")
    theirs.delete()
    _take_back_invitations(sign_up, sent_by=person, by=by)
    event = Event.objects.record(
        "sign_up.colleague_removed", by=by, sign_up=sign_up, why=str(person)
    )
    people_emails.colleague_removed(sign_up, person, event)


def _take_back_invitations(sign_up: SignUp, *, sent_by: User, by: User) -> None:
    """Cancel pending invitations sent by a colleague who has left."""
    for invitation in sign_up.invitations.filter(by=sent_by, status=InvitationStatus.SENT):
        why = f"{sent_by} no longer works on it"
        invitation.move_to(InvitationStatus.CANCELLED, by=by, why=why)


@transaction.atomic
def hand_over(sign_up: SignUp, *, by: User, to: User) -> None:
    """Make a colleague the lead; the former lead becomes a colleague.

    Raises:
        PermissionDenied: If `by` does not lead it.
        Refused: If it has ended, or `to` does not work on it or leads it already.
    """
    sign_up = locked(sign_up)
    permissions.require(permissions.can_manage_colleagues(by, sign_up))
    _hand_over(sign_up, by=by, to=to)


def _hand_over(sign_up: SignUp, *, by: User, to: User) -> None:
    _refuse_ended(sign_up)
    new, old = _collaborator(sign_up, to), sign_up.collaborators.get(role=CollaboratorRole.LEAD)
    if new.pk == old.pk:
        raise Refused(f"{to} is already the lead contact.")
    old.role, new.role = CollaboratorRole.COLLEAGUE, CollaboratorRole.LEAD
    old.save(update_fields=["role"])
    new.save(update_fields=["role"])
    _applies_now(sign_up, to)
    event = Event.objects.record(
        "sign_up.lead_changed", by=by, sign_up=sign_up, why=f"{to} is now the lead contact"
    )
    people_emails.lead_changed(sign_up, to, event)


def _applies_now(sign_up: SignUp, person: User) -> None:
    """Replace the applicant's details, because the former lead's say nothing about the new one.

    After sending they stay, because the council can no longer change them there.
    """
    sign_up.email_evidence = email_evidence(person.email, sign_up.council)
    if sign_up.is_editable:
        sign_up.applicant_name = person.get_full_name()[:120]
        sign_up.applicant_job_title = sign_up.applicant_phone = ""
    sign_up.save(
        update_fields=[
            "email_evidence",
            "applicant_name",
            "applicant_job_title",
            "applicant_phone",
        ]
    )
    sign_up.touch()


def _refuse_ended(sign_up: SignUp) -> None:
    if not sign_up.is_open:
        raise Refused("This application has ended.")


def _collaborator(sign_up: SignUp, person: User) -> Collaborator:
    found = sign_up.collaborators.filter(user=person).first()
    if found is None:
        raise Refused(f"{person} does not work on this application.")
    return found


OPEN_REQUESTS = 5


@transaction.atomic
def ask_access(
    target: SignUp | Membership, *, by: User, name: str, job_title: str, message: str
) -> AccessRequest:
    """Request access to a sign-up or a member; one open request at a time.

    Its lead is told, or staff if no one leads.

    Raises:
        PermissionDenied: If they have no active account.
        Refused: If it has ended, they have access already, or too many open requests.
    """
    permissions.require(permissions.can_start(by))
    if isinstance(target, SignUp):
        field, target = "sign_up", locked(target)
        inside = target.collaborators.all()
        membership = getattr(target, "membership", None)
        is_over = not target.is_open and (membership is None or not membership.is_live)
    else:
        field, target = "membership", locked_membership(target.pk)
        inside = target.representatives.current()
        is_over = not target.is_live
    if is_over:
        raise Refused(f"This has ended for {target.council.name}, so you cannot request access.")
    # Lock the person, so that two clicks make one request.
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    if inside.filter(user=by).exists():
        raise Refused(f"You already have access for {target.council.name}.")
    mine = AccessRequest.objects.filter(user=by, status=AccessStatus.OPEN)
    if asked := mine.filter(**{field: target}).first():
        return asked
    if mine.count() >= OPEN_REQUESTS:
        raise Refused("Several of your requests are waiting for an answer. Wait for those first.")
    request = AccessRequest.objects.create(
        **{field: target},
        user=by,
        name=name,
        job_title=job_title,
        message=message,
        email_evidence=email_evidence(by.email, target.council),
    )
    request.record("open", by=by)
    people_emails.access_asked(request)
    return request


@transaction.atomic
def grant_access(request: AccessRequest, *, by: User) -> None:
    """Approve a request for access.

    Raises:
        PermissionDenied: If `by` may not answer the request.
        InvalidMove: If it has been answered.
        Refused: If the sign-up or the membership has ended.
    """
    request = _locked_access(request, by)
    request.move_to(AccessStatus.GRANTED, by=by)
    membership = request.membership or getattr(request.sign_up, "membership", None)
    if membership is not None and not membership.is_live:
        raise Refused("This membership has ended.")
    if request.sign_up is not None:
        if membership is None and not request.sign_up.is_open:
            raise Refused("This application has ended.")
        # Also once it is accepted: until the announcement, it is there that they find it.
        join(request.sign_up, request.user)
    if membership is not None:
        represent(membership, request.user)
    people_emails.access_granted(request)


@transaction.atomic
def grant_the_lead(request: AccessRequest, *, by: User) -> None:
    """Approve access and hand over the lead, because the lead does not answer or has left.

    Raises:
        PermissionDenied: If `by` may not answer the request.
        Refused: As in `grant_access`, `hand_over` and `hand_over_member`.
    """
    grant_access(request, by=by)
    if request.membership is None:
        _lead_sign_up(request, by)
        return
    leads = request.membership.representatives.current().filter(role=RepresentativeRole.LEAD)
    if not leads.filter(user=request.user).exists():  # else access made them lead
        _hand_over_member(locked_membership(request.membership.pk), by=by, to=request.user)


def _lead_sign_up(request: AccessRequest, by: User) -> None:
    sign_up = locked(SignUp(pk=request.sign_up_id))
    _hand_over(sign_up, by=by, to=request.user)
    request.refresh_from_db(fields=["email_evidence"])
    if request.email_evidence == EmailEvidence.CALLED_BACK:
        # Keep the evidence, because staff called the council about this person.
        SignUp.objects.filter(pk=sign_up.pk).update(email_evidence=request.email_evidence)


@transaction.atomic
def refuse_access(request: AccessRequest, *, by: User) -> None:
    """Refuse access, in neutral words.

    Raises:
        PermissionDenied: If `by` may not answer the request.
        InvalidMove: If it has been answered.
    """
    request = _locked_access(request, by)
    request.move_to(AccessStatus.REFUSED, by=by)
    people_emails.access_refused(request)


@transaction.atomic
def tell_staff_who_waits(*, by: str = "tick") -> int:
    """Notify staff, once, of requests unanswered for five working days. For the tick.

    Returns:
        How many requests.
    """
    told = Event.objects.filter(what="access_request.staff_told", access_request=OuterRef("pk"))
    waiting = AccessRequest.objects.filter(~Exists(told), status=AccessStatus.OPEN)
    late = [
        request
        for request in waiting.with_leads()
        if permissions.lead_of(request) and permissions.staff_may_step_in(request)
    ]
    for request in late:
        request.record("staff_told", by=by)
        people_emails.access_waits(request)
    return len(late)


@transaction.atomic
def record_asker_call_back(request: AccessRequest, *, by: User) -> None:
    """Record that staff called the council's main number and reached the person there.

    Raises:
        PermissionDenied: If `by` may not say so.
        InvalidMove: If the request has been answered.
    """
    request = _locked_access(request, by, may=permissions.can_call_back)
    request.email_evidence = EmailEvidence.CALLED_BACK
    request.save(update_fields=["email_evidence"])
    request.record("called_back", by=by, why=request.name)


def represent(
    membership: Membership, person: User, role: RepresentativeRole | None = None
) -> Representative:
    """Give someone access to a member; they lead if no one does. Idempotent.

    The first one claims a member of before this site: its yearly check-ins count from then.

    For actions that hold the membership's lock and have asked for permission.
    """
    leads = membership.representatives.current().filter(role=RepresentativeRole.LEAD)
    default = RepresentativeRole.CONTRIBUTOR if leads.exists() else RepresentativeRole.LEAD
    found, _ = Representative.objects.get_or_create(
        membership=membership, user=person, ended_at=None, defaults={"role": role or default}
    )
    if not membership.is_claimed:
        membership.claimed_on = timezone.localdate()
        membership.next_check_in_on = membership.check_in_after(membership.claimed_on)
        membership.save(update_fields=["claimed_on", "next_check_in_on"])
        membership.record("claimed", by=person)
    return found


def _locked_access(
    request: AccessRequest,
    by: User,
    may: Callable[[User, AccessRequest], bool] = permissions.can_answer_access,
) -> AccessRequest:
    """Lock an open request, after its sign-up or membership, for someone who `may` answer."""
    sign_up = request.sign_up and locked(request.sign_up)
    membership = request.membership or getattr(sign_up, "membership", None)
    if membership is not None:
        Membership.objects.select_for_update(no_key=True).get(pk=membership.pk)
    rows = AccessRequest.objects.select_for_update(of=("self",), no_key=True)
    answered = rows.get(pk=request.pk)
    if answered.status != AccessStatus.OPEN:
        raise InvalidMove("This has already been answered.")
    if sign_up is not None:
        answered.sign_up = sign_up
    permissions.require(may(by, answered))
    return answered


@transaction.atomic
def hand_over_member(membership: Membership, *, by: User, to: User) -> None:
    """Make a representative the lead; the former lead becomes a contributor. Both are told.

    Raises:
        PermissionDenied: If `by` does not lead for it.
        Refused: If it has ended, or `to` does not represent it or leads already.
    """
    membership = locked_membership(membership.pk)
    permissions.require(permissions.leads_member(by, membership))
    _hand_over_member(membership, by=by, to=to)


def _hand_over_member(membership: Membership, *, by: User, to: User) -> None:
    if not membership.is_live:
        raise Refused("This membership has ended.")
    new = membership.representatives.current().filter(user=to).first()
    if new is None:
        raise Refused(f"{to} does not represent this council.")
    if new.role == RepresentativeRole.LEAD:
        raise Refused(f"{to} is already the lead contact.")
    old = membership.representatives.current().filter(role=RepresentativeRole.LEAD).first()
    if old is not None:
        _give(old, RepresentativeRole.CONTRIBUTOR)  # first, because a member has one lead
    _give(new, RepresentativeRole.LEAD)
    event = Event.objects.record(
        "membership.lead_changed",
        by=by,
        membership=membership,
        sign_up=membership.sign_up,
        why=f"{to} is now the lead contact",
    )
    people_emails.member_lead_changed(membership, to, event)
    if old is not None:
        people_emails.member_lead_passed_on(membership, old.user, to, event)


@transaction.atomic
def change_role(who: Representative, *, by: User, role: RepresentativeRole) -> None:
    """Make a contributor a viewer, or a viewer a contributor, and tell them.

    Raises:
        PermissionDenied: If `by` does not lead for the member.
        Refused: If they lead, no longer have access, or the membership has ended.
    """
    who = _to_change(who, by)
    if who.role == role:
        return
    event = _record_of(who, "role_changed", by, f"{who.user}: {role.label.lower()}")
    _give(who, role)
    people_emails.role_changed(who.membership, who.user, role.label.lower(), event)


@transaction.atomic
def remove_representative(who: Representative, *, by: User) -> None:
    """Take away someone's access to a member, and tell them.

    Raises:
        PermissionDenied: If `by` does not lead for the member.
        Refused: If they lead, no longer have access, or the membership has ended.
    """
    who = _to_change(who, by)
    _end(who, f"Removed by {by}")
    event = _record_of(who, "representative_removed", by, str(who.user))
    people_emails.representative_removed(who.membership, who.user, event)


@transaction.atomic
def stop_representing(membership: Membership, *, by: User) -> None:
    """Give up one's own access to a member, and tell its lead.

    Raises:
        PermissionDenied: If they do not represent it.
        Refused: If they lead; they hand the lead over first.
    """
    membership = locked_membership(membership.pk)
    mine = membership.representatives.current().filter(user=by).first()
    permissions.require(mine is not None)
    if mine.role == RepresentativeRole.LEAD:
        raise Refused("You are the lead contact. Make someone else the lead contact first.")
    _end(mine, "Left")
    event = _record_of(mine, "representative_left", by, "")
    people_emails.representative_left(membership, by, event)


def _to_change(who: Representative, by: User) -> Representative:
    membership = _to_manage(who.membership, by)
    found = membership.representatives.current().filter(pk=who.pk).select_related("user").first()
    if found is None:
        raise Refused(f"{who.user} no longer has access.")
    if found.role == RepresentativeRole.LEAD:
        raise Refused("The lead contact’s access cannot be changed. Make someone else the lead.")
    found.membership = membership
    return found


def _end(who: Representative, why: str) -> None:
    who.ended_at, who.ended_why = timezone.now(), why
    who.save(update_fields=["ended_at", "ended_why"])


def _record_of(who: Representative, what: str, by: User, why: str) -> Event:
    return who.membership.record(what, by=by, why=why)


def _give(who: Representative, role: RepresentativeRole) -> None:
    who.role = role
    who.save(update_fields=["role"])


@transaction.atomic
def merge_people(kept: User, closed: User, *, by: User, how: str) -> PersonMerge:
    """Make two accounts of one person one, and close the other. Both addresses are told.

    The kept account gets every role, request, invitation, page and email address of the other.
    What was done with the closed one stays under it.

    Args:
        how: How staff know that it is one person.

    Raises:
        PermissionDenied: If they are not a manager, or one of the two accounts is theirs.
        Refused: If it is one account, one is closed, or one belongs to a member of staff.
    """
    permissions.require(permissions.can_merge(by, kept, closed))
    if kept.pk == closed.pk:
        raise Refused("These are one account already. Enter two different email addresses.")
    locked_people = User.objects.select_for_update(no_key=True).order_by("pk")
    both = {user.pk: user for user in locked_people.filter(pk__in=[kept.pk, closed.pk])}
    kept, closed = both[kept.pk], both[closed.pk]
    for user in (kept, closed):
        if not user.is_active:
            raise Refused(f"The account {user.email} is closed.")
        if user.is_superuser or user.is_staff or user.groups.exists():
            raise Refused(
                f"{user.email} is the account of a member of staff, so it cannot be merged."
            )
    concerned: list[Mapping[str, Any]] = [*_move_collaborations(closed, kept)]
    concerned += _move_representations(closed, kept)
    _move_the_rest(closed, kept, by)
    _move_questions(closed, kept)
    address = _close_account(closed)
    PersonMerge.objects.filter(kept=closed).update(kept=kept)
    merge = PersonMerge.objects.create(kept=kept, closed=closed, by=by, how=how)
    why = f"{address} is now {kept.email}. {how}"
    for about in concerned or [{}]:
        Event.objects.record("person.merged", by=by, why=why, **about)
    people_emails.people_merged(merge, address)
    return merge


def _move_collaborations(closed: User, kept: User) -> Iterator[dict[str, SignUp]]:
    """Give one account's places on sign-ups to another; yield what events name."""
    for mine in closed.collaborations.select_related("sign_up"):
        sign_up = locked(mine.sign_up)
        theirs = sign_up.collaborators.filter(user=kept).first()
        if theirs is None:
            mine.user = kept
            mine.save(update_fields=["user"])
        else:
            mine.delete()  # first, because a sign-up has one lead
            if mine.role == CollaboratorRole.LEAD:
                theirs.role = CollaboratorRole.LEAD
                theirs.save(update_fields=["role"])
        yield {"sign_up": sign_up}


def _move_representations(closed: User, kept: User) -> Iterator[dict[str, Membership]]:
    """Give one account's roles for members to another; yield what events name."""
    for mine in closed.representations.filter(ended_at=None):
        membership = locked_membership(mine.membership_id)
        theirs = membership.representatives.current().filter(user=kept).first()
        if theirs is not None:
            mine.ended_at, mine.ended_why = timezone.now(), "Two accounts were merged"
            mine.save(update_fields=["ended_at", "ended_why"])  # first: a member has one lead
            higher = min(mine.role, theirs.role, key=RepresentativeRole.values.index)
            _give(theirs, RepresentativeRole(higher))
        yield {"membership": membership}
    closed.representations.update(user=kept)


def _move_questions(closed: User, kept: User) -> None:
    """Give one account's questions to members to another, and a stop of them."""
    open_to = kept.questions_asked.open().values("membership")
    for question in closed.questions_asked.exclude(
        status=QuestionStatus.SENT, membership__in=open_to
    ):
        question.by = kept
        question.save(update_fields=["by"])
    if not kept.blocks_as_asker.filter(ended_at=None).exists():
        closed.blocks_as_asker.filter(ended_at=None).update(user=kept)


def _move_the_rest(closed: User, kept: User, by: User) -> None:
    """Give one account's requests, invitations, pages and addresses to another."""
    for asked in AccessRequest.objects.filter(user=closed, status=AccessStatus.OPEN):
        target = {"sign_up": asked.sign_up, "membership": asked.membership}
        again = AccessRequest.objects.filter(user=kept, status=AccessStatus.OPEN, **target)
        inside = Collaborator.objects.filter(user=kept, sign_up=asked.sign_up)
        represents = kept.representations.filter(membership=asked.membership, ended_at=None)
        if again.exists() or inside.exists() or represents.exists():
            asked.move_to(AccessStatus.CLOSED, by=by, why="Two accounts were merged")
    AccessRequest.objects.filter(user=closed).update(user=kept)
    Invitation.objects.filter(by=closed).update(by=kept)
    Withdrawal.objects.filter(asked_by=closed).update(asked_by=kept)
    Page.objects.filter(owner=closed).update(owner=kept)
    WorkflowState.objects.filter(requested_by=closed).update(requested_by=kept)
    off = kept.mail_opt_outs.values("kind")
    closed.mail_opt_outs.exclude(kind__in=off).update(user=kept)
    addresses = EmailAddress.objects.filter(user=closed)
    theirs = EmailAddress.objects.filter(user=kept).values("email")
    addresses.filter(email__in=theirs).delete()
    addresses.update(user=kept, primary=False)


def _close_account(closed: User) -> str:
    """End an account's passwords, second factors and sessions, and return its address.

    The address goes, so that signing in with it leads to the account that is kept.
    """
    address = closed.email
    closed.first_name = closed.first_name or (address if not closed.last_name else "")
    closed.email = f"closed-{closed.pk}@merged.invalid"
    closed.is_active = False
    closed.set_unusable_password()  # which ends every session too
    closed.save()
    Authenticator.objects.filter(user=closed).delete()
    for session in UserSession.objects.filter(user=closed):
        session.end()
    return address
