"""Signing up for news, confirming it, changing and leaving it. People do this by emailed link."""

from django.db import transaction
from django.utils import timezone

from campaign.choices import SupporterStatus
from campaign.supporters import emails
from campaign.supporters.models import CouncilAsk, Supporter
from councils.models import Council
from network.models import Refused
from portal.models import OutboxMessage


def _locked(pk: int) -> Supporter | None:
    return Supporter.objects.select_for_update(of=("self",)).filter(pk=pk).first()


@transaction.atomic
def sign_up(
    *, email: str, name: str = "", topics: list[str] | None = None, council: Council | None = None
) -> None:
    """Email someone a link: to confirm that they want our news, or to their preferences.

    Nothing about a person on the list changes, because anyone can enter their address.
    """
    supporter, _ = Supporter.objects.get_or_create(
        email__iexact=email, defaults={"email": email.lower(), "name": name, "council": council}
    )
    locked = _locked(supporter.pk)
    if locked is None or locked.status == SupporterStatus.COMPLAINED:
        return
    if locked.status == SupporterStatus.CONFIRMED:
        emails.KNOWN.post(locked.email, locked.pk, timezone.now().isoformat(), supporter=locked)
        return
    if locked.status != SupporterStatus.ASKED:
        locked.move_to(SupporterStatus.ASKED)
    locked.name, locked.council = name, council
    locked.generation += 1
    locked.status_at = timezone.now()
    locked.save(update_fields=["name", "council", "generation", "status_at"])
    locked.choose(topics or [])
    emails.CONFIRM(locked, locked.generation)


@transaction.atomic
def confirm(supporter: Supporter, *, token: str) -> None:
    """Put someone on the list. Idempotent.

    Raises:
        Refused: If the link has expired or a newer one was sent.
    """
    locked = _locked(supporter.pk)
    if locked is None or not locked.confirms_with(token):
        raise Refused("This link no longer works.")
    if locked.status == SupporterStatus.ASKED:
        locked.move_to(SupporterStatus.CONFIRMED)


@transaction.atomic
def confirm_with_ask(ask: CouncilAsk, *, email: str) -> None:
    """Put someone on the list who wanted our news when they told us that they asked a council.

    For actions that have seen that this address is theirs.
    """
    supporter, _ = Supporter.objects.get_or_create(
        email__iexact=email, defaults={"email": email, "council": ask.council}
    )
    locked = _locked(supporter.pk)
    if locked is None or locked.status in {SupporterStatus.CONFIRMED, SupporterStatus.COMPLAINED}:
        return
    if locked.status != SupporterStatus.ASKED:
        locked.move_to(SupporterStatus.ASKED)
    locked.move_to(SupporterStatus.CONFIRMED)


@transaction.atomic
def change_preferences(
    supporter: Supporter, *, name: str, topics: list[str], council: Council | None
) -> None:
    """Save what a supporter wants to hear about.

    Raises:
        Refused: If they are no longer on the list.
    """
    locked = _locked(supporter.pk)
    if locked is None or not locked.is_on_the_list:
        raise Refused("You are not on the list any more.")
    locked.name, locked.council = name, council
    locked.save(update_fields=["name", "council"])
    locked.choose(topics)


@transaction.atomic
def leave(supporter: Supporter) -> None:
    """Send someone no more news. Idempotent."""
    locked = _locked(supporter.pk)
    if locked is not None and locked.is_on_the_list:
        locked.move_to(SupporterStatus.LEFT)


@transaction.atomic
def erase(supporter: Supporter) -> None:
    """Delete everything we hold about someone, and emails to them that wait to be sent."""
    kinds = [mail.kind for mail in emails.TO_SUPPORTERS]
    OutboxMessage.objects.filter(kind__in=kinds, about__supporter=supporter.pk).delete()
    Supporter.objects.filter(pk=supporter.pk).delete()


def handle_bounce(message: OutboxMessage) -> None:
    """Note that an email with a link reached nobody."""
    mark_unreached(message.about["supporter"], SupporterStatus.BOUNCED)


@transaction.atomic
def mark_unreached(pk: int, status: SupporterStatus) -> None:
    """Send no more news to someone whom an email did not reach or who complained about it."""
    locked = _locked(pk)
    if locked is not None and status in locked.possible_moves:
        locked.move_to(status)


def erase_old() -> int:
    """Erase people who never confirmed, or left a while ago, and return how many. For the tick."""
    done = 0
    for supporter in Supporter.objects.to_erase():
        erase(supporter)
        done += 1
    return done
