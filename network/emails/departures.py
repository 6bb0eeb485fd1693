"""Letters about a council that leaves or is removed. The grounds go to its lead alone."""

from network.emails.recipients import lead_of_member, managers
from network.models import Removal, RemovalResponse, Withdrawal
from portal.links import absolute
from portal.mail import outbox
from portal.mail.outbox import Letter

STOPPED = ["withdrawal.cancelled", "withdrawal.declined", "withdrawal.expired"]


def leave_confirm(withdrawal: Withdrawal) -> None:
    """To the office holder: the link. One mail a generation."""
    generation = withdrawal.generation
    which = str(generation)
    _post_leaving("leave_confirm", withdrawal, withdrawal.email, which, generation=generation)


@outbox.mail("network.leave_confirm")
def _write_leave_confirm(withdrawal: int, generation: int) -> Letter | None:
    row = _row_leaving(withdrawal)
    if row.generation != generation or not row.is_waited_for:
        return None
    link = absolute("network:leave_confirm", row.token)
    return Letter("leave_confirm", about_leaving(row) | {"link": link})


def leave_bounced(withdrawal: Withdrawal) -> None:
    """To the lead, once a link: the mail to the office holder came back."""
    lead = lead_of_member(withdrawal.membership) or withdrawal.asked_by
    _post_leaving("leave_bounced", withdrawal, lead.email, str(withdrawal.generation))


@outbox.mail("network.leave_bounced")
def _write_leave_bounced(withdrawal: int) -> Letter | None:
    row = _row_leaving(withdrawal)
    if not row.is_waited_for:
        return None
    return Letter("leave_bounced", about_leaving(row) | {"link": _page(row)})


def leave_asked(withdrawal: Withdrawal) -> None:
    """To each manager: a council wants to leave; its decision or its statement may wait."""
    _to_managers_leaving("leave_asked", withdrawal)


@outbox.mail("network.leave_asked")
def _write_leave_asked(withdrawal: int) -> Letter:
    row = _row_leaving(withdrawal)
    return Letter("leave_asked", about_leaving(row) | {"link": _review_leaving(row)})


def leave_confirmed(withdrawal: Withdrawal) -> None:
    """To the lead, the managers and who signed: it is confirmed, and when it takes effect."""
    _to_lead("leave_confirmed", withdrawal)
    _to_managers_leaving("leave_confirmed_to_us", withdrawal)
    if withdrawal.email:
        _post_leaving("leave_copy", withdrawal, withdrawal.email, "")


@outbox.mail("network.leave_confirmed")
def _write_leave_confirmed(withdrawal: int) -> Letter:
    row = _row_leaving(withdrawal)
    return Letter("leave_confirmed", about_leaving(row) | {"link": _page(row), "may_stop": True})


@outbox.mail("network.leave_confirmed_to_us")
def _write_leave_confirmed_to_us(withdrawal: int) -> Letter:
    row = _row_leaving(withdrawal)
    return Letter("leave_confirmed", about_leaving(row) | {"link": _review_leaving(row)})


@outbox.mail("network.leave_copy")
def _write_leave_copy(withdrawal: int) -> Letter:
    row = _row_leaving(withdrawal)
    contact = absolute("wagtail_serve", "contact/")
    return Letter("leave_copy", about_leaving(row) | {"contact": contact})


def leave_stopped(withdrawal: Withdrawal) -> None:
    """To the lead and the managers: the council stays a member."""
    stopped = withdrawal.membership.events.filter(what__in=STOPPED).latest("pk")
    _to_lead("leave_stopped", withdrawal, stopped=stopped.pk)
    _to_managers_leaving("leave_stopped", withdrawal, stopped=stopped.pk)


@outbox.mail("network.leave_stopped")
def _write_leave_stopped(withdrawal: int, stopped: int) -> Letter:
    row = _row_leaving(withdrawal)
    why = row.membership.events.get(pk=stopped).why
    return Letter("leave_stopped", about_leaving(row) | {"link": _profile(row), "why": why})


def leave_done(withdrawal: Withdrawal) -> None:
    """To the lead and the managers: the council is no member any more."""
    _to_lead("leave_done", withdrawal)
    _to_managers_leaving("leave_done", withdrawal)


