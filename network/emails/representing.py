"""Letters about who acts for a member."""

from network.models import Event, Membership
from portal.links import absolute
from portal.mail import outbox
from portal.mail.outbox import Letter
from portal.models import User


def member_lead_changed(membership: Membership, lead: User, event: Event) -> None:
    """To who leads for the member from now on."""
    _tell("member_lead_changed", membership, lead, lead, event)


def member_lead_passed_on(membership: Membership, old: User, lead: User, event: Event) -> None:
    """To who led until now."""
    _tell("member_lead_passed_on", membership, old, lead, event)


def _tell(kind: str, membership: Membership, whom: User, lead: User, event: Event) -> None:
    outbox.post(
        f"network.{kind}",
        to=whom.email,
        event=f"{kind}:{event.pk}",
        membership=membership.pk,
        lead=lead.pk,
    )


@outbox.mail("network.member_lead_changed")
def _write_member_lead_changed(membership: int, lead: int) -> Letter:
    return _about("member_lead_changed", membership, lead)


@outbox.mail("network.member_lead_passed_on")
def _write_member_lead_passed_on(membership: int, lead: int) -> Letter:
    return _about("member_lead_passed_on", membership, lead)


def _about(template: str, membership: int, lead: int) -> Letter:
    row = Membership.objects.select_related("council").get(pk=membership)
    context = {
        "council": row.council,
        "lead": User.objects.get(pk=lead),
        "people": absolute("network:representatives", row.council.slug),
        "contact": absolute("wagtail_serve", "contact/"),
    }
    return Letter(template, context)
