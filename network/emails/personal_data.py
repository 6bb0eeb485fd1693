"""The email to someone whose data was erased."""

from django.conf import settings

from network.emails import samples
from network.models import Event
from portal.mail.declarations import Mail, Recipients, Row

PERSON_ERASED = Mail(
    "network.person_erased",
    "Personal data erased",
    Recipients("The person who asked, at the address they wrote from"),
    about={"erasure": Row(Event.objects.all(), samples.erasure)},
    context=lambda erasure: {"privacy": f"{settings.SITE_URL}/privacy/"},
)
