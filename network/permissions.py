"""Permissions. Actions check the person here, and the state themselves."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.utils import timezone

from councils.lookup import councils_of, is_of
from councils.models import Council
from network.choices import (
    AccessStatus,
    AskerEvidence,
    CollaboratorRole,
    RepresentativeRole,
    SignUpStatus,
    SignUpTask,
)
from network.models import (
    AccessRequest,
    ByTrustee,
    Claim,
    Endorsement,
    EndorsementWording,
    Invitation,
    LaterEndorsement,
    Membership,
    OfficeChange,
    ProfileChange,
    Removal,
    Representative,
    SignUp,
    TrusteeRequest,
    Withdrawal,
    periods,
)
from portal.models import User
from portal.personal_data.registry import Person

STAFF_STEP_IN_AFTER = 5  # working days
# Events that only someone who works on a sign-up for the council can cause.
COUNCILS_ACTS = [
    *(f"sign_up.{task}" for task in SignUpTask),
    "sign_up.started",
    "sign_up.awaiting_endorsement",
    "sign_up.decided_alone",
    "sign_up.line_kept",
    "sign_up.submitted",
    "sign_up.sent_again",
    "sign_up.colleague_left",
    "sign_up.logo_uploaded",
    "sign_up.logo_removed",
    "sign_up.decision_uploaded",
    "sign_up.decision_removed",
    "invitation.sent",
    "invitation.accepted",
]


def require(allowed: bool, why: str = "") -> None:
    """Stop someone who is not allowed to do this; Django answers with a 403 page.

    Raises:
        PermissionDenied: If it is not allowed. The page shows `why`.
    """
    if not allowed:
        raise PermissionDenied(*filter(None, [why]))


def can_announce_together(user, memberships: Iterable[Membership]) -> bool:
    """Whether they may decide about all of these: a manager with a part in none of the councils."""
    return can_review(user) and all(can_look_after(user, each) for each in memberships)


def can_review(user) -> bool:
    """Whether they are a network manager, who may see every sign-up."""
    return user.is_active and user.has_perm("network.review_signup")


def managers():
    """Return everyone who reviews sign-ups."""
    permission = Permission.objects.filter(
        content_type__app_label="network", codename="review_signup"
    )
    has_it = Q(groups__permissions__in=permission) | Q(user_permissions__in=permission)
    return User.objects.filter(has_it, is_active=True).distinct()


def only_a_trustee_may(user, may: Callable[[Any, Any], bool], row) -> bool:
    """Whether no manager may do it, so that this one can ask a trustee to confirm it.

    Args:
        may: Who may do it, from a person and the row.
    """
    if not can_review(user) or may(user, row):
        return False
    return not any(may(each, row) for each in managers().exclude(pk=user.pk))


def can_handle_trustee_request(user, request: TrusteeRequest) -> bool:
    """Whether they may withdraw a request to a trustee, or send its link again: any manager."""
    return can_review(user)


def can_be_trustee(email: str, request: TrusteeRequest) -> bool:
    """Whether a trustee at this address is another person: no staff, no part in the council."""
    has_it = Q(emailaddress__email__iexact=email, emailaddress__verified=True)
    people = User.objects.filter(Q(email__iexact=email) | has_it).distinct()
    if any(each.has_perm("wagtailadmin.access_admin") for each in people):
        return False
    council, sign_up, membership = request.council, request.sign_up, request.membership
    if council is None:
        return True
    named = _named_in(sign_up) if sign_up else set()
    if sign_up:
        named |= addresses_of_workers(sign_up)
    if membership:
        asked: list[Any] = [membership.office_changes, membership.withdrawals, membership.claims]
        named |= {e.casefold() for rows in asked for e in rows.values_list("email", flat=True)}
        named |= {e.casefold() for e in membership.champions.values_list("email", flat=True)}
    if is_of(email, council) or email.casefold() in named:
        return False
    return not any(
        (sign_up and has_a_part_in(each, sign_up))
        or (membership and has_acted_for(each, membership))
        for each in people
    )


def can_confirm_approval(user, wording: EndorsementWording) -> bool:
    """Whether they may confirm the approval of a wording: another than the one who recorded it."""
    is_another = isinstance(user, ByTrustee) or user.pk != wording.approval_recorded_by_id
    return can_review(user) and is_another


def can_edit(user, sign_up: SignUp, task: str = "") -> bool:
    """Whether they may change a task now: anyone who works on it, while the council may.

    The decision may change later too, if it is no longer about the pinned wording.
    """
    return sign_up.may_save(task) and works_on(user, sign_up)


def can_ask(user, sign_up: SignUp) -> bool:
    """Whether they may name and ask endorsers now: anyone who works on it.

    After it was sent they may if a signature is missing again.
    """
    return sign_up.may_ask and works_on(user, sign_up)


def works_on(user, sign_up: SignUp) -> bool:
    """Whether they work on this sign-up for the council."""
    return any(c.user_id == user.pk for c in sign_up.collaborators.all())


def can_read(user, sign_up: SignUp) -> bool:
    """Whether they may see answers and files: anyone who works on it, and staff."""
    return works_on(user, sign_up) or can_review(user)


def can_decide(user, sign_up: SignUp) -> bool:
    """Whether they may accept or decline now: a manager with no part in it."""
    in_review = sign_up.status == SignUpStatus.IN_REVIEW
    return in_review and can_review(user) and not has_a_part_in(user, sign_up)


def can_look_into(user, sign_up: SignUp) -> bool:
    """Whether they may check and decide about it: a manager with no part in it."""
    return can_review(user) and not has_a_part_in(user, sign_up)


def can_prepare(user, sign_up: SignUp) -> bool:
    """Whether they may do what decides nothing: start the review, write, ask for changes.

    A manager with no part in it; one with a part, if every manager has one.
    """
    return can_look_into(user, sign_up) or only_a_trustee_may(user, can_look_into, sign_up)


def has_a_part_in(user, sign_up: SignUp) -> bool:
    """Whether they work or worked on it, are one of its champions, or were asked to sign.

    What a trustee has confirmed is done by the trustee, who has none.
    """
    if isinstance(user, ByTrustee):
        return False
    name = user.get_full_name().casefold()
    is_named = bool(name) and name in {c.name.casefold() for c in sign_up.current_champions()}
    is_named = is_named or not _named_in(sign_up).isdisjoint(_addresses_of(user))
    return is_named or has_worked_on(user, sign_up)


def _named_in(sign_up: SignUp) -> set[str]:
    """Return the addresses, in lower case, of its champions and of those asked to sign."""
    named = [*sign_up.current_champions(), *sign_up.requests.all()]
    return {each.email.casefold() for each in named}


def has_worked_on(user, sign_up: SignUp) -> bool:
    """Whether they work on it for the council, or ever did."""
    let_in = AccessRequest.objects.filter(sign_up=sign_up, status=AccessStatus.GRANTED)
    return (
        works_on(user, sign_up)
        or sign_up.events.filter(
            Q(by=user) | Q(by__merged__kept=user), what__in=COUNCILS_ACTS
        ).exists()
        or let_in.filter(user=user).exists()
    )


def addresses_of_workers(sign_up: SignUp) -> set[str]:
    """Return the addresses, in lower case, of everyone who works or worked on it."""
    once = sign_up.events.filter(what__in=COUNCILS_ACTS, by__isnull=False)
    people = {c.user_id for c in sign_up.collaborators.all()}
    people |= set(once.values_list("by", flat=True))
    known = User.objects.filter(pk__in=people).values_list("email", flat=True)
    confirmed = EmailAddress.objects.filter(user__in=people, verified=True)
    return {email.casefold() for email in [*known, *confirmed.values_list("email", flat=True)]}


def _addresses_of(user) -> set[str]:
    """Return someone's own addresses, in lower case."""
    confirmed = EmailAddress.objects.filter(user=user, verified=True)
    mine = [user.email, *confirmed.values_list("email", flat=True)]
    return {email.casefold() for email in mine}


