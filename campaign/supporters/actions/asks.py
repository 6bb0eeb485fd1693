"""Telling the network that one has asked a council to join; confirmed by email, then counted."""

from django.db import transaction
from django.utils import timezone

from campaign.supporters import emails
from campaign.supporters.actions import supporters
from campaign.supporters.models import CouncilAsk, digest_of
from councils.models import Council
from network.models import Refused
from portal.models import OutboxMessage


@transaction.atomic
def tell(*, email: str, council: Council, wants_news: bool = False) -> None:
    """Email someone a link to confirm that they asked this council.

    If they confirmed it before nothing is sent, because nothing is left to do.
    """
    email = email.lower()
    given = {"email": email, "wants_news": wants_news}
    ask, _ = CouncilAsk.objects.get_or_create(
        council=council, digest=digest_of(email), defaults=given
    )
    locked = CouncilAsk.objects.select_for_update().get(pk=ask.pk)
    if locked.confirmed_at:
        if wants_news:
            supporters.sign_up(email=email, council=council)
        return
    locked.wants_news = wants_news
    locked.generation += 1
    locked.asked_at = timezone.now()
    locked.save(update_fields=["wants_news", "generation", "asked_at"])
    emails.CONFIRM_ASK(locked, locked.generation)


@transaction.atomic
def confirm(ask: CouncilAsk, *, token: str) -> None:
    """Count it, forget the address, and put the person on the list if they wanted. Idempotent.

    Raises:
        Refused: If the link has expired or a newer one was sent.
    """
    locked = CouncilAsk.objects.select_for_update(of=("self",)).filter(pk=ask.pk).first()
    if locked is None or not locked.opens_with(token):
        raise Refused("This link no longer works.")
    if locked.confirmed_at:
        return
    if locked.wants_news:
        supporters.confirm_with_ask(locked, email=locked.email)
    locked.confirmed_at, locked.email = timezone.now(), ""
    locked.save(update_fields=["confirmed_at", "email"])
    _forget_emails(locked)


@transaction.atomic
def take_back(ask: CouncilAsk) -> None:
    """Erase what someone told us, and their address in the list of emails."""
    _forget_emails(ask)
    CouncilAsk.objects.filter(pk=ask.pk).delete()


def _forget_emails(ask: CouncilAsk) -> None:
    kind = emails.CONFIRM_ASK.kind
    OutboxMessage.objects.filter(kind=kind, about__ask=ask.pk).delete()


def erase_unconfirmed() -> int:
    """Erase what nobody confirmed in time, and return how many. For the tick."""
    late = list(CouncilAsk.objects.to_erase())
    for ask in late:
        take_back(ask)
    return len(late)
