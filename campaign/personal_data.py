"""What the editors' house holds about people, and how long some of it is kept."""

from django.apps import apps
from django.db.models import Q

from campaign.choices import SupporterStatus
from campaign.supporters.actions.asks import erase_unconfirmed
from campaign.supporters.actions.newsletters import TO_SUPPORTERS
from campaign.supporters.actions.supporters import erase_old
from campaign.supporters.models import (
    CONFIRM_WITHIN,
    KEEP_FOR,
    CouncilAsk,
    Supporter,
    digest_of,
)
from portal.models import BasePage
from portal.personal_data.declared import NAMELESS
from portal.personal_data.registry import Fate, Held, Person
from portal.retention import Period

NEWS = "To send you our news, as you agreed"


def _asked(person: Person) -> Q:
    return Q(digest__in=[digest_of(address) for address in person.addresses])


def _newsletters(person: Person) -> Q:
    mine = Supporter.objects.filter(email__in=person.addresses)
    return Q(mailing__kind=TO_SUPPORTERS.mail.kind, recipient__in=mine.values("pk"))


HELD = [
    Held(
        "Newsletters we sent you",
        "portal.Delivery",
        "To notice emails that come back",
        "90 days",
        Fate.DELETED,
        shows=("mailing", "status", "sent_at", "bounced_at", "bounce_why"),
        finds=_newsletters,
    ),
    Held(
        "Your place on our mailing list",
        "campaign.Supporter",
        NEWS,
        "Until you leave, and 30 days after",
        Fate.DELETED,
        found_by=("email",),
        shows=("name", "council", "status", "status_at", "confirmed_at", "topics"),
    ),
    Held(
        "That you asked your council to join",
        "campaign.CouncilAsk",
        "To count how many people asked a council",
        "The address until you confirm; then a code made from it, for good",
        Fate.DELETED,
        found_by=("email",),
        shows=("council", "asked_at", "confirmed_at"),
        finds=_asked,
    ),
    Held(
        "How our pages show you",
        "campaign.Person",
        "To show who people can speak to, as you agreed",
        "Until you change your mind",
        Fate.DELETED,
        found_by=("email", "name"),
        shows=("role", "organisation", "as_at", "words", "link"),
    ),
    *(
        Held(
            "Pages that you check",
            model._meta.label,
            "To remind you to check them",
            "As long as the page",
            Fate.STAYS,
            stays=NAMELESS,
            found_by=("reviewer",),
            shows=("title",),
        )
        for model in apps.get_models()
        if issubclass(model, BasePage)
    ),
]

PERIODS = [
    Period(
        "Supporters who did not confirm their address",
        CONFIRM_WITHIN,
        "they signed up",
        "As long as the link to confirm works",
        "Deletes them, and the list of emails to them",
        lambda: Supporter.objects.to_erase().filter(status=SupporterStatus.ASKED),
        erase_old,
    ),
    Period(
        "Supporters who left, or whom our emails do not reach",
        KEEP_FOR,
        "they left",
        "In case they left by mistake",
        "Deletes them, and the list of emails to them",
        lambda: Supporter.objects.to_erase().exclude(status=SupporterStatus.ASKED),
        erase_old,
    ),
    Period(
        "Requests to councils that nobody confirmed",
        CONFIRM_WITHIN,
        "they were sent",
        "As long as the link to confirm works",
        "Deletes them",
        CouncilAsk.objects.to_erase,
        erase_unconfirmed,
    ),
]
