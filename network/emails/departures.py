"""Emails about a council that leaves or is removed. Only its lead gets the grounds."""

from functools import partial

from network.choices import WithdrawalStatus
from network.emails import samples
from network.emails.requests import LinkMail
from network.emails.sign_ups import EVENT, MANAGERS, OFFICE_HOLDER, lead_of_member
from network.models import Removal, Withdrawal
from portal.links import absolute
from portal.mail.declarations import Mail, Recipients, Row, token_of

WITHDRAWAL = Row(Withdrawal.objects.with_all(), samples.withdrawal)


def _to_lead(withdrawal: Withdrawal, **about: object) -> list[tuple[str, str]]:
    """Return the current lead; without one, the person who asked."""
    lead = lead_of_member(withdrawal.membership) or withdrawal.asked_by
    return [(lead.email, "lead")]


def _to_lead_if_any(removal: Removal) -> list[tuple[str, str]]:
    lead = lead_of_member(removal.membership)
    return [(lead.email, "")] if lead else []


def _about_withdrawal(withdrawal: Withdrawal, **about: object) -> dict[str, object]:
    slug = withdrawal.council.slug
    return {
        "council": withdrawal.council,
        "page": absolute("network:leave", slug),
        "profile": absolute("network:council", slug),
        "review": absolute("network_staff:withdrawal", withdrawal.pk),
    }


LEAD = Recipients("The member’s lead contact", _to_lead)
REMOVED_LEAD = Recipients(LEAD.words, _to_lead_if_any)
_of_withdrawal = partial(Mail, about={"withdrawal": WITHDRAWAL}, context=_about_withdrawal)
_of_removal = partial(
    Mail,
    about={"removal": Row(Removal.objects.with_all(), samples.removal)},
    context=lambda removal, **about: {
        "council": removal.council,
        "page": absolute("network:removal", removal.council.slug),
        "review": absolute("network_staff:removal", removal.pk),
    },
)

CONFIRM = LinkMail(
    "network.leave_confirm",
    "Request to confirm leaving",
    OFFICE_HOLDER,
    about={"withdrawal": WITHDRAWAL, "generation": 1},
    holds=lambda withdrawal, generation: (
        withdrawal.generation == generation and withdrawal.is_waited_for
    ),
    context=lambda withdrawal, generation: {
        "council": withdrawal.council,
        "link": absolute("network:leave_confirm", token_of(withdrawal)),
    },
    reply_to=lambda withdrawal, **about: withdrawal.asked_by.email,
)
BOUNCED = _of_withdrawal(
    "network.leave_bounced",
    "Request to confirm leaving not delivered",
    LEAD,
    holds=lambda withdrawal: withdrawal.is_waited_for,
)
CONFIRMED = _of_withdrawal(
    "network.leave_confirmed",
    "Leaving confirmed",
    LEAD,
)
COPY = _of_withdrawal(
    "network.leave_copy",
    "Copy of the confirmation to leave",
    Recipients(
        OFFICE_HOLDER.words,
        lambda withdrawal: [(withdrawal.email, "")] if withdrawal.email else [],
    ),
)
STOPPED = _of_withdrawal(
    "network.leave_stopped",
    "Leaving cancelled",
    LEAD,
    about={
        "withdrawal": WITHDRAWAL,
        "stopped": EVENT.but(why="The cabinet wants to talk about it first."),
    },
    once=lambda withdrawal, stopped: (withdrawal.pk,),
)
leave_done = _of_withdrawal("network.leave_done", "Council has left", LEAD)
leave_statement = _of_withdrawal(
    "network.leave_statement",
    "Leaving statement checked",
    LEAD,
    about={"withdrawal": WITHDRAWAL.but(status=WithdrawalStatus.CONFIRMED)},
)
removal_opened = _of_removal(
    "network.removal_opened",
    "Proposal to end a membership",
    REMOVED_LEAD,
    holds=lambda removal: removal.is_open,
)
removal_answered = _of_removal(
    "network.removal_answered",
    "Response to a proposal to end a membership",
    MANAGERS,
    once=lambda removal, response: (removal.pk, response.pk),
)
removal_decided = _of_removal(
    "network.removal_decided", "Decision on ending a membership", REMOVED_LEAD
)


def leave_confirm(withdrawal: Withdrawal) -> None:
    """Send the office holder the link, once a generation."""
    row, generation = withdrawal, withdrawal.generation
    CONFIRM.post(row.email, row.pk, generation, withdrawal=row, generation=generation)


def leave_bounced(withdrawal: Withdrawal) -> None:
    """Tell the lead, once a link, that the mail to the office holder was not delivered."""
    lead = lead_of_member(withdrawal.membership) or withdrawal.asked_by
    BOUNCED.post(lead.email, withdrawal.pk, withdrawal.generation, withdrawal=withdrawal)


def leave_confirmed(withdrawal: Withdrawal) -> None:
    """Tell the lead and the signatory when it takes effect."""
    CONFIRMED(withdrawal)
    COPY(withdrawal)


def leave_stopped(withdrawal: Withdrawal) -> None:
    """Tell the lead that the council stays a member."""
    ways = ["withdrawal.cancelled", "withdrawal.declined", "withdrawal.expired"]
    STOPPED(withdrawal, withdrawal.membership.events.filter(what__in=ways).latest("pk"))
