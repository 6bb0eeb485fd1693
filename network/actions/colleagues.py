"""Who works on a sign-up: inviting a colleague, leaving, handing the lead over."""

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils import timezone

from network import emails, evidence
from network.actions.locks import locked
from network.choices import CollaboratorRole, InvitationStatus
from network.models import Collaborator, Event, Invitation, Refused, SignUp
from network.models.events import Actor
from network.models.people import INVITATION_LASTS
from portal.jobs.tick import one_by_one
from portal.models import User

# A council's team, with room; not a mailing.
OPEN_INVITATIONS = 10


@transaction.atomic
def invite(sign_up: SignUp, *, by: User, email: str) -> Invitation:
    """Ask a colleague, by a link to their address, to work on it too.

    Whoever is invited already gets a new link, and the old one dies. Raises: Refused.
    """
    sign_up = _locked_open(sign_up)
    email = email.lower()
    if sign_up.collaborators.filter(user__email__iexact=email).exists():
        raise Refused(f"{email} works on this sign-up already.")
    waiting = sign_up.invitations.filter(status=InvitationStatus.SENT)
    invitation = waiting.filter(email=email).first()
    if invitation is None and waiting.count() >= OPEN_INVITATIONS:
        raise Refused(f"{OPEN_INVITATIONS} invitations wait for an answer. Take one back first.")
    ends = timezone.now() + INVITATION_LASTS
    if invitation is None:
        invitation = Invitation.objects.create(
            sign_up=sign_up, email=email, by=by, link_ends_at=ends
        )
    else:
        invitation.generation += 1
        invitation.sent_at, invitation.link_ends_at = timezone.now(), ends
        invitation.save(update_fields=["generation", "sent_at", "link_ends_at"])
    Event.objects.record(
        "invitation.sent", by=by, why=email, sign_up=sign_up, invitation=invitation
    )
    sign_up.touch()
    emails.invitation(invitation)
    return invitation


def is_for(invitation: Invitation, user: User) -> bool:
    """Whether the invitation went to a confirmed address of this person."""
    mine = EmailAddress.objects.filter(user=user, verified=True)
    return mine.filter(email__iexact=invitation.email).exists()


@transaction.atomic
def accept_invitation(invitation: Invitation, *, by: User) -> SignUp:
    """Work on it from now on. Raises: Refused when it has ended or was to somebody else."""
    invitation = _to_answer(invitation, by)
    sign_up = invitation.sign_up
    invitation.move_to(InvitationStatus.ACCEPTED, by=by)
    join(sign_up, by)
    emails.invitation_accepted(invitation, by)
    return sign_up


def join(sign_up: SignUp, person: User) -> None:
    """Make somebody one of those who work on it; twice is once."""
    Collaborator.objects.get_or_create(
        sign_up=sign_up, user=person, defaults={"role": CollaboratorRole.COLLEAGUE}
    )
    sign_up.touch()


@transaction.atomic
def refuse_invitation(invitation: Invitation, *, by: User) -> None:
    """Say no, once. Raises: Refused."""
    _to_answer(invitation, by).move_to(InvitationStatus.REFUSED, by=by)


def _to_answer(invitation: Invitation, by: User) -> Invitation:
    sign_up = locked(SignUp(pk=invitation.sign_up_id))
    invitation = Invitation.objects.select_for_update(no_key=True).get(pk=invitation.pk)
    invitation.sign_up = sign_up
    if not is_for(invitation, by):
        raise Refused("This invitation went to another address than yours.")
    over = invitation.status != InvitationStatus.SENT or invitation.link_has_ended
    if over or not sign_up.is_open:
        raise Refused("This invitation has ended. Ask your colleague for a new one.")
    return invitation


@transaction.atomic
def cancel_invitation(invitation: Invitation, *, by: User) -> None:
    """Take an invitation back: its link dies. Raises: InvalidMove."""
    locked(SignUp(pk=invitation.sign_up_id))
    invitation.move_to(InvitationStatus.CANCELLED, by=by)