@outbox.mail("network.leave_done")
def _write_leave_done(withdrawal: int) -> Letter:
    row = _row_leaving(withdrawal)
    return Letter("leave_done", about_leaving(row) | {"link": _profile(row)})


def leave_statement(withdrawal: Withdrawal) -> None:
    """To the lead: whether what they want to say is published."""
    _to_lead("leave_statement", withdrawal)


@outbox.mail("network.leave_statement")
def _write_leave_statement(withdrawal: int) -> Letter:
    row = _row_leaving(withdrawal)
    return Letter("leave_statement", about_leaving(row) | {"link": _profile(row)})


def about_leaving(row: Withdrawal) -> dict[str, object]:
    return {"withdrawal": row, "council": row.council}


def _row_leaving(pk: int) -> Withdrawal:
    return Withdrawal.objects.with_all().get(pk=pk)


def _page(row: Withdrawal) -> str:
    return absolute("network:leave", row.council.slug)


def _review_leaving(row: Withdrawal) -> str:
    return absolute("network_leaving:withdrawal", row.pk)


def _profile(row: Withdrawal) -> str:
    return absolute("network:council", row.council.slug)


def _post_leaving(kind: str, row: Withdrawal, to: str, which: str, **more: int) -> None:
    event = f"{kind}:{row.pk}:{which}"
    outbox.post(f"network.{kind}", to=to, event=event, withdrawal=row.pk, **more)


def _to_lead(kind: str, row: Withdrawal, **more: int) -> None:
    """To who leads now: the lead may have been handed over since; else to who asked."""
    lead = lead_of_member(row.membership) or row.asked_by
    _post_leaving(kind, row, lead.email, "lead", **more)


def _to_managers_leaving(kind: str, row: Withdrawal, **more: int) -> None:
    for manager in managers():
        _post_leaving(kind, row, manager.email, f"manager {manager.pk}", **more)


def removal_opened(removal: Removal) -> None:
    """To whoever leads for the member: the grounds, and how to respond. To the managers:
    that a second of them decides."""
    if lead := lead_of_member(removal.membership):
        _post_removal("removal_opened", removal, lead.email, "")
    _to_managers_removal("removal_opened_to_us", removal, "")


@outbox.mail("network.removal_opened")
def _write_removal_opened(removal: int) -> Letter | None:
    row = _row_removal(removal)
    if not row.is_open:
        return None
    link = absolute("network:removal", row.council.slug)
    return Letter("removal_opened", about_removal(row) | {"link": link})


@outbox.mail("network.removal_opened_to_us")
def _write_removal_opened_to_us(removal: int) -> Letter | None:
    row = _row_removal(removal)
    return (
        Letter("removal_opened_to_us", about_removal(row) | _review_removal(row))
        if row.is_open
        else None
    )


def removal_answered(removal: Removal, response: RemovalResponse) -> None:
    """To the managers: the council has responded."""
    _to_managers_removal("removal_answered", removal, f"{response.pk}")


@outbox.mail("network.removal_answered")
def _write_removal_answered(removal: int) -> Letter:
    row = _row_removal(removal)
    return Letter("removal_answered", about_removal(row) | _review_removal(row))


def removal_decided(removal: Removal) -> None:
    """To whoever leads for the member: what was decided, why, and how to appeal."""
    if lead := lead_of_member(removal.membership):
        _post_removal("removal_decided", removal, lead.email, "")


@outbox.mail("network.removal_decided")
def _write_removal_decided(removal: int) -> Letter:
    row = _row_removal(removal)
    contact = absolute("wagtail_serve", "contact/")
    return Letter("removal_decided", about_removal(row) | {"contact": contact})


def about_removal(row: Removal) -> dict[str, object]:
    return {"removal": row, "council": row.council}


def _row_removal(pk: int) -> Removal:
    return Removal.objects.with_all().get(pk=pk)


def _review_removal(row: Removal) -> dict[str, object]:
    return {"link": absolute("network_removals:removal", row.pk)}


def _post_removal(kind: str, row: Removal, to: str, which: str) -> None:
    outbox.post(f"network.{kind}", to=to, event=f"{kind}:{row.pk}:{which}", removal=row.pk)


def _to_managers_removal(kind: str, row: Removal, which: str) -> None:
    for manager in managers():
        _post_removal(kind, row, manager.email, f"{which}:{manager.pk}")
