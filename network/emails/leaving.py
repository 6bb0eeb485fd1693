"""Letters about a council that leaves: to confirm it, and what came of it."""

from network.emails.addressing import lead_of_member, managers
from network.models import Withdrawal
from portal.links import absolute
from portal.mail import outbox
from portal.mail.outbox import Letter

STOPPED = ["withdrawal.cancelled", "withdrawal.declined", "withdrawal.expired"]


def leave_confirm(withdrawal: Withdrawal) -> None:
    """To the office holder: the link. One mail a generation."""
    generation = withdrawal.generation
    which = str(generation)
    _post("leave_confirm", withdrawal, withdrawal.email, which, generation=generation)


@outbox.mail("network.leave_confirm")
def _write_leave_confirm(withdrawal: int, generation: int) -> Letter | None:
    row = _row(withdrawal)
    if row.generation != generation or not row.is_waited_for:
        return None
    link = absolute("network:leave_confirm", row.token)
    return Letter("leave_confirm", about_leaving(row) | {"link": link})


def leave_bounced(withdrawal: Withdrawal) -> None:
    """To the lead, once a link: the mail to the office holder came back."""
    lead = lead_of_member(withdrawal.membership) or withdrawal.asked_by
    _post("leave_bounced", withdrawal, lead.email, str(withdrawal.generation))


@outbox.mail("network.leave_bounced")
def _write_leave_bounced(withdrawal: int) -> Letter | None:
    row = _row(withdrawal)
    if not row.is_waited_for:
        return None
    return Letter("leave_bounced", about_leaving(row) | {"link": _page(row)})


def leave_asked(withdrawal: Withdrawal) -> None:
    """To each manager: a council wants to leave; its decision or its statement may wait."""
    _to_managers("leave_asked", withdrawal)


@outbox.mail("network.leave_asked")
def _write_leave_asked(withdrawal: int) -> Letter:
    row = _row(withdrawal)
    return Letter("leave_asked", about_leaving(row) | {"link": _review(row)})


def leave_confirmed(withdrawal: Withdrawal) -> None:
    """To the lead, the managers and who signed: it is confirmed, and when it takes effect."""
    _to_lead("leave_confirmed", withdrawal)
    _to_managers("leave_confirmed_to_us", withdrawal)
    if withdrawal.email:
        _post("leave_copy", withdrawal, withdrawal.email, "")


@outbox.mail("network.leave_confirmed")
def _write_leave_confirmed(withdrawal: int) -> Letter:
    row = _row(withdrawal)
    return Letter("leave_confirmed", about_leaving(row) | {"link": _page(row), "may_stop": True})


@outbox.mail("network.leave_confirmed_to_us")
def _write_leave_confirmed_to_us(withdrawal: int) -> Letter:
    row = _row(withdrawal)
    return Letter("leave_confirmed", about_leaving(row) | {"link": _review(row)})


@outbox.mail("network.leave_copy")
def _write_leave_copy(withdrawal: int) -> Letter:
    row = _row(withdrawal)
    contact = absolute("wagtail_serve", "contact/")
    return Letter("leave_copy", about_leaving(row) | {"contact": contact})


def leave_stopped(withdrawal: Withdrawal) -> None:
    """To the lead and the managers: the council stays a member."""
    stopped = withdrawal.membership.events.filter(what__in=STOPPED).latest("pk")
    _to_lead("leave_stopped", withdrawal, stopped=stopped.pk)
    _to_managers("leave_stopped", withdrawal, stopped=stopped.pk)


@outbox.mail("network.leave_stopped")
def _write_leave_stopped(withdrawal: int, stopped: int) -> Letter:
    row = _row(withdrawal)
    why = row.membership.events.get(pk=stopped).why
    return Letter("leave_stopped", about_leaving(row) | {"link": _profile(row), "why": why})


def leave_done(withdrawal: Withdrawal) -> None:
    """To the lead and the managers: the council is no member any more."""
    _to_lead("leave_done", withdrawal)
    _to_managers("leave_done", withdrawal)


@outbox.mail("network.leave_done")
def _write_leave_done(withdrawal: int) -> Letter:
    row = _row(withdrawal)
    return Letter("leave_done", about_leaving(row) | {"link": _profile(row)})


def leave_statement(withdrawal: Withdrawal) -> None:
    """To the lead: whether what they want to say is published."""
    _to_lead("leave_statement", withdrawal)


@outbox.mail("network.leave_statement")
def _write_leave_statement(withdrawal: int) -> Letter:
    row = _row(withdrawal)
    return Letter("leave_statement", about_leaving(row) | {"link": _profile(row)})


def about_leaving(row: Withdrawal) -> dict[str, object]:
    return {"withdrawal": row, "council": row.council}


def _row(pk: int) -> Withdrawal:
    return Withdrawal.objects.with_all().get(pk=pk)


def _page(row: Withdrawal) -> str:
    return absolute("network:leave", row.council.slug)


def _review(row: Withdrawal) -> str:
    return absolute("network_leaving:withdrawal", row.pk)


def _profile(row: Withdrawal) -> str:
    return absolute("network:council", row.council.slug)


def _post(kind: str, row: Withdrawal, to: str, which: str, **more: int) -> None:
    event = f"{kind}:{row.pk}:{which}"
    outbox.post(f"network.{kind}", to=to, event=event, withdrawal=row.pk, **more)


def _to_lead(kind: str, row: Withdrawal, **more: int) -> None:
    """To who leads now: the lead may have been handed over since; else to who asked."""
    lead = lead_of_member(row.membership) or row.asked_by
    _post(kind, row, lead.email, "lead", **more)


def _to_managers(kind: str, row: Withdrawal, **more: int) -> None:
    for manager in managers():
        _post(kind, row, manager.email, f"manager {manager.pk}", **more)