def expire_invitations(*, by: Actor = "tick") -> int:
    """Mark the invitations whose link has ended, each by itself. Returns how many."""
    ended = Invitation.objects.filter(
        status=InvitationStatus.SENT, link_ends_at__lte=timezone.now()
    )
    return one_by_one(ended, lambda pk: _expire_invitation(pk, by))


@transaction.atomic
def _expire_invitation(pk: int, by: Actor) -> bool:
    locked(SignUp(pk=Invitation.objects.values_list("sign_up", flat=True).get(pk=pk)))
    invitation = Invitation.objects.select_for_update(no_key=True).get(pk=pk)
    if invitation.status != InvitationStatus.SENT or not invitation.link_has_ended:
        return False
    invitation.move_to(InvitationStatus.EXPIRED, by=by)
    return True


@transaction.atomic
def leave(sign_up: SignUp, *, by: User) -> None:
    """Work on it no longer. Raises: Refused for the lead, who hands over first."""
    sign_up = locked(sign_up)
    mine = _collaborator(sign_up, by)
    if mine.role == CollaboratorRole.LEAD:
        raise Refused("You lead this sign-up: hand the lead over first.")
    mine.delete()
    _take_back_invitations(sign_up, sent_by=by, by=by)
    event = Event.objects.record("sign_up.colleague_left", by=by, sign_up=sign_up)
    emails.colleague_left(sign_up, by, event)


@transaction.atomic
def remove_colleague(sign_up: SignUp, *, by: User, person: User) -> None:
    """End a colleague's work on it; they are told. Raises: Refused."""
    sign_up = locked(sign_up)
    theirs = _collaborator(sign_up, person)
    if theirs.role == CollaboratorRole.LEAD:
        raise Refused("Whoever leads it cannot be removed.")
    theirs.delete()
    _take_back_invitations(sign_up, sent_by=person, by=by)
    event = Event.objects.record(
        "sign_up.colleague_removed", by=by, sign_up=sign_up, why=str(person)
    )
    emails.colleague_removed(sign_up, person, event)


def _take_back_invitations(sign_up: SignUp, *, sent_by: User, by: User) -> None:
    """Who works on it no longer lets nobody in by what they sent, themselves least of all."""
    for invitation in sign_up.invitations.filter(by=sent_by, status=InvitationStatus.SENT):
        why = f"{sent_by} works on it no longer"
        invitation.move_to(InvitationStatus.CANCELLED, by=by, why=why)


@transaction.atomic
def hand_over(sign_up: SignUp, *, by: User, to: User) -> None:
    """Let a colleague lead it; who led it becomes a colleague. Raises: Refused."""
    sign_up = _locked_open(sign_up)
    new, old = _collaborator(sign_up, to), sign_up.collaborators.get(role=CollaboratorRole.LEAD)
    if new.pk == old.pk:
        raise Refused(f"{to} leads it already.")
    old.role, new.role = CollaboratorRole.COLLEAGUE, CollaboratorRole.LEAD
    old.save(update_fields=["role"])
    new.save(update_fields=["role"])
    _applies_now(sign_up, to)
    event = Event.objects.record("sign_up.lead_changed", by=by, sign_up=sign_up, why=f"{to} leads")
    emails.lead_changed(sign_up, to, event)


def _applies_now(sign_up: SignUp, person: User) -> None:
    """What was known of the former applicant says nothing of this one. What was sent under
    the former's name stays, since the council can no longer change it there."""
    sign_up.email_evidence = evidence.of(person.email, sign_up.council)
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


def _locked_open(sign_up: SignUp) -> SignUp:
    sign_up = locked(sign_up)
    if not sign_up.is_open:
        raise Refused("This sign-up has ended.")
    return sign_up


def _collaborator(sign_up: SignUp, person: User) -> Collaborator:
    found = sign_up.collaborators.filter(user=person).first()
    if found is None:
        raise Refused(f"{person} does not work on this sign-up.")
    return found
