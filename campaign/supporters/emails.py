"""Emails to supporters and to people who asked a council to join."""

from django.conf import settings

from campaign.supporters.models import CouncilAsk, Supporter
from campaign.supporters.newsletters import KIND, Entry, Newsletter
from network.emails import samples
from portal.links import absolute
from portal.mail.declarations import Mail, Recipients, Row, token_of


def sample() -> Supporter:
    """Invent a supporter."""
    return Supporter(name="Sue Sample", email="sue@sampleford.example")


def _sample_ask() -> CouncilAsk:
    return CouncilAsk(council=samples.council(), email="sue@sampleford.example")


SUPPORTER = Row(Supporter.objects.select_related("council"), sample)
THE_PERSON = Recipients(
    "Whoever entered the email address", lambda supporter, **about: [(supporter.email,)]
)

CONFIRM = Mail(
    "campaign.supporter_confirm",
    "Confirm that you want our news",
    THE_PERSON,
    about={"supporter": SUPPORTER, "generation": 1},
    context=lambda supporter, generation: {
        "link": absolute("campaign:supporter_confirm", token_of(supporter, "confirm_token"))
    },
    once=lambda supporter, generation: (supporter.pk, generation),
    holds=lambda supporter, generation: (
        supporter.generation == generation and supporter.status == "asked"
    ),
)
KNOWN = Mail(
    "campaign.supporter_known",
    "Already on the list: link to the preferences",
    THE_PERSON,
    about={"supporter": SUPPORTER},
    context=lambda supporter: {
        "link": absolute("campaign:preferences", token_of(supporter, "preferences_token"))
    },
    holds=lambda supporter: supporter.is_on_the_list,
)
CONFIRM_ASK = Mail(
    "campaign.ask_confirm",
    "Confirm that you asked your council to join",
    Recipients("Whoever entered the email address", lambda ask, **about: [(ask.email,)]),
    about={"ask": Row(CouncilAsk.objects.select_related("council"), _sample_ask), "generation": 1},
    context=lambda ask, generation: {
        "council": ask.council,
        "link": absolute("campaign:ask", token_of(ask)),
    },
    once=lambda ask, generation: (ask.pk, generation),
    holds=lambda ask, generation: ask.generation == generation and ask.confirmed_at is None,
)


def _sample_newsletter() -> Newsletter:
    newsletter = Newsletter(
        subject="Two councils join, and a meeting in May",
        introduction="Two councils have joined since we last wrote.",
        closing="Does your council ask people before it buys? Tell us.",
    )
    newsletter.entries = [
        Entry(
            "Event",
            "Champions’ meeting",
            "Councillor and officer champions meet online.",
            "12 May 2027, 2pm to 3:30pm",
            f"{settings.SITE_URL}/events/",
        )
    ]
    return newsletter


def _links(supporter: Supporter) -> dict[str, str]:
    preferences = token_of(supporter, "preferences_token")
    unsubscribe = token_of(supporter, "unsubscribe_token")
    return {
        "preferences": absolute("campaign:preferences", preferences),
        "unsubscribe": absolute("campaign:unsubscribe", unsubscribe),
    }


NEWSLETTERS = Row(
    Newsletter.objects.prefetch_related("items"),
    _sample_newsletter,
)
NEWSLETTER = Mail(
    KIND,
    "Newsletter",
    Recipients("Each supporter who chose its topics"),
    about={"newsletter": NEWSLETTERS, "supporter": SUPPORTER},
    context=lambda newsletter, supporter: _links(supporter),
    html_template="emails/newsletter.html",
)
# A supporter who was never saved, so that the links of a test open nothing.
TEST = Mail(
    "campaign.newsletter_test",
    "Test of a newsletter",
    Recipients("Whoever writes it"),
    about={"newsletter": NEWSLETTERS},
    context=lambda newsletter: {"supporter": sample(), "is_test": True, **_links(sample())},
    template="newsletter",
    html_template="emails/newsletter.html",
)
TO_SUPPORTERS = [CONFIRM, KNOWN]
MAILS = [*TO_SUPPORTERS, CONFIRM_ASK, TEST]
