"""Emails about endorsement requests: links, reminders, and links without an answer."""

from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from django.conf import settings
from django.utils import timezone
from django.utils.dateformat import format as format_date

from network.choices import RequestStatus
from network.emails import samples
from network.emails.sign_ups import APPLICANT, OFFICE_HOLDER, about_sign_up
from network.models import EndorsementRequest, EndorsementWording, Event, Refused
from network.models.requests import REMIND_AFTER
from network.models.signing import Contact
from portal.links import absolute
from portal.mail import outbox
from portal.mail.declarations import Lookup, Mail, Row, token_of
from portal.models import OutboxMessage
from principles.models import Principle

REQUEST = Row(
    EndorsementRequest.objects.select_related("sign_up__council", "sign_up__wording"),
    samples.request,
)
LINKS_A_DAY, LINKS_A_WEEK = 3, 6


@dataclass(frozen=True, eq=False)
class LinkMail(Mail):
    """A mail with a link for one person to act by, which anybody may cause to be sent.

    However it comes to be sent, one address gets 3 of them in a day, 6 in a week, and one
    reminder in 48 hours.
    """

    is_reminder: bool = False

    def post(self, address: str, /, *once: object, **about: object) -> None:
        """Post it as `Mail.post` does.

        Raises:
            Refused: If the address has had too many.
        """
        if why := self.reason_to_wait(address):
            raise Refused(why)
        super().post(address, *once, **about)

    def reason_to_wait(self, address: str) -> str:
        """Return why it cannot go to this address now, and when it can; "" if it can."""
        now, day, week = timezone.now(), timedelta(days=1), timedelta(days=7)
        kinds = {k: m for k in outbox.kinds() if isinstance(m := outbox.declared(k), LinkMail)}
        posted = OutboxMessage.objects.exclude(status=OutboxMessage.Status.CANCELLED)
        posted = posted.filter(kind__in=kinds, to__iexact=address, created_at__gt=now - week)
        newest_first = posted.order_by("-created_at").values_list("created_at", "kind")
        times, reminders = [], []
        for at, kind in newest_first:
            times.append(at)
            reminders += [at] if kinds[kind].is_reminder else []
        limits = [
            (times, LINKS_A_DAY, day, f"{LINKS_A_DAY} links a day"),
            (times, LINKS_A_WEEK, week, f"{LINKS_A_WEEK} links a week"),
        ]
        if self.is_reminder:
            limits.append((reminders, 1, REMIND_AFTER, "one reminder in 48 hours"))
        full = [(sent[n - 1] + time, rule) for sent, n, time, rule in limits if len(sent) >= n]
        again, rule = max(full, default=(now, ""))
        if again <= now:
            return ""
        when = format_date(timezone.localtime(again), "l j F \\a\\t H:i")
        return (
            f"You cannot email {address} yet. We send one address no more than {rule}. "
            f"You can send another from {when}."
        )


# What a mail that asks somebody to sign says so that they can trust it.
PRINCIPLES = Lookup(lambda **about: [*Principle.objects.all()], samples.principles)
ON_KEEP_IT_LOCAL = {"site_host": settings.SITE_URL.partition("://")[2]}


def about_request(request: EndorsementRequest, **about: object) -> dict[str, object]:
    """Return the context of an email about a request."""
    return about_sign_up(request.sign_up) | {"office": request.get_office_display().lower()}


def _asking(request: EndorsementRequest, link: str = "", **about: object) -> dict[str, object]:
    before = request.before() if request.pk else None
    return about_request(request) | {
        "reference": request.sign_up.reference,
        "wording": request.sign_up.wording,
        "link": link or absolute("network:endorse", token_of(request)),
        "before": before,
        "signed_before": getattr(before, "endorsement", None),
        **ON_KEEP_IT_LOCAL,
    }


def reply_to_contact(contact: Contact | None, **about: object) -> str:
    """Return the address of whoever asks, to which replies go."""
    return contact.email if contact else ""


def _may_leave(request: EndorsementRequest, generation: int, **lookups: object) -> bool:
    current = request.generation == generation and request.is_waited_for
    return current and request.sign_up.pinned_wording.may_be_sent


def _once_a_link(request: EndorsementRequest) -> tuple[object, ...]:
    return request.pk, request.generation


_of_link = partial(
    LinkMail,
    to=OFFICE_HOLDER,
    about={
        "request": REQUEST.but(message="We would be glad to have your support before the summer."),
        "generation": 1,
    },
    lookups={
        "contact": Lookup(lambda request, generation: request.contact(), samples.contact),
        "principles": PRINCIPLES,
    },
    holds=_may_leave,
    context=_asking,
    reply_to=reply_to_contact,
)
of_request = partial(Mail, to=APPLICANT, about={"request": REQUEST}, context=about_request)

ASKED = _of_link("network.endorsement_request", "Asked to endorse")
CHASER = _of_link("network.endorsement_chaser", "Reminded to endorse", is_reminder=True)
endorsement_waiting = of_request(
    "network.endorsement_waiting",
    "No answer yet",
    once=_once_a_link,
    holds=lambda request: request.is_waited_for,
)
endorsement_expired = of_request(
    "network.endorsement_expired",
    "Link expired without an answer",
    once=_once_a_link,
    holds=lambda request: request.status == RequestStatus.EXPIRED,
)
endorsement_bounced = of_request(
    "network.endorsement_bounced",
    "Email to a leader or chief executive not delivered",
    holds=lambda request: request.bounced_at and request.is_waited_for,
)


def _to_office_holder(mail: Mail, request: EndorsementRequest, *once: object) -> None:
    about = {"request": request, "generation": request.generation}
    mail.post(request.email, request.pk, *once, **about)


def endorsement_request(request: EndorsementRequest) -> None:
    """Send the office holder the link, once a generation."""
    _to_office_holder(ASKED, request, request.generation)


def endorsement_request_again(request: EndorsementRequest, event: Event) -> None:
    """Send the same mail with the same link to someone who holds an older one."""
    _to_office_holder(ASKED, request, "again", event.pk)


def endorsement_chaser(request: EndorsementRequest) -> None:
    """Remind the office holder, with the same link."""
    _to_office_holder(CHASER, request, request.generation, request.chasers)


def endorsement_reminder(request: EndorsementRequest, event: Event) -> None:
    """Send the same reminder because the applicant asked for it."""
    _to_office_holder(CHASER, request, "by-hand", event.pk)


def preview_of_request(request: EndorsementRequest, wording: EndorsementWording) -> tuple[str, str]:
    """Render the mail as it would leave, without a link that works."""
    request.sign_up.wording = request.sign_up.wording or wording
    request.answer_by = request.next_answer_by
    link = f"(The link for {request.name} will be here.)"
    about = {"contact": request.contact(), "principles": PRINCIPLES.read()}
    return ASKED.render({"request": request, "link": link, **about})
