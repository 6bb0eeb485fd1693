"""Letters about a membership that the network may end. The grounds go to its lead alone."""

from network.emails.addressing import lead_of_member, managers
from network.models import Removal, RemovalResponse
from portal.links import absolute
from portal.mail import outbox
from portal.mail.outbox import Letter


def removal_opened(removal: Removal) -> None:
    """To whoever leads for the member: the grounds, and how to respond. To the managers:
    that a second of them decides."""
    if lead := lead_of_member(removal.membership):
        _post("removal_opened", removal, lead.email, "")
    _to_managers("removal_opened_to_us", removal, "")


@outbox.mail("network.removal_opened")
def _write_removal_opened(removal: int) -> Letter | None:
    row = _row(removal)
    if not row.is_open:
        return None
    link = absolute("network:removal", row.council.slug)
    return Letter("removal_opened", about_removal(row) | {"link": link})


@outbox.mail("network.removal_opened_to_us")
def _write_removal_opened_to_us(removal: int) -> Letter | None:
    row = _row(removal)
    return (
        Letter("removal_opened_to_us", about_removal(row) | _review(row)) if row.is_open else None
    )


def removal_answered(removal: Removal, response: RemovalResponse) -> None:
    """To the managers: the council has responded."""
    _to_managers("removal_answered", removal, f"{response.pk}")


@outbox.mail("network.removal_answered")
def _write_removal_answered(removal: int) -> Letter:
    row = _row(removal)
    return Letter("removal_answered", about_removal(row) | _review(row))


def removal_decided(removal: Removal) -> None:
    """To whoever leads for the member: what was decided, why, and how to appeal."""
    if lead := lead_of_member(removal.membership):
        _post("removal_decided", removal, lead.email, "")


@outbox.mail("network.removal_decided")
def _write_removal_decided(removal: int) -> Letter:
    row = _row(removal)
    contact = absolute("wagtail_serve", "contact/")
    return Letter("removal_decided", about_removal(row) | {"contact": contact})


def about_removal(row: Removal) -> dict[str, object]:
    return {"removal": row, "council": row.council}


def _row(pk: int) -> Removal:
    return Removal.objects.with_all().get(pk=pk)


def _review(row: Removal) -> dict[str, object]:
    return {"link": absolute("network_removals:removal", row.pk)}


def _post(kind: str, row: Removal, to: str, which: str) -> None:
    outbox.post(f"network.{kind}", to=to, event=f"{kind}:{row.pk}:{which}", removal=row.pk)


def _to_managers(kind: str, row: Removal, which: str) -> None:
    for manager in managers():
        _post(kind, row, manager.email, f"{which}:{manager.pk}")