def can_write_to_members(user) -> bool:
    """Whether they may write to the people of many members: a network manager."""
    return can_review(user)


def can_choose_emails(user, owner: User) -> bool:
    """Whether they may choose which emails an account gets: its owner alone."""
    return user.is_active and user.pk == owner.pk


def can_write_for(user, membership: Membership) -> bool:
    """Whether they may write its public page from public sources: a manager with no part in it."""
    return can_look_after(user, membership)


def can_take_on(user, sign_up: SignUp) -> bool:
    """Whether they may start its review now."""
    return sign_up.status == SignUpStatus.SUBMITTED and can_prepare(user, sign_up)


def can_ask_for_changes(user, sign_up: SignUp) -> bool:
    """Whether they may ask the council for changes now."""
    return sign_up.status == SignUpStatus.IN_REVIEW and can_prepare(user, sign_up)


def can_take_back_decline(user, sign_up: SignUp) -> bool:
    """Whether they may take a decline back: a manager with no part in it."""
    return sign_up.status == SignUpStatus.DECLINED and can_look_into(user, sign_up)


def can_end(user, sign_up: SignUp) -> bool:
    """Whether they may end it for the council: a manager, while the council may change it."""
    return sign_up.is_editable and can_review(user) and not works_on(user, sign_up)


