"""Who acts for a member: handing its lead over."""

from django.db import transaction

from network import emails
from network.actions.locks import locked_membership
from network.choices import RepresentativeRole
from network.models import Event, Membership, Refused, Representative
from portal.models import User


@transaction.atomic
def hand_over_member(membership: Membership, *, by: User, to: User) -> None:
    """Let a representative lead for a member; who led it contributes. Both are told.

    Raises: Refused when the membership has ended, or `to` does not represent it or leads already.
    """
    membership = locked_membership(membership.pk)
    if not membership.is_live:
        raise Refused("This membership has ended.")
    new = _representative(membership, to)
    if new.role == RepresentativeRole.LEAD:
        raise Refused(f"{to} leads already.")
    old = membership.representatives.current().filter(role=RepresentativeRole.LEAD).first()
    if old is not None:
        _give(old, RepresentativeRole.CONTRIBUTOR)  # first: a member has one lead
    _give(new, RepresentativeRole.LEAD)
    event = Event.objects.record(
        "membership.lead_changed",
        by=by,
        membership=membership,
        sign_up=membership.sign_up,
        why=f"{to} leads",
    )
    emails.member_lead_changed(membership, to, event)
    if old is not None:
        emails.member_lead_passed_on(membership, old.user, to, event)


def _give(who: Representative, role: RepresentativeRole) -> None:
    who.role = role
    who.save(update_fields=["role"])


def _representative(membership: Membership, person: User) -> Representative:
    found = membership.representatives.current().filter(user=person).first()
    if found is None:
        raise Refused(f"{person} does not represent this member.")
    return found
