"""Emails to a council's officers about their sign-up, and common recipients."""

from functools import partial

from network import task_list
from network.emails import samples
from network.models import Endorsement, Event, Membership, SignUp
from network.permissions import managers as managers
from portal.links import absolute
from portal.mail.declarations import Lookup, Mail, Recipients, Row
from portal.models import User


def lead_of_member(membership: Membership) -> User | None:
    """Return the current lead of a member."""
    return membership.lead()


def _applicant(**about):
    """Yield the lead of the sign-up the email is about."""
    [first, *_] = about.values()
    yield (getattr(first, "sign_up", first).lead().email,)


def _everyone(sign_up: SignUp, **about):
    """Yield, once an address, who works on it, who signed it, and champions who agreed.

    With the name for the greeting, the part they have in it, and why they get the mail.
    """
    people = []
    for person in sign_up.collaborators.filter(user__is_active=True).select_related("user"):
        who = (person.user.email, f"user-{person.user_id}", person.user.get_full_name())
        people.append((*who, OFFICER, "you work on the application"))
    for signed in sign_up.counting_endorsements().select_related("request"):
        office = sign_up.office_name(signed.office).lower()
        who = (signed.request.email, f"signature-{signed.pk}", signed.name)
        people.append((*who, SIGNATORY, f"you endorsed Keep it Local as {office}"))
    for champion in sign_up.champions.filter(until=None).exclude(email=""):
        why = f"the council named you as its {champion.get_kind_display().lower()}"
        who = (champion.email, f"champion-{champion.pk}", champion.name)
        people.append((*who, CHAMPION, why))
    told: set[str] = set()
    for address, key, name, part, because in people:
        if address.casefold() not in told:
            told.add(address.casefold())
            yield address, key, {"name": name, "part": part, "because": because}


# What someone has to do with a sign-up: decides what the mails about its outcome tell them.
OFFICER, SIGNATORY, CHAMPION = "officer", "signatory", "champion"
EVERYONE = Recipients("Everyone who works on it, signed it or is its champion", _everyone)
APPLICANT = Recipients("The applicant", _applicant)
# What cannot wait for the managers' next morning (`emails.digest`), because until they act
# something wrong is public or someone cannot go on. All else that waits for them is in there.
URGENT = {
    "network.access_asked",
    "network.again_reported",
    "network.announcement_waits",
    "network.removal_answered",
    "network.signature_reported",
}
MANAGERS = Recipients("Each network manager", lambda **about: managers().values_list("email", "pk"))
OFFICE_HOLDER = Recipients(
    "The leader or the chief executive", lambda endorsement: [(endorsement.request.email,)]
)
SIGN_UP = Row(SignUp.objects.select_related("council", "wording"), samples.sign_up)
ACCEPTED = Row(SIGN_UP.found_in, samples.accepted)
EVENT = Row(Event.objects.all(), Event)


def about_sign_up(sign_up: SignUp, **about: object) -> dict[str, object]:
    """Return the context of an email about a sign-up."""
    return {
        "sign_up": sign_up,
        "council": sign_up.council,
        "task_list": absolute("network:sign_up", sign_up.reference),
        "sign_off": absolute("network:sign_up_sign_off", sign_up.reference),
        "review": absolute("network_staff:sign_up", sign_up.reference),
        "profile": absolute("network:council", sign_up.council.slug),
        "join": absolute("network:join"),
    }


def _why_withdrawn(sign_up: SignUp, **about: object) -> str:
    withdrawn = sign_up.events.filter(what="sign_up.withdrawn").last()
    return withdrawn.why if withdrawn else ""


def _to_lead(lead: User | None, part: str = SIGNATORY, **about: object) -> str:
    """Return the lead contact's address, to which replies go from all but officers."""
    return lead.email if lead and part != OFFICER else ""


of_sign_up = partial(Mail, about={"sign_up": SIGN_UP}, context=about_sign_up)
sign_up_started = of_sign_up("network.sign_up_started", "Application started", APPLICANT)
SUBMITTED = of_sign_up(
    "network.sign_up_submitted",
    "Application received",
    APPLICANT,
    lookups={"sections": Lookup(task_list.answers, samples.sections)},
)
SENT_COPY = Mail(
    "network.sign_up_sent_copy",
    "Application sent, to signatories",
    OFFICE_HOLDER,
    about={
        "endorsement": Row(
            Endorsement.objects.select_related("sign_up__council"), samples.endorsement
        )
    },
    once=lambda endorsement: (endorsement.sign_up_id, endorsement.pk),
    lookups={"lead": Lookup(lambda endorsement: endorsement.sign_up.lead(), samples.person)},
    context=lambda endorsement, lead: {**about_sign_up(endorsement.sign_up), "part": SIGNATORY},
    reply_to=_to_lead,
)
SAMPLE_PERSON = {
    "name": "Cllr Lee Sample",
    "part": SIGNATORY,
    "because": "you endorsed Keep it Local as leader",
}
LEAD = {"lead": Lookup(lambda sign_up, **about: sign_up.lead(), samples.person)}
# Tells everyone with a part in it what became of it: once an address, whatever their parts.
of_outcome = partial(
    Mail,
    to=EVERYONE,
    about={"sign_up": SIGN_UP, **SAMPLE_PERSON},
    lookups=LEAD,
    context=about_sign_up,
    reply_to=_to_lead,
)
sign_up_withdrawn = of_outcome(
    "network.sign_up_withdrawn",
    "Application withdrawn",
    lookups=LEAD | {"reason": Lookup(_why_withdrawn, lambda: "We wait for the election.")},
)
sign_up_sent_again = of_sign_up(
    "network.sign_up_sent_again",
    "Sent again: we have the changes",
    APPLICANT,
    once=lambda sign_up: (sign_up.events.latest("pk").pk,),
    lookups={"sections": Lookup(task_list.answers, samples.sections)},
)
idle = of_sign_up(
    "network.sign_up_idle",
    "Application idle",
    APPLICANT,
    about={"sign_up": SIGN_UP, "warnings": 3},
    once=lambda sign_up, warnings: (sign_up.events.latest("pk").pk,),
    holds=lambda sign_up, warnings: sign_up.idle_warnings == warnings and sign_up.is_editable,
    context=lambda sign_up, warnings: about_sign_up(sign_up) | {"is_last": warnings == 3},
)
expired = of_outcome("network.sign_up_expired", "Application ended, because no one worked on it")


def sign_up_submitted(sign_up: SignUp) -> None:
    """Send the applicant a copy, and each signatory the reference."""
    SUBMITTED(sign_up)
    for endorsement in sign_up.counting_endorsements().select_related("request"):
        SENT_COPY(endorsement)