def leads(user, sign_up: SignUp) -> bool:
    """Whether they lead this sign-up for the council."""
    return any(
        c.user_id == user.pk and c.role == CollaboratorRole.LEAD
        for c in sign_up.collaborators.all()
    )


def can_invite(user, sign_up: SignUp) -> bool:
    """Whether they may invite a colleague now: anyone who works on it, while it is open."""
    return sign_up.is_open and works_on(user, sign_up)


def can_manage_colleagues(user, sign_up: SignUp) -> bool:
    """Whether they may remove colleagues, cancel invitations and hand over: its lead."""
    return leads(user, sign_up)


def can_merge(user, kept: User, closed: User) -> bool:
    """Whether they may merge two people's accounts: a manager, neither of whose they are."""
    return can_review(user) and user.pk not in {kept.pk, closed.pk}


def can_erase(user, person: Person) -> bool:
    """Whether they may copy or erase what is held about someone: a manager, never themselves."""
    return can_review(user) and user.pk not in person.accounts


def can_start(user) -> bool:
    """Whether they may start a sign-up, or ask for access to one: anyone with an account."""
    return user.is_active


def can_answer_invitation(user, invitation: Invitation) -> bool:
    """Whether the invitation went to an address that they have confirmed."""
    mine = EmailAddress.objects.filter(user=user, verified=True)
    return mine.filter(email__iexact=invitation.email).exists()


def can_cancel_invitation(user, invitation: Invitation) -> bool:
    """Whether they sent the invitation, or lead its sign-up or member."""
    if invitation.by_id == user.pk:
        return True
    if invitation.sign_up is not None:
        return can_manage_colleagues(user, invitation.sign_up)
    return invitation.membership is not None and leads_member(user, invitation.membership)


def can_withdraw(user, sign_up: SignUp) -> bool:
    """Whether they may withdraw it now: its lead, until the council is announced."""
    return sign_up.may_be_signed and leads(user, sign_up)


def leads_member(user, membership: Membership) -> bool:
    """Whether they lead for this member now."""
    return any(
        r.user_id == user.pk and r.role == RepresentativeRole.LEAD and r.ended_at is None
        for r in membership.representatives.all()
    )


def can_read_announcement(user, membership: Membership) -> bool:
    """Whether they may read the council's announcement kit: its own people, even before the day."""
    sign_up = membership.sign_up
    people = membership.representatives.all()
    represents = any(r.user_id == user.pk and r.ended_at is None for r in people)
    return represents or (sign_up is not None and works_on(user, sign_up))


def councils_to_ask_for(user) -> dict[Council, AskerEvidence]:
    """Return the councils of today for which someone can ask a member, with what shows it.

    That they read email at an address of the council, or act for it here and do not only read.
    """
    if not user.is_active:
        return {}
    found: dict[Council, AskerEvidence] = {}
    acting = [RepresentativeRole.LEAD, RepresentativeRole.CONTRIBUTOR]
    mine = Representative.objects.current().filter(user=user, role__in=acting)
    rows = Membership.objects.announced().live().filter(pk__in=mine.values("membership"))
    for membership in rows.select_related("council"):
        found[membership.council] = AskerEvidence.REPRESENTS
    for address in EmailAddress.objects.filter(user=user, verified=True):
        for council in councils_of(address.email).in_force():
            found[council] = AskerEvidence.DOMAIN
    return found


def can_ask_for(user, council: Council) -> bool:
    """Whether they may ask a member a question for this council."""
    return council in councils_to_ask_for(user)


def can_act_for(user, membership: Membership) -> bool:
    """Whether they act for it now: change its profile, check in. Viewers only read."""
    may = {RepresentativeRole.LEAD, RepresentativeRole.CONTRIBUTOR}
    return any(
        r.user_id == user.pk and r.role in may and r.ended_at is None
        for r in membership.representatives.all()
    )


def can_moderate(user, change: ProfileChange) -> bool:
    """Whether they may publish a change or send it back: a manager with no part, never their own.

    Who wrote it represents or represented the member, so they have a part in it.
    """
    is_another = isinstance(user, ByTrustee) or user.pk != change.by_id
    return is_another and can_look_after(user, change.membership)


def can_put_back(user, membership: Membership) -> bool:
    """Whether they may make an earlier version public again: its lead, and managers."""
    return leads_member(user, membership) or can_look_after(user, membership)


def can_answer_claim(user, claim: Claim) -> bool:
    """Whether the claim went to an address that they have confirmed."""
    mine = EmailAddress.objects.filter(user=user, verified=True)
    return mine.filter(email__iexact=claim.email).exists()


def can_record_office_change(user, membership: Membership) -> bool:
    """Whether they may record office holders and ask them: the member's lead, and managers."""
    return leads_member(user, membership) or can_review(user)


def can_look_into_signature(user, signature: Endorsement | LaterEndorsement) -> bool:
    """Whether they may confirm or strike out a signature: a manager with no part in it."""
    if isinstance(signature, Endorsement):
        return can_look_into(user, signature.sign_up)
    change = signature.change
    return bool(to_look_into(user, change.membership, [change]))


def to_look_into(
    user, membership: Membership, changes: Iterable[OfficeChange]
) -> list[OfficeChange]:
    """Return those of a member's changes that they may confirm or strike out."""
    if not can_look_after(user, membership):
        return []
    mine = set() if isinstance(user, ByTrustee) else _addresses_of(user)
    return [change for change in changes if change.email.casefold() not in mine]


def can_answer_access(user, request: AccessRequest, today: date | None = None) -> bool:
    """Whether they may answer an open request: the lead of the sign-up or the member.

    Staff may if nobody leads, or after five working days without an answer. Nobody answers
    their own.
    """
    if request.user_id == user.pk or request.status != AccessStatus.OPEN:
        return False
    lead = lead_of(request)
    if lead is not None and lead.pk == user.pk:
        return True
    return can_review(user) and (lead is None or staff_may_step_in(request, today))


def can_call_back(user, request: AccessRequest) -> bool:
    """Whether they may record a call to the council about the asker: a manager with no part."""
    if request.user_id == user.pk or request.status != AccessStatus.OPEN:
        return False
    if request.sign_up is not None:
        return can_look_into(user, request.sign_up)
    people = request.membership.representatives.all() if request.membership else []
    return can_review(user) and not any(person.user_id == user.pk for person in people)


def staff_may_step_in(request: AccessRequest, today: date | None = None) -> bool:
    """Whether five working days have passed since the request."""
    asked = timezone.localdate(request.asked_at)
    return periods.working_days_between(asked, today or timezone.localdate()) >= STAFF_STEP_IN_AFTER


def lead_of(request: AccessRequest):
    """Return the lead of the sign-up or the member, who is asked first; None if nobody leads."""
    if request.sign_up is not None:
        people = request.sign_up.collaborators.all()
        leads = [c.user for c in people if c.role == CollaboratorRole.LEAD]
    elif request.membership is not None:
        leads = [
            r.user
            for r in request.membership.representatives.all()
            if r.ended_at is None and r.role == RepresentativeRole.LEAD
        ]
    else:
        leads = []
    return leads[0] if leads else None


def can_handle_leaving(user, withdrawal: Withdrawal) -> bool:
    """Whether they may confirm, check and stop it: a manager with no part in the council."""
    mine = set() if isinstance(user, ByTrustee) else _addresses_of(user)
    confirms = withdrawal.email.casefold() in mine
    return can_look_after(user, withdrawal.membership) and not confirms


def can_stop_leaving(user, withdrawal: Withdrawal) -> bool:
    """Whether they may stop it: the member's lead, and staff who may handle it."""
    return leads_member(user, withdrawal.membership) or can_handle_leaving(user, withdrawal)


def can_decide_removal(user, removal: Removal) -> bool:
    """Whether they may decide it: another manager than who opened it, with no part."""
    is_another = isinstance(user, ByTrustee) or user.pk != removal.opened_by_id
    return is_another and can_look_after(user, removal.membership)


def can_look_after(user, membership: Membership) -> bool:
    """Whether they may decide about a member: a manager with no part in the council."""
    return can_review(user) and not has_acted_for(user, membership)


def has_acted_for(user, membership: Membership) -> bool:
    """Whether they represent or represented this member, or had a part in its sign-up."""
    if isinstance(user, ByTrustee):
        return False
    # Not by `membership.representatives`, of which a page may have read only the current ones.
    represented = Representative.objects.filter(membership=membership, user=user).exists()
    sign_up = membership.sign_up
    return represented or (sign_up is not None and has_a_part_in(user, sign_up))
